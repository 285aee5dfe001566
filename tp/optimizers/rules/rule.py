"""What an optimiser does with the gradient of one weight, as the order calculus sees it (calculus, section 7a)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from tp.graph.axes import ONE, Scale, wide
from tp.optimizers.rules.gradient import Gradient
from tp.orders.typical.value import Value
from tp.primitives.shorthand import combine
from tp.transform.direction import Direction
from tp.transform.displacement import Displaced, Displacing


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a rule is used: the ``algebra`` of values at moved weights, and the abstract ``value`` of each node.

    ``norm`` has by weight the exponents of its initial norm and of the norm of its move so far (None: zero).
    """

    algebra: Displacing
    value: Callable[[int], Value]
    norm: Callable[[str], tuple[Fraction | None, Fraction | None]]

    def size(self, node: int) -> Fraction | None:
        """The exponent of a typical entry of ``node`` that is not zero; None where the node vanishes identically."""
        return self.value(node).exponent

    def power(self, exponent: Fraction) -> Scale:
        """n^exponent."""
        width = next(iter(self.algebra.graph.widths.values()), None)
        return ONE if width is None or not exponent else Scale.of(width, exponent / width.exponent)

    def largest(self, gradient: Gradient) -> Fraction | None:
        """The exponent of a typical entry of ``gradient`` at the initial weights; None where it vanishes."""
        nodes = [v.base for v in (gradient.leaf, *(value for _, value in gradient.entries)) if v is not None]
        found = [self.size(node) for node in nodes]
        graph = self.algebra.graph
        for outer in gradient.outers:
            left, right = self.size(outer.left.base), self.size(outer.right.base)
            if left is not None and right is not None:
                summed = [a.exponent for a in wide(graph.type(outer.left.base)) if a.name in outer.shared]
                found.append(left + right + sum(summed, Fraction(0)) / 2)
        return max((e for e in found if e is not None), default=None)

    def initial(self, gradient: Gradient) -> Gradient:
        """``gradient`` at the initial weights alone."""
        return gradient.each(lambda value: Displaced(value.base))

    def total(self, gradient: Gradient) -> Gradient:
        """``gradient`` at the moved weights, as if they were where it starts."""
        return gradient.each(lambda value: Displaced(self.algebra.total(value)))


@dataclass(frozen=True, slots=True)
class Step:
    """The update of one weight: from the ``initial`` gradient, and how much another one it is at moved weights."""

    initial: Direction
    change: Direction


class Rule(ABC):
    """An update made of one gradient."""

    @abstractmethod
    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        """The update, without learning rates. The gradient has one size before and after the weights move."""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the orders of its updates rest on, as sentences."""
        return ()

    def step(self, setting: Setting, gradient: Gradient) -> Step:
        """The update at the initial weights, and its change.

        Where the gradient is of another size at the moved weights, as where it was zero, the change is the whole
        update there less the initial one: a series around the initial gradient would say too much.
        """
        before, now = setting.initial(gradient), setting.total(gradient)
        size = setting.largest(before)
        if size == setting.largest(now):
            if size is None:
                return Step(_NOTHING, _NOTHING)
            update = self.update(setting, gradient)
            return Step(update.base(), self.changed(setting, gradient, update))
        first = _NOTHING if size is None else self.update(setting, before).base()
        return Step(first, self.difference(setting, self.update(setting, now).base(), first))

    @staticmethod
    def difference(setting: Setting, now: Direction, before: Direction) -> Direction:
        """The difference of two updates of one weight of different sizes: it has the terms of both."""
        leaves = {name: [node] for name, node in now.leaves.items()}
        for name, node in before.leaves.items():
            leaves.setdefault(name, []).append(node)
        summed = {name: combine(setting.algebra.graph, nodes) for name, nodes in leaves.items()}
        return replace(now.joined(before), leaves=summed)

    def share(self, setting: Setting, gradient: Gradient) -> Scale | None:
        """The multiple of the weight itself in the update, as decay inside of a gradient has it; None for none.

        For weights that are applied. A weight that is read is a part of the gradient's value.
        """
        return None

    def remark(self, setting: Setting, gradient: Gradient) -> str | None:
        """What is to be said of the initial update of a weight, as a sentence; None for nothing."""
        return None

    def changed(self, setting: Setting, gradient: Gradient, update: Gradient) -> Direction:
        """How the ``update`` of ``gradient`` changes. Rules that are not smooth add to it."""
        return update.change(setting.algebra)


_NOTHING = Direction({}, {})
