"""The places of a program where an order could be smaller than the rules say: A4 and A6 are checked there.

They are sums with several terms of one order, sums over wide axes that no independent weight makes random, and
functions and products that may undo each other in derivatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from tp.activations import Smoothness, find
from tp.graph.axes import ONE, Scale, Type, names, wide
from tp.graph.graph import Graph
from tp.graph.parameter import Parameter
from tp.interpret.ranges import Interval, intervals
from tp.orders.typical.value import Term, Value
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant
from tp.primitives.gather_scatter import Gather
from tp.primitives.largest import Largest
from tp.primitives.law_facts import factors_of, source_of
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.traits import weight_of

MOST = 64
"""A linear combination of more terms than this is taken apart no further."""

Parts = tuple[tuple[Scale, int], ...]
"""Multiples of nodes."""


class Alike(NamedTuple):
    """Terms of the linear combination ``node`` that have one exponent and may cancel."""

    node: int
    parts: Parts


class Doubts:
    """The doubtful places of ``program``, whose nodes have the abstract ``values``."""

    def __init__(self, program: Graph, values: Mapping[int, Value]) -> None:
        self.program = program
        self.values = values
        self._used: dict[int, dict[str, int]] = {}

    @cached_property
    def _ranges(self) -> list[Interval]:
        return intervals(self.program)

    # linear combinations -----------------------------------------------------------------------------

    def alike(self) -> list[Alike]:
        """The terms of linear combinations whose orders agree and whose variances do not add up."""
        found: list[Alike] = []
        for index in self.values:
            if isinstance(self.program[index].operation, Linear):
                terms = self.terms(index)
                # Of finitely many numbers those with a kink may cancel at some values, whatever their variances do.
                kinked = not wide(self.program.type(index)) and any(
                    self._jumps(f) for _, i in terms for f in self._factors(i)
                )
                found += [Alike(index, parts) for parts in self._classes(terms, apart=not kinked)]
        return found

    def terms(self, index: int) -> Parts:
        """What the linear combination ``index`` is made of: multiples of nodes that are no combinations themselves."""
        sums: dict[tuple[int, object], tuple[Scale, int]] = {}
        todo = [(ONE, index)]
        while todo:
            scale, node = todo.pop()
            operation, operands = self.program[node].operation, self.program[node].operands
            if isinstance(operation, Broadcast):
                todo.append((scale, operands[0]))
            elif isinstance(operation, Linear) and len(todo) + len(sums) + len(operands) <= MOST:
                todo += [(scale * s, i) for s, i in zip(operation.scales, operands, strict=True)]
            else:
                key = (node, scale.powers)
                before = sums[key][0].coefficient if key in sums else 0.0
                sums[key] = Scale(before + scale.coefficient, scale.powers), node
        return tuple(part for part in sums.values() if part[0].coefficient)

    def _classes(self, terms: Parts, *, apart: bool) -> Iterable[Parts]:
        """Those of ``terms`` that have one exponent; with ``apart`` not those whose variance adds to that of others."""
        sizes: dict[Fraction, list[tuple[Scale, int]]] = {}
        for scale, node in terms:
            size = self.values[node].exponent
            if size is not None:
                sizes.setdefault(size + scale.exponent, []).append((scale, node))
        for parts in sizes.values():
            while parts:
                joined, rest = [parts[0]], parts[1:]
                for one in joined:
                    joined += [p for p in rest if not (apart and self._disjoint(one[1], p[1]))]
                    rest = [p for p in rest if p not in joined]
                parts = rest
                if len(joined) > 1:
                    yield tuple(joined)

    def _disjoint(self, one: int, other: int) -> bool:
        """Whether the mean of the product of the leading parts vanishes, so that variances add up."""
        both = self._weights(one).keys() & self._weights(other).keys()
        if any(_repeated(self.program.parameters[name]) for name in both):
            return False  # rows have no flips of their own, and such matrices commute
        return all(_disjoint(a, b) for a in _leading(self.values[one]) for b in _leading(self.values[other]))

    def positive(self, parts: Parts) -> bool:
        """Whether no two of ``parts`` have different signs."""
        signs = {self.sign(node, scale.coefficient) for scale, node in parts}
        return len(signs) == 1 and 0 not in signs

    def sign(self, node: int, factor: float = 1.0) -> int:
        """The sign of ``factor`` times a node, 0 where it is not known."""
        found = self._ranges[node]
        return (factor > 0) - (factor < 0) if found.low >= 0 else (factor < 0) - (factor > 0) if found.high <= 0 else 0

    # sums over axes ----------------------------------------------------------------------------------

    def finite_sums(self) -> list[int]:
        """Sums over finite axes, and contractions of them that no independent weight makes random."""
        return [
            i
            for i in self.values
            if isinstance(operation := self.program[i].operation, Sum | Product)
            and operation.over
            and not self._over_wide(i, operation.over)
            and self.values[i].exponent is not None
            and not (isinstance(operation, Product) and self._independent(i, operation.over))
        ]

    def selections(self) -> list[int]:
        """Values that may be zero since entries are: what selections choose, and products of values with zeros."""
        gathers = [i for i in self.values if isinstance(self.program[i].operation, Gather) and self._weights(i)]
        zeros = any(self._has_zeros(i) for i in self.values)
        products = [i for i in self.values if zeros and self._of_entries(i)]
        return [i for i in (*gathers, *products) if self.values[i].exponent is not None]

    def _has_zeros(self, index: int) -> bool:
        """Whether some entries of a node are zero: those that padding brings in, or that are not the largest."""
        node = self.program[index]
        match node.operation:
            case Gather(table=table):
                return -1 in table and bool(self._weights(index))
            case Largest():
                return node.operation.along(node.type) is None
            case _:
                return False

    def _of_entries(self, index: int) -> bool:
        """Whether a node is a product of values, perhaps summed over finite axes."""
        node = self.program[index]
        found = isinstance(node.operation, Product) and not self._over_wide(index, node.operation.over)
        return found and all(map(self._varies, node.operands))

    def contractions(self) -> list[int]:
        """Sums over wide axes whose terms are of either sign, and are not made of independent weights."""
        return [
            i
            for i in self.values
            if isinstance(operation := self.program[i].operation, Sum | Product)
            and self._over_wide(i, operation.over)
            and self.values[i].exponent is not None
            and self.values[i].exact
            and not self._signed(i)
            and not self._independent(i, operation.over)
        ]

    def _over_wide(self, index: int, over: Sequence[str]) -> bool:
        (first, *_) = self.program[index].operands
        return any(a.wide and a.name in over for a in self.program.type(first))

    def _signed(self, index: int) -> bool:
        """Whether all terms of a sum have one sign."""
        operands = self.program[index].operands
        return (len(operands) == 2 and operands[0] == operands[1]) or all(map(self.sign, operands))

    def _independent(self, index: int, over: Sequence[str]) -> bool:
        """Whether the sum is linear in a weight with entries of its own along an axis of the sum, a wide one if any.

        Given everything else, the sum then has the variance of its terms, and no other part of it is larger.
        """
        axes = [a for a in self.program.type(self.program[index].operands[0]) if a.name in over]
        wide = [a for a in axes if a.wide]
        own, more = {a.name for a in wide or axes}, sum((a.exponent for a in wide), Fraction(0)) / 2
        return any(
            self._linear(index, name, more)
            for name, place in self._weights(index).items()
            if place >= 0 and own & set(names(self._own(place)))
        )

    def _own(self, index: int) -> Type:
        """The axes along which the weight that a node uses has entries of its own."""
        operation = self.program[index].operation
        if isinstance(operation, Apply):
            return self.program.parameters[operation.parameter].sides(operation.transposed)[0]
        return self.program.type(index)

    def _weights(self, index: int) -> dict[str, int]:
        """The weights below a node: for each the only node that uses it, or -1 where there are several."""
        waiting = [index]
        while waiting:
            at = waiting.pop()
            below = [i for i in self.program[at].operands if i not in self._used]
            if below:
                waiting += [at, *below]
            elif at not in self._used:
                self._used[at] = self._weights_of(at)
        return self._used[index]

    def _weights_of(self, index: int) -> dict[str, int]:
        """The same for a node whose operands are known."""
        node = self.program[index]
        found: dict[str, int] = {}
        for below in map(self._used.__getitem__, node.operands):
            for name, place in below.items():
                found[name] = place if found.get(name, place) == place else -1
        weight = weight_of(node.operation)
        if weight is not None:
            found[weight.name] = index if weight.name not in found else -1
        return found

    def _linear(self, index: int, name: str, more: Fraction) -> bool:
        """Whether the leading part of a node is linear in a weight that one node below it uses.

        All else is smaller by the power ``more`` of n at least, so that it is no larger after a sum: its mean may stay.
        """
        node = self.program[index]
        inside = [i for i in node.operands if name in self._weights(i)]
        match node.operation:
            case Read() | Apply():
                return not inside
            case Product():
                return len(inside) == 1 and self._linear(inside[0], name, more)
            case Linear():
                if len(inside) != 1:
                    return False
                sizes = {
                    i: e + s.exponent
                    for i, s in zip(node.operands, node.operation.scales, strict=True)
                    if s.coefficient and (e := self.values[i].exponent) is not None
                }
                size = sizes.pop(inside[0], None)
                whole = size is not None and all(size >= other + more for other in sizes.values())
                return whole and self._linear(inside[0], name, more)
            case Broadcast() | Rename() | Gather() | Sum():
                return self._linear(inside[0], name, more)
            case _:
                return False

    # derivatives -------------------------------------------------------------------------------------

    def undone(self) -> list[int]:
        """Products and functions that may undo what their operands are made of, so that derivatives vanish."""
        return [
            i
            for i in self.values
            if (isinstance(self.program[i].operation, Product) and self._inverse(i))
            or (isinstance(self.program[i].operation, Pointwise) and self._nested(i))
        ]

    def kinked(self) -> list[int]:
        """Products of two functions with kinks of what one weight makes: one may be zero wherever the other is not."""
        return [
            i
            for i in self.values
            if isinstance(self.program[i].operation, Product)
            and self.values[i].exponent is not None
            and all(any(self._jumps(f) for f in self._factors(o)) for o in self.program[i].operands)
            and set.intersection(*(set(self._weights(o)) for o in self.program[i].operands))
        ]

    def _jumps(self, index: int) -> bool:
        operation = self.program[index].operation
        return isinstance(operation, Pointwise) and find(operation.activation).jump() is not None

    def _inverse(self, index: int) -> bool:
        """Whether a factor is a negative or broken power on the axes of another, or both have exponentials.

        The power may be of a sum over finite axes: two values less their mean, over their norm, are 1 and -1.
        """
        factors = [self._factors(i) for i in self.program[index].operands]
        axes = [{self._wide_axes(i) for i in f if self._varies(i)} for f in factors]
        singular = [{self._wide_axes(self._argument(i)) for i in f if self._singular(i)} for f in factors]
        growing = [{names(self.program.type(i)) for i in f if self._named(i, "exp")} for f in factors]
        return bool(singular[0] & axes[1] or singular[1] & axes[0] or growing[0] & growing[1])

    def _wide_axes(self, index: int) -> tuple[str, ...]:
        return tuple(sorted(a.name for a in self.program.type(index) if a.wide))

    def cancelled(self) -> list[int]:
        """Products with a factor that is in a power of another one, too, and sums of values divided by their norm."""
        return [i for i in self.values if isinstance(self.program[i].operation, Product | Sum) and self._reduced(i)]

    def _reduced(self, index: int) -> bool:
        both = self._terms_of(index)
        inner = {f for i in both if self._singular(i) for f in self._factors(self._argument(i)) if self._varies(f)}
        if inner & set(both):
            return True
        over = self._summed(index)
        rest = sorted(i for i in both if set(over) & set(names(self.program.type(i))))
        norms = (j for i in both if i not in rest and self._singular(i) for j in self._below(i))
        return bool(over) and any(self._summed(j) == over and self._terms_of(j) == rest for j in norms)

    def _below(self, index: int) -> Iterable[int]:
        """What a power, or a power of powers, is taken of: a sum with one leading term is that term."""
        terms = [
            (e + scale.exponent, i)
            for scale, i in self.terms(self._argument(index))
            if (e := self._size(i)) is not None
        ]
        leading = [i for size, i in terms if size == max(terms)[0]]
        if len(leading) == 1:
            yield from self._below(leading[0]) if self._singular(leading[0]) else leading

    def _size(self, index: int) -> Fraction | None:
        return self.values[index].exponent

    def _summed(self, index: int) -> tuple[str, ...]:
        operation = self.program[index].operation
        return operation.over if isinstance(operation, Product | Sum) else ()

    def _terms_of(self, index: int) -> list[int]:
        """The factors of what the sum ``index`` over axes adds up."""
        return sorted(f for i in self.program[index].operands for f in self._factors(i))

    def _factors(self, index: int) -> list[int]:
        """What a node is a product of, up to multiples."""
        found: list[int] = []
        todo = [index]
        while todo:
            node = todo.pop()
            operation, operands = self.program[node].operation, self.program[node].operands
            single = isinstance(operation, Linear) and len(operands) == 1
            if isinstance(operation, Broadcast) or single or (isinstance(operation, Product) and not operation.over):
                todo += operands
            elif self._named(node, "square"):
                todo += (*operands, *operands)
            else:
                found.append(node)
        return found

    def _varies(self, index: int) -> bool:
        return bool(self._weights(index)) and not isinstance(self.program[index].operation, Constant)

    def _argument(self, index: int) -> int:
        return self.program[index].operands[0]

    def _named(self, index: int, name: str) -> bool:
        operation = self.program[index].operation
        return isinstance(operation, Pointwise) and operation.activation == name and not operation.k

    def _singular(self, index: int) -> bool:
        operation = self.program[index].operation
        return (
            isinstance(operation, Pointwise)
            and find(operation.activation).smoothness is Smoothness.SINGULAR_AT_ZERO
            and bool(self._weights(index))
        )

    def _nested(self, index: int) -> bool:
        """Whether a power is taken of a power, a product or an exponential, or a logarithm of a sum with a number.

        The logarithm of 1 + x is as small as x.
        """
        if not self._singular(index):
            return False
        inner = self.program[self._argument(index)]
        if self._named(index, "log") and isinstance(inner.operation, Linear):
            return len(inner.operands) == 1 or any(
                isinstance(self.program[i].operation, Constant) for i in inner.operands
            )
        if isinstance(inner.operation, Linear) and len(inner.operands) == 1:
            inner = self.program[inner.operands[0]]
        if isinstance(inner.operation, Product):
            return not inner.operation.over
        return isinstance(inner.operation, Pointwise)


def _repeated(parameter: Parameter) -> bool:
    return factors_of(parameter) is None and source_of(parameter).repeated


def _leading(value: Value) -> Iterable[Term]:
    return (t for t in value.terms if t.size == value.top)


def _disjoint(one: Term, other: Term) -> bool:
    return one.content.times(other.content).misses_zero(-1)
