"""Updates that are odd functions of degree 0 of each entry of the gradients: sign, Lion, Adam, Adafactor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from tp.graph.axes import Scale, entries
from tp.optimizers.rules.eps import ZERO, Eps
from tp.optimizers.rules.few import few, unknown
from tp.optimizers.rules.gradient import Gradient, Outer, added, scaled, whole
from tp.optimizers.rules.rule import Rule, Setting, Step
from tp.primitives.pointwise import Pointwise
from tp.primitives.traits import Function
from tp.transform.displacement import Displaced, Displacing


@dataclass(frozen=True)
class Entrywise(Rule):
    """u = Q(g) entry by entry: of degree 0 where |g| exceeds ``eps``, g / eps far below it.

    With ``decay`` λ (None: 0) u = Q(g + λW). Q of several gradients, of the samples of a batch and of earlier steps,
    has the orders of Q of one (calculus, theorem 7.2).
    """

    eps: Eps = ZERO
    decay: Scale | None = None

    @property
    def assumptions(self) -> tuple[str, ...]:
        return ("updates made of the gradients of several samples and steps have the orders of those made of one",)

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        algebra = setting.algebra
        gradient = few(setting, gradient)
        size = setting.largest(gradient)
        assert size is not None
        if self.eps.size is not None and (self.eps.exceeds(size) or self.eps.equals(size)):
            by = self.eps.size ** Fraction(-1)
            if self.eps.exceeds(size):
                return gradient.mapped(lambda value: scaled(algebra, value, by))
            gradient = whole(algebra, gradient).mapped(lambda value: scaled(algebra, value, by))
            return gradient.mapped(lambda value: _of(algebra, "tanh", value))
        one = gradient.outers[0] if len(gradient.outers) == 1 else None
        if one is not None and not one.shared:
            factors = Outer(_of(algebra, "sign", one.left), _of(algebra, "sign", one.right), ())
            return replace(gradient, outers=(factors,))
        return whole(algebra, gradient).mapped(lambda value: _of(algebra, "sign", value))

    def step(self, setting: Setting, gradient: Gradient) -> Step:
        if self.decay is not None and gradient.leaf is not None and gradient.weight is not None:
            decay = scaled(setting.algebra, gradient.weight, self.decay)
            gradient = replace(gradient, leaf=added(setting.algebra, [gradient.leaf, decay]))
        return super().step(setting, gradient)

    def remark(self, setting: Setting, gradient: Gradient) -> str | None:
        size = setting.largest(gradient)
        return None if size is None else self.eps.remark(gradient.parameter.name, size, "entries of the gradient")

    def share(self, setting: Setting, gradient: Gradient) -> Scale | None:
        """Where λW has the size of g, Q(g + λW) is correlated with W; where it is below g, it is not at first order.

        Raises TpError TP514 where λW exceeds g: then what g does to the signs of λW is not known.
        """
        weight, _ = setting.norm(gradient.parameter.name)
        if self.decay is None or gradient.leaf is not None or weight is None:
            return None
        parameter = gradient.parameter
        entry = weight - entries((*parameter.outs, *parameter.ins)).exponent / 2
        size = setting.largest(gradient)
        if size is not None and self.decay.exponent + entry < size:
            return None
        if size is None or self.decay.exponent + entry > size:
            unknown(gradient, "its weight decay is a larger part of the gradient than that of the cost")
        if self.eps.size is not None and (self.eps.exceeds(size) or self.eps.equals(size)):
            return self.decay * self.eps.size ** Fraction(-1)
        return setting.power(-entry)


def _of(algebra: Displacing, activation: str, value: Displaced) -> Displaced:
    return algebra.pointwise(Pointwise(activation), Function(activation, 0), value)
