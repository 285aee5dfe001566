"""Subgraphs: what they compute, and that nothing else enters."""

from __future__ import annotations

from hypothesis import given, settings

from tests.graph.graphs import graphs
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.subgraph import subgraph
from tp.graph.text import print_computation, print_graph
from tp.primitives.constant import Constant


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_a_subgraph_computes_the_same(graph: Graph) -> None:
    found, number = subgraph(graph, graph.outputs)
    assert list(found.outputs) == list(graph.outputs)
    assert set(number) == set(graph.needed(list(graph.outputs.values())))
    for old, new in number.items():
        assert found[new].operation == graph[old].operation
        assert found[new].operands == tuple(number[i] for i in graph[old].operands)
    again, same = subgraph(found, found.outputs)
    assert print_graph(again) == print_graph(found)
    assert all(i == j for i, j in same.items())
    assert len(print_computation(graph).split("\n")) == len(print_graph(found).split("\n"))


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_other_nodes_do_not_matter(graph: Graph) -> None:
    """The same nodes behind another one, and so with other numbers."""
    builder = GraphBuilder.like(graph)
    builder.add(Constant((8.25,)))
    number: dict[int, int] = {}
    for i in graph:
        number[i] = builder.add(graph[i].operation, *(number[j] for j in graph[i].operands))
    outputs = {name: number[i] for name, i in graph.outputs.items()}
    assert print_graph(subgraph(builder, outputs)[0]) == print_graph(subgraph(graph, graph.outputs)[0])
