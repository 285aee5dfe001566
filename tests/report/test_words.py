"""How exponents are written: zero, no known bound and upper bounds never look like a plain power of n."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tp.exponent import UNBOUNDED, in_words, power_of_n, shown
from tp.report.cells import Power
from tp.report.contents.orders import document
from tp.report.render.text import render
from tp.studies.orders import orders
from tp.syntax import parse


@pytest.mark.parametrize(
    ("exponent", "exact", "words", "power", "cell"),
    [
        (Fraction(-1), True, "of order n^(-1)", "n^(-1)", "-1"),
        (Fraction(0), False, "at most of order n^(0)", "n^(0)", "<= 0"),
        (None, True, "identically zero", "0", "-inf"),
        (3 * UNBOUNDED, False, "not bounded by any known power of n", "a size without a known bound", "inf"),
    ],
)
def test_words(exponent: Fraction | None, exact: bool, words: str, power: str, cell: str) -> None:
    assert in_words(exponent, exact) == words
    assert power_of_n(exponent) == power
    assert Power(exponent).text == power
    assert shown(True, exponent, exact) == cell


UNBOUNDED_PROGRAM = """program grows { width n
    input x : [d=4]
    param U : [n, d] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    g = exp(sqrt(n) * U @ x)
    output f = dot(v, g) / sqrt(n)
    claim C[0,3] : O(1/n)
    claim lazy
    claim linearizes(n)
    claim weakly_correlated(n)
}"""
BOUND_PROGRAM = """program bounded { width n
    input x : [d=4, t=3]
    param U : [n, d] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    k = tanh(sqrt(n) * U @ x)
    output f = dot(v, max(k, t)) / sqrt(n)
}"""


def report(program: str) -> str:
    return render([document(orders(parse(program), nodes=True))])


def test_where_no_power_is_known_none_is_printed() -> None:
    found = report(UNBOUNDED_PROGRAM)
    assert "00000" not in found
    assert "C[0,3] is not bounded by any known power of n" in found


def test_bounds_keep_their_mark_in_every_table() -> None:
    found = report(BOUND_PROGRAM)
    lines = {line.split("  ")[1].strip(): line for line in found.splitlines() if line.startswith("  ")}
    for name in ("F(θ0) = O(1)", "kernel = Θ(1)", "k"):
        assert "<=" in lines[name], lines[name]
