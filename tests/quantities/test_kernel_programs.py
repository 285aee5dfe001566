"""Programs of kernels: NNGP and tangent kernel of programs, against differences of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.validation import validate
from tp.graph.axes import LEFT, RIGHT, names
from tp.graph.graph import Graph
from tp.graph.slot import LEFT_BATCH, RIGHT_BATCH, Slot, slot_of
from tp.graph.text import parse_graph, print_graph
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.matrix_free.streams import Seed
from tp.ndarray import NDArray
from tp.primitives import known
from tp.quantities.kernels import nngp, pair, tangent
from tp.syntax import parse
from tp.transform.factored import factored

Arrays = Mapping[str, NDArray[np.float64]]
WIDTH = 4

TWO_OUTPUTS = """
  width n, m = n/2
  input x : [t=3, d=2]
  input z : [d=2]
  param U : [n, d] ~ normal(0, 1) rate 1/n
  param W : [n, n] ~ normal(0, 1)
  param A : [m | n] ~ normal(0, 1)
  param R : [c=2 | m] ~ normal(0, 1)
  param b : [c=2] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(U @ x / sqrt(d)) + U @ z
  k = rename(W @ h / sqrt(n), t, s)
  mixed = sum(softmax(dot(h, k) / n, s) * (W' @ rename(h, t, s)), s) / sqrt(n)
  output f = R @ (A @ tanh(mean(mixed, t)) / sqrt(n)) / sqrt(m) + b
  output g = dot(v, tanh(h)) / sqrt(n)
"""
CONVOLUTION = """
  width n
  input x : [i=3, j=2]
  param K1 : [n | k=2] ~ normal(0, 1)
  param K2 : [n | n, k] ~ normal(0, 1)
  param v : [n, i, j |] ~ normal(0, 1)
  h = conv(K1, x, i=k, padding=circular)
  output f = sum(dot(v, tanh(conv(K2, sin(h), i=k, padding=circular))), j) / n
"""
FREE_OF_INPUTS = """
  width n
  input x : [d=2]
  param a : [n] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  param b : [] ~ normal(0, 1)
  output f = dot(v, tanh(W @ a))
  output g = b + 0 * sum(x, d)
"""
every = pytest.mark.parametrize("text", [TWO_OUTPUTS, CONVOLUTION, FREE_OF_INPUTS])


def program(text: str) -> Graph:
    return parse(f"program p {{{text}}}").graph


def batch(graph: Graph, size: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Inputs with a last axis of samples."""
    from tp.primitives.input import Input

    numbers = np.random.default_rng(seed)
    inputs = {o.name: o.axes for node in graph.nodes if isinstance(o := node.operation, Input)}
    return {name: numbers.standard_normal((*(a.at(1) for a in axes), size)) for name, axes in inputs.items()}


def both(left: Arrays, right: Arrays) -> dict[str, NDArray[np.float64]]:
    return {LEFT_BATCH.of(k): v for k, v in left.items()} | {RIGHT_BATCH.of(k): v for k, v in right.items()}


def values(graph: Graph, weights: Arrays, inputs: Arrays) -> dict[str, NDArray[np.float64]]:
    """The outputs, with the axes of batches first."""
    made = evaluator(graph, list(graph.outputs.values()), WIDTH, np.float64)(weights, inputs)
    out: dict[str, NDArray[np.float64]] = {}
    for (name, node), value in zip(graph.outputs.items(), made, strict=True):
        have = names(graph.type(node))
        first = [a for a in (LEFT, RIGHT) if a in have]
        out[name] = np.transpose(value, [have.index(a) for a in (*first, *(a for a in have if a not in first))])
    return out


def by_differences(graph: Graph, weights: Arrays, inputs: Arrays) -> list[dict[str, Arrays]]:
    """By sample, output and weight: the derivative [components, entries]."""
    out: list[dict[str, Arrays]] = []
    for i in range(next(iter(inputs.values())).shape[-1]):
        point = {name: array[..., i] for name, array in inputs.items()}
        rows: dict[str, dict[str, NDArray[np.float64]]] = {name: {} for name in graph.outputs}
        for name, weight in weights.items():
            columns: dict[str, list[NDArray[np.float64]]] = {f: [] for f in graph.outputs}
            for place in np.ndindex(weight.shape):
                ends: list[Arrays] = []
                for sign in (1, -1):
                    moved = np.array(weight)
                    moved[place] += sign * 1e-5
                    ends.append(values(graph, {**weights, name: moved}, point))
                for f in graph.outputs:
                    columns[f].append((ends[0][f] - ends[1][f]).ravel() / 2e-5)
            for f in graph.outputs:
                rows[f][name] = np.stack(columns[f], axis=1)
        out.append({f: dict(r) for f, r in rows.items()})
    return out


@every
@pytest.mark.parametrize("factors", [False, True])
def test_tangent_kernel(text: str, factors: bool) -> None:
    graph = program(text)
    left, right = batch(graph, 2, 0), batch(graph, 3, 1)
    weights = draw(graph.parameters, WIDTH, Seed((7,)), np.dtype(np.float64))
    made = values(tangent(factored(graph) if factors else graph, 2, 3), weights, both(left, right))
    one, other = by_differences(graph, weights, left), by_differences(graph, weights, right)
    rates = {name: p.rate.at(WIDTH) for name, p in graph.parameters.items()}
    assert set(made) == {pair(f, g) for f in graph.outputs for g in graph.outputs}
    for f in graph.outputs:
        for g in graph.outputs:
            expected = np.array([[sum(rates[w] * a[f][w] @ b[g][w].T for w in rates) for b in other] for a in one])
            found = made[pair(f, g)]
            assert found.size == expected.size
            np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-7, atol=1e-8)


@every
def test_nngp(text: str) -> None:
    graph = program(text)
    left, right = batch(graph, 2, 0), batch(graph, 3, 1)
    weights = draw(graph.parameters, WIDTH, Seed((7,)), np.dtype(np.float64))
    made = values(nngp(graph, 2, 3), weights, both(left, right))
    for name in graph.outputs:
        for place, inputs in ((LEFT_BATCH, left), (RIGHT_BATCH, right)):
            for i, row in enumerate(made[place.of(name)]):
                expected = values(graph, weights, {k: v[..., i] for k, v in inputs.items()})[name]
                np.testing.assert_allclose(row, expected, rtol=1e-12)


@every
def test_they_are_read_back(text: str) -> None:
    for graph in (nngp(program(text), 2, 3), tangent(program(text), 2, 3)):
        read = parse_graph(print_graph(graph), known())
        assert read == graph
        assert validate(read) == []


def test_axes_have_names_of_their_own() -> None:
    made = tangent(program(TWO_OUTPUTS), 2, 3)
    kinds = {name: set(names(made.type(node))) for name, node in made.outputs.items()}
    assert kinds["f, f"] == {"@left", "@right", "c", "c'"}
    assert kinds["f, g"] == {"@left", "@right", "c", "t"}
    assert kinds["g, g"] == {"@left", "@right", "t", "t'"}


def test_nodes_know_their_line() -> None:
    graph = program(TWO_OUTPUTS)
    made = tangent(graph, 2, 3)
    lines = {node.span.line for node in graph.nodes if node.span is not None}
    assert {node.span.line for node in made.nodes if node.span is not None} <= lines
    assert sum(node.span is None for node in made.nodes) < len(made) // 4


def test_names_of_batches_are_slots() -> None:
    for place in (LEFT_BATCH, RIGHT_BATCH):
        found = slot_of(place.of("x"))
        assert isinstance(found, Slot)
        assert (found.role, found.name) == (place.role, "x")
    assert replace(LEFT_BATCH).of("x") != RIGHT_BATCH.of("x")
