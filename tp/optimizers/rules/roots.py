"""Updates L^{-1/4} g R^{-1/4} with L = Σ g g' and R = Σ g'g over all steps: Shampoo."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.optimizers.rules.eps import ZERO, Eps
from tp.optimizers.rules.few import unknown
from tp.optimizers.rules.gradient import Gradient
from tp.optimizers.rules.polar import Polar, magnitude, moves
from tp.optimizers.rules.rule import Rule, Setting, Step


@dataclass(frozen=True)
class Roots(Rule):
    """L and R have ``eps`` on their diagonals.

    The first update is the polar factor of the gradient. The gradient of a sample that is used again has small parts in
    directions that are new in L or R, and roots divide each part by a power of its own eigenvalue. How much that is
    depends on the number of steps. So later updates are known only if the gradient stays as it is, or ``eps`` is not
    smaller than the eigenvalues.
    """

    eps: Eps = ZERO

    @property
    def assumptions(self) -> tuple[str, ...]:
        return Polar().assumptions

    def update(self, setting: Setting, gradient: Gradient) -> Gradient:
        return self._first.update(setting, gradient)

    def step(self, setting: Setting, gradient: Gradient) -> Step:
        """See :meth:`Rule.step`. Raises TpError TP514 where a later update has no known order."""
        if _changes(setting, gradient) and not self._smooth(setting, gradient):
            unknown(
                gradient,
                "from the second step on a sample that is used again adds small new directions to L and R, and how much"
                " their roots enlarge them depends on the number of steps",
            )
        return super().step(setting, gradient)

    def remark(self, setting: Setting, gradient: Gradient) -> str | None:
        return self._first.remark(setting, gradient)

    @property
    def _first(self) -> Polar:
        size = None if self.eps.size is None else self.eps.size ** Fraction(1, 2)
        return Polar(eps=Eps(size, self.eps.number**0.5), exact=True)

    def _smooth(self, setting: Setting, gradient: Gradient) -> bool:
        """Whether ``eps`` is at least of the size of the eigenvalues, before and after the weights have moved."""
        if self.eps.exponent is None:
            return False
        sizes = (magnitude(setting, g) for g in (setting.initial(gradient), setting.total(gradient)))
        return all(size is None or 2 * size <= self.eps.exponent for size in sizes)


def _changes(setting: Setting, gradient: Gradient) -> bool:
    """Whether ``gradient`` is another one where the weights have moved."""
    factors = (side for outer in gradient.outers for side in (outer.left, outer.right))
    values = (gradient.leaf, *factors, *(value for _, value in gradient.entries))
    return any(value is not None and moves(setting, value) for value in values)
