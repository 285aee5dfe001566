"""tp compare: two files, or one file with two settings or optimisers."""

from __future__ import annotations

import json

import pytest

from tests.marks import slow
from tp.cli import main

MLP, OTHER = "programs/mlp.tp", "programs/mean_field.tp"
ASKED = ["--quantities", "F,C[0,3]"]
Captured = pytest.CaptureFixture[str]


PAIRS = [
    ((MLP, OTHER), ("mlp", "mean_field"), {"F": True, "C[0,3]": True}),
    ((MLP, "--against-set", "phi=relu"), ("mlp phi=tanh", "mlp phi=relu"), {"F": False, "C[0,3]": True}),
    (
        (MLP, "--set", "phi=erf", "--against-set", "phi=relu", "--set", "depth=1"),
        ("mlp phi=erf", "mlp phi=relu"),
        {"F": False, "C[0,3]": True},
    ),
    ((MLP, "--against-optimizer", "adam"), ("mlp by sgd", "mlp by adam"), {"F": False, "C[0,3]": False}),
]


@pytest.mark.parametrize(("words", "names", "differ"), slow(PAIRS, [PAIRS[2]]))
def test_pairs(words: tuple[str, ...], names: tuple[str, str], differ: dict[str, bool], capsys: Captured) -> None:
    assert main(["compare", *words, *ASKED, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [program["name"] for program in found["programs"]] == list(names)
    assert {row["name"]: row["differs"] for row in found["quantities"]} == differ
    assert found["measured"] is None


def test_what_cannot_be_compared(capsys: Captured) -> None:
    for words, said in (
        ([MLP], "there is nothing to compare with"),
        ([MLP, MLP, MLP], "unexpected argument"),
        ([MLP, "--against-set", "nonsense=3"], "has no setting nonsense"),
        ([MLP, "none.tp"], "no such file"),
    ):
        assert main(["compare", *words]) == 2
        assert said in capsys.readouterr().err
