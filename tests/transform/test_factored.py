"""Programs with weights applied in place of read: the same values, and gradients in factors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.marks import slow
from tests.validation import validate
from tp.graph.axes import ONE, SAMPLES, Axis, Type, Width, names, wide
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.parameter import Law, Parameter
from tp.graph.slot import DIRECTIONS, POINT, Role, Slot
from tp.graph.text import print_graph
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.matrix_free.streams import Seed
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant
from tp.primitives.input import Input
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.shorthand import combine, multiply
from tp.quantities.hessian import HessianStep
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric
from tp.quantities.slots import arrange
from tp.syntax import load, parse
from tp.transform.algebra import Subsets
from tp.transform.direction import squared_norm
from tp.transform.factored import factored
from tp.transform.instantiate import instantiate

PROGRAMS = Path(__file__).parents[2] / "programs"
# Fewer tokens and pixels than entries of a weight's finite side, so that factors pay.
SHIPPED = {
    "mlp": {"d": "3"},
    "cnn": {"i": "2", "j": "2"},
    "bottleneck": {"d": "3"},
    "mean_field": {"d": "3"},
    "rnn": {"t": "3", "d": "2"},
    "attention": {"t": "2", "d": "3"},
}
INLINE = {
    "transposed": """
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        h = tanh(W @ tanh(U @ x) / sqrt(n))
        output f = sum(tanh(U' @ h / sqrt(n)), d)""",
    "written_as_dots": """
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        param V : [c=2, n] ~ normal(0, 1)
        h = gelu(dot(x, U, d))
        output f = sum(tanh(dot(h, V, n)), c)""",
    "tokens": """
        learning_rate 2
        input x : [t=2, d=2, c=2]
        param U : [n | d, c] ~ normal(1, 1) rate 3
        param v : [n, t |] ~ normal(0, 1)
        h = gelu(U @ x)
        output f = sum(dot(v, h, n), t) / sqrt(n)""",
    "outputs": """
        input x : [t=2, d=3]
        param U : [n, d] ~ normal(0, 1)
        param V : [c=3, n] ~ normal(0, 1)
        output f = V @ gelu(U @ x) / sqrt(n)""",
    "also_squared": """
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, gelu(U @ x) + sum(square(U), d))""",
    "tokens_first": """
        input x : [t=2, d=3]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, gelu(sum(dot(x, U, d), t)))""",
    "one_axis_on_both_sides": """
        input x : [d=3]
        param U : [n, d | d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, sum(gelu(U @ x), d))""",
    "many_pixels": """
        input x : [i=5]
        param K : [n | k=3] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, sum(gelu(conv(K, x, i=k, padding=circular)), i))""",
    "wide_heads": """
        width heads = n^(1/2)
        input x : [d=3]
        param E : [heads, size=3 | d] ~ normal(0, 1)
        param A : [n | size] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, sum(gelu(A @ tanh(E @ x)), heads)) / n""",
}
APPLIED = {
    "mlp": {"U"},
    "cnn": {"K1"},
    "bottleneck": {"U", "A", "B"},
    "mean_field": {"U"},
    "rnn": {"U"},
    "attention": {"E"},
    "transposed": {"U"},
    "written_as_dots": {"U", "V"},
    "tokens": {"U"},
    "outputs": {"U", "V"},
    "also_squared": set[str](),
    "tokens_first": set[str](),
    "one_axis_on_both_sides": set[str](),
    "many_pixels": set[str](),
    "wide_heads": {"E"},
    "of_a_constant": {"V"},
}
QUICK = ("mlp", "transposed", "tokens", "outputs", "also_squared", "of_a_constant")
N = 4


def of_a_constant() -> Graph:
    """f = v · tanh(U c) gelu(V x) with a constant c, the same for all samples."""
    width, d = Width("n"), Axis("d", 3)
    n = Axis("n", width)
    law = Law("normal")
    parameters = {name: Parameter(name, (n,), (d,), law) for name in "UV"} | {"v": Parameter("v", (n,), (), law)}
    graph = GraphBuilder({"n": width}, parameters)
    over = Product(("d",))
    still = graph.add(over, graph.add(Read("U")), graph.add(Constant((1.0, -0.5, 2.0), (d,))))
    moving = graph.add(over, graph.add(Read("V")), graph.add(Input("x", (d,))))
    h = multiply(graph, graph.add(Pointwise("tanh"), still), graph.add(Pointwise("gelu"), moving))
    graph.outputs["f"] = graph.add(Product(("n",)), graph.add(Read("v")), h)
    return graph.build()


@cache
def program(name: str) -> Graph:
    if name == "of_a_constant":
        return of_a_constant()
    if name in INLINE:
        return parse("program p {\n width n\n" + INLINE[name] + "\n}").graph
    return load(PROGRAMS / f"{name}.tp", SHIPPED[name]).graph


def operations(graph: Graph, kind: type[Apply] | type[Read]) -> set[str]:
    """Weights that occur in a graph's outputs in that way."""
    needed = graph.needed(list(graph.outputs.values()))
    return {op.parameter for i in needed if isinstance(op := graph[i].operation, kind)}


def copied(graph: Graph) -> GraphBuilder:
    """A builder with the nodes of ``graph``, its outputs and its names."""
    builder = GraphBuilder.like(graph)
    image = instantiate(graph, list(graph), builder, builder.add)
    builder.outputs.update((name, image[i]) for name, i in graph.outputs.items())
    builder.names.update((name, image[i]) for name, i in graph.names.items())
    return builder


def derived(graph: Graph, depth: int) -> tuple[GraphBuilder, dict[str, int]]:
    """C[0,d] and the squared norms of C[1,d] for d up to ``depth``, all in one graph."""
    target = GraphBuilder.like(graph)
    along = gradient_at(graph, target, Axis(SAMPLES, depth), DIRECTIONS)
    algebra = Subsets(target, [(along, depth)])
    output = jet_output(graph, algebra, POINT)
    nodes: dict[str, int] = {}
    for d in range(depth + 1):
        node = algebra.coefficient(output, d)
        assert node is not None
        nodes[f"C[0,{d}]"] = node
        squared = squared_norm(target, gradient_of(graph, target, node), metric(graph))
        assert squared is not None
        nodes[f"C[1,{d}]"] = squared
    return target, nodes


def data(graph: Graph, depth: int) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(1)
    inputs = {op.name: op.axes for i in graph if isinstance(op := graph[i].operation, Input)}
    x = {k: generator.standard_normal((depth + 1, *(a.at(N) for a in axes))) for k, axes in inputs.items()}
    return dict(arrange(graph, x, depth))


def values(graph: Nodes, roots: Sequence[int], weights: Graph, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    drawn = draw(weights.parameters, N, Seed((0,)), np.float64)
    return evaluator(graph, roots, N, np.float64)(drawn, inputs)


@pytest.mark.parametrize("name", APPLIED)
def test_the_weights_that_can_be_are_applied(name: str) -> None:
    graph, new = program(name), factored(program(name))
    assert operations(new, Apply) - operations(graph, Apply) == APPLIED[name]
    assert operations(new, Read) == operations(graph, Read) - APPLIED[name]


@pytest.mark.parametrize("name", APPLIED)
def test_nodes_keep_types_labels_and_places(name: str) -> None:
    graph, new = program(name), factored(program(name))
    assert not validate(new)
    assert list(new.outputs) == list(graph.outputs)
    assert list(new.names) == list(graph.names)
    for before, after in ((graph.outputs, new.outputs), (graph.names, new.names)):
        for key, index in before.items():
            old, node = graph[index], new[after[key]]
            assert (node.type, node.span, node.label) == (old.type, old.span, old.label)
    assert new.learning_rate == graph.learning_rate
    assert print_graph(factored(new)) == print_graph(new)


@pytest.mark.parametrize("name", slow(APPLIED, but=QUICK))
def test_correlations_stay_the_same(name: str) -> None:
    depth = 3
    graph, new = program(name), factored(program(name))
    inputs = data(graph, depth)
    one, other = (
        np.asarray(values(target, list(nodes.values()), graph, inputs))
        for target, nodes in (derived(graph, depth), derived(new, depth))
    )
    np.testing.assert_allclose(other, one, rtol=1e-10)
    assert all(one)


def leaf(left: Type, right: Type, wanted: Type, arrays: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """left ⊗ right for each sample, summed over all axes that the weight lacks."""
    number = {a: i for i, a in enumerate(dict.fromkeys(names((*left, *right))))}
    places = [[number[a] for a in names(axes)] for axes in (left, right, wanted)]
    return np.einsum(arrays[0], places[0], arrays[1], places[1], places[2])


def two_steps(
    step: HessianStep, program: Graph, inputs: dict[str, np.ndarray], state: dict[str, np.ndarray]
) -> list[float]:
    """|Λ^(1/2) M u| squared at u = ``state``, and at the next iterate Λ M u."""
    assert step.squared is not None
    found: list[float] = []
    fed = state
    for _ in range(2):
        squared, *parts = values(step.graph, [step.squared, *step.state.values()], program, inputs | fed)
        fed = {key: step.fed(key, array) for key, array in zip(step.state, parts, strict=True)}
        found.append(float(squared))
    return found


@pytest.mark.parametrize("contracted", [0, 1])
@pytest.mark.parametrize("name", ["mlp", "transposed", *slow(["cnn", "bottleneck", "rnn", "tokens", "outputs"])])
def test_power_iteration_stays_the_same(name: str, contracted: int) -> None:
    """Two steps from one start: in factors for the weights that are applied, an array for those that are read."""
    graph, new = program(name), factored(program(name))
    before, after = HessianStep(graph, contracted), HessianStep(new, contracted)
    generator = np.random.default_rng(2)
    state = {key: generator.standard_normal([a.at(N) for a in axes]) for key, axes in after.inputs.items()}
    same = {key: state[key] for key in before.inputs if key in state}
    for weight in APPLIED[name]:
        axes = before.inputs[Slot(Role.FREE, weight)]
        total = np.zeros([a.at(N) for a in axes])
        for i in range(sum(str(key).startswith(f"@free-left {weight} ") for key in after.inputs)):
            pair = Slot(Role.FREE_LEFT, weight, i), Slot(Role.FREE_RIGHT, weight, i)
            total += leaf(*(after.inputs[key] for key in pair), axes, (state[pair[0]], state[pair[1]]))
        same[Slot(Role.FREE, weight)] = total
    assert set(same) == set(before.inputs)
    inputs = data(graph, max(contracted, 1))
    one, other = two_steps(before, graph, inputs, same), two_steps(after, graph, inputs, state)
    assert all(one)
    assert other == pytest.approx(one, rel=1e-10)


@pytest.mark.parametrize(("name", "settings"), [("mlp", {"d": "50"}), ("bottleneck", {"d": "50", "k": "20"})])
def test_arrays_have_no_finite_side_of_a_weight_beside_a_wide_one(name: str, settings: dict[str, str]) -> None:
    graph = factored(load(PROGRAMS / f"{name}.tp", settings).graph)
    target, nodes = derived(graph, 3)
    assert "U" in gradient_of(graph, target, nodes["C[0,3]"]).factors
    for index in target.needed(list(nodes.values())):
        if wide(target.type(index)):
            assert not {"d", "k"} & set(names(target.type(index)))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_arrays_are_as_large_as_jets(depth: int) -> None:
    """No array with a wide axis has more than 2^d entries for each of n: one jet of one layer."""
    graph = factored(load(PROGRAMS / "mlp.tp").graph)
    target, nodes = derived(graph, depth)
    for index in target.needed(list(nodes.values())):
        axes = target.type(index)
        if wide(axes):
            assert np.prod([a.at(1000) for a in axes]) <= 2**depth * 1000, target[index]


def test_a_name_of_the_weight_keeps_it_as_a_value() -> None:
    """What only names need is copied; the outputs still use the weight applied."""
    graph = copied(program("mlp"))
    graph.name(graph.add(Read("U")), "weight")
    other = graph.add(Product(("d",)), graph.names["weight"], graph.add(Input("y", (Axis("d", 3),))))
    graph.name(combine(graph, [other, other], [ONE, ONE]), "twice")
    new = factored(graph.build())
    assert new[new.names["weight"]].operation == Read("U")
    assert "twice" in new.names
    assert operations(new, Read) == {"v"}


def test_a_weight_that_is_an_output_stays() -> None:
    found = parse("""program p {
        width n
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        output f = mean(gelu(U @ x))
    }""").graph
    graph = copied(found)
    graph.outputs["U"] = graph.add(Read("U"))
    assert operations(factored(graph.build()), Read) == {"U"}
