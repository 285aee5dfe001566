"""Updates that are as large as their weight: LAMB."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.graph.axes import Scale
from tp.optimizers.rules.few import unknown
from tp.optimizers.rules.gradient import Gradient, scaled
from tp.optimizers.rules.polar import inverse_norm, squared_norm
from tp.optimizers.rules.rule import Rule, Setting, Step
from tp.primitives.product import Product
from tp.transform.direction import Direction


@dataclass(frozen=True)
class TrustRatio(Rule):
    """u = (|W| / |v|) v for the update v of another ``rule``, and v where W is zero.

    With ``decay`` λ (None: 0) v + λW stands for v; the part λW must not be larger than v.
    """

    rule: Rule
    decay: Scale | None = None

    @property
    def assumptions(self) -> tuple[str, ...]:
        return self.rule.assumptions

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        return self._normed(setting, gradient, setting.norm(gradient.parameter.name)[0])

    def step(self, setting: Setting, gradient: Gradient) -> Step:
        size, move = setting.norm(gradient.parameter.name)
        if move is None:
            return super().step(setting, gradient)
        if size is not None and move < size:
            found = super().step(setting, gradient)
            relative = found.initial.rescaled(setting.algebra.graph, lambda _: setting.power(move - size))
            return Step(found.initial, self.difference(setting, found.change, relative))
        before, now = setting.initial(gradient), setting.total(gradient)
        nothing = Direction({}, {})
        first = nothing if setting.largest(before) is None else self._normed(setting, before, size).base()
        then = nothing if setting.largest(now) is None else self._normed(setting, now, move).base()
        return Step(first, self.difference(setting, then, first))

    def remark(self, setting: Setting, gradient: Gradient) -> str | None:
        return self.rule.remark(setting, gradient)

    def share(self, setting: Setting, gradient: Gradient) -> Scale | None:
        return self.rule.share(setting, gradient)

    def _normed(self, setting: Setting, gradient: Gradient, size: Fraction | None) -> Gradient:
        """The update where the weight has the norm n^``size``; v where that is None, for zero."""
        inner = self.rule.update(setting, gradient)
        if size is None:
            return inner
        algebra = setting.algebra
        squared = squared_norm(algebra, inner)
        found = setting.size(squared.base)
        if found is None:
            return inner
        if self.decay is not None and self.decay.exponent + size > found / 2:
            unknown(gradient, "its weight decay is larger than its update")
        inverse = inverse_norm(setting, gradient, squared, "only a bound of the norm of its update is known")
        by = setting.power(size)
        return inner.mapped(lambda value: algebra.bilinear(Product(()), scaled(algebra, value, by), inverse))
