"""Gradient descent on batches, with momentum and weight decay.

    v(s + 1) = μ v(s) + g(s),    u = v(s + 1)              heavy ball
                                 u = g(s) + μ v(s + 1)     Nesterov's

With μ = 0 and without decay this is eq. 10 of the paper. Momentum: Polyak (1964); Nesterov (1983), in the form of
Sutskever et al. (2013). Coupled decay shrinks a weight in proportion to its learning rate.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tp.optimizers.decay import Decaying
from tp.optimizers.in_factors import InFactors
from tp.optimizers.moments import zeros
from tp.optimizers.optimizer import Weights
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule


@register
@dataclass(frozen=True, repr=False)
class SGD(Decaying):
    """Gradient descent; μ is ``momentum``. The state is v."""

    name: ClassVar[str] = "sgd"

    momentum: float = setting(0.0, "The share of the momentum that a step keeps.", within=Range(0, 1))
    nesterov: bool = setting(False, "Momentum looks one step ahead.")

    @property
    def along_gradients(self) -> bool:
        return True

    @property
    def pace(self) -> Hashable:
        return self.name, self.eta, self.clip, self.warmup, self.momentum, bool(self.momentum) and self.nesterov

    @property
    def linear(self) -> bool:
        # Coupled decay shrinks weights by factors that may be 0, and clipping needs the norm of the gradient.
        return not (self.coupled and self.shrinks) and not self.clip

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        if self.coupled and self.shrinkage(weight):
            return None
        return InFactors.COORDINATES if self.clip else InFactors.COEFFICIENTS

    def init(self, params: Weights) -> Weights:
        return zeros(params)

    def direction(self, gradients: Weights, state: Weights, params: Weights) -> tuple[Weights, Weights]:
        velocity = {name: self.momentum * v + gradients[name] for name, v in state.items()}
        if self.nesterov:
            return {name: gradients[name] + self.momentum * v for name, v in velocity.items()}, velocity
        return velocity, velocity

    def rule(self, weight: Parameter) -> Rule:
        """Gradients themselves: momentum changes only constants."""
        from tp.optimizers.rules import Linear

        return Linear(self.inside(weight.name))
