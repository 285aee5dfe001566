"""Text and JSON of every report, as the commands print it; numbers that rounding may change are masked.

Where a change is meant, ``pytest tests/report/test_golden_reports.py --snapshot-update`` writes the texts again.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.marks import slow
from tp.cli import main

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
MLP = ("programs/mlp.tp", "--set", "depth=1")
FEW = ("--widths", "16,32,128", "--seeds", "4")
PATH = "/a/folder"
WRONG = """program wrong {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, tanh(U @ x)) / sqrt(n)
  claim C[0,2] : O(n^(-3/2))
}
"""

CASES: dict[str, tuple[str, ...]] = {
    "orders": ("orders", *MLP, "--nodes"),
    "orders_of_a_failing_claim": ("orders", "programs/false_claim.tp"),
    "run": ("run", *MLP, "--widths", "8,16", "--seeds", "2"),
    "correlations": ("correlations", *MLP, *FEW, "--quantities", "F,kernel"),
    "verify": ("verify", *MLP, *FEW, "--quantities", "F,kernel,C[0,2]"),
    "train": ("train", *MLP, "--widths", "16,32", "--seeds", "2", "--steps", "2"),
    "train_diverging": ("train", *MLP, "--widths", "16", "--seeds", "2", "--steps", "4", "--eta", "50"),
    "transfer": ("transfer", "programs/mean_field.tp", "--widths", "16,32,64", "--seeds", "4", "--steps", "2"),
    "linearize": ("linearize", *MLP, *FEW, "--steps", "4", "--strong", "1/4"),
}


@pytest.mark.parametrize("name", slow(CASES, CASES.keys() - {"linearize", "train_diverging", "transfer"}))
def test_reports_of_commands(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(ROOT)
    require_reports(CASES[name], capsys, snapshot)


def require_reports(words: tuple[str, ...], capsys: Captured, snapshot: SnapshotAssertion) -> None:
    main([*words])
    assert masked(capsys.readouterr().out) == snapshot
    main([*words, "--format", "json"])
    assert skeleton(capsys.readouterr().out) == snapshot


def test_blame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, snapshot: SnapshotAssertion) -> None:
    (tmp_path / "wrong.tp").write_text(WRONG)
    monkeypatch.chdir(tmp_path)
    require_reports(("blame", "wrong.tp", "--budget", "20"), capsys, snapshot)


def test_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(ROOT)
    main(["orders", *MLP, "--quantities", "F", "--certificate", str(tmp_path / "proof")])
    capsys.readouterr()
    assert main(["certify", str(tmp_path / "proof")]) == 0
    assert masked(capsys.readouterr().out) == snapshot


def test_stored_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(ROOT)
    store = ("--store", str(tmp_path))
    main(["correlations", *MLP, *FEW, "--quantities", "F", *store])
    capsys.readouterr()
    main(["results", *store])
    assert masked(capsys.readouterr().out.replace(str(tmp_path), PATH)) == snapshot
    main(["results", *store, "--format", "json"])
    assert skeleton(capsys.readouterr().out.replace(str(tmp_path), PATH)) == snapshot


def masked(text: str) -> str:
    """``text`` with ``#`` for decimal fractions and hashes, and two spaces for more than two between words.

    A fraction that is rounded to a whole number counts as one: in intervals all numbers are masked.
    """
    text = re.sub(r"-?\d+(\.\d+(e[+-]\d+)?|e[+-]\d+)", "#", text)
    text = re.sub(r"\[(#|-?\d+), (#|-?\d+)\](?=\s)", "[#, #]", text)
    text = re.sub(r"\b(?=[a-f]*\d)[0-9a-f]{8,}\b", "#", text)
    return re.sub(r"(?<=\S)  +", "  ", text)


def skeleton(text: str) -> str:
    """JSON with sorted keys, ``#`` for floats and hashes, and one ``#`` for several in a row."""
    return json.dumps(_skeleton(json.loads(text)), indent=1, sort_keys=True, ensure_ascii=False)


def _skeleton(value: Any) -> Any:
    match value:
        case dict():
            return {key: "#" if key == "versions" else _skeleton(one) for key, one in value.items()}
        case list():
            found = [_skeleton(one) for one in value]
            return ["#"] if found and all(one == "#" for one in found) else found
        case float():
            return "#"
        case str():
            return masked(value)
        case _:
            return value
