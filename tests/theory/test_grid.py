"""The grid of exponents of a program, from its own numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tp.syntax.load import parse
from tp.theory.analysis import Analysis
from tp.theory.grid import common

TWO_LAYERS = """program p {{
  width n{widths}
  input x : [d=4]
  param U : [n, d] ~ {law}
  param v : [n] ~ normal(0, 1){rate}
  h = U @ x / sqrt(d)
  output f = dot(v, {inner}) / {scale}
}}"""


def spacing(
    inner: str = "tanh(h)",
    scale: str = "sqrt(n)",
    law: str = "normal(0, 1)",
    rate: str = "",
    widths: str = "",
    trained: bool = False,
) -> Fraction:
    text = TWO_LAYERS.format(inner=inner, scale=scale, law=law, rate=rate, widths=widths)
    found = Analysis(parse(text).graph)
    return found.trained_grid if trained else found.grid


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, Fraction(1, 2)),
        ({"scale": "n"}, Fraction(1, 2)),
        ({"scale": "n^(2/3)"}, Fraction(1, 6)),
        ({"scale": "n^(1/4)"}, Fraction(1, 4)),
        ({"rate": " rate n^(1/4)"}, Fraction(1, 8)),
        ({"widths": ", m = n^(1/3)"}, Fraction(1, 6)),
        ({"law": "student_t(0, 1, 5)"}, Fraction(1, 10)),
        ({"law": "normal(0, n^(-1/5))"}, Fraction(1, 10)),
        ({"inner": "relu(h)"}, Fraction(1, 2)),
        ({"inner": "relu(h)", "trained": True}, Fraction(1, 4)),
        ({"inner": "tanh(h)", "trained": True}, Fraction(1, 2)),
        ({"inner": "power(h^2, -11/20)"}, Fraction(1, 80)),
        ({"inner": "sqrt(h^2 + 1)"}, Fraction(1, 2)),
        ({"inner": "sqrt(h^2 + 1/n)"}, Fraction(1, 8)),
        ({"inner": "h / sqrt(mean(h^2))"}, Fraction(1, 2)),
        ({"inner": "h / sqrt(sum(h^2, n))"}, Fraction(1, 2)),
    ],
)
def test_grids(settings: dict[str, str], expected: Fraction) -> None:
    assert spacing(**settings) == expected  # type: ignore[arg-type]


def test_the_mean_of_exponentials_is_not_near_zero() -> None:
    """Though it is one for each entry of another wide axis."""
    text = """program p {
      width n, m = n
      input x : [d=4]
      param U : [n, d] ~ normal(0, 1)
      param V : [m, d] ~ normal(0, 1)
      output f = mean(softmax(dot(U, V * x, d), m)^2, n, m) * n^2
    }"""
    assert Analysis(parse(text).graph).grid == Fraction(1, 2)


def test_the_largest_common_divisor() -> None:
    assert common([Fraction(1, 2), Fraction(-2, 3)]) == Fraction(1, 6)
    assert common([Fraction(0), Fraction(3, 4)]) == Fraction(3, 4)
    assert common([]) == Fraction(1, 2)


@pytest.mark.parametrize("name", ["C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]", "F", "kernel"])
def test_exponents_are_multiples_of_the_grid(name: str) -> None:
    for scale in ("n^(2/3)", "n^(3/4)", "sqrt(n)"):
        text = TWO_LAYERS.format(
            inner="tanh(h)", scale=scale, law="normal(0, 1)", rate=" rate n^(1/4)", widths=", m = n^(1/3)"
        )
        analysis = Analysis(parse(text).graph)
        found = analysis.exponent(name)
        assert found is not None
        assert (found / analysis.grid).denominator == 1
