"""Validation finds what is wrong with a graph made by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.validation import validate
from tp.diagnostics.span import Span
from tp.graph.axes import Axis, Scale, Width
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Node
from tp.graph.parameter import Law, Parameter
from tp.primitives.input import Input
from tp.primitives.linear import Linear
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.sum_broadcast import Sum

WIDTH = Width("n")
N, T = Axis("n", WIDTH), Axis("t", 4)


def sound() -> Graph:
    graph = GraphBuilder({"n": WIDTH}, {"v": Parameter("v", (N,), (), Law("normal"))})
    v, x = graph.add(Read("v")), graph.add(Input("x", (T,)))
    with graph.at(Span(7, 1, 7, 9)):
        product = graph.add(Product(), v, x)
    graph.outputs["f"] = graph.add(Sum(("n",)), product)
    return graph.build()


def replaced(graph: Graph, index: int, node: Node) -> Graph:
    return replace(graph, nodes=(*graph.nodes[:index], node, *graph.nodes[index + 1 :]))


def codes(graph: Graph) -> list[str]:
    return [d.code for d in validate(graph)]


def test_a_sound_graph_has_no_findings() -> None:
    assert validate(sound()) == []


def test_a_wrong_type_is_found_at_its_line() -> None:
    graph = sound()
    node = graph[2]
    (found,) = validate(replaced(graph, 2, Node(node.operation, node.operands, (T, N), node.span)))
    assert (found.code, found.span) == ("TP702", Span(7, 1, 7, 9))
    assert "[n, t=4]" in found.message


def test_operands_that_do_not_fit() -> None:
    graph = sound()
    assert codes(replaced(graph, 3, Node(Sum(("q",)), (2,), (T,)))) == ["TP702"]


def test_an_operand_that_comes_later() -> None:
    graph = sound()
    assert "TP703" in codes(replaced(graph, 2, Node(Linear((Scale(1.0), Scale(1.0))), (3, 1), (T,))))


def test_edges_that_are_not_operands() -> None:
    graph = sound()
    graph.nx.add_edge(0, 3)
    assert codes(graph) == ["TP703"]


def test_a_cycle() -> None:
    graph = sound()
    graph.nx.add_edge(3, 2)
    assert codes(graph) == ["TP703"]


def test_repeated_nodes() -> None:
    graph = sound()
    assert "TP703" in codes(replaced(graph, 1, Node(Read("v"), (), (N,))))


def test_a_wide_output() -> None:
    graph = sound()
    graph = replace(graph, outputs={**graph.outputs, "g": 2})
    (found,) = validate(graph)
    assert found.code == "TP704"
    assert found.hint


def test_names_of_nodes_that_do_not_exist() -> None:
    graph = replace(sound(), names={"lost": 9})
    assert codes(graph) == ["TP703"]


def test_declarations() -> None:
    odd = Width("m", Fraction(0))
    graph = Graph({"k": odd}, {"w": Parameter("v", (N,), (Axis("d", 0),), Law("normal"))})
    assert codes(graph) == ["TP703"] * 5
