"""Weights that act on the columns of a value with a wide axis of its own: two indices of that axis in one product."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.marks import exhaustive, slow
from tp.syntax import parse
from tp.theory.analysis import Analysis
from tp.theory.checking import check

HALF = Fraction(1, 2)
NAMES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]")
TEXT = """program p {{ width n, m = n^({m})
    input x : [d=4]
    param U : [m, n | d] ~ {law}(0, 1)
    param W : [n | n] ~ normal(0, 1)
    param B : [n | n] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h = tanh(U @ x)
    output f = {output}
}}"""
OUTPUTS = [
    "dot(v, sum(tanh(W @ h / sqrt(n)), m)) / sqrt(n * m)",
    "dot(v, sum(W @ h, m)) / (n * sqrt(m))",
    "dot(v, sum(tanh(W' @ tanh(W @ h / sqrt(n)) / sqrt(n)), m)) / sqrt(n * m)",
    "dot(v, sum(tanh(B @ tanh(W @ h / sqrt(n)) / sqrt(n)), m)) / sqrt(n * m)",
    "sum(tanh(W @ h / sqrt(n)) * tanh(B @ h / sqrt(n)), m, n) / (n * m)",
]


def analysis(output: str, m: str = "1/2", law: str = "normal") -> Analysis:
    return Analysis(parse(TEXT.format(output=output, m=m, law=law)).graph, NAMES)


def test_against_measured_slopes() -> None:
    """Medians at n = 64, 256, 1024 by automatic differentiation fell as 0, 0, -1.17, -1.51, -2.80 and -0.53 do."""
    found = analysis(OUTPUTS[0]).prediction(NAMES)
    expected = (Fraction(0), Fraction(0), Fraction(-1), -3 * HALF, -5 * HALF, -HALF)
    assert {name: (found.exponents[name], found.exact[name]) for name in NAMES} == {
        name: (right, True) for name, right in zip(NAMES, expected, strict=True)
    }


@pytest.mark.parametrize("output", [*slow(OUTPUTS[:4], OUTPUTS[:1]), *exhaustive(OUTPUTS[4:])])
@pytest.mark.parametrize("m", ["1/2", *slow(["1"])])
@pytest.mark.parametrize("law", ["normal", *exhaustive(["exponential"])])
def test_every_answer_exists(output: str, m: str, law: str) -> None:
    found = analysis(output, m, law)
    kernel = found.exponent("kernel")
    assert kernel is not None
    sharp = found.prediction(["kernel"]).exact["kernel"]
    # The columns of a skewed U have a common mean, so that all of them add up.
    assert kernel <= (0 if law == "normal" else Fraction(m)) or not sharp
    assert found.regime.deviation is not None
    if law == "normal":
        assert check(found.certificate(NAMES)).statements


@pytest.mark.parametrize("m", ["1/4", "1/2"])
def test_one_column_is_no_more_than_all(m: str) -> None:
    """A network for each column and a mean over columns: the kernel is that of one column over the columns."""
    text = "dot(v, mean(tanh(W @ h / sqrt(n)), m)) / sqrt(n)"
    found = analysis(text, m).prediction(["kernel"])
    kernel = found.exponents["kernel"]
    assert kernel is not None
    assert kernel == -Fraction(m) or (kernel > -Fraction(m) and not found.exact["kernel"])


@pytest.mark.parametrize(("m", "second", "third"), [("1/2", "-1/2", "-3/2"), ("1", "-1", "-2")])
def test_a_readout_of_columns(m: str, second: str, third: str) -> None:
    """The readout w of m numbers, each the readout v of one column: C[0,2] has Σ_kl w_l (v·φ_k)(φ_k·φ_l).

    Given the columns φ_k that is v·(Σ_k φ_k φ_k')·u with u = Σ_l w_l φ_l, of order max(1/m, 1/n) with its factors.
    """
    extra = "    param w : [m] ~ normal(0, 1)\n    h = tanh"
    output = "dot(w, dot(v, tanh(W @ h / sqrt(n)), n) / sqrt(n)) / sqrt(m)"
    text = TEXT.replace("    h = tanh", extra).format(output=output, m=m, law="normal")
    found = Analysis(parse(text).graph, NAMES[:4]).prediction(NAMES[:4])
    assert {n: str(e) for n, e in found.exponents.items()} == {
        "F": "0", "kernel": "0", "C[0,2]": second, "C[0,3]": third,
    }  # fmt: skip
    assert all(found.exact.values())
