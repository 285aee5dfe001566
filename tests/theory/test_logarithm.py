"""Orders of logarithms: of random values, of values of any size, of numbers that may be 1."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tp.exponent import UNBOUNDED
from tp.syntax import parse
from tp.theory.analysis import Analysis

HEAD = """program p {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(U @ x)
  s = dot(h, h)
"""
CASES: dict[str, tuple[object, ...]] = {
    "dot(v, log(1 + h^2)) / sqrt(n)": ("0", "0", "-1", True),
    "dot(v, log(2 / n + h^2 / n) - log(1 / n)) / sqrt(n)": (UNBOUNDED, UNBOUNDED, UNBOUNDED, False),
    "exp(log(s) / 2)": (UNBOUNDED, UNBOUNDED, UNBOUNDED, False),
    "dot(v, h) * log(s / n) / sqrt(n)": ("0", "0", "-1", True),
    "dot(v, h) / sqrt(n) + n * log(1 + s / n^2)": ("1", "0", "-1", False),
}


@pytest.mark.parametrize("spelled", CASES)
def test_orders(spelled: str) -> None:
    *expected, attained = CASES[spelled]
    quantities = ["F", "kernel", "C[0,2]"]
    found = Analysis(parse(f"{HEAD}  output f = {spelled}\n}}").graph, quantities).prediction(quantities)
    assert [found.exponents[q] for q in quantities] == [Fraction(str(e)) for e in expected]
    assert found.exact["F"] is attained


def test_a_logarithm_of_a_vanishing_argument_has_no_limit_and_says_so() -> None:
    import tp

    model = tp.parse(f"{HEAD}  output f = log(s / n^2 + 1 / n) * dot(v, h) / sqrt(n)\n}}")
    with pytest.raises(tp.TpError, match="TP641"):
        model.kernel()
