"""Every derived graph prints and is read back; golden texts of the shipped programs.

A golden text changes with the program that is built, so a change of a transformation shows what it does. Where it is
meant, ``pytest tests/quantities/test_printed.py --snapshot-update`` writes the texts again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.validation import validate
from tp.experiments.training.programs import probe, step
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.text import parse_graph, print_graph
from tp.primitives import known
from tp.quantities.definitions import parse
from tp.quantities.distinct import DistinctScalars
from tp.quantities.hessian import HessianStep
from tp.quantities.programs import gradient_at, jet_output
from tp.quantities.training import backprop, trained
from tp.syntax import load
from tp.transform.algebra import Taylor
from tp.transform.factored import factored
from tp.transform.moved import Moves, moved, room_for

PROGRAMS = Path(__file__).parents[2] / "programs"
IN_FULL = {"mlp": {"depth": "1"}, "rnn": {"t": "3"}, "attention": {}, "cnn": {}}
NODES = 130
"""Larger graphs, and those of other programs, are kept as a number of nodes and a hash."""


def taylor(program: Graph) -> GraphBuilder:
    graph = GraphBuilder.like(program)
    jet = jet_output(program, Taylor(graph, [(gradient_at(program, graph), 2)]))
    graph.outputs.update((f"C[0,{d}]", node) for d, node in enumerate(jet) if node is not None)
    return graph


def subsets(program: Graph) -> GraphBuilder:
    return DistinctScalars(program, [parse("C[0,2]"), parse("C[1,1]")]).graph


def rows(program: Graph) -> GraphBuilder:
    """A probe at weights with moves in rows."""
    operators = [p.name for p in program.parameters.values() if p.is_operator]
    return probe(
        program, 2, Moves(dict.fromkeys(operators, 3), shrinks=frozenset(operators)), {}, {"all": program.parameters}
    ).graph


def arrays(program: Graph) -> GraphBuilder:
    """The program at weights with moves that are arrays."""
    moves = Moves(arrays=frozenset(program.parameters))
    graph = room_for(program, moves)
    roots = list(program.outputs.values())
    image = moved(program, roots, graph, graph.add, None, moves)
    graph.outputs.update((name, image[i]) for name, i in program.outputs.items())
    return graph


DERIVED: dict[str, Callable[[Graph], GraphBuilder | Graph]] = {
    "factored": factored,
    "gradient": lambda program: backprop(program).graph,
    "jet along one direction": taylor,
    "jets along distinct directions": subsets,
    "step of the power iteration": lambda program: HessianStep(program, 1).graph,
    "displaced by a step": lambda program: trained(backprop(program), 1).graph,
    "step of training": lambda program: step(program, "squared", 2, Moves()).graph,
    "moved by rows": rows,
    "moved by arrays": arrays,
}


@cache
def program(name: str) -> Graph:
    return load(PROGRAMS / f"{name}.tp", IN_FULL.get(name)).graph


def derived(name: str, kind: str) -> Graph:
    found = DERIVED[kind](program(name))
    return found.build() if isinstance(found, GraphBuilder) else found


every = pytest.mark.parametrize("name", sorted(p.stem for p in PROGRAMS.glob("*.tp")))


@every
def test_derived_graphs_are_read_back(name: str) -> None:
    for kind in DERIVED:
        graph = derived(name, kind)
        text = print_graph(graph)
        read = parse_graph(text, known())
        assert read == graph, kind
        assert print_graph(read) == text, kind
        assert validate(read) == [], kind


def without_places(graph: Graph) -> Graph:
    """The graph without places in the source, which change with the layout of a program."""
    parameters = {name: replace(p, span=None) for name, p in graph.parameters.items()}
    return replace(graph, parameters=parameters, nodes=tuple(replace(node, span=None) for node in graph.nodes))


@every
def test_golden_texts(name: str, snapshot: SnapshotAssertion) -> None:
    shown: list[str] = []
    for kind in DERIVED:
        graph = without_places(derived(name, kind))
        text = print_graph(graph)
        if name not in IN_FULL or len(graph) > NODES:
            text = f"{len(graph)} nodes, sha256 {hashlib.sha256(text.encode()).hexdigest()[:16]}\n"
        shown.append(f"{kind}:\n{text}")
    assert "\n".join(shown) == snapshot
