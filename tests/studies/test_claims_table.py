"""The tables of docs/language.md, cell by cell: what the calculus says, what was measured, and the outcome."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from fakes import claim, prediction
from hypothesis import given
from hypothesis import strategies as st

from tp.answer import Answer
from tp.statistics.fit import Fit, fit
from tp.statistics.verdict_of_fit import judge, unpredicted
from tp.studies.claims.evaluate import evaluate
from tp.studies.claims.evidence import Theory
from tp.studies.claims.rule import RULE
from tp.studies.claims.rule import Theory as Said
from tp.studies.claims.support import Measured

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
WIDTHS = (64, 256, 1024, 4096, 16384, 65536)
SLOPES = {"like n^-1": -1.0, "like n^-2": -2.0, "like n^0": 0.0}
RELATIONS = {"`Q : O(1/n)`": "O", "`Q : Theta(1/n)`": "Theta", "`Q : zero`": "zero"}


def table(title: str) -> list[list[str]]:
    """The rows of the first table after ``title``, the heading first."""
    lines = PAGE[PAGE.index(f"\n{title}\n") :].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    rows: list[list[str]] = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]


@cache
def data(kind: str) -> Fit:
    """A fit of draws |N(0, 1)| n^slope, of zeros, or at widths too close to each other."""
    rng = np.random.default_rng(5)
    if kind == "zero":
        return fit({n: np.zeros(64) for n in WIDTHS}, dict.fromkeys(WIDTHS, 1e-16))
    widths, slope = ((64, 96, 128), -1.0) if kind == "few" else (WIDTHS, SLOPES[kind])
    return fit({n: np.abs(rng.standard_normal(1024)) * float(n) ** slope for n in widths})


def measured(calculus: str, kind: str) -> dict[str, Measured]:
    if kind == "not measured":
        return {}
    found = data(kind)
    known = prediction_of(calculus)
    judged = unpredicted(found) if known is None else judge(known[0], found)
    return {"C[0,2]": Measured(found, judged)}


def prediction_of(calculus: str) -> tuple[Fraction | None, bool] | None:
    if calculus == "no prediction":
        return None
    if calculus == "-inf":
        return None, True
    return Fraction(calculus.removeprefix("<= ")), not calculus.startswith("<=")


def result(relation: str, calculus: str, kind: str, *, negated: bool = False):
    known = prediction_of(calculus)
    exponents = {} if known is None else {"C[0,2]": known[0]}
    theory = Theory(prediction(exponents, exact={} if known is None else {"C[0,2]": known[1]}))
    stated = claim("order", "C[0,2]", relation, None if relation == "zero" else -1, negated)
    return evaluate(stated, theory, measured(calculus, kind), "f")


CASES = [
    (RELATIONS[title], row[0], kind, outcome)
    for title in RELATIONS
    for heading, *rows in [table(title)]
    for row in rows
    for kind, outcome in zip(heading[1:], row[1:], strict=True)
]


@pytest.mark.parametrize(("relation", "calculus", "kind", "outcome"), CASES)
def test_the_table_of_outcomes(relation: str, calculus: str, kind: str, outcome: str) -> None:
    found = result(relation, calculus, kind)
    assert ("confirmed" if found.confirmed else found.outcome) == outcome, found.reason


@pytest.mark.parametrize(("relation", "calculus", "kind", "outcome"), CASES)
def test_not_gives_the_opposite(relation: str, calculus: str, kind: str, outcome: str) -> None:
    expected = {"holds": Answer.NO, "confirmed": Answer.NO, "fails": Answer.YES, "undecided": Answer.UNDECIDED}
    assert result(relation, calculus, kind, negated=True).answer is expected[outcome]


def test_the_rule_is_the_one_of_the_page() -> None:
    _, *rows = table("## How a claim is decided")
    for theory, row in zip(Said, rows, strict=True):
        for data_say, written in zip((Answer.YES, Answer.UNDECIDED, Answer.NO), row[1:], strict=True):
            answer, confirmed = RULE[theory, data_say]
            word = "confirmed" if confirmed and answer is Answer.YES else answer.worded("holds", "fails")
            assert word == written


@given(st.sampled_from(CASES))
def test_nothing_holds_beside_a_refuted_prediction(case: tuple[str, str, str, str]) -> None:
    relation, calculus, kind, _ = case
    seen = measured(calculus, kind)
    if seen and seen["C[0,2]"].judgement.verdict.value == "refuted":
        assert result(relation, calculus, kind).answer is not Answer.YES
