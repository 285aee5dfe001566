"""Updates L^{-1/4} g R^{-1/4} with L = Σ g g' and R = Σ g'g over all steps: Shampoo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tp.graph.axes import ONE, names
from tp.optimizers.rules.eps import ZERO, Eps
from tp.optimizers.rules.few import few
from tp.optimizers.rules.gradient import Gradient, Outer, scaled
from tp.optimizers.rules.polar import Polar, norm
from tp.optimizers.rules.rule import Rule, Setting
from tp.primitives.shorthand import combine
from tp.transform.direction import Direction
from tp.transform.displacement import Displaced

Side = tuple[int, Fraction]
"""A node, and the exponent of its norm."""


@dataclass(frozen=True)
class Roots(Rule):
    """L and R have ``eps`` on their diagonals.

    The first update is the polar factor of the gradient. A direction of norm m that a later gradient adds on one side
    has an eigenvalue m² there, and so counts in later updates for the root of m.
    """

    eps: Eps = ZERO

    @property
    def assumptions(self) -> tuple[str, ...]:
        return Polar().assumptions

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        return self._first.update(setting, gradient)

    @property
    def _first(self) -> Polar:
        size = None if self.eps.size is None else self.eps.size ** Fraction(1, 2)
        return Polar(eps=Eps(size, self.eps.number**0.5), exact=True)

    def remark(self, setting: Setting, gradient: Gradient) -> str | None:
        return self._first.remark(setting, gradient)

    def changed(self, setting: Setting, gradient: Gradient, update: Gradient) -> Direction:
        found = super().changed(setting, gradient, update)
        if gradient.leaf is not None:
            return self._leaf(setting, gradient, gradient.leaf, found)
        parts = tuple(
            Outer(scaled(setting.algebra, Displaced(left), setting.power(by)), Displaced(right), outer.shared)
            for outer in few(setting, gradient).outers
            for left, right, by in self._parts(setting, gradient, outer)
        )
        return found.joined(Gradient(gradient.parameter, outers=parts).base())

    def _parts(self, setting: Setting, gradient: Gradient, outer: Outer) -> Iterator[tuple[int, int, Fraction]]:
        """(left, right, exponent of the factor) of the products with a new direction on one side or on both."""
        outs, ins = names(gradient.parameter.outs), names(gradient.parameter.ins)
        left, moved_left = _sides(setting, outer.left, outs)
        right, moved_right = _sides(setting, outer.right, ins)
        if left is None or right is None:
            return
        here = self._root(left[1] + right[1])
        if moved_right is not None:
            yield left[0], moved_right[0], here + self._root(left[1] + moved_right[1])
        if moved_left is not None:
            other = right[0]
            if moved_right is not None:
                more = setting.power(self._root(left[1] + moved_right[1]) - here)
                other = combine(setting.algebra.graph, [other, moved_right[0]], [ONE, more])
            yield moved_left[0], other, self._root(moved_left[1] + right[1]) + here

    def _leaf(self, setting: Setting, gradient: Gradient, value: Displaced, found: Direction) -> Direction:
        name = gradient.parameter.name
        whole, moved = _sides(setting, value, names(setting.algebra.graph.type(value.base)))
        if whole is None or moved is None:
            return found
        by = setting.power(self._root(moved[1]) + self._root(whole[1]))
        part = scaled(setting.algebra, Displaced(moved[0]), by).base
        return Direction({name: combine(setting.algebra.graph, [*found.leaves.values(), part])}, {})

    def _root(self, size: Fraction) -> Fraction:
        """The exponent of (σ² + eps)^{-1/4} for a singular value σ with the exponent ``size``."""
        return -(2 * size if self.eps.exponent is None else max(2 * size, self.eps.exponent)) / 4


def _sides(setting: Setting, value: Displaced, over: tuple[str, ...]) -> tuple[Side | None, Side | None]:
    """The value at the initial weights and its move, each with its norm; None where it vanishes."""
    move = setting.algebra.move(value)
    nodes = (value.base, move)
    found = [None if node is None or (size := norm(setting, node, over)) is None else (node, size) for node in nodes]
    return found[0], found[1]
