"""The programs in programs/beyond: short, with a question, and claims that the calculus decides and draws support."""

from __future__ import annotations

from pathlib import Path

import pytest

import tp
from tests.marks import exhaustive
from tp.api.loading import load_with

PROGRAMS = sorted((Path(__file__).parents[2] / "programs" / "beyond").glob("*.tp"))
NAMES = [path.stem for path in PROGRAMS]
every = pytest.mark.parametrize("path", PROGRAMS, ids=NAMES)


def loaded(path: Path) -> tp.Model:
    """The program, with the functions of its maps."""
    return load_with(path, {}, str(path.parent / "maps.py") if "\n  map " in path.read_text("utf-8") else None)


@every
def test_a_program_is_short_and_asks_a_question(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    comment = lines[: next(i for i, line in enumerate(lines) if line.startswith("program "))]
    assert all(line.startswith("# ") for line in comment)
    assert "?" in "".join(comment)


@every
def test_the_calculus_decides_every_claim(path: Path) -> None:
    model = tp.load(path)
    assert model.claims
    assert [c.text for c in model.orders().claims if c.outcome != "holds"] == []


@pytest.mark.parametrize("path", exhaustive(PROGRAMS), ids=NAMES)
def test_a_run_confirms_every_claim(path: Path, tmp_path: Path) -> None:
    """All that the calculus attains, within the default budget."""
    found = loaded(path).verify(store=tmp_path)
    assert found.exit_code == 0
    assert [c.text for c in found.claims if not c.confirmed] == []
