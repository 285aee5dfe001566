"""Intervals that hold every entry of every value, at any width and for any input and weights of the laws.

They tell where a root or a quotient may meet a negative number. Every rule only widens: an interval may be too large,
never too small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf, log
from typing import Any, NamedTuple

from tp.activations import find
from tp.activations.log import Log
from tp.activations.monomial import Monomial
from tp.activations.power import Power
from tp.graph.axes import Scale, Type
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.laws import STRUCTURES
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.gather_scatter import Gather
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.permuted import Permuted
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum


class Interval(NamedTuple):
    """The real numbers from ``low`` to ``high``, both included."""

    low: float
    high: float

    def times(self, other: Interval) -> Interval:
        """The products of a number of each."""
        ends = [_product(a, b) for a in self for b in other]
        return Interval(min(ends), max(ends))

    def plus(self, other: Interval) -> Interval:
        """The sums of a number of each."""
        return Interval(self.low + other.low, self.high + other.high)

    def joined(self, other: Interval) -> Interval:
        """The least interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


REAL = Interval(-inf, inf)
POSITIVE = Interval(0.0, inf)
"""Also zero: a factor that depends on the width may be as small as one likes."""

_SUPPORTS = {
    "uniform": Interval(-(3.0**0.5), 3.0**0.5),
    "rademacher": Interval(-1.0, 1.0),
    "exponential": Interval(-1.0, inf),
}
"""Where the entries of centred laws of deviation 1 lie, where that is not everywhere. All hold zero."""


def _unknown(*_: Any) -> Interval:
    return REAL


ranges: Interpretation[
    Callable[[Any, Mapping[str, Parameter], Sequence[int], Sequence[Type], Sequence[Interval]], Interval]
] = Interpretation("ranges", _unknown)
"""``rule(operation, parameters, operands, types, intervals)``: the interval of the result. What has no rule may be any
number, which is right for every operation."""


def intervals(graph: Nodes) -> list[Interval]:
    """The interval of every node of ``graph``, by its number."""
    found: list[Interval] = []
    for index in graph:
        node = graph[index]
        types = [graph.type(i) for i in node.operands]
        rule = ranges.of(node.operation)
        found.append(rule(node.operation, graph.parameters, node.operands, types, [found[i] for i in node.operands]))
    return found


def _product(a: float, b: float) -> float:
    return 0.0 if not a or not b else a * b


def _scaled(interval: Interval, scale: Scale) -> Interval:
    """``scale`` times a number; a power of widths may be any positive number."""
    by = Interval(scale.coefficient, scale.coefficient)
    return interval.times(by if not scale.powers else by.times(POSITIVE))


def _repeated(interval: Interval, axes: Type, over: Sequence[str]) -> Interval:
    """A sum of as many numbers as ``axes`` have entries along ``over``."""
    count: float = 1
    for axis in axes:
        if axis.name in over:
            if axis.wide:
                return interval.times(Interval(1.0, inf))
            count *= axis.at(1)
    return interval.times(Interval(count, count))


@ranges.rule(Constant)
def _constant(operation: Constant, *_: Any) -> Interval:
    return Interval(min(operation.numbers, default=0.0), max(operation.numbers, default=0.0))


@ranges.rule(Read)
def _read(operation: Read, parameters: Mapping[str, Parameter], *_: Any) -> Interval:
    """The centred part of a weight: zero for a constant, bounded for a uniform one."""
    law = parameters[operation.parameter].law
    if not law.scale.coefficient:
        return Interval(0.0, 0.0)
    sums = law.structure is not None and STRUCTURES[law.structure.name].sums
    return _scaled(REAL if sums else _SUPPORTS.get(law.family, REAL), law.scale)


@ranges.rule(Linear)
def _linear(operation: Linear, parameters: Any, operands: Any, types: Any, intervals: Sequence[Interval]) -> Interval:
    total = Interval(0.0, 0.0)
    for scale, interval in zip(operation.scales, intervals, strict=True):
        total = total.plus(_scaled(interval, scale))
    return total


@ranges.rule(Product)
def _of_product(
    operation: Product, parameters: Any, operands: Sequence[int], types: Sequence[Type], intervals: Sequence[Interval]
) -> Interval:
    found = intervals[0].times(intervals[1])
    if operands[0] == operands[1]:
        found = Interval(max(found.low, 0.0), found.high)
    return _repeated(found, types[0], operation.over)


@ranges.rule(Sum)
def _sum(
    operation: Sum, parameters: Any, operands: Any, types: Sequence[Type], intervals: Sequence[Interval]
) -> Interval:
    return _repeated(intervals[0], types[0], operation.over)


@ranges.rule(Pointwise)
def _pointwise(
    operation: Pointwise, parameters: Any, operands: Any, types: Any, intervals: Sequence[Interval]
) -> Interval:
    """The image of the function, restricted to the side of zero on which the argument lies."""
    (x,) = intervals
    if operation.k:
        return REAL
    phi = find(operation.activation)
    if isinstance(phi, Power):
        return _power(x, float(phi.power))
    if isinstance(phi, Log):
        return Interval(log(x.low) if x.low > 0.0 else -inf, log(x.high) if x.high > 0.0 else inf)
    if isinstance(phi, Monomial):
        return _monomial(x, phi.power)
    image = Interval(phi.least, phi.most)
    if phi.keeps_sign and x.low >= 0:
        return Interval(0.0, image.high)
    if phi.keeps_sign and x.high <= 0:
        return Interval(image.low, 0.0)
    return image


def _monomial(x: Interval, power: int) -> Interval:
    try:
        low, high = sorted(end**power for end in x)
    except OverflowError:
        low, high = (0.0 if power % 2 == 0 or x.low >= 0 else -inf), inf
    return Interval(0.0, high) if power % 2 == 0 and x.low < 0 < x.high else Interval(low, high)


def _power(x: Interval, power: float) -> Interval:
    """Of the part of ``x`` that has such a power."""
    if x.low < 0:
        return POSITIVE
    try:
        ends = [inf if end in (0.0, inf) and (end == 0.0) == (power < 0) else end**power for end in x if end != inf]
    except OverflowError:
        return POSITIVE
    if x.high == inf:
        ends.append(inf if power > 0 else 0.0)
    return Interval(min(ends), max(ends))


@ranges.rule(Permuted)
def _ordered(operation: Any, parameters: Any, operands: Any, types: Any, intervals: Sequence[Interval]) -> Interval:
    return intervals[1]


@ranges.rule(Largest, Rank)
def _largest(*_: Any) -> Interval:
    return Interval(0.0, 1.0)


@ranges.rule(Broadcast, Rename)
def _same(operation: Any, parameters: Any, operands: Any, types: Any, intervals: Sequence[Interval]) -> Interval:
    return intervals[0]


@ranges.rule(Gather)
def _gather(operation: Gather, parameters: Any, operands: Any, types: Any, intervals: Sequence[Interval]) -> Interval:
    """Entries, and zero where the table asks for none."""
    return intervals[0].joined(Interval(0.0, 0.0)) if min(operation.table, default=0) < 0 else intervals[0]


@ranges.rule(Concat)
def _concat(operation: Any, parameters: Any, operands: Any, types: Any, intervals: Sequence[Interval]) -> Interval:
    found = intervals[0]
    for interval in intervals[1:]:
        found = found.joined(interval)
    return found
