"""The programs in programs/gallery: short, with a question, and claims that the calculus decides and draws support."""

from __future__ import annotations

from pathlib import Path

import pytest

import tp
from tests.marks import exhaustive, slow
from tp.exit_code import ExitCode

PROGRAMS = sorted((Path(__file__).parents[2] / "programs" / "gallery").glob("*.tp"))
NAMES = [path.stem for path in PROGRAMS]
SAMPLE = [path for path in PROGRAMS if path.stem == "gnn"]


@pytest.mark.parametrize("path", PROGRAMS, ids=NAMES)
def test_a_program_is_short_and_asks_a_question(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    assert lines[0].startswith("# ")
    comment = lines[: next(i for i, line in enumerate(lines) if not line.startswith("# "))]
    assert "?" in "".join(comment)


@pytest.mark.parametrize("path", slow(PROGRAMS, SAMPLE), ids=NAMES)
def test_a_program_has_no_warnings(path: Path) -> None:
    assert tp.load(path).program.warnings == ()


@pytest.mark.parametrize("path", slow(PROGRAMS, SAMPLE), ids=NAMES)
def test_the_calculus_decides_every_claim(path: Path) -> None:
    model = tp.load(path)
    assert model.claims
    assert [c.text for c in model.orders().claims if c.outcome != "holds"] == []


@pytest.mark.parametrize("path", exhaustive(PROGRAMS), ids=NAMES)
def test_a_run_refutes_nothing(path: Path, tmp_path: Path) -> None:
    """Within the default budget no claim fails, and none is undecided."""
    found = tp.load(path).verify(store=tmp_path)
    assert found.exit_code != ExitCode.FAILS
    assert [c.text for c in found.claims if c.outcome not in ("holds", "confirmed")] == []
