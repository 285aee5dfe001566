"""The pages on imports are listed, and the notebook runs cell by cell."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOK: dict[str, Any] = json.loads((DOCS / "notebooks" / "import.ipynb").read_text(encoding="utf-8"))


def test_every_page_is_listed() -> None:
    overview = (DOCS / "import.md").read_text(encoding="utf-8")
    for page in sorted((DOCS / "import").glob("*.md")):
        assert f"[](import/{page.name})" in overview
        assert f"\nimport/{page.stem}\n" in overview


def test_the_notebook_has_the_form_of_one() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in NOTEBOOK["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in NOTEBOOK["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        expected = {"cell_type", "id", "metadata", "source"}
        assert set(cell) == expected | ({"outputs", "execution_count"} if cell["cell_type"] == "code" else set())
        assert not cell.get("outputs")


@pytest.mark.slow
def test_the_notebook_runs_cell_by_cell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {"__name__": "__main__"}
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), known)
    assert "kernel" in str(known["verification"])
    assert (tmp_path / "log.jsonl").exists()
