"""Shampoo: gradients are divided by roots of their second moments on both sides (Gupta, Koren and Singer, 2018).

    L(s + 1) = L(s) + G G',    R(s + 1) = R(s) + G' G,    u = (L + eps)^(-1/4) G (R + eps)^(-1/4)

With β below 1 the moments are means, L(s + 1) = β L(s) + (1 - β) G G', divided by 1 - β^(s + 1). A weight is the matrix
of its output side and its input side; a vector is a matrix with one column. Eigenvalues that are zero up to rounding
have no root: nothing moves along them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tp.diagnostics.diagnostic import error
from tp.namespace import matmul, namespace
from tp.optimizers.amount import Amount, as_number, safeguard
from tp.optimizers.decay import Decaying
from tp.optimizers.in_factors import InFactors
from tp.optimizers.moments import weight_of
from tp.optimizers.optimizer import Weights, learning_rate
from tp.optimizers.polar import inverse_root
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule

POWER = 0.25


class State(NamedTuple):
    """L and R by weight, and the number of steps made."""

    left: dict[str, Any]
    right: dict[str, Any]
    steps: Any


@register
@dataclass(frozen=True, repr=False)
class Shampoo(Decaying):
    """Shampoo; β is ``beta``, 1 for sums over all steps."""

    name: ClassVar[str] = "shampoo"

    eta: float = learning_rate(0.05)
    beta: float = setting(1.0, "The share of the moments that is kept; 1 to add them up.", within=Range(0, 1.0000001))
    eps: Amount = setting(1e-12, "What is added to the moments.", within=Range(0), amount=True)

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        return None if self.in_gradient and self.shrinkage(weight) else InFactors.COORDINATES

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import Roots

        if self.inside(weight.name) is not None:
            raise error("TP514", "the orders of roots of weight decay are unknown", weight.span)
        return Roots(safeguard(self.eps))

    def init(self, params: Weights) -> State:
        xp = namespace(*params.values())
        matrices = {name: self.sides_of(name, weight).matrix(weight) for name, weight in params.items()}

        def square(matrix: Any, side: int) -> Any:
            return xp.zeros((*matrix.shape[:-2], matrix.shape[side], matrix.shape[side]), matrix.dtype)

        left, right = ({name: square(m, side) for name, m in matrices.items()} for side in (-2, -1))
        return State(left, right, xp.zeros((), "int32"))

    def direction(self, gradients: Weights, state: State, params: Weights) -> tuple[Weights, State]:
        steps = state.steps + 1
        old, new = (1.0, 1.0) if self.beta == 1.0 else (self.beta, 1 - self.beta)
        whole = 1.0 if self.beta == 1.0 else weight_of(self.beta, steps)
        left, right, found = dict(state.left), dict(state.right), dict[str, Any]()
        for name in left:
            gradient = gradients[name]
            matrix = self.sides_of(name, gradient).matrix(gradient)
            turned = matrix.swapaxes(-1, -2)
            left[name] = old * left[name] + new * matmul(matrix, turned)
            right[name] = old * right[name] + new * matmul(turned, matrix)
            roots = [
                inverse_root((moment / whole).astype(matrix.dtype), POWER, as_number(self.eps))
                for moment in (left[name], right[name])
            ]
            found[name] = matmul(matmul(roots[0], matrix), roots[1]).reshape(gradient.shape)
        return found, State(left, right, steps)
