"""Programs of equal steps, as of a recurrent cell, with fewer of these steps.

The nodes of equal steps lie in stretches of one length, one after the other. A step is equal to the one before if all
of its operations are equal, up to which entries of data they select, and its operands are one stretch later or are
nodes before all stretches. So a weight is the same in all steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tp.diagnostics.span import Span
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Node, Nodes
from tp.primitives.gather_scatter import Gather
from tp.primitives.traits import datum_of

CANDIDATES = 4
"""The number of lengths of stretches that are tried."""


@dataclass(frozen=True, slots=True)
class Steps:
    """``count`` equal stretches of ``length`` nodes each, the first of which begins at node ``start``."""

    start: int
    length: int
    count: int

    @property
    def end(self) -> int:
        return self.start + self.length * self.count


@dataclass(frozen=True, slots=True)
class Shortened:
    """``program`` with equal steps left out.

    ``image`` has a node of it for every node of the whole program: for one that was left out, the node in one of the
    last ``period`` steps before. ``steps`` are the places of the steps that were kept, by step: every node of a step,
    and every node that transformations make of it, has one of these objects as its place.
    """

    program: Graph
    image: Mapping[int, int]
    steps: tuple[tuple[Span, ...], ...]


def shortened(program: Graph, before: int, after: int, period: int = 1) -> Shortened | None:
    """``program`` with its first ``before`` and last ``after`` equal steps, and fewer than ``period`` others.

    What is left out is a multiple of ``period`` steps. None where there are none to leave out.
    """
    steps = equal_steps(program)
    if steps is None or steps.count < before + after + period:
        return None
    cut = steps.start + before * steps.length
    gone = (steps.count - before - after) // period * period * steps.length
    dropped = range(cut, cut + gone)
    if not _closed(program, steps, dropped):
        return None
    graph = GraphBuilder.like(program)
    image: dict[int, int] = {}
    places: list[list[Span]] = [[] for _ in range(steps.count - gone // steps.length)]
    for index in program:
        if index in dropped:
            image[index] = image[index - period * steps.length]
            continue
        node, at = program[index], index if index < cut else index - gone
        span = node.span
        if steps.start <= at < steps.end - gone:
            if span is None:
                return None
            span = replace(span)
            places[(at - steps.start) // steps.length].append(span)
        with graph.at(span):
            image[index] = graph.add(node.operation, *(image[i] for i in node.operands), label=node.label)
        if image[index] != at:
            return None
    graph.outputs.update({name: image[i] for name, i in program.outputs.items()})
    graph.names.update({name: image[i] for name, i in program.names.items() if i not in dropped})
    return Shortened(graph.build(), image, tuple(map(tuple, places)))


def _closed(program: Graph, steps: Steps, dropped: range) -> bool:
    """Whether what is ``dropped`` is used in the next step only, and every step uses the one before and the start."""
    if any(i in dropped for i in program.outputs.values()):
        return False
    for index in range(steps.start + steps.length, len(program)):
        first = steps.start + (index - steps.start) // steps.length * steps.length
        for operand in program[index].operands:
            if index < steps.end and steps.start <= operand < first - steps.length:
                return False
            if operand in dropped and index >= dropped.stop + steps.length:
                return False
    return True


def equal_steps(program: Nodes) -> Steps | None:
    """The longest run of equal steps of ``program``, if there are at least two."""
    found: Steps | None = None
    for length in _lengths(program):
        for start, stop in _runs(program, length):
            steps = Steps(start, length, (stop - start) // length + 1)
            if steps.count > 1 and (found is None or steps.count * steps.length > found.count * found.length):
                found = steps
    return found


def _lengths(program: Nodes) -> list[int]:
    """Distances between nodes in the middle and the last ones before from the same place in the source."""
    middle = len(program) // 2
    found: dict[int, None] = {}
    for index in range(middle, min(middle + CANDIDATES, len(program))):
        node = program[index]
        for other in range(index - 1, -1, -1):
            if node.span is not None and program[other].span == node.span and _alike(program, program[other], node):
                found[index - other] = None
                break
    return list(found)


def _runs(program: Nodes, length: int) -> Iterable[tuple[int, int]]:
    """The longest ranges of nodes that equal those ``length`` later."""
    start = None
    for index in range(len(program) - length + 1):
        same = index + length < len(program) and _repeats(program, index, length)
        if same and start is None:
            start = index
        elif not same and start is not None:
            yield start, index
            start = None


def _repeats(program: Nodes, index: int, length: int) -> bool:
    """Whether a node is repeated ``length`` later; its operands are no more than a step away, or before all steps."""
    node, other = program[index], program[index + length]
    return (
        node.span == other.span
        and _alike(program, node, other)
        and len(node.operands) == len(other.operands)
        and all(
            p == o or (p - o == length and index - o < 2 * length)
            for o, p in zip(node.operands, other.operands, strict=True)
        )
    )


def _alike(program: Nodes, node: Node, other: Node) -> bool:
    """Whether two operations are equal, up to which entry of an input they select."""
    one, two = node.operation, other.operation
    if node.type != other.type:
        return False
    if isinstance(one, Gather) and isinstance(two, Gather) and datum_of(program[node.operands[0]].operation):
        return node.operands == other.operands and one.axis == two.axis and one.outs == two.outs
    return one == two
