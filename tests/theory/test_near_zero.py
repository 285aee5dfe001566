"""Roots, quotients and kinks near zero, and heavy tails of laws: exponents that the entries of few neurons decide."""

from __future__ import annotations

from fractions import Fraction

import pytest

import tp
from tests.theory.test_regime import written
from tp.exponent import UNBOUNDED
from tp.theory.analysis import Analysis
from tp.theory.regime import Kind

NAMES = ["C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]"]
HEAD = (
    "width n\n input x : [d=4]\n param U : [n, d] ~ normal(0, 1)\n param v : [n] ~ normal(0, 1)\n h = U @ x / sqrt(d)\n"
)
PAIRS = HEAD.replace("[n, d]", "[n, k={} | d]").replace("v : [n]", "v : [n, k | ]")


def exponents(text: str, names: list[str]) -> list[str]:
    analysis = Analysis(tp.parse(f"program near_zero {{\n {text}\n}}").graph, names)
    found = analysis.prediction(names)
    for name in names:
        typical, bound = found.exponents[name], analysis.bound(name)
        assert typical is None or (bound is not None and bound >= typical), name
    return [("" if found.exact[n] else "<= ") + tp.exponent.show(found.exponents[n]) for n in names]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        # φ'' is n^{1/2} at n^{1/2} of the neurons, and v has either sign.
        (HEAD + "output f = dot(v, sqrt(h^2 + 1/n)) / sqrt(n)", ["-3/4", "-1/2", "-3/4", "-1/4"]),
        # ρ = |h| has P(ρ < t) = t^k, and derivatives of h / |h| are its negative powers.
        (PAIRS.format(2) + "output f = dot(v, h / sqrt(sum(h^2, k)), n, k) / sqrt(n)", ["-1/2", "-1/2", "-1/2", "0"]),
        (PAIRS.format(3) + "output f = dot(v, h / norm(h, k), n, k) / sqrt(n)", ["-5/6", "-1", "-7/6", "-1/3"]),
        # A constant keeps the norm away from zero: nothing changes.
        (
            PAIRS.format(2) + "output f = dot(v, h / sqrt(sum(h^2, k) + 0.1), n, k) / sqrt(n)",
            ["-1", "-1", "-2", "-1/2"],
        ),
    ],
)
def test_functions_of_values_that_come_near_zero(output: str, expected: list[str]) -> None:
    assert exponents(output, NAMES) == expected


@pytest.mark.parametrize("function", ["", "exp", "square"])
def test_unit_vectors_are_nowhere_large(function: str) -> None:
    """Where the norm is small so is the vector: only derivatives of the quotient are large."""
    output = f"output f = dot(v, {function}(h / norm(h, k)), n, k) / sqrt(n)"
    assert exponents(PAIRS.format(3) + output, ["F", *NAMES]) == ["0", "-5/6", "-1", "-7/6", "-1/3"]


@pytest.mark.parametrize(
    ("df", "expected"), [(5, ["-9/10", "-1", "-3/2", "-9/5"]), (3, ["-1/2", "-2/3", "-5/6", "-1"])]
)
def test_sums_of_high_powers_of_heavy_tailed_weights(df: int, expected: list[str]) -> None:
    """C[0,d] has the sum of v^{d+1}: its size is that of a Gaussian sum or of its largest term n^{(d+1)/df}."""
    text = HEAD.replace("param v : [n] ~ normal(0, 1)", f"param v : [n] ~ student_t(0, 1, {df})")
    assert exponents(text + "output f = dot(v, softplus(h)) / sqrt(n)", [f"C[0,{d}]" for d in (2, 3, 4, 5)]) == expected


def test_means_without_a_mean() -> None:
    """A sum of |h|^{-11/10} is as large as its largest term, and so is a sum of quotients."""
    power = HEAD + "output f = mean(power(h^2, -11/20))"
    assert exponents(power, ["F"]) == ["1/10"]
    quotient = HEAD + "param A : [n, d] ~ normal(0, 1)\n output f = mean(h / (A @ x))"
    assert exponents(quotient, ["F"]) == ["0"]


def test_two_neurons_of_mean_zero_have_one_number() -> None:
    """After the mean over k entries is taken away, k - 1 of them are free."""
    text = PAIRS + "c = h - mean(h, k)\n output f = dot(v, c / sqrt(mean(c^2, k)), n, k) / sqrt(n)"
    assert exponents(text.format(3), NAMES[:2]) == ["-1/2", "-1/2"]


