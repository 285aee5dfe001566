"""Muon: every matrix moves along the polar factor of its momentum (Jordan, 2024; Bernstein and Newhouse, 2024).

    m(s + 1) = μ m(s) + (1 - μ) g(s),    u = a polar(M),    M = m(s + 1) / (1 - μ^(s + 1))
                                         M = μ m(s + 1) / (1 - μ^(s + 2)) + (1 - μ) g(s) / (1 - μ^(s + 1))   Nesterov's

polar(M) is U V' of M = U S V', or what a few Newton-Schulz iterations from M / (|M| + eps) make of it. A weight is the
matrix of its output side and its input side; a vector is a matrix with one column. A vector that is only a readout, as
v in dot(v, h), is a row. The polar factor of both is M / |M|.
The factor a is that of ``adjust``, with torch.optim.Muon's names for it.

With an exact polar factor and momentum, orders of training are known for one step. For more they are known only where
one factor of the gradient stays the same, as that of an input does: the polar factor enlarges each of the small
directions in which the gradients of a mean differ, and their number grows with that of steps (calculus, theorem 7.4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Scale, entries
from tp.namespace import namespace
from tp.optimizers.amount import Amount, as_number, safeguard, small
from tp.optimizers.decay import Decaying
from tp.optimizers.in_factors import InFactors
from tp.optimizers.moments import mean, weight_of, zeros
from tp.optimizers.optimizer import Weights, learning_rate
from tp.optimizers.polar import newton_schulz, polar_factor
from tp.optimizers.registry import register
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.axes import Type
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule

MOST_ITERATIONS = 100
ADJUST: Mapping[str, Callable[[float, float], float]] = {
    "none": lambda out, into: 1.0,
    "spectral": lambda out, into: (out / into) ** 0.5,
    "original": lambda out, into: max(1.0, out / into) ** 0.5,
    "match_rms_adamw": lambda out, into: 0.2 * max(out, into) ** 0.5,
}
"""The factor a of a weight with so many rows and columns."""
ADJUSTED = (
    "A factor of every move of a weight with out rows and in columns: none 1, spectral √(out/in), "
    "original √max(1, out/in), match_rms_adamw 0.2 √max(out, in)."
)

FACTORS: Mapping[str, Callable[[Scale, Scale], Scale]] = {
    "none": lambda out, into: ONE,
    "spectral": lambda out, into: (out * into ** Fraction(-1)) ** Fraction(1, 2),
    "original": lambda out, into: _larger(ONE, out * into ** Fraction(-1)) ** Fraction(1, 2),
    "match_rms_adamw": lambda out, into: Scale(0.2) * _larger(out, into) ** Fraction(1, 2),
}
"""The same for all widths."""


def _larger(one: Scale, other: Scale) -> Scale:
    return max(one, other, key=lambda scale: (scale.exponent, scale.coefficient))


class State(NamedTuple):
    """m by weight, and the number of steps made."""

    momentum: Weights
    steps: Any


@register
@dataclass(frozen=True, repr=False)
class Muon(Decaying):
    """Muon; μ is ``momentum``. With 0 ``iterations`` the polar factor is exact, and ``eps`` does not matter.

    With momentum the orders of training are then known for one step, or where one factor of each gradient is fixed.

    ``shapes`` are the axes of both sides of each weight; :meth:`of` finds them.
    """

    name: ClassVar[str] = "muon"

    eta: float = learning_rate(0.02)
    momentum: float = setting(0.95, "The share of the momentum that a step keeps.", within=Range(0, 1))
    nesterov: bool = setting(True, "Momentum looks one step ahead.")
    iterations: int = setting(
        5, "Newton-Schulz iterations; 0 for the exact polar factor.", within=Range(0, MOST_ITERATIONS, closed=True)
    )
    adjust: str = setting("none", ADJUSTED, words=tuple(ADJUST))
    eps: Amount = setting(1e-8, "Added to the norm of the momentum.", within=Range(0), amount=True)
    shapes: tuple[tuple[str, Type, Type], ...] = ()
    sizes: tuple[tuple[str, int, int], ...] = ()

    def of(self, parameters: Mapping[str, Parameter]) -> Self:
        return replace(super().of(parameters), shapes=tuple((name, p.outs, p.ins) for name, p in parameters.items()))

    def at(self, n: int) -> Self:
        sizes = [(name, prod(a.at(n) for a in outs), prod(a.at(n) for a in ins)) for name, outs, ins in self.shapes]
        return replace(super().at(n), shapes=(), sizes=tuple(sizes))

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        return None if self.in_gradient and self.shrinkage(weight) else InFactors.COORDINATES

    @property
    def safeguards(self) -> tuple[str, ...]:
        return super().safeguards if self.iterations else ()

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import Eps, Polar

        if self.inside(weight.name) is not None:
            hint = "coupled = false has known orders"
            raise error("TP514", "the orders of polar factors of weight decay are unknown", weight.span, hint)
        factor = FACTORS[self.adjust](entries(weight.outs), entries(weight.ins))
        if self.iterations:
            return Polar(factor, Eps(safeguard(self.eps), small(self.eps)))
        return Polar(factor, exact=True, history=self.momentum > 0)

    def init(self, params: Weights) -> State:
        return State(zeros(params), namespace(*params.values()).zeros((), "int32"))

    def direction(self, gradients: Weights, state: State, params: Weights) -> tuple[Weights, State]:
        kept, steps = self.momentum, state.steps + 1
        momentum = {name: mean(kept, m, gradients[name]) for name, m in state.momentum.items()}
        found: dict[str, Any] = {}
        for name, m in momentum.items():
            if self.nesterov:
                used = mean(kept, m / weight_of(kept, steps + 1), gradients[name] / weight_of(kept, steps))
            else:
                used = m / weight_of(kept, steps)
            found[name] = self._orthogonal(name, used.astype(m.dtype))
        return found, State(momentum, steps)

    def _orthogonal(self, name: str, array: Any) -> Any:
        """a polar(M) for the weight ``name``."""
        matrix = self.sides_of(name, array).matrix(array)
        known = {weight: (rows, columns) for weight, rows, columns in self.sizes}
        rows, columns = known.get(name) or matrix.shape[-2:]
        steps = self.iterations
        made = newton_schulz(matrix, steps, as_number(self.eps)) if steps else polar_factor(matrix)
        return ADJUST[self.adjust](rows, columns) * made.reshape(array.shape)
