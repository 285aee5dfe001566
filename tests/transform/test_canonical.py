"""Collected linear combinations: the same function, and the same exponents for every way of writing it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.marks import slow
from tp.graph.graph import Graph
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.matrix_free.streams import Seed
from tp.syntax import parse
from tp.theory.analysis import Analysis
from tp.transform.canonical import Collecting, canonical

TEXT = """program p {{ width n
    input x : [t=2, d=3]
    param U : [n, d] ~ normal(0, 1)
    param V : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h = U @ x[t=1]
    g = V @ x[t=1]
    k = U @ x
    output f = {output}
}}"""
NAMES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]")


def graph(output: str) -> Graph:
    return parse(TEXT.format(output=output)).graph


def exponents(output: str) -> dict[str, tuple[Fraction | None, bool]]:
    found = Analysis(graph(output), NAMES).prediction(NAMES)
    return {name: (found.exponents[name], found.exact[name]) for name in NAMES}


def value(found: Graph) -> np.ndarray:
    weights = draw(found.parameters, 5, Seed((3,)), np.float64)
    inputs = {"x": np.random.default_rng(4).standard_normal((2, 3))}
    return evaluator(found, list(found.outputs.values()), 5, np.float64)(weights, inputs)[0]


SAME = [
    ("mean(sigmoid(h) - 1/2) * sqrt(n)", "mean(tanh(h / 2)) * sqrt(n) / 2"),
    ("mean(2 * sigmoid(h + g) - 1) * sqrt(n)", "mean(tanh((h + g) / 2)) * sqrt(n)"),
    ("dot(v, softplus(h) - softplus(-h)) / sqrt(n)", "dot(v, h) / sqrt(n)"),
    ("dot(v, silu(h - g) - silu(g - h)) / sqrt(n)", "dot(v, h - g) / sqrt(n)"),
    ("dot(v, gelu(h) - h / 2) / sqrt(n)", "dot(v, (gelu(h) + gelu(-h)) / 2) / sqrt(n)"),
    ("dot(v, relu(2*h) - relu(-2*h)) / sqrt(n)", "2 * dot(v, h) / sqrt(n)"),
    ("dot(v, leaky_relu(h, 0.2) + leaky_relu(-h, 0.2)) / sqrt(n)", "0.8 * dot(v, abs(h)) / sqrt(n)"),
    ("dot(v, tanh(h) + (h * g - g * h)) / sqrt(n)", "dot(v, tanh(h)) / sqrt(n)"),
    ("sum(h^2 - mean(h^2)) + dot(v, h) / sqrt(n)", "dot(v, h) / sqrt(n)"),
    (
        "mean(sigmoid(W @ h / sqrt(n))) - mean(sigmoid(g))",
        "mean(tanh(W @ h / sqrt(n) / 2)) / 2 - mean(tanh(g / 2)) / 2",
    ),
    ("mean(sum(k^2 - mean(k^2, t), t)) + mean(h)", "mean(h)"),
]
"""Two ways of writing one function (up to a constant factor)."""


@pytest.mark.parametrize(("left", "right"), slow(SAME, SAME[:4]))
def test_two_ways_of_writing_have_the_same_exponents(left: str, right: str) -> None:
    assert exponents(left) == exponents(right)
    assert value(graph(left)) == pytest.approx(value(graph(right)), abs=1e-12)


@pytest.mark.parametrize("output", [*(p[0] for p in SAME), "mean(softplus(h)) - mean(silu(g * 3))", "dot(v, relu(h))"])
def test_the_function_stays_the_same(output: str) -> None:
    found = graph(output)
    assert value(Collecting(found).graph.build()) == pytest.approx(value(found), rel=1e-12, abs=1e-12)


def test_where_nothing_cancels_the_program_stays_as_it_is() -> None:
    for output in (
        "mean((1 - sigmoid(h)) * tanh(g) + sigmoid(h) * h)",
        "dot(v, relu(h) + h)",
        "mean(sigmoid(h) - 0.4)",
    ):
        found = graph(output)
        assert canonical(found) is found


FUNCTIONS = ("sigmoid", "softplus", "gelu", "silu", "relu", "tanh", "abs", "cos", "gelu_tanh")


@settings(max_examples=12)
@given(st.sampled_from(FUNCTIONS), st.sampled_from(["h", "h + g", "h * g", "W @ tanh(h) / sqrt(n)"]), st.booleans())
def test_what_is_added_and_taken_away_changes_nothing(phi: str, inside: str, negative: bool) -> None:
    """Also in another form: the other side of a function that is even or odd up to a linear part."""
    other = {"sigmoid": "1 - {}", "tanh": "-{}", "abs": "{}", "cos": "{}"}.get(phi, "{} - (" + inside + ")")
    form = f"{phi}(-({inside}))" if negative else f"{phi}({inside})"
    same = other.format(f"{phi}({inside})") if negative else f"1 * {phi}({inside})"
    assert exponents(f"dot(v, tanh(g) + {form} - ({same})) / sqrt(n)") == exponents("dot(v, tanh(g)) / sqrt(n)")
