"""Names of nodes and weights in a diagnosis: those of the source, merged by source line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.graph.nodes import Node
from tp.primitives.traits import applied_weight, function_of
from tp.theory.diagnosis.formulas import formula

_LISTED = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a program and an exponent found there."""

    program: Graph
    index: int
    exponent: Fraction


def by_line(places: Iterable[Place]) -> list[tuple[str, Span | None, Fraction]]:
    """Name, span and largest exponent of each source line, in the order of the first nodes.

    A line is named after its functions of one kind, or after its first node where it has none.
    """
    lines: dict[object, list[Place]] = {}
    for place in sorted(places, key=lambda p: p.index):
        span = place.program[place.index].span
        lines.setdefault((span.file, span.line) if span else place.index, []).append(place)
    return [_merged(line) for line in lines.values()]


def _merged(line: Sequence[Place]) -> tuple[str, Span | None, Fraction]:
    program = line[0].program
    functions = [p for p in line if function_of(program[p.index].operation) is not None]
    leader = program[(functions or line)[0].index]
    like = [p for p in line if _alike(program[p.index], leader)]
    return listing(node_name(program, p.index) for p in like), leader.span, max(p.exponent for p in line)


def _alike(one: Node, other: Node) -> bool:
    """Whether both nodes come from one phrase of the source and apply the same function, if any."""
    same = one.operation == other.operation or function_of(one.operation) is None
    return same and type(one.operation) is type(other.operation) and one.span == other.span


def declared(program: Graph, names: Iterable[str]) -> list[list[str]]:
    """``names`` of weights grouped by their declarations."""
    groups: dict[object, list[str]] = {}
    for name in names:
        groups.setdefault(program.parameters[name].span or name, []).append(name)
    return list(groups.values())


def listing(names: Iterable[str]) -> str:
    """Names for a sentence: all of a few, else the first and the last."""
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct if len(distinct) <= _LISTED else (distinct[0], "…", distinct[-1]))


def node_name(program: Graph, index: int) -> str:
    """The label of the node, or a formula where it applies a function or a weight or has no label."""
    node = program[index]
    named = function_of(node.operation) is None and applied_weight(node.operation) is None
    return (node.label if named else None) or formula(program, index)
