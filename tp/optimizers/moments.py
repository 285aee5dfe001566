"""Means over steps, as momentum and Adam have them, and the direction that Adam makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any, NamedTuple

from tp.namespace import namespace
from tp.optimizers.amount import Amount, as_number, safeguard, small
from tp.optimizers.decay import Shrinking
from tp.optimizers.optimizer import Weights, learning_rate
from tp.optimizers.setting import Range, setting

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule


class Moments(NamedTuple):
    """Means of gradients and of their squares, by weight, that start at 0, and over how many steps they are."""

    first: Weights
    second: Weights
    count: Any


@dataclass(frozen=True, repr=False)
class Adaptive(Shrinking):
    """Directions as Adam has them: β1 is ``beta1``, β2 ``beta2`` and ε ``eps``. The state is :class:`Moments`.

    With ε = 0 an entry that never had a gradient does not move.
    """

    eta: float = learning_rate(0.01)
    beta1: float = setting(0.9, "The share of the mean of gradients that is kept.", within=Range(0, 1))
    beta2: float = setting(0.999, "The share of the mean of squared gradients that is kept.", within=Range(0, 1))
    eps: Amount = setting(1e-8, "Added to the root of the mean of squares.", within=Range(0), amount=True)

    def kept(self, rows: int, columns: int) -> int:
        return 2 * rows * columns

    def init(self, params: Weights) -> Moments:
        return Moments(zeros(params), zeros(params), namespace(*params.values()).zeros((), "int32"))

    def direction(self, gradients: Weights, state: Moments, params: Weights) -> tuple[Weights, Moments]:
        count = state.count + 1
        first = {name: mean(self.beta1, m, gradients[name]) for name, m in state.first.items()}
        second = {name: mean(self.beta2, v, gradients[name] ** 2) for name, v in state.second.items()}
        seen, squares = weight_of(self.beta1, count), weight_of(self.beta2, count)
        directions = {name: self._quotient(m, second[name], seen, squares) for name, m in first.items()}
        return directions, Moments(first, second, count)

    def rule(self, weight: Parameter) -> Rule:
        from tp.optimizers.rules import Entrywise, Eps

        return Entrywise(Eps(safeguard(self.eps), small(self.eps)), self.inside(weight.name))

    def _quotient(self, first: Any, second: Any, seen: Any, squares: Any) -> Any:
        """(m / seen) / (√(v / squares) + ε), in an order that reads and writes entries less often."""
        xp, eps = namespace(first), as_number(self.eps)
        root = (seen / squares**0.5).astype(first.dtype) * xp.sqrt(second)
        if eps:
            return first / (root + (seen * eps).astype(first.dtype))
        return xp.where(second > 0, first / xp.where(second > 0, root, 1), 0).astype(first.dtype)


def zeros(params: Weights) -> Weights:
    """An array of zeros for every weight."""
    return {name: namespace(weight).zeros_like(weight) for name, weight in params.items()}


def mean(kept: float, before: Any, new: Any) -> Any:
    """The mean ``before``, of which a share is ``kept``, with ``new``."""
    return kept * before + (1 - kept) * new


def weight_of(kept: float, count: Any) -> Any:
    """The weight of all ``count`` steps together in a mean that started at 0: 1 - kept^count, accurate near 0."""
    xp = namespace(count)
    return -xp.expm1(count * (log(kept) if kept else -xp.inf))
