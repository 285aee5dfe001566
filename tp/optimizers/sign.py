"""Sign descent: every entry moves against the sign of its gradient, by η Λ (Bernstein et al., 2018: signSGD).

    u = sign(g)

The sign of an outer product is the outer product of signs. So where a step adds one, for a batch of one sample and a
weight that is used once, the weight stays in factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.namespace import namespace
from tp.optimizers.decay import Decaying
from tp.optimizers.in_factors import InFactors, Outer
from tp.optimizers.optimizer import Weights, learning_rate
from tp.optimizers.registry import register

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule


@register
@dataclass(frozen=True, repr=False)
class Sign(Decaying):
    """Sign descent, without a state."""

    name: ClassVar[str] = "sign"

    eta: float = learning_rate(0.01)

    def kept(self, rows: int, columns: int) -> int:
        return 0

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        return InFactors.OUTER if rank == 1 and not (self.in_gradient and self.shrinkage(weight)) else None

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import Entrywise

        return Entrywise(decay=self.inside(weight.name))

    def init(self, params: Weights) -> tuple[()]:
        return ()

    def direction(self, gradients: Weights, state: Any, params: Weights) -> tuple[Weights, Any]:
        return {name: _sign(gradient) for name, gradient in gradients.items()}, state


def _sign(gradient: Any) -> Any:
    if isinstance(gradient, Outer):
        xp = namespace(gradient.left)
        return Outer(xp.sign(gradient.left), xp.sign(gradient.right))
    return namespace(gradient).sign(gradient)
