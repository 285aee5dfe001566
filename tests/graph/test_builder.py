"""Graphs are values: builders make them, and nothing changes them afterwards."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from tp.diagnostics.span import Span
from tp.graph.axes import Axis, Width
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.parameter import Law, Parameter
from tp.primitives.input import Input
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.sum_broadcast import Sum

N = Axis("n", Width("n"))


def dot() -> GraphBuilder:
    graph = GraphBuilder({"n": Width("n")}, {"v": Parameter("v", (N,), (), Law("normal"))})
    v = graph.add(Read("v"))
    graph.name(graph.add(Product(), v, v), "square")
    graph.outputs["f"] = graph.add(Sum(("n",)), graph.names["square"])
    return graph


def test_equal_operations_on_equal_operands_are_one_node() -> None:
    graph = dot()
    size = len(graph)
    assert graph.add(Product(), 0, 0) == graph.names["square"]
    assert len(graph) == size


def test_a_graph_does_not_change_with_its_builder() -> None:
    builder = dot()
    graph = builder.build()
    builder.name(builder.add(Input("x", (Axis("d", 2),))), "x")
    builder.outputs["x"] = builder.names["x"]
    builder.declare(Width("m"))
    assert graph == dot().build()
    assert graph != builder.build()


@pytest.mark.parametrize("table", ["outputs", "names", "widths", "parameters"])
def test_graphs_are_immutable(table: str) -> None:
    graph: Any = dot().build()
    with pytest.raises(TypeError):
        getattr(graph, table)["new"] = 0
    with pytest.raises(FrozenInstanceError):
        setattr(graph, table, {})


def test_equal_graphs_have_equal_hashes_and_travel() -> None:
    one, other = dot().build(), dot().build()
    assert one == other
    assert hash(one) == hash(other)
    travelled = pickle.loads(pickle.dumps(one))
    assert isinstance(travelled, Graph)
    assert travelled == one
    assert replace(one, outputs={"g": 0}) != one
    assert sorted(one.nx.edges) == [(0, 1), (1, 2)]


def test_places_in_the_source_nest() -> None:
    outer, inner = Span(1, 1, 2, 1), Span(1, 1, 1, 5)
    graph = GraphBuilder()
    with graph.at(outer):
        with graph.at(inner):
            first = graph.add(Input("a", ()))
        with graph.at(None):
            second = graph.add(Input("b", ()))
    assert [graph[i].span for i in (first, second)] == [inner, outer]


def test_networkx_is_imported_for_the_view_only() -> None:
    code = "import sys, tp.graph.builder as b; b.GraphBuilder().build(); sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
