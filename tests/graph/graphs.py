"""Random graphs of all kinds of operations, for property tests."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, Type, Width, names, wide
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.operation import Operation
from tp.graph.parameter import Law, Parameter, Structure
from tp.laws import LAWS, STRUCTURES
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.input import Input
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum

WIDTHS = [Width("n"), Width("m", Fraction(1, 2), Fraction(3, 4)), Width("weird name", Fraction(2))]
WIDE = [Axis("n", WIDTHS[0]), Axis("m", WIDTHS[1]), Axis("h", WIDTHS[0]), Axis("w'", WIDTHS[2])]
FINITE = [Axis("t", 4), Axis("d", 3), Axis("x", 1), Axis("a[1]", 2)]

powers = st.builds(Fraction, st.integers(-4, 4), st.integers(1, 4))
floats = st.floats(allow_nan=False)
scales = st.builds(Scale, floats, st.lists(st.tuples(st.sampled_from(WIDTHS), powers), max_size=2).map(tuple))
words = st.text(max_size=6) | st.sampled_from(["h[1]", "none", "inf", "nan", "x", "true", "name", 'a "b"', "#", "\n"])
spans = st.none() | st.builds(Span, *[st.integers(1, 99)] * 4, st.sampled_from(["a.tp", "a.tp", "<text>", "b c.tp"]))
axes = st.lists(st.sampled_from(WIDE + FINITE), unique=True, max_size=3).map(tuple)
finite_axes = st.lists(st.sampled_from(FINITE), unique=True, max_size=3).map(tuple)


@st.composite
def structures(draw: Any) -> Structure:
    name = draw(st.sampled_from(sorted(STRUCTURES)))
    return Structure(name, () if STRUCTURES[name].size is None else (draw(scales),))


@st.composite
def parameters(draw: Any, name: str) -> Parameter:
    law = Law(
        draw(st.sampled_from(sorted(LAWS))),
        draw(scales),
        draw(st.none() | scales),
        tuple(draw(st.lists(floats, max_size=2))),
        draw(st.none() | structures()),
    )
    outs = draw(axes)
    ins = tuple(a for a in draw(axes) if a not in outs) if draw(st.booleans()) else ()
    return Parameter(
        name, outs, ins, law, draw(st.just(ONE) | scales), draw(st.none() | scales), draw(spans), draw(st.booleans())
    )


def _table(draw: Any, axis: Axis, places: Type) -> tuple[int, ...]:
    count = 1
    for place in places:
        count *= place.at(1)
    runs = st.just(tuple(i % axis.at(1) for i in range(count))) | st.just((-1,) * count)
    return draw(runs | st.tuples(*[st.integers(-1, axis.at(1) - 1)] * count))


def _operation(draw: Any, graph: Graph, kind: type[Operation], types: list[Type]) -> Operation | None:
    """An operation of this ``kind`` that often fits ``types``."""
    first = types[0] if types else ()
    finite = [a for a in first if not a.wide]
    some = draw(st.lists(st.sampled_from(first), unique=True)) if first else []
    if kind is Read or kind is Apply:
        name = draw(st.sampled_from(sorted(graph.parameters)))
        return Read(name) if kind is Read else Apply(name, draw(st.booleans()))
    if kind is Constant:
        places = draw(finite_axes)
        count = len(_table(draw, Axis("k", 1), places))
        return Constant(tuple(draw(st.lists(floats, min_size=count, max_size=count))), places)
    if kind in (Gather, Largest, Rename) and not finite:
        return None
    if kind is Gather:
        places = draw(finite_axes)
        return Gather(finite[0], places, _table(draw, finite[0], places))
    if kind is Scatter:
        axis, places = draw(st.sampled_from(FINITE)), tuple(finite)
        return Scatter(axis, places, _table(draw, axis, places))
    simple = {
        Input: lambda: Input(draw(words), draw(finite_axes)),
        Broadcast: lambda: Broadcast(draw(axes)),
        Concat: lambda: Concat(Axis("k", len(types))),
        Detach: Detach,
        Largest: lambda: Largest(finite[0].name),
        Linear: lambda: Linear(tuple(draw(scales) for _ in types)),
        Pointwise: lambda: Pointwise(draw(st.sampled_from(["tanh", "power(-1/2)", "relu"])), draw(st.integers(0, 3))),
        Product: lambda: Product(names(some)),
        Rename: lambda: Rename(finite[0].name, draw(words)),
        Sum: lambda: Sum(names(some)),
    }
    return simple[kind]()


ARITY = {Input: 0, Constant: 0, Read: 0, Product: 2, Linear: None, Concat: None}
KINDS = [Input, Constant, Read, Apply, Broadcast, Concat, Detach, Gather, Largest, Linear, Pointwise, Product,
         Rename, Scatter, Sum]  # fmt: skip


@st.composite
def graphs(draw: Any) -> Graph:
    """A sound graph of up to a dozen nodes."""
    named = {n: draw(parameters(n)) for n in ("U", "W[2]", 'odd "one"')}
    graph = GraphBuilder({w.name: w for w in WIDTHS}, named, draw(st.just(ONE) | scales))
    with graph.at(draw(spans)):
        graph.add(Input("x", (FINITE[0],)))
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(KINDS))
        arity = ARITY.get(kind, 1)
        count = draw(st.integers(1, 3)) if arity is None else arity
        operands = [draw(st.integers(0, len(graph) - 1)) for _ in range(count)]
        operation = _operation(draw, graph, kind, [graph.type(i) for i in operands])
        if operation is None:
            continue
        try:
            with graph.at(draw(spans)):
                graph.add(operation, *operands, label=draw(st.none() | words))
        except ValueError:
            continue
    nodes = st.integers(0, len(graph) - 1)
    graph.names.update(draw(st.dictionaries(words, nodes, max_size=3)))
    results = draw(st.dictionaries(words, nodes, max_size=2))
    graph.outputs.update({name: i for name, i in results.items() if not wide(graph.type(i))})
    return graph.build()
