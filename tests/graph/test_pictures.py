"""Pictures are well formed, name what the program names, and keep boxes apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from xml.etree import ElementTree

from graphs import graphs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tp.graph.axes import Axis, Scale, Width
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.parameter import Law, Parameter
from tp.pictures import to_mermaid, to_svg
from tp.pictures.captions import Kind, captions, drawn
from tp.pictures.layout import layered
from tp.primitives.apply import Apply
from tp.primitives.input import Input
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.read import Read
from tp.primitives.sum_broadcast import Sum

SVG = "{http://www.w3.org/2000/svg}"
WIDTH = Width("n")
N = Axis("n", WIDTH)
relaxed = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)


def sample(depth: int = 3) -> GraphBuilder:
    graph = GraphBuilder({"n": WIDTH}, {p: Parameter(p, (N,), i, Law("normal")) for p, i in (("b", ()), ("W", (N,)))})
    first = h = graph.add(Read("b"))
    for layer in range(depth):
        z = graph.add(Apply("W"), graph.add(Pointwise("tanh"), h))
        h = graph.add(Linear((Scale(1.0), Scale(2.0 + layer))), z, first)
        graph.names[f"h[{layer}]"] = h
    graph.outputs["f<&\"'>"] = graph.add(Sum(("n",)), h)
    return graph


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(SVG + "text")]


def test_every_name_is_shown_and_escaped() -> None:
    graph = sample().build()
    shown = texts(to_svg(graph))
    assert {*graph.names, *graph.outputs} <= set(shown)
    assert "read b" in shown
    assert "[n]" in shown
    mermaid = to_mermaid(graph)
    assert all(name in mermaid for name in graph.names)
    assert "f#60;#38;#34;'#62;" in mermaid


@relaxed
@given(graphs())
def test_any_graph_gives_well_formed_pictures(graph: Graph) -> None:
    root = ElementTree.fromstring(to_svg(graph))
    titles = [t.text or "" for t in root.iter(SVG + "title")]
    assert [t for t in titles if t.startswith("%")] == [t for t in titles if re.match(r"%\d+ = ", t)]
    assert sum(t.startswith("%") for t in titles) == len(drawn(graph))
    lines = to_mermaid(graph).splitlines()
    assert sum(bool(re.fullmatch(r'  n\d+\W{1,2}".*"\W{1,2}:::\w+', line)) for line in lines) == len(drawn(graph))
    assert sum("-->" in line for line in lines) == sum(len(graph[i].operands) for i in drawn(graph))
    for line in lines:
        for label in re.findall(r'"(.*)"', line):
            plain = re.sub(r"</?b>|<br/>|#\d+;", "", label)
            assert not set(plain) & set('<>"#&;{}`')


def test_nodes_that_nothing_needs_are_left_out() -> None:
    graph = sample()
    needed = graph.build()
    graph.add(Pointwise("sin"), 0)
    whole = graph.build()
    assert (to_svg(whole), to_mermaid(whole)) == (to_svg(needed), to_mermaid(needed))


def test_kinds_are_told_apart() -> None:
    builder = sample()
    x = builder.names["x"] = builder.add(Input("x", (Axis("d", 3),)))
    graph = builder.build()
    shown = captions(graph, drawn(graph))
    assert shown[0].kind is Kind.PARAMETER
    assert shown[x].kind is Kind.FINITE
    assert [c.applies for c in shown].count(True) == 3
    assert shown[1].kind is Kind.WIDE
    assert sum(c.output for c in shown) == 1
    fills = {r.get("fill") for r in ElementTree.fromstring(to_svg(graph)).iter(SVG + "rect")}
    assert len(fills) == 4


@relaxed
@given(st.lists(st.lists(st.integers(0, 60), max_size=3), max_size=60))
def test_layout_keeps_boxes_apart_and_edges_downwards(raw: list[list[int]]) -> None:
    operands = [[j % i for j in chosen] if i else [] for i, chosen in enumerate(raw)]
    widths = [30.0 + 7 * (i % 5) for i in range(len(raw))]
    layout = layered(operands, widths, 10.0, 4.0)
    for target, sources in enumerate(operands):
        for source in sources:
            assert layout.layer[source] < layout.layer[target]
            rows = [row for _, row in layout.bends[source, target]]
            assert rows == list(range(layout.layer[source] + 1, layout.layer[target]))
    places = [(layout.layer[i], layout.x[i], w) for i, w in enumerate(widths)]
    places += [(row, x, 4.0) for x, row in {bend for bends in layout.bends.values() for bend in bends}]
    for (row, x, w), (next_row, next_x, next_w) in zip(sorted(places), sorted(places)[1:], strict=False):
        assert row != next_row or next_x - x >= (w + next_w) / 2 + 10.0 - 1e-6
    assert all(x - w / 2 >= -1e-6 for _, x, w in places)


def test_a_few_hundred_nodes_are_drawn_quickly(effort: Callable[[], AbstractContextManager[Any]]) -> None:
    graph = sample(100)
    with effort() as spent:
        svg = to_svg(graph)
    assert len(graph) > 300
    assert spent.calls < 10_000_000
    assert ElementTree.fromstring(svg) is not None
