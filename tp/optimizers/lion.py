"""Lion (Chen et al., 2023): every entry moves by the sign of a mean of its gradients.

u = sign(β1 m(s) + (1 - β1) g),    m(s + 1) = β2 m(s) + (1 - β2) g
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tp.namespace import namespace
from tp.optimizers.amount import Amount
from tp.optimizers.decay import Decaying, weight_decay
from tp.optimizers.moments import mean, zeros
from tp.optimizers.optimizer import Weights, learning_rate
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule


@register
@dataclass(frozen=True, repr=False)
class Lion(Decaying):
    """β1 is ``beta1`` and β2 ``beta2``. The state is m."""

    name: ClassVar[str] = "lion"

    eta: float = learning_rate(0.001)
    decay: Amount = weight_decay(1e-3)  # noqa: RUF009 - a field
    beta1: float = setting(0.9, "The share of the mean of gradients in a move.", within=Range(0, 1))
    beta2: float = setting(0.99, "The share of the mean of gradients that is kept.", within=Range(0, 1))

    def init(self, params: Weights) -> Weights:
        return zeros(params)

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import Entrywise

        return Entrywise(decay=self.inside(weight.name))

    def direction(self, gradients: Weights, state: Weights, params: Weights) -> tuple[Weights, Weights]:
        directions = {name: namespace(m).sign(mean(self.beta1, m, gradients[name])) for name, m in state.items()}
        return directions, {name: mean(self.beta2, m, gradients[name]) for name, m in state.items()}
