"""Every primitive keeps its promises: shapes, axis order, linearity, adjoints, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.marks import slow
from tp.graph.axes import Axis, Scale, Type, Width, names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Law, Parameter
from tp.maps import known as known_map
from tp.primitives import known
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.gaussian_mean import GaussianMean
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.interpretations import Lowering, lowering, transposition
from tp.primitives.joint_normal import JointNormal
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.map_remainder import MapRemainder
from tp.primitives.mapped import Mapped
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted, Repermuted
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank, Reranked
from tp.primitives.read import Read
from tp.primitives.remainder import Remainder
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.switched import Switched
from tp.primitives.variable import Variable

SIZE = 5
WIDE = Width("n")
NARROW = Width("m", Fraction(1), Fraction(3, 5))  # 3 where n is 5
N, M = Axis("n", WIDE), Axis("m", NARROW)
T, D, S = Axis("t", 4), Axis("d", 2), Axis("s", 3)
BATCH = Axis("@sample", 3)


def primed(axis: Axis) -> Axis:
    return Axis(axis.name + "'", axis.size)


NORMAL = Law("normal")
PARAMETERS = {
    p.name: p
    for p in (
        Parameter("W", (N,), (N,), NORMAL),
        Parameter("V", (N,), (M,), NORMAL),
        Parameter("K", (N, D), (M, S), NORMAL),
        Parameter("U", (N,), (D,), NORMAL),
        Parameter("P", (T,), (T,), NORMAL),
        Parameter("b", (M,), (), NORMAL),
    )
}


def coupled(x: Any) -> Any:
    """A map from [n, d] to [m]."""
    return jnp.tanh(x.mean(axis=1)[:3] + jnp.sin(x).mean())


MAP = ("coupled", (N, D), (M,), "odd", Fraction(0), (Fraction(0),), False, known_map("coupled", coupled))


@dataclass(frozen=True)
class Sample:
    operation: Operation
    operands: tuple[Type, ...]


SAMPLES = [
    Sample(Apply("W"), ((N,),)),
    Sample(Apply("W"), ((T, N, D),)),
    Sample(Apply("W", True), ((T, N, M),)),
    Sample(Apply("V"), ((T, M),)),
    Sample(Apply("V", True), ((N, T, D),)),
    Sample(Apply("K"), ((S, T, M),)),
    Sample(Apply("K", True), ((D, T, N),)),
    Sample(Broadcast((T,)), ((),)),
    Sample(Broadcast((M, T)), ((N, D),)),
    Sample(Concat(Axis("t", 9)), ((T, N), (N, T), (N,))),
    Sample(Concat(Axis("t", 6)), ((N, T, D), (D,), (M, N))),
    Sample(Concat(Axis("k", 2)), ((N,), (M,))),
    Sample(Constant((1.0, -2.0, 0.5, 0.0, 3.0, 4.0), (S, D)), ()),
    Sample(Constant((2.0,)), ()),
    Sample(Detach(), ((N, T),)),
    Sample(Gather(T, (), (2,)), ((N, T, D),)),
    Sample(Gather(T, (), (-1,)), ((N, T, D),)),
    Sample(Gather(T, (T,), (1, 2, 3, -1)), ((N, T),)),
    Sample(Gather(T, (S, D), (0, 0, -1, 3, 2, 0)), ((T, M, N),)),
    Sample(Input("x", (T, D)), ()),
    Sample(JointNormal(((S,), ()), 8, 1), ((S, primed(S)), (S,), ())),
    Sample(JointNormal(((D,), (D, S), ()), 4, 2, ((0, 1), (1, 1))), ((D, primed(D), S), (S, primed(S)))),
    Sample(Largest("t"), ((N, T, D),)),
    Sample(Largest("t", Scale(2.0)), ((N, T, D),)),
    Sample(Largest("n", Scale.of(WIDE, Fraction(1, 2))), ((T, N),)),
    Sample(Largest("n"), ((N, T),)),
    Sample(Linear((Scale(2.0),)), ((N, T),)),
    Sample(Linear((Scale(1.0), Scale.of(WIDE, Fraction(-1, 2)), Scale(-3.0))), ((N, T), (T,), (T, D, N))),
    Sample(Linear((Scale(1.0), Scale(2.0))), ((), (M, N))),
    Sample(Mapped(*MAP), ((N, D),)),
    Sample(Mapped(*MAP), ((N, T, D),)),
    Sample(Mapped(*MAP, 1), ((N, D), (T, D, N))),
    Sample(Mapped(*MAP, 0, True), ((N, T, D), (M, S))),
    Sample(Mapped(*MAP, 2, True), ((N, D), (M, T), (N, D, S), (D, N, T))),
    Sample(MapRemainder(*MAP), ((N, D), (N, D))),
    Sample(MapRemainder(*MAP, terms=2), ((N, T, D), (N, D))),
    Sample(Pointwise("tanh"), ((N, T),)),
    Sample(Pointwise("erf", 2), ((M,),)),
    Sample(Product(), ((N, T), (T, M))),
    Sample(Product(), ((), (N, D))),
    Sample(Product(), ((N,), (N,))),
    Sample(Product(("n",)), ((N, T), (D, N))),
    Sample(Product(("n", "t")), ((N, T, D), (T, M, N, D))),
    Sample(Product(("d",)), ((T, D, N), (D, S))),
    Sample(Peak("n"), ((N, T),)),
    Sample(Permuted("n"), ((N, T), (D, N))),
    Sample(Permuted("t", True), ((T,), (N, T, D))),
    Sample(Rank("n"), ((N, T),)),
    Sample(Repermuted("n"), ((N,), (N, T), (D, N))),
    Sample(Repermuted("t", True), ((T,), (N, T), (T,))),
    Sample(Repermuted("n", own=True), ((N, T), (N,))),
    Sample(Reranked("n"), ((N, T), (N,))),
    Sample(Read("U"), ()),
    Sample(Read("P"), ()),
    Sample(Read("b"), ()),
    Sample(Remainder("tanh"), ((N, T), (N, T))),
    Sample(Remainder("gelu", 1, 3), ((N, T), (T, M))),
    Sample(Remainder("relu", 0, 2), ((), (N, D))),
    Sample(GaussianMean(((("tanh", 0), ("tanh", 1)),)), ((T, D),)),
    Sample(GaussianMean(((("relu", 0),), (("relu", 0),))), ((T,), (S,), (S, T, D))),
    Sample(GaussianMean(((("tanh", 0),), (("erf", 1),)), centred=False), ((), (), (T,), (D,), (T, D))),
    Sample(Generic(), ((N, T, D),)),
    Sample(Rename("t", "u"), ((N, T, D),)),
    Sample(Scatter(T, (S, D), (0, 0, -1, 3, 2, 0)), ((D, N, S, M),)),
    Sample(Scatter(T, (), (2,)), ((N, D),)),
    Sample(Scatter(T, (T,), (1, 2, 3, -1)), ((T, N),)),
    Sample(Sum(("n",)), ((T, N),)),
    Sample(Sum(("n", "d")), ((M, D, T, N),)),
    Sample(Switched("t"), ((N, T, D), (N, T, D))),
    Sample(Switched("t"), ((N, T), (T, D, M))),
    Sample(Switched("t", summed=True), ((N, T), (T, D, M))),
    Sample(Switched("n", count=Scale(2.0)), ((N, T), (N,))),
    Sample(Switched("n", True, Scale.of(WIDE, Fraction(1, 2))), ((N, T), (N,))),
    Sample(ErrorSignal("squared"), ((BATCH, D), (D, BATCH))),
    Sample(ErrorSignal("cross-entropy"), ((T, D, BATCH), (BATCH, T, D))),
    Sample(Variable("step"), ()),
]


def label(sample: Sample) -> str:
    """A test id that is the same in every process."""
    kinds = " ".join("".join(names(t)) or "()" for t in sample.operands)
    return f"{type(sample.operation).keyword()}-{kinds}-{SAMPLES.index(sample)}"


MOVES = [s for s in SAMPLES if isinstance(s.operation, MapRemainder | Remainder | Repermuted | Reranked | Switched)]
MAPS = [s for s in SAMPLES if isinstance(s.operation, Mapped)]
PLACED = [s for s in SAMPLES if s.operation.derivative is Derivative.PLACED]
LINEAR = [s for s in SAMPLES if s.operation.derivative in (Derivative.LINEAR, Derivative.BILINEAR)]


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def shape(axes: Type) -> tuple[int, ...]:
    return tuple(a.at(SIZE) for a in axes)


def draw(axes: Type, seed: int) -> jax.Array:
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape(axes)))


def setting() -> Lowering:
    weights = {p.name: draw(p.outs + p.ins, 100 + i) for i, p in enumerate(PARAMETERS.values())}
    return Lowering(SIZE, {"x": draw((T, D), 7), "step": draw((), 8)}, weights, PARAMETERS, jnp.float64)


def evaluate(graph: Graph, root: int, given: dict[int, Any]) -> Any:
    """The value of ``root`` by lowering every node in turn."""
    low, values = setting(), dict(given)
    for index in graph.needed([root]):
        if index not in values:
            node = graph[index]
            arrays = [values[i] for i in node.operands]
            types = [graph.type(i) for i in node.operands]
            values[index] = lowering.of(node.operation)(node.operation, low, types, node.type, arrays)
            assert values[index].shape == shape(node.type), node
    return values[root]


def placed(sample: Sample) -> tuple[GraphBuilder, list[int], int]:
    """A graph whose inputs stand for the operands of the sample."""
    graph = GraphBuilder({"n": WIDE, "m": NARROW}, PARAMETERS)
    operands = [graph.add(Input(f"operand {i}", axes)) for i, axes in enumerate(sample.operands)]
    return graph, operands, graph.add(sample.operation, *operands)


LONG = [
    s
    for s in SAMPLES
    if (isinstance(s.operation, JointNormal) and len(s.operands) == 2)
    or (isinstance(s.operation, GaussianMean) and len(s.operands) == 5)
]
"""Means that take seconds to compile; smaller ones stand for them by default."""


def test_every_primitive_has_a_sample() -> None:
    assert {type(s.operation).keyword() for s in SAMPLES} == set(known())


@pytest.mark.parametrize("sample", slow(SAMPLES, but=[s for s in SAMPLES if s not in LONG]), ids=label)
def test_lowering_gives_the_promised_axes(sample: Sample) -> None:
    graph, operands, node = placed(sample)
    given = {i: draw(axes, i) for i, axes in zip(operands, sample.operands, strict=True)}
    value = evaluate(graph, node, given)
    assert value.shape == shape(graph.type(node))
    assert value.dtype == jnp.float64
    assert len(set(names(graph.type(node)))) == len(graph.type(node))
    assert jnp.isfinite(value).all()


@pytest.mark.parametrize("sample", slow(SAMPLES, but=[s for s in SAMPLES if s not in LONG]), ids=label)
def test_axis_order_of_operands_does_not_matter(sample: Sample) -> None:
    """Axes go by name: permuted operands give the same numbers under the same names."""
    graph, operands, node = placed(sample)
    given = {i: draw(axes, i) for i, axes in zip(operands, sample.operands, strict=True)}
    turned = Sample(sample.operation, tuple(axes[::-1] for axes in sample.operands))
    other, places, result = placed(turned)
    flipped = {p: given[o].transpose() for p, o in zip(places, operands, strict=True)}
    before, after = graph.type(node), other.type(result)
    assert set(before) == set(after)
    moved = evaluate(other, result, flipped).transpose([names(after).index(a) for a in names(before)])
    np.testing.assert_allclose(moved, evaluate(graph, node, given), rtol=1e-12, atol=1e-12)


def partial(sample: Sample, index: int) -> tuple[Callable[[Any], Any], GraphBuilder, list[int], int, dict[int, Any]]:
    """The sample as a function of operand ``index`` alone; a LINEAR one with the other operands at zero."""
    graph, operands, node = placed(sample)
    joint = sample.operation.derivative is Derivative.LINEAR
    given = {i: draw(axes, 10 + i) * (not joint) for i, axes in zip(operands, sample.operands, strict=True)}
    return lambda x: evaluate(graph, node, {**given, operands[index]: x}), graph, operands, node, given


@pytest.mark.parametrize("sample", LINEAR, ids=label)
def test_linear_in_each_operand(sample: Sample) -> None:
    for index, axes in enumerate(sample.operands):
        function, *_ = partial(sample, index)
        x, y = draw(axes, 1), draw(axes, 2)
        np.testing.assert_allclose(function(2.0 * x - y), 2.0 * function(x) - function(y), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("sample", [s for s in LINEAR if len(s.operands) > 1], ids=label)
def test_linear_ones_are_jointly_linear_and_bilinear_ones_are_not(sample: Sample) -> None:
    graph, operands, node = placed(sample)
    given = {i: draw(axes, i + 1) for i, axes in zip(operands, sample.operands, strict=True)}
    once = evaluate(graph, node, given)
    power = 1 if sample.operation.derivative is Derivative.LINEAR else 2
    twice = evaluate(graph, node, {i: 2.0 * v for i, v in given.items()})
    np.testing.assert_allclose(twice, 2.0**power * once, rtol=1e-12)


@pytest.mark.parametrize("sample", LINEAR, ids=label)
def test_adjoint_identity(sample: Sample) -> None:
    """<y, L x> = <L' y, x> for each operand, also where others are broadcast against it."""
    for index, axes in enumerate(sample.operands):
        function, graph, operands, node, given = partial(sample, index)
        cotangent = graph.add(Input("cotangent", graph.type(node)))
        back = transposition.of(sample.operation)(sample.operation, graph, cotangent, operands, index)
        assert back is not None
        found = graph.type(back)
        assert set(found) == set(axes), "the adjoint has the axes of its operand"
        x, y = draw(axes, 3), draw(graph.type(node), 4)
        value = evaluate(graph, back, {**given, cotangent: y})
        value = value.transpose([names(found).index(a) for a in names(axes)])
        assert float(jnp.vdot(y, function(x))) == pytest.approx(float(jnp.vdot(value, x)), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("sample", LINEAR, ids=label)
def test_adjoint_also_where_the_cotangent_lacks_axes_order(sample: Sample) -> None:
    """Transformations hand over cotangents whose axes stand in another order."""
    for index, axes in enumerate(sample.operands):
        function, graph, operands, node, given = partial(sample, index)
        turned = graph.type(node)[::-1]
        cotangent = graph.add(Input("cotangent", turned))
        back = transposition.of(sample.operation)(sample.operation, graph, cotangent, operands, index)
        assert back is not None
        x, y = draw(axes, 5), draw(turned, 6)
        value = evaluate(graph, back, {**given, cotangent: y})
        value = value.transpose([names(graph.type(back)).index(a) for a in names(axes)])
        assert float(jnp.vdot(y.transpose(), function(x))) == pytest.approx(float(jnp.vdot(value, x)), rel=1e-10)


@pytest.mark.parametrize("sample", slow(MAPS, but=[s for s in MAPS if len(s.operands) < 4]), ids=label)
def test_adjoints_of_maps_in_each_operand(sample: Sample) -> None:
    """<y, dG> = <dG' y, dx> for the derivative of a map, and of its derivatives, by each operand."""
    for index, axes in enumerate(sample.operands):
        function, graph, operands, node, given = partial(sample, index)
        cotangent = graph.add(Input("cotangent", graph.type(node)))
        back = transposition.of(sample.operation)(sample.operation, graph, cotangent, operands, index)
        assert back is not None
        found = graph.type(back)
        assert set(found) == set(axes)
        y = draw(graph.type(node), 4)
        value = evaluate(graph, back, {**given, cotangent: y})
        value = value.transpose([names(found).index(a) for a in names(axes)])
        _, pulled = jax.vjp(function, given[operands[index]])
        (expected,) = pulled(y)
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("sample", PLACED, ids=label)
def test_placed_ones_are_linear_in_the_last_operand_with_its_adjoint(sample: Sample) -> None:
    *_, index = range(len(sample.operands))
    function, graph, operands, node, given = partial(sample, index)
    x, y = (draw(sample.operands[index], seed) for seed in (1, 2))
    np.testing.assert_allclose(function(2.0 * x - y), 2.0 * function(x) - function(y), rtol=1e-11, atol=1e-11)
    cotangent = graph.add(Input("cotangent", graph.type(node)))
    back = transposition.of(sample.operation)(sample.operation, graph, cotangent, operands, index)
    assert back is not None
    assert transposition.of(sample.operation)(sample.operation, graph, cotangent, operands, 0) is None
    y = draw(graph.type(node), 4)
    value = evaluate(graph, back, {**given, cotangent: y})
    value = value.transpose([names(graph.type(back)).index(a) for a in names(sample.operands[index])])
    assert float(jnp.vdot(y, function(x))) == pytest.approx(float(jnp.vdot(value, x)), rel=1e-10)


@pytest.mark.parametrize("sample", MOVES, ids=label)
def test_nothing_changes_without_a_move(sample: Sample) -> None:
    graph, (base, move, *others), node = placed(sample)
    x, still = draw(sample.operands[0], 3), 0.0 * draw(sample.operands[1], 4)
    given = {base: x, **{i: draw(axes, 6) for i, axes in zip(others, sample.operands[2:], strict=True)}}
    assert not evaluate(graph, node, {**given, move: still}).any()
    assert evaluate(graph, node, {**given, move: still + 5.0 * draw(sample.operands[1], 5)}).any()


WRONG: list[tuple[Operation, Sequence[Type]]] = [
    (Apply("W"), [(T,)]),
    (Apply("W"), [(M,)]),
    (Apply("missing"), [(N,)]),
    (Apply("V"), [(M, N)]),
    (Broadcast((T,)), [(N, T)]),
    (Concat(Axis("t", 7)), [(T,), (T,)]),
    (Concat(Axis("t", 4)), []),
    (Concat(Axis("s", 6)), [(S, T), (S, Axis("t", 5))]),
    (Constant((1.0, 2.0), (S,)), []),
    (Constant((1.0,), (N,)), []),
    (Gather(T, (), (4,)), [(T,)]),
    (Gather(T, (), (0,)), [(N,)]),
    (Gather(T, (S,), (0, 1)), [(T,)]),
    (Gather(T, (D,), (0, 1)), [(T, D)]),
    (Gather(N, (), (0,)), [(N,)]),
    (JointNormal(((S,),), 8, 1), [(S, T)]),
    (JointNormal(((S,), (S,)), 8, 1), [(S, primed(S))]),
    (JointNormal(((S,),), 6, 1), [(S, primed(S))]),
    (JointNormal(((N,),), 8, 1), [(N, primed(N))]),
    (JointNormal(((S,), (D,)), 8, 1, ((1, 0),)), [(D, S)]),
    (JointNormal((), 8, 1), []),
    (JointNormal(((Axis("t", 30000),),), 8, 1, ()), []),
    (Largest("t"), [(N,)]),
    (Largest("n", Scale.of(WIDE, Fraction(2))), [(N,)]),
    (Largest("n", Scale(-1.0)), [(N,)]),
    (Largest("t", Scale.of(WIDE)), [(T,)]),
    (Peak("t"), [(N,)]),
    (Permuted("n"), [(N,), (T,)]),
    (Rank("t"), [(N,)]),
    (Repermuted("t"), [(T,), (T,)]),
    (Repermuted("t", own=True), [(T,), (T,), (T,)]),
    (Reranked("t"), [(N,), (N,)]),
    (Linear(()), []),
    (Linear((Scale(1.0),)), [(T,), (T,)]),
    (Linear((Scale(1.0), Scale(1.0))), [(T,), (Axis("t", 5),)]),
    (Mapped(*MAP), [(N,)]),
    (Mapped(*MAP), [(N, D, M)]),
    (Mapped(*MAP, 1), [(N, D), (N,)]),
    (Mapped(*MAP, 0, True), [(N, D), (N, D)]),
    (MapRemainder(*MAP, terms=3), [(N, D), (N, D)]),
    (Pointwise("nothing"), [(T,)]),
    (Pointwise("tanh", -1), [(T,)]),
    (Product(("n",)), [(N,), (T,)]),
    (Product(), [(N,)]),
    (Product(), [(T,), (Axis("t", 5),)]),
    (Read("W"), []),
    (Read("missing"), []),
    (Remainder("nothing"), [(T,), (T,)]),
    (Remainder("tanh", -1), [(T,), (T,)]),
    (Remainder("tanh", 0, 0), [(T,), (T,)]),
    (Remainder("tanh"), [(T,), (Axis("t", 5),)]),
    (Rename("t", "u"), [(N,)]),
    (Rename("t", "d"), [(T, D)]),
    (Scatter(T, (S,), (0, 1)), [(S,)]),
    (Scatter(T, (S,), (0, 1, 4)), [(S,)]),
    (Scatter(T, (S,), (0, 1, 2)), [(N,)]),
    (Scatter(T, (S,), (0, 1, 2)), [(S, T)]),
    (Sum(("t",)), [(N,)]),
    (Sum(("n", "n")), [(N,)]),
    (Switched("t"), [(N,), (N, D)]),
    (Switched("n", count=Scale(-1.0)), [(N, T), (N, T)]),
    (Switched("t"), [(T,), (Axis("t", 5),)]),
    (Variable("step"), [(T,)]),
]


@pytest.mark.parametrize(
    ("operation", "types"), WRONG, ids=[f"{type(o).keyword()}-{i}" for i, (o, _) in enumerate(WRONG)]
)
def test_wrong_types_are_refused_with_a_reason(operation: Operation, types: Sequence[Type]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        operation.infer(list(types), PARAMETERS)


def test_a_wrong_number_of_operands_is_refused() -> None:
    for sample in SAMPLES:
        if isinstance(sample.operation, Linear | Concat):
            continue
        for types in ([*sample.operands, (T,)], list(sample.operands[1:])):
            if len(types) != len(sample.operands):
                with pytest.raises(ValueError, match=r"\w+ \w+"):
                    sample.operation.infer(types, PARAMETERS)
