"""Where a size comes from: the sums over wide axes that make a value larger or smaller than what they sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tp.graph.axes import Type, names, union, wide
from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.primitives.apply import Apply
from tp.primitives.detach import Detach
from tp.primitives.linear import Linear
from tp.primitives.peak import Peak
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.sum_broadcast import Sum
from tp.primitives.traits import function_of
from tp.studies.lints.subject import Subject

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Origin:
    """A sum at ``node`` over wide ``axes``, made of values of order n^``inner``.

    It is n^``gain`` times as large as they are, and is multiplied by n^``scale`` before the end is reached.
    """

    node: int
    axes: tuple[str, ...]
    inner: Fraction
    gain: Fraction
    scale: Fraction

    @property
    def excess(self) -> Fraction:
        """The power of n that the sum and its scale leave."""
        return self.gain + self.scale


@dataclass(frozen=True, slots=True)
class Traced:
    """The ``sums`` to which an end owes its power of n, and the ``nodes`` where a factor or a law brings it in.

    Both are empty if it is a function of a value whose size is wrong itself.
    """

    sums: tuple[Origin, ...]
    nodes: tuple[int, ...]


def traced(subject: Subject, end: int) -> Traced:
    """Why the value at ``end``, whose exponent is not 0, is as large or as small as it is."""
    return _Walk(subject, 1 if (subject.exponent(end) or _ZERO) > 0 else -1).traced(end)


def summed(graph: Graph, node: int) -> Type:
    """The axes over which a node sums, wide and finite ones."""
    operation = graph[node].operation
    match operation:
        case Apply():
            return graph.parameters[operation.parameter].sides(operation.transposed)[1]
        case Product() | Sum():
            return tuple(a for a in union(*map(graph.type, graph[node].operands)) if a.name in operation.over)
        case _:
            return ()


def factors(graph: Graph, node: int) -> list[int]:
    """The operands of a node that are no weights."""
    return [i for i in graph[node].operands if not isinstance(graph[i].operation, Read)]


_Place = tuple[int, Fraction]
"""A node, and the power of n by which its value is multiplied before the end is reached."""


class _Walk:
    """Backwards from an end, along the operands that have its power of n; ``sign`` is that of the power."""

    def __init__(self, subject: Subject, sign: int) -> None:
        self.subject = subject
        self.graph = subject.graph
        self.sign = sign

    def traced(self, end: int) -> Traced:
        """The sums that cause it, and the nodes whose size is wrong although that of their operands is not."""
        sums: dict[_Place, Origin] = {}
        onward: dict[_Place, list[_Place]] = {}
        stack: list[_Place] = [(end, _ZERO)]
        while stack:
            place = stack.pop()
            if place in sums or place in onward:
                continue
            origin = self._sum(place)
            if origin is not None:
                sums[place] = origin
                continue
            onward[place] = list(self._onward(place))
            stack += onward[place]
        explained = set(sums)
        nodes: list[int] = []
        for place in sorted(onward):  # operands come before what is made of them
            if not explained.isdisjoint(onward[place]) or self._is_reported(place[0]):
                explained.add(place)
            elif self._wrong(place[0]):
                explained.add(place)
                nodes.append(place[0])
        return Traced(tuple(sums.values()), tuple(dict.fromkeys(nodes)))

    def _sum(self, place: _Place) -> Origin | None:
        """The sum over wide axes at ``place``, if it and the scale behind it do not fit."""
        node, scale = place
        axes = names(wide(summed(self.graph, node)))
        if not axes:
            return None
        inner = sum((self._size(i) for i in factors(self.graph, node)), _ZERO)
        origin = Origin(node, axes, inner, self._size(node) - inner, scale)
        return origin if origin.excess * self.sign > 0 else None

    def _onward(self, place: _Place) -> Iterator[_Place]:
        """The operands to which a node may owe its size."""
        node, scale = place
        operation, operands = self.graph[node].operation, self.graph[node].operands
        size = self._size(node)
        if self._is_function(node) or isinstance(operation, Detach | Peak):
            return
        if isinstance(operation, Linear):
            for operand, factor in zip(operands, operation.scales, strict=True):
                detached = isinstance(self.graph[operand].operation, Detach | Peak)
                if self._size(operand) + factor.exponent == size and not detached:
                    yield operand, scale + factor.exponent
        elif isinstance(operation, Apply | Product | Sum):
            found = factors(self.graph, node)
            if isinstance(operation, Sum) and not wide(summed(self.graph, node)):
                yield from ((i, scale) for i in found)
            else:
                yield from ((i, size + scale - self._size(i)) for i in found if self._wrong(i))
        else:
            yield from ((i, scale) for i in operands if self._size(i) == size)

    def _is_function(self, node: int) -> bool:
        operation = self.graph[node].operation
        return function_of(operation) is not None or isinstance(operation, MapOperation)

    def _is_reported(self, node: int) -> bool:
        """Whether a node is a function of a value that is wrong, and reported, itself."""
        return self._is_function(node) and self._wrong(self.graph[node].operands[0])

    def _size(self, node: int) -> Fraction:
        return self.subject.exponent(node) or _ZERO

    def _wrong(self, node: int) -> bool:
        """Whether a value is too large, or too small, as the end is."""
        return self._size(node) * self.sign > 0
