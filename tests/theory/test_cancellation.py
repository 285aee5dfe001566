"""Sums whose leading terms cancel are not called attained, and ordinary sums are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.marks import slow
from tests.random_programs.strategy import programs
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for
from tp.laws import LAWS
from tp.primitives.linear import Linear
from tp.syntax import load, parse
from tp.theory.analysis import Analysis
from tp.theory.cancellation import cancelling
from tp.transform.canonical import canonical

PROGRAMS = Path(__file__).parents[2] / "programs"
TEXT = """program p {{ width n
    input x : [t=2, d=3]
    table s : [u=4] = (1, -1, 1, -1)
    param U : [n, d] ~ normal(0, 1)
    param V : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ normal(0, 1)
    param A : [n, n] ~ normal(0, 1)
    param q : [n] ~ normal(0, 1/n)
    param v : [n] ~ normal(0, 1)
    h = U @ x[t=1]
    g = V @ x[t=1]
    k = U @ x
    r = W @ tanh(h) / sqrt(n)
    output f = {output}
}}"""


def graph(output: str) -> Graph:
    return canonical(parse(TEXT.format(output=output)).graph)


def flagged(found: Graph) -> tuple[int, ...]:
    return cancelling(found, calculus_for(found))


CANCEL = {
    "squares of sine and cosine": "dot(v, sin(h)^2 + cos(h)^2) / sqrt(n)",
    "squares of sine and cosine, and a constant": "dot(v, sin(g)^2 + cos(g)^2 - 1) / sqrt(n)",
    "a binomial formula": "dot(v, (h + g) * (h - g) - h^2 + g^2) / sqrt(n)",
    "a square written twice": "dot(v, (h + g)^2 - h^2 - 2 * h * g - g^2) / sqrt(n)",
    "powers": "dot(v, exp(h)^2 - exp(2 * h)) / sqrt(n)",
    "gelu by hand": "dot(v, h * sigmoid(h) - silu(h)) / sqrt(n)",
    "means of one law": "sqrt(n) * (mean(tanh(h)^2) - mean(tanh(g)^2))",
    "means of one law, of products": "sqrt(n) * (mean(h * tanh(h)) - mean(g * tanh(g)))",
    "a softmax of small scores and its limit": "sum((softmax(dot(q, tanh(k)), t) - 1/2) * dot(v, k), t) / sqrt(n)",
    "squares of a unit vector": "dot(v, h * sum((k / sqrt(sum(k^2, t)))^2, t)) / sqrt(n)",
    "a softmax and one": "mean(sum(softmax(k, t), t) - 1)",
    "a square of an absolute value": "dot(v, abs(h) * abs(h) - h^2) / sqrt(n)",
    "a value and its inverse": "dot(v, h * power(h, -1) - 1) / sqrt(n)",
    "a function at small arguments and its value at 0": "mean(exp(h / n) - 1)",
    "a gate that is always half open": "dot(v, cos(h / sqrt(n)) * h - h) / sqrt(n)",
    "a weight times a sum": "dot(v, W @ (h + g) - W @ h - W @ g) / n",
    "a weight times a sum, and more": "dot(v, W @ (h + g) - W @ h - W @ g + sqrt(n) * q) / n",
    "a weight and its transpose": "(dot(g, W @ h) - dot(h, W' @ g)) / n",
    "a softmax that is summed alone": "dot(v, sum(softmax(k, t), t)) / sqrt(n)",
    "exponentials that are inverse": "dot(v, exp(h) * exp(-h)) / sqrt(n)",
    "a sign": "dot(v, h / sqrt(h^2)) / sqrt(n)",
    "squares of sine and cosine beside a weight": "dot(v, sin(h)^2 + cos(h)^2 + v) / sqrt(n)",
    "squares of sine and cosine in two sums": "dot(v, (sin(h)^2 + g * r) + cos(h)^2) / sqrt(n)",
    "a factor and its inverse": "dot(v, (h * g) / h) / sqrt(n)",
    "a factor in both halves of a quotient": "dot(v, (h * g) / (h * (r^2 + 1))) / sqrt(n)",
    "the norm of a normalised vector": "mean(((h - mean(h)) / sqrt(mean((h - mean(h))^2)))^2)",
    "functions that are zero on either side": "dot(v, relu(h) * relu(-h)) / sqrt(n)",
    "a fourth moment": "mean(h^4) - 3 * mean(h^2)^2",
    "moments of two inputs": "mean(k[t=1]^3 * k[t=2]) - 3 * mean(k[t=1]^2) * mean(k[t=1] * k[t=2])",
    "half of a second moment": "mean(relu(h)^2) - mean(h^2) / 2",
    "a known second moment": "mean(v^2) - 1",
    "a formula of Stein": "mean(h * tanh(h)) - mean(1 - tanh(h)^2) * mean(h^2)",
    "a variance": "mean((tanh(h)^2 - mean(tanh(h)^2))^2) - mean(tanh(h)^4) + mean(tanh(h)^2)^2",
    "a mean of exponentials": "mean(exp(h)) - exp(mean(h^2) / 2)",
    "a vector that is made orthogonal": "dot(g, h * mean(g^2) - g * mean(g * h)) / sqrt(n)",
    "a random factor of mean 1": "mean(dropout(h^2, 1/2) - h^2)",
    "entries that are repeated": "dot(v, sum(rename(repeat(tanh(k), t, 2), t, u) * s, u)) / sqrt(n)",
    "values that are joined twice": "dot(v, sum(concat(h, r, g, g, r, h, u)[u=2..5] * s, u)) / sqrt(n)",
    "a batch of two samples": "dot(v, tanh(normalize(k, t, eps=0))[t=1]) / sqrt(n)",
    "the zero that a shift brings in": "dot(v, shift(tanh(k), t, 1)[t=1]) / sqrt(n)",
    "values that are zero at each other's places": "dot(v, sum(shift(tanh(k), t, 1) * shift(k, t, -1), t)) / sqrt(n)",
    "the largest entry and the smallest": "sum(top_k(dot(v, k), 1, t) * top_k(-dot(v, k), 1, t), t) / n",
    "a repeated entry and itself": "dot(v, (repeat(k, t, 2)[t=1..2] - k)[t=1]) / sqrt(n)",
    "a few values that are dropped": "dot(v, sum(dropout(k, 1/2, t), t)) / sqrt(n)",
    "factors that are uncorrelated in pairs": "mean((W @ v) * (W @ q) * (A @ v) * (A @ q) * relu(A @ q))",
}
APART = [
    *(
        "h + r",
        "h + tanh(h)",
        "h - tanh(h)",
        "relu(h) + gelu(h)",
        "h * tanh(h) + r * tanh(r)",
        "cos(h) - 1",
        "h^2 + g^2",
    ),
    *("sigmoid(g) * h + (1 - sigmoid(g)) * tanh(r)", "exp(h) - exp(-h)", "h^3 + h * g^2", "(h + g)^2 - h^2 - g^2"),
    *(
        "h / sqrt(mean(h^2) + mean(r^2))",
        "h * (mean(h^2) - mean(tanh(h)^2))",
        "sin(h)^2 - cos(h)^2",
        "tanh(2*h) - 2*tanh(h)",
    ),
    *("W @ (h + g) - W @ h / 2 - W @ g", "h * mean(tanh(h)^2) - h * mean(gelu(h))", "h * (mean(h^4) - mean(h^2)^2)"),
    *(
        "h - mean(h)",
        "k[t=1] - k[t=2]",
        "softmax(k, t)[t=1] - 1/2",
        "tanh(h) - erf(h)",
        "relu(h) - h",
        "elu(h) - h",
        "h * (softplus(h) - gelu(h))",
        "sum(concat(h, r, r, g, u) * s, u)",
        "rename(repeat(tanh(k), t, 2), t, u)[u=3]",
        "dropout(h^2, 1/2) - h^2",
        "shift(tanh(k), t, 1)[t=2]",
        "(repeat(k, t, 2)[t=1..2] - k)[t=2]",
        "tanh(normalize(concat(h, g, r, u), u, eps=0))[u=1]",
    ),
]


@pytest.mark.parametrize("output", CANCEL.values(), ids=CANCEL.keys())
def test_leading_terms_that_cancel_are_found(output: str) -> None:
    assert flagged(graph(output))


def test_what_drops_a_few_values_may_be_zero() -> None:
    """All that is left may be dropped, with a probability that does not vanish; among n values it does."""
    for axis, exact in (("t", False), ("n", True)):
        found = Analysis(graph(f"dot(v, dropout(k, 1/2, {axis})[t=1]) / sqrt(n)"), ["F"]).prediction(["F"])
        assert found.exponents["F"] == 0
        assert found.exact["F"] is exact


@pytest.mark.parametrize("inside", APART)
def test_sums_of_different_functions_stay_attained(inside: str) -> None:
    assert flagged(graph(f"dot(v, {inside}) / sqrt(n)")) == ()


@pytest.mark.parametrize("name", sorted(p.stem for p in PROGRAMS.glob("*.tp")))
def test_shipped_programs_have_no_such_sums(name: str) -> None:
    found = load(PROGRAMS / f"{name}.tp").graph
    assert canonical(found) is found
    assert flagged(found) == ()


@settings(max_examples=15, deadline=None, derandomize=True)  # others may cancel by accident, as norm(tanh(h)) - 1/2
@given(programs)
def test_random_programs_have_no_such_sums(text: str) -> None:
    """Means may be smaller than said: of two components of one vector, which are independent, the product is odd."""
    found = canonical(parse(text).graph)
    assert not any(isinstance(found[i].operation, Linear) for i in flagged(found))


@pytest.mark.parametrize("output", slow(CANCEL.values(), [CANCEL["a binomial formula"]]))
def test_what_depends_on_them_is_an_upper_bound(output: str) -> None:
    names = ("F", "kernel", "C[0,2]", "C[0,3]")
    found = Analysis(graph(output), names)
    prediction = found.prediction(names, nodes=True)
    assert not any(prediction.exact[name] for name in names if prediction.exponents[name] is not None)
    assert any("generic coefficients assumed in line 14" in note for note in prediction.assumptions)
    assert {n.name: n.exact for n in prediction.nodes}["h"]
    assert not any(law.attained for law in found.laws() if law.constant is not None)


IDENTITIES = st.sampled_from(
    [
        "({0} + {1})^2 - {0}^2 - {1}^2 - 2 * {0} * {1}",
        "sin({0})^2 + cos({0})^2 - 1",
        "exp({0}) * exp({1}) - exp({0} + {1})",
    ]
)
VALUES = st.sampled_from(["h", "g", "r", "tanh(h)", "(h * g)", "sigmoid(r)", "(mean(h^2) * g)"])


@settings(max_examples=12, deadline=None)
@given(IDENTITIES, VALUES, VALUES, st.sampled_from(["", "0.5 * ", "v * "]))
def test_identities_between_any_values_are_found(identity: str, one: str, other: str, factor: str) -> None:
    assert flagged(graph(f"mean({factor}({identity.format(f'(0.3 * {one})', f'(0.3 * {other})')}))"))


@pytest.mark.parametrize("law", LAWS)
def test_weights_of_every_law_are_drawn(law: str) -> None:
    """A sum over a wide axis that no weight of its own makes random is drawn, whatever the weights are."""
    arguments = "1" if law == "constant" else "0, 1"
    text = f"""program p {{ width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ {law}({arguments})
        h = U @ x
        k = W @ tanh(h) / sqrt(n)
        output f = mean(h * sin(h)) + mean(k * sin(k)) - mean(k * h)
    }}"""
    assert isinstance(Analysis(canonical(parse(text).graph), ["F"]).exponent("F"), Fraction | None)
