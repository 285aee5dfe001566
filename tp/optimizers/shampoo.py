"""Shampoo: gradients are divided by roots of their second moments on both sides (Gupta, Koren and Singer, 2018).

    L(s + 1) = L(s) + G G',    R(s + 1) = R(s) + G' G,    u = (L + eps)^(-1/4) G (R + eps)^(-1/4)

With β below 1 the moments are means, L(s + 1) = β L(s) + (1 - β) G G', divided by 1 - β^(s + 1). A weight is the matrix
of its output side and its input side; a vector is a matrix with one column. Eigenvalues that are zero up to rounding
have no root: nothing moves along them.

The first update is the polar factor of the gradient. Orders of training are known for one step; for more, unless eps is
at least of the size of squared gradients, they depend on the number of steps and are not known (calculus, theorem 7.5).

A side that is longer than what all gradients of a run can span is kept in an orthonormal basis of what they do span.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from tp.diagnostics.diagnostic import error
from tp.namespace import matmul, namespace
from tp.optimizers.amount import Amount, as_number, safeguard, small
from tp.optimizers.decay import Decaying
from tp.optimizers.growing import empty, extended
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


class Moments(NamedTuple):
    """L and R of a weight. A long side has them in the coordinates of a basis, the other in those of its axes."""

    left: Any
    right: Any
    left_basis: Any
    right_basis: Any


class State(NamedTuple):
    """Moments by weight, and the number of steps made."""

    moments: dict[str, Moments]
    steps: Any


@register
@dataclass(frozen=True, repr=False)
class Shampoo(Decaying):
    """Shampoo; β is ``beta``, 1 for sums over all steps. ``horizon`` is the number of all steps, or 0 if not known."""

    name: ClassVar[str] = "shampoo"

    eta: float = learning_rate(0.05)
    beta: float = setting(
        1.0, "The share of the moments that is kept; 1 to add them up.", within=Range(0, 1, closed=True)
    )
    eps: Amount = setting(1e-12, "Added to the moments.", within=Range(0), amount=True)
    horizon: int = 0

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        return None if self.in_gradient and self.shrinkage(weight) else InFactors.COORDINATES

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import Eps, Roots

        if self.inside(weight.name) is not None:
            hint = "coupled = false has known orders"
            raise error("TP514", "the orders of roots of weight decay are unknown", weight.span, hint)
        return Roots(Eps(safeguard(self.eps), small(self.eps)))

    def within(self, steps: int) -> Self:
        return replace(self, horizon=steps)

    def kept(self, rows: int, columns: int) -> int:
        spans = self._span(rows, columns), self._span(columns, rows)
        return sum(
            span**2 + (span * size if span < size else 0) for span, size in zip(spans, (rows, columns), strict=True)
        )

    def _span(self, size: int, other: int) -> int:
        """How many rows a basis of a side with ``size`` entries has; ``other`` is the size of the other side."""
        return min(size, self.horizon * other) if self.horizon else size

    def init(self, params: Weights) -> State:
        xp = namespace(*params.values())
        moments: dict[str, Moments] = {}
        for name, weight in params.items():
            matrix = self.sides_of(name, weight).matrix(weight)
            *draws, rows, columns = matrix.shape
            spans = self._span(rows, columns), self._span(columns, rows)
            zeros = (xp.zeros((*draws, span, span), matrix.dtype) for span in spans)
            sizes = zip(spans, (rows, columns), strict=True)
            bases = (empty(xp, tuple(draws), span, size, matrix.dtype) if span < size else None for span, size in sizes)
            moments[name] = Moments(*zeros, *bases)
        return State(moments, xp.zeros((), "int32"))

    def direction(self, gradients: Weights, state: State, params: Weights) -> tuple[Weights, State]:
        found, moments = dict[str, Any](), dict[str, Moments]()
        for name, before in state.moments.items():
            gradient = gradients[name]
            matrix = self.sides_of(name, gradient).matrix(gradient)
            update, moments[name] = self._moved(matrix, before, state.steps)
            found[name] = update.reshape(gradient.shape)
        return found, State(moments, state.steps + 1)

    def _moved(self, matrix: Any, before: Moments, steps: Any) -> tuple[Any, Moments]:
        """The direction of a gradient that is a ``matrix``, and the moments with it."""
        left, right, left_basis, right_basis = before
        if left_basis is not None:
            left_basis, rows = extended(left_basis, matrix.swapaxes(-1, -2), steps * matrix.shape[-1])
            matrix = rows.swapaxes(-1, -2)
        if right_basis is not None:
            right_basis, matrix = extended(right_basis, matrix, steps * matrix.shape[-2])
        old, new, whole = (
            (1.0, 1.0, 1.0) if self.beta == 1.0 else (self.beta, 1 - self.beta, weight_of(self.beta, steps + 1))
        )
        turned = matrix.swapaxes(-1, -2)
        left, right = old * left + new * matmul(matrix, turned), old * right + new * matmul(turned, matrix)
        roots = [inverse_root((m / whole).astype(matrix.dtype), POWER, as_number(self.eps)) for m in (left, right)]
        update = matmul(matmul(roots[0], matrix), roots[1])
        if left_basis is not None:
            update = matmul(left_basis.swapaxes(-1, -2), update)
        if right_basis is not None:
            update = matmul(update, right_basis)
        return update, Moments(left, right, left_basis, right_basis)
