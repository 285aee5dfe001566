"""Gradients that are scaled down to a largest norm of all weights together."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.axes import ONE, Scale
from tp.optimizers.rules.few import few
from tp.optimizers.rules.gradient import Gradient, added, scaled
from tp.optimizers.rules.polar import inverse_norm, squared_norm
from tp.optimizers.rules.rule import Setting
from tp.primitives.product import Product
from tp.primitives.shorthand import combine
from tp.transform.displacement import Displaced


class Clipping:
    """The norm of ``gradients``, those of all weights, and what becomes of one above a limit: g · limit / norm.

    Below the limit a gradient stays as it is; a norm of the size of the limit counts as above.
    """

    def __init__(self, setting: Setting, gradients: Sequence[Gradient]) -> None:
        self.setting = setting
        algebra = setting.algebra
        kept = [found for g in gradients if (found := few(setting, g)).leaf is not None or found.outers]
        self.squared = added(algebra, [squared_norm(algebra, g) for g in kept]) if kept else None
        nodes = () if self.squared is None else (self.squared.base, algebra.total(self.squared))
        self.sizes = [setting.size(node) for node in nodes]

    def of(self, gradient: Gradient, limit: Scale) -> Gradient:
        """``gradient`` scaled down where the norm exceeds ``limit``."""
        above = [size is not None and size / 2 >= limit.exponent for size in self.sizes]
        if self.squared is None or not any(above):
            return gradient
        algebra = self.setting.algebra
        if self.sizes[0] == self.sizes[1]:
            return self._divided(gradient, self.squared, limit)
        before, now = self.setting.initial(gradient), self.setting.total(gradient)
        if above[0]:
            before = self._divided(before, Displaced(self.squared.base), limit)
        if above[1]:
            now = self._divided(now, Displaced(algebra.total(self.squared)), limit)
        places = iter(range(len(gradient.outers) + 1))

        def joined(value: Displaced) -> Displaced:
            """The change from ``before`` to ``now`` of the value at the next place."""
            place = next(places)
            first, last = (g.leaf or g.outers[place].left for g in (before, now))
            return Displaced(first.base, None, combine(algebra.graph, [last.base, first.base], [ONE, -ONE]))

        return gradient.mapped(joined)

    def _divided(self, gradient: Gradient, squared: Displaced, limit: Scale) -> Gradient:
        algebra = self.setting.algebra
        bounded = "only a bound is known of the norm of all gradients, by which it is clipped"
        inverse = inverse_norm(self.setting, gradient, squared, bounded)
        by = scaled(algebra, inverse, limit)
        return gradient.mapped(lambda value: algebra.bilinear(Product(()), value, by))
