"""Reverse mode and norms of gradients in factors, against JAX on materialised weights."""

from __future__ import annotations

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tp.graph.axes import ONE, Scale, names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.primitives.constant import Constant
from tp.quantities.programs import reads_in
from tp.syntax import Program, load, parse
from tp.transform.direction import Direction, Factor, squared_norm
from tp.transform.gradient import direction, pullback
from tp.transform.instantiate import instantiate

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = {"t": "3", "d": "2", "i": "4", "j": "4"}
INLINE = {
    "tied": """program p {
        width n, m = n^(1/2)
        input x : [t=2, d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [m, n] ~ normal(0, 1)
        h = W' @ tanh(W @ gelu(U @ x))
        output f = sum(U' @ tanh(h), t, d)
    }""",
    "window": """program p {
        width n
        input x : [i=5]
        param K : [n | k=3] ~ normal(0, 1)
        param L : [n | n, k] ~ normal(0, 1)
        param v : [n, i |] ~ normal(0, 1)
        h = conv(L, tanh(conv(K, x, i=k, padding=circular)), i=k)
        output f = sum(dot(v, silu(h)), i)
    }""",
    "norm": """program p {
        width n
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param g : [n] ~ constant(1)
        param v : [n] ~ normal(0, 1)
        h = W @ tanh(U @ x)
        output f = dot(v, g * (h - mean(h)) / sqrt(mean(h^2) + 1))
    }""",
}


def program(name: str) -> Program:
    if name in INLINE:
        return parse(INLINE[name])
    path = PROGRAMS / f"{name}.tp"
    known = load(path).settings
    return load(path, {k: v for k, v in SMALL.items() if k in known})


def gradient(program: Graph) -> tuple[GraphBuilder, Direction]:
    """The gradient of the single output, in a copy of the graph with the same numbers."""
    graph = GraphBuilder.like(program)
    instantiate(program, list(program), graph, graph.add)
    (root,) = program.outputs.values()
    reads = reads_in(program, graph, [root])
    return graph, direction(pullback(graph, root, graph.add(Constant((1.0,))), reads.values()), reads)


def materialised(graph: Graph, weight: str, factor: Factor, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left ⊗ right summed over the shared axes, with the axes of the weight."""
    outs, ins = (names(side) for side in (graph.parameters[weight].outs, graph.parameters[weight].ins))
    lefts = list(names(graph.type(factor.left)))
    rights = [f"{a} in" if a in ins else a for a in names(graph.type(factor.right))]
    numbers = {a: i for i, a in enumerate(dict.fromkeys([*lefts, *rights]))}
    wanted = [numbers[a] for a in (*outs, *(f"{a} in" for a in ins))]
    return np.einsum(left, [numbers[a] for a in lefts], right, [numbers[a] for a in rights], wanted)


CASES = [("mlp", 4), ("rnn", 4), ("tied", 4), ("window", 3), ("norm", 4), ("attention", 3), ("multihead_attention", 8)]


@pytest.mark.parametrize(("name", "n"), CASES)
def test_gradients_and_their_norms(name: str, n: int) -> None:
    found = program(name)
    graph = found.graph
    output = next(iter(graph.outputs.values()))
    graph, slopes = gradient(graph)
    assert {*slopes.leaves, *slopes.factors} == set(graph.parameters)
    rates = {weight: Scale(0.5 + i) for i, weight in enumerate(graph.parameters)}
    plain = squared_norm(graph, slopes, lambda _: ONE)
    weighed = squared_norm(graph, slopes, rates.__getitem__)
    assert plain is not None
    assert weighed is not None
    pieces = [(weight, factor) for weight, factors in slopes.factors.items() for factor in factors]
    roots = [plain, weighed, *slopes.leaves.values(), *(i for _, f in pieces for i in (f.left, f.right))]
    x = {k: np.random.default_rng(1).standard_normal([a.at(n) for a in axes]) for k, axes in found.inputs.items()}
    with precision("float64") as kind:
        weights = draw(graph.parameters, n, jax.random.key(0), kind)
        data = {k: jnp.asarray(v) for k, v in x.items()}
        evaluate = evaluator(graph, [output], n, kind)
        expected = jax.device_get(jax.jit(jax.grad(lambda w: evaluate(w, data)[0].reshape(())))(weights))
        both, many, *arrays = jax.device_get(jax.jit(evaluator(graph, roots, n, kind))(weights, data))
    parts = dict(zip(slopes.leaves, arrays, strict=False))
    sides = arrays[len(slopes.leaves) :]
    for (weight, factor), left, right in zip(pieces, sides[::2], sides[1::2], strict=True):
        parts[weight] = parts.get(weight, 0.0) + materialised(graph, weight, factor, left, right)
    for weight, part in parts.items():
        if weight in slopes.leaves:
            wanted = names((*graph.parameters[weight].outs, *graph.parameters[weight].ins))
            part = np.transpose(part, [names(graph.type(slopes.leaves[weight])).index(a) for a in wanted])
        np.testing.assert_allclose(part, expected[weight], rtol=1e-9, atol=1e-12, err_msg=weight)
    norms = {weight: float((slope**2).sum()) for weight, slope in expected.items()}
    assert both == pytest.approx(sum(norms.values()), rel=1e-10)
    assert many == pytest.approx(sum(rates[weight].coefficient * norm for weight, norm in norms.items()), rel=1e-10)


def test_weights_without_influence_have_no_part() -> None:
    graph = parse("""program p {
        width n
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param unused : [n, n] ~ normal(0, 1)
        h = unused @ (U @ x)
        output f = mean(relu(U @ x))
    }""").graph
    graph, slopes = gradient(graph)
    assert set(slopes.leaves) == {"U"}
    assert not slopes.factors


def test_gradients_of_operators_stay_in_factors() -> None:
    """No node of the gradient has one entry for each entry of a wide matrix."""
    graph = program("rnn").graph
    before = len(graph)
    graph, slopes = gradient(graph)
    norm = squared_norm(graph, slopes, lambda _: ONE)
    assert norm is not None
    assert len(slopes.factors["W"]) == 2
    assert len(graph) > before
    assert all(sum(axis.wide for axis in graph.type(i)) <= 1 for i in graph)
