"""Jets in both algebras, set partitions, and what grows with what."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.marks import exhaustive, slow
from tp.graph.axes import SAMPLES, Axis
from tp.graph.builder import GraphBuilder
from tp.graph.slot import DIRECTIONS, POINT, Place, Role, Slot
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.orders import calculus_for
from tp.matrix_free.streams import Seed
from tp.quantities.definitions import parse as quantity
from tp.quantities.distinct import DistinctScalars
from tp.quantities.gradient_jets import GradientJets
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric
from tp.syntax import load, parse
from tp.theory.scalars import Scalars
from tp.transform.algebra import Subsets, Taylor, partitions
from tp.transform.direction import squared_norm

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = {"t": "3", "d": "2", "i": "4", "j": "4"}
QUANTITIES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]", "C[1,2]")


def program(name: str, **settings: str):
    path = PROGRAMS / f"{name}.tp"
    known = load(path).settings
    return load(path, {k: v for k, v in {**SMALL, **settings}.items() if k in known})


@pytest.mark.parametrize(
    ("name", "n"),
    [("mlp", 5), *slow([("deep_linear", 4), ("relu_mlp", 8), ("attention", 4)]), *exhaustive([("cnn", 3)])],
)
def test_both_algebras_agree_at_equal_inputs(name: str, n: int) -> None:
    """With one input in all slots the mixed derivative along distinct directions is a power of one direction."""
    found = program(name)
    graph, depth = found.graph, 3
    taylor = Taylor(one := GraphBuilder.like(graph), [(gradient_at(graph, one), depth)])
    taylor_jet = jet_output(graph, taylor)
    samples = Axis(SAMPLES, depth)
    subsets = Subsets(many := GraphBuilder.like(graph), [(gradient_at(graph, many, samples, DIRECTIONS), depth)])
    subsets_jet = jet_output(graph, subsets, POINT)
    x = {k: np.random.default_rng(1).standard_normal([a.at(n) for a in axes]) for k, axes in found.inputs.items()}
    spread = {DIRECTIONS.of(k): np.repeat(v[..., None], depth, -1) for k, v in x.items()}
    weights = draw(graph.parameters, n, Seed((0,)), np.float64)
    point = {**x, **{POINT.of(k): v for k, v in x.items()}, **spread}
    for order in range(depth + 1):
        left, right = taylor.coefficient(taylor_jet, order), subsets.coefficient(subsets_jet, order)
        assert (left is None) == (right is None)
        if left is None or right is None:
            continue
        (a,) = evaluator(one, [left], n, np.float64)(weights, point)
        (b,) = evaluator(many, [right], n, np.float64)(weights, point)
        assert float(a) == pytest.approx(float(b), rel=1e-10)
        assert float(a) != 0


def test_taylor_coefficients_of_two_directions_are_mixed_derivatives() -> None:
    """d^2/ds^2 d/dt of F along s u + t w, against JAX, for a program that moves in both its weights."""
    graph = parse("""program p {
        width n
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(W @ silu(U @ x)))
    }""").graph
    n = 4
    target = GraphBuilder.like(graph)
    first = gradient_at(graph, target, None, Place(Role.COPY, 1))
    second = gradient_at(graph, target, None, Place(Role.COPY, 2))
    algebra = Taylor(target, [(first, 2), (second, 1)])
    node = algebra.coefficient(jet_output(graph, algebra), 3)
    assert node is not None
    draws = np.random.default_rng(4).standard_normal((3, 2))
    with precision("float64"):
        weights = draw(graph.parameters, n, Seed((0,)), np.float64)
        inputs = dict(zip(("x", Slot(Role.COPY, "x", 1), Slot(Role.COPY, "x", 2)), draws, strict=True))
        (found,) = evaluator(target, [node], n, np.float64)(weights, inputs)

        def f(w, x):
            return w["v"] @ jnp.tanh(w["W"] @ jax.nn.silu(w["U"] @ x))

        u, w = (jax.grad(f)(weights, inputs[Slot(Role.COPY, "x", i)]) for i in (1, 2))

        def moved(s, t):
            return f(jax.tree.map(lambda a, b, c: a + s * b + t * c, weights, u, w), inputs["x"])

        expected = jax.jit(jax.grad(jax.grad(jax.grad(moved)), 1))(0.0, 0.0)
    assert float(found) == pytest.approx(float(expected), rel=1e-10)


@pytest.mark.parametrize(("name", "n"), [("mlp", 5), ("attention", 4), *slow([("cnn", 3), ("lstm", 4)])])
def test_derivatives_of_the_gradient_are_gradients_of_derivatives(name: str, n: int) -> None:
    """In norm, for every order up to the third, with numbers."""
    found = program(name)
    graph = found.graph
    target = GraphBuilder.like(graph)
    along = gradient_at(graph, target)
    taylor = Taylor(target, [(along, 3)])
    jet, backward = jet_output(graph, taylor), GradientJets(graph, target, along, 3)
    draws = np.random.default_rng(1)
    x = {k: draws.standard_normal([a.at(n) for a in axes]) for k, axes in found.inputs.items()}
    roots: list[int] = []
    for order in range(1, 4):
        node = taylor.coefficient(jet, order)
        assert node is not None
        for direction in (gradient_of(graph, target, node), backward.derivative(order)):
            squared = squared_norm(target, direction, metric(graph))
            assert squared is not None
            roots.append(squared)
    weights = {k: draws.standard_normal([a.at(n) for a in (*w.outs, *w.ins)]) for k, w in graph.parameters.items()}
    values = [float(value) for value in evaluator(target, roots, n, np.float64)(weights, x)]
    assert values[::2] == pytest.approx(values[1::2], rel=1e-9)
    assert all(values)


def test_partitions_are_counted_by_bell_numbers() -> None:
    counts = [len(partitions(tuple(range(k)))) for k in range(8)]
    assert counts == [1, 1, 2, 5, 15, 52, 203, 877]


@pytest.mark.parametrize("size", range(6))
def test_partitions_are_partitions_and_distinct(size: int) -> None:
    found = partitions(tuple(range(size)))
    assert len({frozenset(p) for p in found}) == len(found)
    for blocks in found:
        assert all(blocks)
        assert sum(blocks) == (1 << size) - 1
        assert all(a == b or not a & b for a, b in product(blocks, repeat=2))


def _nodes(name: str, **settings: str) -> tuple[int, int, int]:
    """Nodes of a program, and of its graphs for numbers and for orders."""
    graph = program(name, **settings).graph
    wanted = [quantity(q) for q in QUANTITIES]
    orders = Scalars(graph, max(one.contracted for one in wanted), calculus_for(graph))
    for one in wanted:
        orders.ground(one)
    return len(graph), len(DistinctScalars(graph, wanted).graph), len(orders.graph)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("cnn", {"i": "4", "j": "4"}, {"i": "32", "j": "28"}),
        ("cnn_flatten", {"i": "4", "j": "4"}, {"i": "16", "j": "16"}),
        ("attention", {"t": "2"}, {"t": "64"}),
        ("multihead_attention", {"t": "2", "head_size": "2"}, {"t": "64", "head_size": "8"}),
        ("mlp", {"d": "2"}, {"d": "1000"}),
        ("bottleneck", {"k": "2"}, {"k": "50"}),
    ],
)
def test_graphs_do_not_grow_with_finite_axes(name: str, one: dict[str, str], other: dict[str, str]) -> None:
    assert _nodes(name, **one) == _nodes(name, **other)


def test_graphs_do_not_grow_with_the_number_of_heads() -> None:
    """Heads are a wide axis: n/4 or n/2 of them are as many nodes as one width."""
    text = (PROGRAMS / "multihead_attention.tp").read_text()
    sizes = [len(parse(text.replace("heads = n/4", f"heads = {count}")).graph) for count in ("n/4", "n/2", "n^(1/2)")]
    assert sizes[0] == sizes[1] == sizes[2]


def test_the_graph_for_numbers_does_not_double_with_each_direction() -> None:
    """All 2^d coefficients lie along one axis, so a direction adds a few nodes a nonlinearity."""
    graph = program("mlp").graph
    sizes = [len(DistinctScalars(graph, [quantity(f"C[0,{d}]")]).graph) for d in (2, 3, 4, 5)]
    steps = np.diff(sizes)
    assert max(steps) <= 2 * min(steps)
    assert sizes[-1] < 2 * sizes[0]