def test_what_is_not_known_from_below_has_no_bound() -> None:
    """relu(h) vanishes at half of the neurons; a root of it has no derivative there."""
    found = exponents(HEAD + "output f = dot(v, sqrt(relu(h))) / sqrt(n)", ["kernel", "C[0,2]"])
    assert found == ["<= inf", "<= inf"]
    kept = exponents(HEAD + "output f = dot(v, sqrt(relu(h) + 1)) / sqrt(n)", ["C[0,2]", "C[0,3]"])
    assert kept == ["-1", "-1"]


def test_all_neurons_may_cross_a_kink_at_which_they_lie() -> None:
    text = HEAD + "param A : [n, d] ~ normal(0, 1)\n output f = dot(v, relu({} + A @ x / {})) / sqrt(n)"

    def deviation(inner: str, scale: str) -> Fraction | None:
        return Analysis(tp.parse(f"program kink {{\n {text.format(inner, scale)}\n}}").graph).regime.deviation

    assert deviation("relu(h)", "n") == 0
    assert deviation("h", "n") == Fraction(-1, 2)


def test_unbounded_is_the_exponent_of_nothing_known() -> None:
    bound = Analysis(tp.parse(f"program root {{\n {HEAD} output f = mean(sqrt(relu(h)))\n}}").graph).bound("kernel")
    assert bound == UNBOUNDED


@pytest.mark.parametrize(
    "value",
    ["h / sqrt(sum(h^2, k) + 1)", "h * sqrt(h^2 + 1/100)", "h / (1 + h^2)", "h * power(sum(h^2, k) + exp(h), -1/3)"],
)
def test_roots_that_come_near_zero_nowhere_train_like_smooth_functions(value: str) -> None:
    found = written(f"""input x : [d=8]
        param U : [n, k=2 | d] ~ normal(0, 1)
        param v : [n, k] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = dot(v, {value}) / sqrt(n)""")
    assert (found.kind, found.deviation, found.drift) == (Kind.LAZY, -1, -1)
    assert found.exact


def test_a_floor_that_vanishes_leaves_bounds() -> None:
    found = written("""input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = dot(v, sqrt(h^2 + 1/n)) / sqrt(n)""")
    assert not found.exact
    assert found.deviation is not None
    assert found.deviation > -1


def test_steps_end_where_no_power_bounds_a_move() -> None:
    found = written("""input x : [d=8]
        param U : [n, k=2 | d] ~ normal(0, 1)
        param v : [n, k] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        output f = dot(v, h / sqrt(sum(h^2, k))) / sqrt(n)""")
    assert found.kind is Kind.UNDECIDED
    assert found.steps <= 3


@pytest.mark.parametrize(
    "output",
    [
        "s = dot(w, h, n) / n\n output f = dot(v, h) / sqrt(n) / sqrt(s^2)",
        "s = dot(w, h, n) / n\n output f = dot(v, h) / sqrt(n) / sqrt(s^2 + 1/n^2)",
        "s = mean(w * h)\n output f = dot(v, tanh(h)) / sqrt(n) / abs(s)",
        "s = sqrt(n) * mean(tanh(h) + w)\n output f = dot(v, h / sqrt(s^2 / n)) / sqrt(n)",
    ],
)
def test_bounds_do_not_divide_by_what_cancels(output: str) -> None:
    """The bound of s is larger than s, so that it says nothing of 1/s."""
    found = Analysis(
        tp.parse(f"program p {{\n {HEAD} param w : [n] ~ normal(0, 1)\n {output}\n}}").graph, ["kernel", *NAMES]
    )
    assert found.bound("kernel") == UNBOUNDED
    assert [s for s in found.certificate(["kernel"])["statements"] if s["kind"] in ("norm", "form")] == []


def test_bounds_divide_by_what_does_not_cancel() -> None:
    for below in ("sqrt(mean(h^2))", "sqrt(mean(h)^2 + 1)", "(1 + mean(h^2))"):
        found = Analysis(tp.parse(f"program p {{\n {HEAD} output f = dot(v, h / {below}) / sqrt(n)\n}}").graph, NAMES)
        assert found.bound("C[0,2]") == Fraction(-1, 2)
