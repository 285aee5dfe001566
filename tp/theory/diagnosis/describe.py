"""How a diagnosis names nodes and weights: by what the source calls them, merged by source line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.graph.nodes import Node
from tp.graph.operation import Derivative
from tp.primitives.apply import Apply
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.sum_broadcast import Sum

_NESTED = 3
_LISTED = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a program and an exponent found there."""

    program: Graph
    index: int
    exponent: Fraction


def by_line(places: Iterable[Place]) -> list[tuple[str, Span | None, Fraction]]:
    """Name, span and largest exponent of what stands on one line, lines in the order of their first node.

    A line is called after its functions of one kind, or after its first node where it has none.
    """
    lines: dict[object, list[Place]] = {}
    for place in sorted(places, key=lambda p: p.index):
        span = place.program[place.index].span
        lines.setdefault((span.file, span.line) if span else place.index, []).append(place)
    return [_merged(line) for line in lines.values()]


def _merged(line: Sequence[Place]) -> tuple[str, Span | None, Fraction]:
    program = line[0].program
    functions = [p for p in line if isinstance(program[p.index].operation, Pointwise)]
    leader = program[(functions or line)[0].index]
    like = [p for p in line if _alike(program[p.index], leader)]
    return listing(node_name(program, p.index) for p in like), leader.span, max(p.exponent for p in line)


def _alike(one: Node, other: Node) -> bool:
    """Whether one phrase of the source made both, by the same function if it is one."""
    kind = type(one.operation)
    same = one.operation == other.operation if kind is Pointwise else kind is type(other.operation)
    return same and one.span == other.span


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
    """What the node computes, in the words of the source as far as it names what goes in."""
    node = program[index]
    if isinstance(node.operation, (Pointwise, Apply)):
        return _formula(program, index, _NESTED)
    return node.label or _formula(program, index, _NESTED)


def _called(program: Graph, index: int) -> str | None:
    """The name of a value; the label of a weight's application is the weight's."""
    node = program[index]
    if not isinstance(node.operation, Apply):
        return node.label
    return next((name for name, i in program.names.items() if i == index), None)


def _formula(program: Graph, index: int, depth: int) -> str:
    node = program[index]
    operation = node.operation

    def part(operand: int) -> str:
        return _called(program, operand) or (_formula(program, operand, depth - 1) if depth else "…")

    match operation:
        case Read():
            return operation.parameter
        case Pointwise():
            primes = "'" * operation.k
            return f"{operation.activation}{primes}({part(node.operands[0])})"
        case Apply():
            return f"{operation.parameter}{chr(39) * operation.transposed} @ {part(node.operands[0])}"
        case Product():
            left, right = map(part, node.operands)
            if contracts(program, index):
                return f"dot({left}, {right})"
            return "…" if depth < _NESTED and "…" in left + right else f"{left} * {right}"
        case _:
            moving = [i for i in node.operands if program[i].operation.derivative is not Derivative.CONSTANT]
            return part(moving[0]) if len(moving) == 1 else "…"


def contracts(program: Graph, index: int) -> bool:
    """Whether the node sums over a wide axis."""
    node = program[index]
    if isinstance(node.operation, Apply):
        return True
    over = node.operation.over if isinstance(node.operation, (Product, Sum)) else ()
    return any(a.wide and a.name in over for a in program.type(node.operands[0])) if over else False
