"""Degrees of polynomials in the trained weights, on programs whose degree is known by hand."""

from __future__ import annotations

import pytest

from tp.interpret.degree import degrees
from tp.syntax import parse

TEXT = """program p {{
 width n
 input x : [d=3]
 param U : [n, d] ~ normal(0, 1)
 param W : [n, n] ~ normal(0, 1)
 param v : [n] ~ normal(0, 1)
 h = U @ x
 z = {layer}
 output f = dot(v, z) / n
}}"""


@pytest.mark.parametrize(
    ("layer", "trained", "degree"),
    [
        ("W @ h", "UWv", 3),
        ("W @ h", "W", 1),
        ("W @ h", "v", 1),
        ("W @ h", "", 0),
        ("W @ square(h)", "UWv", 4),
        ("W @ square(W @ h)", "UWv", 6),
        ("W @ (h * h * h) + W @ h", "UWv", 5),
        ("W @ relu(h)", "UWv", 3),
        ("W @ tanh(h)", "UWv", None),
        ("W @ tanh(h)", "Wv", 2),
    ],
)
def test_degree_of_the_output(layer: str, trained: str, degree: int | None) -> None:
    graph = parse(TEXT.format(layer=layer)).graph
    assert degrees(graph, set(trained))[graph.outputs["f"]] == degree
