"""Exact scales: an ordered group under multiplication, whose order is that of growth."""

from __future__ import annotations

from fractions import Fraction
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tp.asymptotics.scale import LOG, ONE, N, Scale

rationals = st.fractions(-4, 4, max_denominator=6)
scales = st.builds(Scale, rationals, rationals)


@given(scales, scales, scales)
def test_products_form_an_ordered_abelian_group(f: Scale, g: Scale, h: Scale) -> None:
    assert f * g == g * f
    assert (f * g) * h == f * (g * h)
    assert f * ONE == f
    assert f / f == ONE
    assert (f / g) * g == f
    assert (f <= g) == (f * h <= g * h)


@given(scales, scales)
def test_the_order_is_total_with_minimum_and_maximum(f: Scale, g: Scale) -> None:
    assert (f < g) + (f == g) + (f > g) == 1
    assert f & g == min(f, g)
    assert f | g == max(f, g)
    assert (f & g) * (f | g) == f * g
    assert (f | g <= f & g) == (f == g)


@given(scales, st.fractions(-3, 3, max_denominator=4), st.fractions(-3, 3, max_denominator=4))
def test_powers(f: Scale, p: Fraction, q: Fraction) -> None:
    assert f**p * f**q == f ** (p + q)
    assert (f**p) ** q == f ** (p * q)
    assert f**0 == ONE
    assert f**-1 == ONE / f


@given(scales, scales)
def test_the_order_is_that_of_values_far_out(f: Scale, g: Scale) -> None:
    """At n = 2^(2^20) every scale of these exponents shows its order in its logarithm."""
    n = 1 << (1 << 20)
    if f < g:
        assert f.log_at(n) < g.log_at(n)


@given(scales, scales, st.integers(2, 10**6))
def test_values_multiply(f: Scale, g: Scale, n: int) -> None:
    assert (f * g)(n) == pytest.approx(f(n) * g(n), rel=1e-9)


def test_logs_are_below_every_power() -> None:
    assert Scale(Fraction(1, 100)) > LOG**100
    assert ONE < LOG < N
    assert N(7) == pytest.approx(7)
    assert LOG(7) == pytest.approx(log(7))


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        (ONE, "1"),
        (N, "n"),
        (Scale(2), "n^2"),
        (Scale(Fraction(-1, 2)), "n^(-1/2)"),
        (Scale(1, 1), "n log n"),
        (Scale(0, Fraction(3, 2)), "(log n)^(3/2)"),
        (Scale(-1, 2), "n^(-1) (log n)^2"),
    ],
)
def test_text(scale: Scale, text: str) -> None:
    assert str(scale) == text


@pytest.mark.parametrize("exponent", [0.5, "1/2", True, None])
def test_other_exponents_are_refused(exponent: object) -> None:
    with pytest.raises(ValueError, match="integers or fractions"):
        Scale(exponent)  # type: ignore[arg-type]


def test_small_n_is_refused() -> None:
    with pytest.raises(ValueError, match="from n = 2 on"):
        LOG(1)
