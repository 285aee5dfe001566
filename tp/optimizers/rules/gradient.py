"""The gradient of one weight, or its update, at weights that have moved: values with their changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

from tp.graph.axes import Scale, names, wide
from tp.graph.parameter import Parameter
from tp.primitives.linear import Linear
from tp.primitives.product import Product
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Sum
from tp.transform.direction import Direction, Entries, Factor, input_name
from tp.transform.displacement import Displaced, Displacing

Change = Callable[[Displaced], Displaced]


@dataclass(frozen=True, slots=True)
class Outer:
    """left ⊗ right summed over ``shared``: see :class:`~tp.transform.direction.Factor`."""

    left: Displaced
    right: Displaced
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gradient:
    """A part for one weight: a ``leaf`` where it is read, ``outers`` and ``entries`` where it is applied.

    ``entries`` is a value at all pairs of indices, with its values at equal indices of axes that both sides have.
    ``weight`` is the weight itself where it is read.
    """

    parameter: Parameter
    leaf: Displaced | None = None
    outers: tuple[Outer, ...] = ()
    entries: tuple[tuple[tuple[str, ...], Displaced], ...] = ()
    weight: Displaced | None = None

    def mapped(self, change: Change) -> Gradient:
        """``change``, a linear map, applied to the part: to the left factors of outer products."""
        return self._mapped(change, lambda right: right)

    def each(self, change: Change) -> Gradient:
        """``change`` applied to every value, to both factors of outer products."""
        return self._mapped(change, change)

    def _mapped(self, change: Change, right: Change) -> Gradient:
        return replace(
            self,
            leaf=None if self.leaf is None else change(self.leaf),
            outers=tuple(Outer(change(o.left), right(o.right), o.shared) for o in self.outers),
            entries=tuple((equal, change(value)) for equal, value in self.entries),
        )

    def base(self) -> Direction:
        """The part at the initial weights."""
        return self._direction(lambda value: value.base)

    def change(self, algebra: Displacing) -> Direction:
        """The part at the moved weights minus that at the initial weights."""
        leaf = None if self.leaf is None else algebra.move(self.leaf)
        factors: list[Factor] = []
        for o in self.outers:
            if (move := algebra.move(o.left)) is not None:
                factors.append(Factor(move, algebra.total(o.right), o.shared))
            if (move := algebra.move(o.right)) is not None:
                factors.append(Factor(o.left.base, move, o.shared))
        moves = [(equal, algebra.move(value)) for equal, value in self.entries]
        whole = [Entries(node, ()) for equal, node in moves if node is not None and not equal]
        equal = tuple((axes, node) for axes, node in moves if node is not None and axes)
        return self._made(leaf, tuple(factors), tuple(Entries(e.node, equal) for e in whole))

    def _direction(self, node: Callable[[Displaced], int]) -> Direction:
        whole = [node(value) for equal, value in self.entries if not equal]
        equal = tuple((axes, node(value)) for axes, value in self.entries if axes)
        return self._made(
            None if self.leaf is None else node(self.leaf),
            tuple(Factor(node(o.left), node(o.right), o.shared) for o in self.outers),
            tuple(Entries(n, equal) for n in whole),
        )

    def _made(self, leaf: int | None, factors: tuple[Factor, ...], entries: tuple[Entries, ...]) -> Direction:
        name = self.parameter.name
        return Direction(
            {} if leaf is None else {name: leaf},
            {name: factors} if factors else {},
            {name: entries} if entries else {},
        )


def whole(algebra: Displacing, gradient: Gradient) -> Gradient:
    """``gradient`` with its outer products added up to entries, one for each pair of indices."""
    if not gradient.outers:
        return gradient
    parameter = gradient.parameter
    common = [a.name for a in wide(parameter.ins) if a.name in names(parameter.outs)]
    sets = [equal for size in range(len(common) + 1) for equal in combinations(common, size)]
    found = tuple((equal, _added(algebra, parameter, gradient.outers, equal)) for equal in sets)
    return Gradient(parameter, entries=found)


def _added(algebra: Displacing, parameter: Parameter, outers: tuple[Outer, ...], equal: tuple[str, ...]) -> Displaced:
    """Σ left_i right_j over all ``outers``, where i and j agree in the axes ``equal``."""
    parts: list[Displaced] = []
    for o in outers:
        right = o.right
        for axis in names(parameter.ins):
            new = axis if axis in equal else input_name(axis, parameter.outs)
            if new != axis:
                right = algebra.linear(Rename(axis, new), [right])
        parts.append(contracted(algebra, o.left, right, o.shared))
    return added(algebra, parts)


def contracted(algebra: Displacing, left: Displaced, right: Displaced, over: tuple[str, ...]) -> Displaced:
    """Σ over the named axes of left * right; axes that only one of them has are summed there first."""
    has = [names(algebra.graph.type(value.base)) for value in (left, right)]
    shared = tuple(a for a in over if a in has[0] and a in has[1])
    for place, value in enumerate((left, right)):
        if alone := tuple(a for a in over if a in has[place] and a not in shared):
            value = algebra.linear(Sum(alone), [value])
        left, right = (value, right) if place == 0 else (left, value)
    return algebra.bilinear(Product(shared), left, right)


def added(algebra: Displacing, parts: list[Displaced]) -> Displaced:
    """The sum of ``parts``, of which there is at least one."""
    return parts[0] if len(parts) == 1 else algebra.linear(Linear((Scale(),) * len(parts)), parts)


def scaled(algebra: Displacing, value: Displaced, scale: Scale) -> Displaced:
    return value if scale == Scale() else algebra.linear(Linear((scale,)), [value])
