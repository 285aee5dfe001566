"""The textual form of graphs is read back exactly, and wrong text is refused politely."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from graphs import graphs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.validation import validate
from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import Axis, Scale, Width
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.text import describe, parse_graph, print_graph
from tp.primitives import known
from tp.primitives.constant import Constant
from tp.primitives.gather_scatter import Gather
from tp.primitives.input import Input
from tp.primitives.linear import Linear

relaxed = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def same(one: Graph, other: Graph) -> None:
    assert dict(one.widths) == dict(other.widths)
    assert one.learning_rate == other.learning_rate
    assert list(one.parameters.items()) == list(other.parameters.items())
    assert [p.span for p in one.parameters.values()] == [p.span for p in other.parameters.values()]
    assert [one[i] for i in one] == [other[i] for i in other]
    assert list(one.outputs.items()) == list(other.outputs.items())
    assert list(one.names.items()) == list(other.names.items())
    assert set(one.nx.edges) == set(other.nx.edges)


@relaxed
@given(graphs())
def test_round_trip(graph: Graph) -> None:
    text = print_graph(graph)
    read = parse_graph(text, known())
    same(graph, read)
    assert print_graph(read) == text
    assert validate(read) == []


def small() -> Graph:
    width = Width("n")
    graph = GraphBuilder({"n": width})
    x = graph.add(Input("x", (Axis("t", 20),)), label="x")
    y = graph.add(Gather(Axis("t", 20), (Axis("s", 12),), (*range(3, 9), -1, -1, -1, -1, 5, 4)), x)
    graph.outputs["f"] = graph.add(Linear((Scale.of(width), Scale(-2.0))), y, x)
    graph.names["h[1]"] = y
    return graph.build()


def test_the_text_is_as_documented() -> None:
    assert print_graph(small()).splitlines() == [
        "widths n",
        '%0 = input(name=x, axes=[t=20]) : [t=20]  @ "x"',
        "%1 = gather(axis=t=20, outs=[s=12], table=[3..8, -1 x 4, 5, 4]) %0 : [s=12]",
        "%2 = linear(scales=[n, -2.0]) %1 %0 : [s=12, t=20]",
        "output f = %2",
        "name h[1] = %1",
    ]


def test_comments_blank_lines_and_line_ends_do_not_matter() -> None:
    text = print_graph(small())
    loose = "# a graph\r\n\r\n" + text.replace("\n", "   # a remark\r\n")
    same(small(), parse_graph(loose, known()))


@pytest.mark.parametrize("number", [0.1, -0.0, 1e-320, 1.7976931348623157e308, float("inf"), 3.0, 1e22])
def test_numbers_are_exact(number: float) -> None:
    graph = GraphBuilder()
    graph.add(Constant((number, 0.0, 0.0, 0.0, -0.0, number), (Axis("t", 6),)))
    (node,) = [read[0] for read in [parse_graph(print_graph(graph.build()), known())]]
    assert isinstance(node.operation, Constant)
    assert [x.hex() for x in node.operation.numbers] == [x.hex() for x in (number, 0.0, 0.0, 0.0, -0.0, number)]


def test_long_tables_stay_short() -> None:
    graph = GraphBuilder()
    x = graph.add(Input("x", (Axis("t", 5000),)))
    graph.add(Gather(Axis("t", 5000), (Axis("t", 5000),), (*range(1, 5000), -1)), x)
    assert len(describe(graph[1], 1)) < 100


def test_widths_that_are_not_declared_cannot_be_printed() -> None:
    graph = GraphBuilder()
    graph.add(Input("x", (Axis("n", Width("n")),)))
    with pytest.raises(ValueError, match="does not declare"):
        print_graph(graph.build())


WRONG = [
    ("%1 = input(name=x, axes=[]) : []", 2, "TP701"),
    ("%0 = output(name=x) : []", 6, "TP701"),
    ("%0 = input(name=x, axes=[q]) : [q]", 26, "TP701"),
    ("%0 = input(name=x) : []", 18, "TP701"),
    ("%0 = input(name=x, axes=[]) %0 : []", 30, "TP701"),
    ("%0 = input(name=x, axes=[]) : [t=3]", 31, "TP702"),
    ("%0 = input(name=x, axes=[]) : [] []", 34, "TP701"),
    ("%0 = sum(over=[]) : []", 6, "TP702"),
    ("%0 = constant(numbers=[1.0 x 99999999999], axes=[]) : []", 30, "TP701"),
    ("%0 = constant(numbers=[1.0 x 0], axes=[]) : []", 30, "TP701"),
    ("%0 = constant(numbers=[1.0, 2.0], axes=[]) : []", 6, "TP702"),
    ('%0 = input(name="\\q", axes=[]) : []', 17, "TP701"),
    ('%0 = input(name="x, axes=[]) : []', 17, "TP701"),
    ("widths m", 9, "TP701"),
    ("widths n, n", 11, "TP701"),
    ("param W : [t=0] ~ normal(1.0)", 14, "TP701"),
    ("param W : [t=2, t=2] ~ normal(1.0)", 20, "TP701"),
    ("param W : [t=2] ~ cauchy(1.0)", 19, "TP701"),
    ("output f = %0", 13, "TP701"),
    ("hello", 1, "TP701"),
    ("%", 2, "TP701"),
    ("$", 1, "TP701"),
]


@pytest.mark.parametrize(("line", "column", "code"), WRONG)
def test_wrong_lines_are_located(line: str, column: int, code: str) -> None:
    with pytest.raises(TpError) as caught:
        parse_graph("# first\n" + line, known())
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.line, found.span.column) == (code, 2, column)


def test_declarations_come_first_and_nodes_do_not_repeat() -> None:
    text = print_graph(small())
    for extra in ("widths m = n", "rate 1.0", "%3 = input(name=x, axes=[t=20]) : [t=20]"):
        with pytest.raises(TpError):
            parse_graph(text + extra, known())


@relaxed
@given(graphs(), st.data())
def test_corrupted_text_never_ends_in_a_traceback(graph: Graph, data: st.DataObject) -> None:
    text = print_graph(graph)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 4)))
        inserted = data.draw(st.text(alphabet='%=:,[]()"\\~|^*/@-.0123456789xabnt \n', max_size=4))
        text = text[:start] + inserted + text[end:]
    outcome = attempt(text)
    if isinstance(outcome, TpError):
        assert all(d.span is not None and d.message for d in outcome.diagnostics)
    else:
        same(outcome, parse_graph(print_graph(outcome), known()))


def attempt(text: str) -> Graph | TpError:
    try:
        return parse_graph(text, known())
    except TpError as refused:
        return refused


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "%" * 200_000, "%0 = constant(numbers=[" + "[" * 100_000, '"' * 99_999]
)
def test_hostile_text_ends_quickly(text: str, effort: Callable[[], AbstractContextManager[Any]]) -> None:
    with effort() as spent, pytest.raises(TpError):
        parse_graph(text, known())
    assert spent.calls < 10_000_000
