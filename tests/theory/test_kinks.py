"""Kinks that other functions of the same value undo: nothing is attained that rests on them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.theory.test_regime import written
from tp.theory.regime import UNSEEN, Kind


@pytest.mark.parametrize(
    ("function", "kinked"),
    [
        ("relu(h)", True),
        ("abs(h) + h", True),
        ("leaky_relu(h, 0.1) * g", True),
        ("relu(h) * relu(g)", True),
        ("relu(h) + relu(g)", True),
        ("hard_tanh(h)", True),
        ("tanh(relu(h))", True),
        ("relu(h) * tanh(h)", False),  # its slope does not jump
        ("abs(h) * sin(h)", False),
        ("elu(h)", False),
        ("relu(h) + relu(-h) - abs(h) + tanh(h)", False),
        ("cos(relu(h))", False),
    ],
)
def test_kinks_that_may_be_undone_are_bounded(function: str, kinked: bool) -> None:
    found = written(f"""input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param V : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        g = V @ x / sqrt(d)
        output f = dot(v, {function} + tanh(g)) / sqrt(n)""")
    if UNSEEN not in found.grounds or found.unseen is None or found.unseen <= -1:
        assert not kinked
        return
    assert found.unseen == Fraction(-3, 4)
    assert found.grounds[UNSEEN].value.exact is kinked


@pytest.mark.parametrize(
    "function",
    [
        "relu(h) - h",
        "leaky_relu(h) - relu(h)",
        "relu(relu(h))",
        "abs(-relu(h) / 2)",
        "leaky_relu(leaky_relu(-relu(-h)))",
        "relu(abs(h))",
    ],
)
def test_sums_and_compositions_of_kinked_functions_of_one_value_linearise(function: str) -> None:
    """They are piecewise linear: a sum that is zero for h > 0 is not for h < 0, and both kinks are crossed together."""
    found = written(f"""input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = dot(v, {function}) / sqrt(n)""")
    assert found.kind is Kind.LAZY, found.reason
    assert (found.deviation, found.unseen) == (Fraction(-1, 2), Fraction(-3, 4))


def test_a_composition_that_is_zero_on_both_sides_vanishes() -> None:
    found = written("""input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = dot(v, relu(-relu(h)) + tanh(h)) / sqrt(n)""")
    assert found.kind is Kind.LAZY, found.reason
    assert found.deviation == -1
