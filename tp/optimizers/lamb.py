"""LAMB (You et al., 2020): Adam's direction, as long as the weight itself.

    θ(s + 1) = θ(s) - ηΛ |θ| / |u + λn^p θ| (u + λn^p θ)

u is Adam's, and norms are those of a whole weight. The ratio is 1 where one of the norms is 0. Decay is inside of the
ratio, so it is multiplied with the learning rate of the weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.namespace import namespace
from tp.optimizers.amount import Amount
from tp.optimizers.decay import Decaying
from tp.optimizers.moments import Adaptive, Moments
from tp.optimizers.optimizer import Weights
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting
from tp.optimizers.sides import Sides, times

if TYPE_CHECKING:
    from tp.graph.axes import Scale
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule


@register
@dataclass(frozen=True, repr=False)
class Lamb(Adaptive, Decaying):
    """LAMB; where decay is ``coupled``, it is a part of the gradient instead."""

    name: ClassVar[str] = "lamb"

    eps: Amount = setting(1e-6, "Added to the root of the mean of squares.", within=Range(0), amount=True)

    @property
    def apart(self) -> bool:
        return False

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import TrustRatio

        return TrustRatio(super().rule(weight), super().share(weight.name))

    def share(self, weight: str) -> Scale | None:
        return None  # decay is inside of the ratio, see the rule

    @property
    def needs_weights(self) -> bool:
        return True

    def direction(self, gradients: Weights, state: Moments, params: Weights) -> tuple[Weights, Moments]:
        directions, state = super().direction(gradients, state, params)
        if self.shrinks and not self.coupled:
            directions = {name: u + self.number(name) * params[name] for name, u in directions.items()}
        return {
            name: times(u, trust_ratio(params[name], u, self.sides_of(name, u))) for name, u in directions.items()
        }, state


def trust_ratio(weight: Any, direction: Any, sides: Sides) -> Any:
    """|weight| / |direction|, [...draws]; 1 where either is 0."""
    xp = namespace(weight, direction)
    above, below = sides.squared(weight), sides.squared(direction)
    usual = (above > 0) & (below > 0)
    return xp.where(usual, xp.sqrt(above / xp.where(usual, below, 1)), 1)
