"""Two programs beside each other: what certainly differs, and what nobody knows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import tp
from tp.answer import Answer
from tp.statistics.fit import Fit, fit
from tp.studies.compare import Known, fits_differ, outcomes_differ, regimes_differ, strengths_differ
from tp.theory.weak_correlations import Strength

YES, NO, OPEN = Answer.YES, Answer.NO, Answer.UNDECIDED
HALF = Fraction(1, 2)
TEXT = """program small(phi: activation = tanh) {
  width n
  input x : [d=2]
  param v : [n, d] ~ normal(0, 1)
  output f = mean(phi(v @ x))
  claim F : O(1)
  claim f : Theta(n^(-1/2))
}
"""


def bound(exponent: Fraction | None) -> Known:
    return Known(exponent, exact=False)


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        (Known(HALF), Known(HALF), NO),
        (Known(HALF), Known(-HALF), YES),
        (Known(None), Known(None), NO),
        (Known(None), Known(-HALF), YES),
        (Known(HALF), bound(-HALF), YES),
        (Known(-HALF), bound(HALF), OPEN),
        (Known(HALF), bound(HALF), OPEN),
        (Known(None), bound(-HALF), OPEN),
        (bound(HALF), bound(-HALF), OPEN),
        (Known(HALF), Known(None, known=False), OPEN),
    ],
)
def test_exponents_differ_where_that_is_certain(left: Known, right: Known, differ: Answer) -> None:
    assert left.differs(right) is right.differs(left) is differ


def strength(least: Fraction, most: Fraction | None) -> Strength:
    return Strength(least, most, (0, 2))


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        (None, None, NO),
        (None, strength(HALF, HALF), YES),
        (None, strength(HALF, None), OPEN),
        (strength(HALF, HALF), strength(HALF, HALF), NO),
        (strength(HALF, HALF), strength(-HALF, -HALF), YES),
        (strength(HALF, None), strength(-HALF, Fraction(0)), YES),
        (strength(HALF, None), strength(HALF, HALF), OPEN),
    ],
)
def test_strengths(left: Strength | None, right: Strength | None, differ: Answer) -> None:
    assert strengths_differ(left, right) is strengths_differ(right, left) is differ


def measured(slope: float) -> Fit:
    return fit({n: np.full(40, float(n) ** slope) * np.linspace(0.9, 1.1, 40) for n in (64, 256, 1024)})


def test_measured_exponents_differ_where_their_intervals_do_not_meet() -> None:
    assert fits_differ(measured(-1.0), measured(0.0)) is YES
    assert fits_differ(measured(-1.0), measured(-1.0)) is OPEN
    assert fits_differ(measured(-1.0), None) is OPEN


def test_regimes_and_claims() -> None:
    left, right = tp.parse(TEXT).orders(["F"]), tp.parse(TEXT, phi="square").orders(["F"])
    assert regimes_differ(left, left) is NO
    assert outcomes_differ(left.claims[0], None) is Answer.DOES_NOT_APPLY
    assert outcomes_differ(left.claims[1], right.claims[1]) is YES
    assert outcomes_differ(left.claims[0], right.claims[0]) is NO


def test_names_say_what_differs() -> None:
    left, right = tp.parse(TEXT), tp.parse(TEXT, phi="square")
    assert tp.compare(left, right, ["F"]).names == ("small phi=tanh", "small phi=square")
    moved = left.with_optimizer("adam")
    assert tp.compare(left, moved, ["F"]).names == ("small by sgd", "small by adam")


@pytest.mark.slow
def test_both_are_measured() -> None:
    left, right = tp.parse(TEXT), tp.parse(TEXT, phi="square")
    found = tp.compare(left, right, ["F"], measure=True, widths="64:1024", seeds=64, store=False)
    assert found.measured is not None
    text = str(found)
    assert "the intervals of both programs hold together at 98%" in text
    (row,) = [line.split() for line in text.splitlines() if line.startswith("  F") and "[" in line]
    assert row[-1] == "differs"
    assert found.exit_code == 0
