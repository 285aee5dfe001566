"""Every notebook in docs/notebooks has the form of one, without outputs, and runs cell by cell."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tp.report.contents.against_width import of_quantity

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))
LEFT = {"import.ipynb": "log.jsonl", "verify.ipynb": "verification.svg"}
"""By notebook, a file that it writes."""


def cells(notebook: Path) -> list[dict[str, Any]]:
    return json.loads(notebook.read_text(encoding="utf-8"))["cells"]


def test_every_notebook_is_tested_and_linked() -> None:
    assert {notebook.name for notebook in NOTEBOOKS} == LEFT.keys()
    pages = [page.read_text(encoding="utf-8") for page in NOTEBOOKS[0].parents[1].rglob("*.md")]
    for notebook in NOTEBOOKS:
        assert any(f"notebooks/{notebook.name}>" in page for page in pages)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.stem)
def test_it_has_the_form_of_a_notebook(notebook: Path) -> None:
    whole = json.loads(notebook.read_text(encoding="utf-8"))
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in cells(notebook)]
    assert len(set(ids)) == len(ids)
    for cell in cells(notebook):
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        expected = {"cell_type", "id", "metadata", "source"}
        assert set(cell) == expected | ({"outputs", "execution_count"} if cell["cell_type"] == "code" else set())
        assert not cell.get("outputs")


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.stem)
def test_it_runs_cell_by_cell(notebook: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells(notebook):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), known)
    assert (tmp_path / LEFT[notebook.name]).stat().st_size
    assert {q.name: q.judgement.verdict.value for q in known["verification"].quantities}["kernel"] == "confirmed"
    if notebook.stem == "verify":  # what its text says of its numbers
        outcomes = {claim.text: claim.answer.name for claim in known["verification"].claims}
        assert outcomes["claim C[1,1] : Theta(1/n)"] == "NO"
        (chart,) = of_quantity(next(q for q in known["verification"].quantities if q.name == "C[1,1]"))
        assert all(low > -1 for low in chart.panels[1].series[0].low)
