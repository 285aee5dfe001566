"""The partial order: exact for scales, and honest for functions on a grid."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import cos, exp, log, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.asymptotics.test_scale import scales
from tp.answer import Answer
from tp.asymptotics.compare import Relation, Trend, compare
from tp.asymptotics.grid import Grid
from tp.asymptotics.growth import Growth, as_growth
from tp.asymptotics.scale import LOG, ONE, N, Scale

SINE = Growth(lambda n: (0, 1)[n % 2], "|sin(pi n / 2)|")
COSINE = Growth(lambda n: (1, 0)[n % 2], "|cos(pi n / 2)|")
OPPOSITE = {
    Relation.LESS: Relation.GREATER,
    Relation.GREATER: Relation.LESS,
}


@given(scales, scales)
def test_scales_are_compared_exactly(f: Scale, g: Scale) -> None:
    found = compare(f, g)
    assert found.exact
    assert not found.evidence
    assert (found.relation is Relation.SAME) == (f == g)
    assert (found.relation is Relation.LESS) == (f < g)
    assert (found.relation is Relation.GREATER) == (f > g)


@settings(max_examples=25, deadline=None)
@given(st.fractions(-2, 2, max_denominator=4), st.fractions(-2, 2, max_denominator=1), st.floats(0.1, 10))
def test_a_grid_agrees_with_the_exact_order(power: Fraction, logs: Fraction, factor: float) -> None:
    """Coefficients do not matter, and whole powers of log n are told apart."""
    one, two = Scale(power, logs), Scale(1)
    written = Growth(lambda n: factor * one(n))
    assert compare(written, two).relation is compare(one, two).relation


def test_supports_of_different_parity_are_incomparable() -> None:
    """Equation 8, with pi n / 2: at whole n, sin(pi n) itself is 0."""
    found = compare(SINE, COSINE)
    assert found.relation is Relation.INCOMPARABLE
    by_name = {e.subsequence: (e.bounded, e.bounds) for e in found.evidence}
    assert by_name["n = 0 mod 4"] == by_name["n = 2^k"] == (Answer.YES, Answer.NO)
    assert by_name["n = 1 mod 4"] == (Answer.NO, Answer.YES)


def test_rounding_errors_of_zero_are_zero() -> None:
    """Equation 8 itself: sin(pi n) is 0 at whole n, and about 1e-16 n in floats."""
    sine, cosine = (Growth(lambda n, f=f: abs(f(pi * n))) for f in (sin, cos))  # type: ignore[misc]
    assert compare(sine, cosine).relation is Relation.LESS
    assert compare(cosine, sine).relation is Relation.GREATER
    assert compare(sine * N, ONE).relation is Relation.LESS
    assert compare(sine, sine).relation is Relation.UNDECIDED
    assert not Growth(lambda n: abs(sin(n))).is_rounding(10)
    assert not Growth(lambda n: 1e-30 / n).is_rounding(1 << 30)


def test_zeros_of_any_period_are_seen_where_they_are_frequent() -> None:
    """sin(pi n / 3) is 0 in one of three, and a rounding error in floats."""
    third, fifth = (Growth(lambda n, k=k: abs(sin(pi * n / k))) for k in (3, 5))  # type: ignore[misc]
    assert compare(third, ONE).relation is Relation.LESS
    assert compare(fifth, Growth(lambda n: abs(cos(pi * n / 3)))).relation is Relation.LESS
    assert compare(third, fifth).relation is Relation.INCOMPARABLE
    assert compare(Growth(lambda n: n * abs(sin(pi * n)) + 1), ONE).relation is Relation.UNDECIDED


def test_jumps_are_no_rounding_errors() -> None:
    """A value at squares alone: floats beside a square have another value."""
    at_squares = Growth(lambda n: float(n) if round(n**0.5) ** 2 == n else 1.0)
    assert compare(at_squares, ONE).relation is Relation.GREATER
    assert compare(Growth(lambda n: 1e-3 if round(n**0.5) ** 2 == n else 1.0), ONE).relation is Relation.SAME


def test_trends_that_turn_or_end_beyond_the_grid_are_none() -> None:
    slow = Growth(lambda n: n ** (1 + sin(log(log(n))) / 2))
    assert compare(slow, N).relation is Relation.UNDECIDED  # it overflows before 2^1000
    assert compare(Growth(lambda n: n + 1e12), N).relation is Relation.SAME


def test_their_minimum_and_maximum_are_comparable() -> None:
    """The wedge of the two vanishes, their maximum is 1: both bound from below, from above."""
    assert compare(SINE | COSINE, ONE).relation is Relation.SAME
    assert compare(SINE, SINE | COSINE).relation is Relation.LESS
    assert compare(SINE & COSINE, SINE).relation is Relation.LESS


CASES: dict[str, tuple[Callable[[int], float], Scale, Relation]] = {
    "less without being o": (lambda n: n if n % 2 else 1, N, Relation.LESS),
    "a period the residues do not show": (lambda n: n if n % 3 else 1 / n, ONE, Relation.INCOMPARABLE),
    "powers of two are special": (lambda n: n if n & (n - 1) == 0 else 1, ONE, Relation.GREATER),
    "a bounded oscillation": (lambda n: 2 + sin(n), ONE, Relation.SAME),
    "a lower term": (lambda n: n**2 + 50 * n, Scale(2), Relation.SAME),
    "a lower log": (lambda n: n * log(n) + n, Scale(1, 1), Relation.SAME),
    "a log": (log, ONE, Relation.GREATER),
    "a log of a log": (lambda n: log(log(n)), ONE, Relation.GREATER),
    "between logs and powers": (lambda n: exp(log(n) ** 0.5), LOG**3, Relation.UNDECIDED),
    "below a power": (lambda n: exp(log(n) ** 0.5), Scale(Fraction(1, 2)), Relation.LESS),
    "exponential growth overflows": (lambda n: exp(n), Scale(10), Relation.GREATER),
    "exponential decay": (lambda n: 2.0**-n, Scale(-10), Relation.LESS),
    "a log too slow to be seen": (lambda n: log(n) ** 0.1, ONE, Relation.UNDECIDED),
    "a power too slow to be seen": (lambda n: n**0.01, ONE, Relation.UNDECIDED),
    "an oscillation slower than the grid": (lambda n: 2 + sin(log(log(n))), ONE, Relation.SAME),
    "no lower envelope": (lambda n: abs(sin(n)), ONE, Relation.UNDECIDED),
}


@pytest.mark.parametrize("case", CASES)
def test_functions(case: str) -> None:
    function, scale, relation = CASES[case]
    found = compare(Growth(function), scale)
    assert found.relation is relation
    assert not found.exact
    assert compare(scale, Growth(function)).relation is OPPOSITE.get(relation, relation)


def test_what_underflows_is_undecided() -> None:
    """Both are 0 at every point of the grid, and exp(-n^2) is not of the order of exp(-n^3)."""
    found = compare(Growth(lambda n: exp(-(n**2))), Growth(lambda n: exp(-(n**3))))
    assert found.relation is Relation.UNDECIDED
    assert all(e.vanishes for e in found.evidence)


def test_a_short_grid_decides_nothing() -> None:
    assert compare(as_growth(N), ONE, Grid(2, 8, 1, 2.0)).relation is Relation.UNDECIDED


def test_evidence_says_what_was_seen() -> None:
    found = compare(as_growth(N), Scale(2), Grid(64, 1 << 20, 2))
    assert [e.subsequence for e in found.evidence] == ["n = 0 mod 2", "n = 1 mod 2", "n = 2^k"]
    assert all(e.upper is e.lower is Trend.FALLS for e in found.evidence)
    assert found.evidence[0].first == pytest.approx(1 / 64)
    assert str(found.grid) == "n from 64 to 1048576, by residues modulo 2, and n = 2^k"


def test_arithmetic_is_pointwise() -> None:
    f = Growth(lambda n: 3 * n, "f")
    for combined, value in (
        (f * N, 75.0),
        (N * f, 75.0),
        (f / N, 3.0),
        (N / f, 1 / 3),
        (f**2, 225.0),
        (f**-1, 1 / 15),
        (f & N, 5.0),
        (N & f, 5.0),
        (f | N, 15.0),
        (N | f, 15.0),
        (f * f, 225.0),
    ):
        assert combined(5) == pytest.approx(value)
    assert str((f * N) / LOG) == "(f n) / (log n)"


def test_functions_have_no_order_of_python() -> None:
    with pytest.raises(TypeError):
        _ = as_growth(N) < ONE  # type: ignore[operator]


@pytest.mark.parametrize("value", [-1.0, float("nan")])
def test_values_from_zero_on(value: float) -> None:
    with pytest.raises(ValueError, match="values from 0 on"):
        compare(Growth(lambda n: value), ONE)


def test_division_by_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="undefined at n = 4"):
        (N / SINE)(4)


@pytest.mark.parametrize("arguments", [(1, 8), (8, 8), (2, 8, 0), (2, 8, 1, 1.0)])
def test_grids_are_checked(arguments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a grid needs"):
        Grid(*arguments)


def test_grids_keep_their_residues() -> None:
    for modulus in (1, 2, 3, 4):
        *classes, powers = Grid(10, 1000, modulus).subsequences()
        assert [c.name for c in classes] == [f"n = {r} mod {modulus}" for r in range(modulus)]
        for r, subsequence in enumerate(classes):
            assert all(n % modulus == r for n in subsequence.widths)
            assert list(subsequence.widths) == sorted(set(subsequence.widths))
        assert powers.widths == (16, 32, 64, 128, 256, 512)
