"""A pointwise function that is declared as a map has the values and derivatives of the activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tp
from tests.marks import slow
from tp.graph.graph import Graph
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.orders import calculus_for
from tp.matrix_free.streams import Seed
from tp.quantities.definitions import parse
from tp.quantities.distinct import DistinctScalars
from tp.quantities.slots import arrange
from tp.quantities.training import backprop, trained
from tp.theory.scalars import Scalars
from tp.transform.factored import factored

N = 5
BODIES = {
    "two layers": "h = PHI(U @ x)\n  k = PHI(W @ h / sqrt(n))\n  output f = dot(v, k) / sqrt(n)",
    "tied": "h = PHI(U @ x)\n  k = PHI(W' @ PHI(W @ h / sqrt(n)) + h)\n  output f = dot(v, PHI(k) * h) / n",
}
HEAD = """program p {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
"""
FUNCTIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "tanh": ("odd value 1 norms 1, 1", jnp.tanh),
    "square": ("even value 1 norms 1, 1 degree 2", lambda x: x**2),
    "sin": ("odd norms 1", jnp.sin),
}


def both(body: str, name: str) -> tuple[Graph, Graph]:
    """The program with the activation, and with the map."""
    facts, function = FUNCTIONS[name]
    plain = tp.parse(f"{HEAD}  {body.replace('PHI', name)}\n}}")
    mapped = tp.parse(
        f"{HEAD}  map act : [n] -> [n] {facts}\n  {body.replace('PHI', 'act')}\n}}", maps={"act": function}
    )
    return plain.graph, mapped.graph


def numbers(graph: Graph, quantities: list[str], seed: int) -> dict[str, float]:
    program = factored(graph)
    scalars = DistinctScalars(program, [parse(q) for q in quantities])
    nodes = {name: node for name, node in scalars.nodes.items() if node is not None}
    weights = draw(program.parameters, N, Seed((seed,)), np.dtype("float64"))
    data = {"x": np.random.default_rng(seed).normal(size=(scalars.depth + 1, 3))}
    inputs = arrange(program, data, scalars.depth)
    with precision("float64") as kind:
        run = evaluator(scalars.graph, list(nodes.values()), N, kind)
        placed = ({k: jnp.asarray(v) for k, v in arrays.items()} for arrays in (weights, inputs))
        return dict(zip(nodes, map(float, run(*placed)), strict=True))


def check_correlations(body: str, name: str, seed: int, quantities: list[str]) -> None:
    plain, mapped = both(BODIES[body], name)
    one, other = (numbers(graph, quantities, seed) for graph in (plain, mapped))
    assert one.keys() == other.keys()
    for quantity, value in one.items():
        assert other[quantity] == pytest.approx(value, rel=1e-9, abs=1e-12), quantity


@pytest.mark.parametrize("quantities", [["F", "kernel"], *slow([["F", "kernel", "C[0,2]", "C[1,1]"]])])
def test_correlations_agree(quantities: list[str]) -> None:
    check_correlations("two layers", "tanh", 0, quantities)


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(body=st.sampled_from(list(BODIES)), name=st.sampled_from(list(FUNCTIONS)), seed=st.integers(0, 1000))
def test_correlations_agree_for_all(body: str, name: str, seed: int) -> None:
    check_correlations(body, name, seed, ["F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]", "C[1,2]"])


def at_weights(graph: Any, roots: list[int | None], parameters: Any) -> list[float]:
    """Values of ``roots`` at fixed weights and input, 0 for None."""
    weights = draw(parameters, N, Seed((3,)), np.dtype("float64"))
    present = [r for r in roots if r is not None]
    with precision("float64") as kind:
        placed = {k: jnp.asarray(v) for k, v in weights.items()}
        found = iter(evaluator(graph, present, N, kind)(placed, {"x": jnp.asarray([0.5, -1.0, 0.3])}))
        return [0.0 if r is None else float(jnp.sum(next(found))) for r in roots]


@pytest.mark.parametrize("name", ["tanh", "square"])
def test_taylor_coefficients_agree(name: str) -> None:
    """Those of which orders are derived: C[0,d] and |C[1,d]|^2 along one direction."""
    found: list[list[float]] = []
    for graph in both(BODIES["tied"], name):
        scalars = Scalars(graph, 3, calculus_for(graph))
        nodes = [scalars.node(parse(q))[1] for q in ("C[0,2]", "C[0,3]", "kernel", "C[1,1]", "C[1,2]")]
        found.append(at_weights(scalars.graph, nodes, graph.parameters))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-9)


@pytest.mark.parametrize("name", ["sin", "square"])
def test_steps_of_training_agree(name: str) -> None:
    """The output, and the norm of the gradient, after two steps: their values, first-order changes and rests."""
    found: list[list[float]] = []
    for graph in both(BODIES["two layers"], name):
        back = backprop(graph)
        assert back.kernel is not None
        after = trained(back, 2)
        parts = [after.nodes[node] for node in (back.output, back.kernel)]
        nodes = [node for part in parts for node in (part.base, part.first, part.rest)]
        found.append(at_weights(after.graph, nodes, graph.parameters))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-8)
