"""Updates that bring all singular values of a gradient to one size: Muon, Shampoo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from tp.graph.axes import ONE, Scale, entries, names
from tp.optimizers.rules.eps import ZERO, Eps
from tp.optimizers.rules.few import few, unknown
from tp.optimizers.rules.gradient import Gradient, Outer, added, contracted, scaled
from tp.optimizers.rules.rule import Rule, Setting, Step
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.sum_broadcast import Sum
from tp.primitives.traits import Function
from tp.transform.displacement import Displaced, Displacing

_INVERSE = "power(-1/2)"


@dataclass(frozen=True)
class Polar(Rule):
    """u = p(g / |g|) times ``factor``, with p odd and p(σ) of order 1 for singular values σ of order 1.

    A polynomial p, as that of Newton-Schulz iterations, keeps small singular values small. If ``exact``, all become 1
    but those that are 0, and with a ``history`` g is a mean over steps. ``eps`` is added to |g|.

    The gradients of a sample that is used again differ by outer products of small moves. In their mean these have small
    singular values of their own, which an exact polar factor makes 1. How many there are, and along what, depends on
    the number of steps. So with a ``history`` exact updates are known only while one factor of each product is fixed.
    """

    factor: Scale = ONE
    eps: Eps = ZERO
    exact: bool = False
    history: bool = False

    @property
    def assumptions(self) -> tuple[str, ...]:
        return (
            "the gradients of the samples of a batch are linearly independent at leading order, or exactly dependent",
        )

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        algebra = setting.algebra
        gradient = few(setting, gradient)
        squared = squared_norm(algebra, gradient)
        size = setting.size(squared.base)
        if size is None:
            return Gradient(gradient.parameter)
        if self.eps.size is not None and self.eps.exceeds(size / 2):
            by = self.eps.size ** Fraction(-1) * self.factor
            return gradient.mapped(lambda value: scaled(algebra, value, by))
        inverse = inverse_norm(setting, gradient, squared, "only a bound of the gradient is known")
        unit = gradient.mapped(
            lambda value: algebra.bilinear(Product(()), scaled(algebra, value, self.factor), inverse)
        )
        if len(unit.outers) < 2:
            return unit
        if self.exact and len({_size(setting, gradient, outer) for outer in gradient.outers}) > 1:
            unknown(gradient, "products of different sizes add up to it")
        return replace(unit, outers=tuple(_mixed(algebra, gradient, unit, inverse)))

    def remark(self, setting: Setting, gradient: Gradient) -> str | None:
        size = magnitude(setting, gradient)
        return None if size is None else self.eps.remark(gradient.parameter.name, size, "the norm of the gradient")

    def step(self, setting: Setting, gradient: Gradient) -> Step:
        """See :meth:`Rule.step`. Raises TpError TP514 where a later update has no known order."""
        if self.exact and self.history and _turns(setting, gradient):
            unknown(
                gradient,
                "from the second step on a sample that is used again adds small new directions to the mean of"
                " gradients, and an exact polar factor makes the singular value of each of them 1",
            )
        return super().step(setting, gradient)


def squared_norm(algebra: Displacing, gradient: Gradient) -> Displaced:
    """|g|², up to products of different outer products."""
    values = [v for v in (gradient.leaf, *(v for equal, v in gradient.entries if not equal)) if v is not None]
    parts = [contracted(algebra, v, v, names(algebra.graph.type(v.base))) for v in values]
    for outer in gradient.outers:
        left = contracted(algebra, outer.left, outer.left, names(gradient.parameter.outs))
        right = contracted(algebra, outer.right, outer.right, names(gradient.parameter.ins))
        parts.append(contracted(algebra, left, right, outer.shared))
    return added(algebra, parts)


def magnitude(setting: Setting, gradient: Gradient) -> Fraction | None:
    """The exponent of |g| at the initial weights; None where it vanishes. Raises TpError TP514 as :func:`few`."""
    kept = few(setting, gradient)
    if kept.leaf is None and not kept.outers:
        return None
    size = setting.size(squared_norm(setting.algebra, kept).base)
    return None if size is None else size / 2


def inverse_norm(setting: Setting, gradient: Gradient, squared: Displaced, bounded: str) -> Displaced:
    """1 / |g| for the node ``squared`` of |g|², which is not zero.

    Raises TpError TP514 with the reason ``bounded`` where only a bound of |g| is known.
    """
    found = setting.algebra.pointwise(Pointwise(_INVERSE), Function(_INVERSE, 0), squared)
    size = setting.size(squared.base)
    if size is None or setting.size(found.base) != -size / 2:
        unknown(gradient, bounded)
    return found


def _size(setting: Setting, gradient: Gradient, outer: Outer) -> Fraction | None:
    """The exponent of |left| |right|, None where one vanishes."""
    sides = ((outer.left, gradient.parameter.outs), (outer.right, gradient.parameter.ins))
    found = [norm(setting, value.base, names(axes)) for value, axes in sides]
    return None if None in found else sum((f for f in found if f is not None), Fraction(0))


def norm(setting: Setting, node: int, over: tuple[str, ...]) -> Fraction | None:
    """The exponent of the norm of ``node`` over the axes ``over``; None where it vanishes."""
    size = setting.size(node)
    axes = [a for a in setting.algebra.graph.type(node) if a.name in over]
    return None if size is None else size + sum((a.exponent for a in axes), Fraction(0)) / 2


def moves(setting: Setting, value: Displaced) -> bool:
    """Whether ``value`` is another one where the weights have moved."""
    return any(node is not None and setting.size(node) is not None for node in (value.first, value.rest))


def _turns(setting: Setting, gradient: Gradient) -> bool:
    """Whether both factors of an outer product change, so that its sum over steps is no outer product.

    A factor of one entry is a number, and the other one remains the only direction.
    """
    if ONE in (entries(gradient.parameter.outs), entries(gradient.parameter.ins)):
        return False
    return any(moves(setting, outer.left) and moves(setting, outer.right) for outer in gradient.outers)


def _mixed(algebra: Displacing, gradient: Gradient, unit: Gradient, inverse: Displaced) -> Iterator[Outer]:
    """g / |g| and g g'g / |g|³: to the left factor of each outer product those of all others are added."""
    outs, ins = names(gradient.parameter.outs), names(gradient.parameter.ins)
    for last, own in zip(gradient.outers, unit.outers, strict=True):
        lefts = [own.left]
        for first, other in zip(gradient.outers, unit.outers, strict=True):
            if first is last:
                continue
            parts = [_scalar(algebra, [(first.right, b.right, ins), (b.left, last.left, outs)]) for b in (first, last)]
            relative = algebra.bilinear(Product(()), added(algebra, parts), inverse)
            relative = algebra.bilinear(Product(()), relative, inverse)
            left = other.left
            if alone := tuple(a for a in other.shared if a not in own.shared):
                left = algebra.linear(Sum(alone), [left])
            lefts.append(algebra.bilinear(Product(()), left, relative))
        yield replace(own, left=added(algebra, lefts))


def _scalar(algebra: Displacing, pairs: list[tuple[Displaced, Displaced, tuple[str, ...]]]) -> Displaced:
    """The product of inner products, each summed over all of its other axes."""
    found: list[Displaced] = []
    for left, right, over in pairs:
        inner = contracted(algebra, left, right, over)
        rest = names(algebra.graph.type(inner.base))
        found.append(algebra.linear(Sum(rest), [inner]) if rest else inner)
    return algebra.bilinear(Product(()), *found)
