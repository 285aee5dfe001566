"""Updates that are odd functions of degree 0 of each entry of the gradients: sign, Lion, Adam, Adafactor."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.graph.axes import Scale
from tp.optimizers.rules.few import few
from tp.optimizers.rules.gradient import Gradient, Outer, scaled, whole
from tp.optimizers.rules.rule import Rule, Setting
from tp.primitives.pointwise import Pointwise
from tp.primitives.traits import Function
from tp.transform.displacement import Displaced, Displacing


@dataclass(frozen=True)
class Entrywise(Rule):
    """u = Q(g) entry by entry: of degree 0 where |g| exceeds ``eps`` (None: everywhere), g / eps far below it.

    Q of several gradients, of the samples of a batch and of earlier steps, has the orders of Q of one (calculus,
    theorem 7.2).
    """

    eps: Scale | None = None

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        algebra = setting.algebra
        gradient = few(setting, gradient)
        size = setting.largest(gradient)
        assert size is not None
        if self.eps is not None and size < self.eps.exponent:
            by = self.eps ** Fraction(-1)
            return gradient.mapped(lambda value: scaled(algebra, value, by))
        if self.eps is not None and size == self.eps.exponent:
            by = self.eps ** Fraction(-1)
            return whole(algebra, gradient).mapped(lambda value: _of(algebra, "tanh", scaled(algebra, value, by)))
        one = gradient.outers[0] if len(gradient.outers) == 1 else None
        if one is not None and not one.shared:
            factors = Outer(_of(algebra, "sign", one.left), _of(algebra, "sign", one.right), ())
            return Gradient(gradient.parameter, outers=(factors,))
        return whole(algebra, gradient).mapped(lambda value: _of(algebra, "sign", value))


def _of(algebra: Displacing, activation: str, value: Displaced) -> Displaced:
    return algebra.pointwise(Pointwise(activation), Function(activation, 0), value)
