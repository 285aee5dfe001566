"""Adafactor: second moments of the rows and of the columns of a gradient in place of one an entry.

    r(s + 1)_i = β r_i + (1 - β) mean_j (g_ij² + eps),    c(s + 1)_j = β c_j + (1 - β) mean_i (g_ij² + eps)
    u_ij = g_ij (r_i / mean(r))^(-1/2) c_j^(-1/2),         β = 1 - (s + 1)^(-p)

u is divided by max(1, rms(u) / ``clipping_threshold``), where rms is the root mean square (Shazeer and Stern, 2018).
A weight is the matrix of its output side and its input side. A vector is a matrix with one column; then u_i = g_i
r_i^(-1/2).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tp.diagnostics.diagnostic import error
from tp.namespace import namespace
from tp.optimizers.amount import Amount, as_number, safeguard, small
from tp.optimizers.decay import Shrinking
from tp.optimizers.in_factors import InFactors, Outer
from tp.optimizers.optimizer import Weights, learning_rate
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting
from tp.optimizers.sides import times

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule

LEAST = 1e-3
"""The least root mean square of a parameter that scales its moves."""


class State(NamedTuple):
    """r and c by weight, and the number of steps made."""

    rows: dict[str, Any]
    columns: dict[str, Any]
    steps: Any


@register
@dataclass(frozen=True, repr=False)
class Adafactor(Shrinking):
    """Adafactor; p is ``decay_rate``. Weights may stay in factors unless ``multiply_by_parameter_scale``."""

    name: ClassVar[str] = "adafactor"

    eta: float = learning_rate(0.01)
    decay_rate: float = setting(
        0.8, "Step s replaces the share s^-NUMBER of the second moments.", within=Range(0), label="decay rate"
    )
    clipping_threshold: float = setting(
        1.0,
        "The largest root mean square of a move before the learning rate; 0 for any.",
        within=Range(0),
        label="clipping threshold",
    )
    multiply_by_parameter_scale: bool = setting(
        False, "Moves are in units of the root mean square of their parameter.", label="multiply by parameter scale"
    )
    eps: Amount = setting(1e-30, "Added to the squares of gradients.", within=Range(0), amount=True)

    @property
    def needs_weights(self) -> bool:
        return super().needs_weights or self.multiply_by_parameter_scale

    def kept(self, rows: int, columns: int) -> int:
        return rows + columns

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        return None if self.multiply_by_parameter_scale else InFactors.OUTER

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import Entrywise, Eps

        if self.multiply_by_parameter_scale:
            hint = "multiply_by_parameter_scale = false has known orders"
            raise error(
                "TP514", "the orders of moves in units of the size of parameters are unknown", weight.span, hint
            )
        eps = safeguard(self.eps)
        return Entrywise(Eps(None if eps is None else eps ** Fraction(1, 2), small(self.eps) ** 0.5))

    def init(self, params: Weights) -> State:
        xp = namespace(*(getattr(weight, "left", weight) for weight in params.values()))
        shapes = {name: self._moments(name, weight) for name, weight in params.items()}
        rows, columns = ({name: xp.zeros_like(pair[side]) for name, pair in shapes.items()} for side in (0, 1))
        return State(rows, columns, xp.zeros((), "int32"))

    def direction(self, gradients: Weights, state: State, params: Weights) -> tuple[Weights, State]:
        steps, eps = state.steps + 1, as_number(self.eps)
        kept = 1.0 - (1.0 * steps) ** -self.decay_rate
        rows, columns, found = dict(state.rows), dict(state.columns), dict[str, Any]()
        for name in rows:
            gradient = gradients[name]
            fresh = self._moments(name, gradient)
            rows[name], columns[name] = (
                (kept * old + (1 - kept) * (new + eps)).astype(new.dtype)
                for old, new in zip((rows[name], columns[name]), fresh, strict=True)
            )
            mean = rows[name].mean(-1, keepdims=True)
            update = self._scaled(name, gradient, _inverse_root(rows[name]) * _root(mean), _inverse_root(columns[name]))
            if self.clipping_threshold:
                size = _root(self._moments(name, update)[0].mean(-1))
                update = times(update, 1.0 / namespace(size).maximum(size / self.clipping_threshold, 1.0))
            if self.multiply_by_parameter_scale:
                size = _root(self._moments(name, params[name])[0].mean(-1))
                update = times(update, namespace(size).maximum(size, LEAST))
            found[name] = update
        return found, State(rows, columns, steps)

    def _moments(self, name: str, weight: Any) -> tuple[Any, Any]:
        """The mean squares of the rows and of the columns of a weight, its gradient or its update."""
        if isinstance(weight, Outer):
            sizes = weight.left.shape[-1], weight.right.shape[-1]
            return weight.row_squares() / sizes[1], weight.column_squares() / sizes[0]
        squares = self.sides_of(name, weight).matrix(weight) ** 2
        return squares.mean(-1), squares.mean(-2)

    def _scaled(self, name: str, gradient: Any, left: Any, right: Any) -> Any:
        if isinstance(gradient, Outer):
            return gradient.scaled(left, right)
        matrix = self.sides_of(name, gradient).matrix(gradient)
        return (matrix * left[..., :, None] * right[..., None, :]).reshape(gradient.shape)


def _root(x: Any) -> Any:
    return namespace(x).sqrt(x)


def _inverse_root(x: Any) -> Any:
    """x^(-1/2), and 0 where x is 0: without eps nothing moves where no gradient ever was."""
    xp = namespace(x)
    return xp.where(x > 0, 1.0 / xp.sqrt(xp.where(x > 0, x, 1.0)), 0.0)
