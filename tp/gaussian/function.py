"""What the means of a function of one variable are computed from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tp.gaussian.terms import ONE, Terms


@dataclass(frozen=True)
class Function:
    """A function of one variable.

    ``value`` maps arrays to arrays, entry by entry. ``terms`` is the same as a sum of terms, None where it is none.
    ``breaks`` are the places where it or a derivative jumps. ``symmetry`` is "odd", "even" or "none". A function
    ``explodes`` where no power bounds it.
    """

    value: Callable[[Any], Any]
    terms: Terms | None
    breaks: tuple[float, ...] = ()
    symmetry: str = "none"
    explodes: bool = False

    @property
    def reach(self) -> float:
        """Standard deviations beyond which the function does not matter."""
        return 18.0 if self.explodes else 9.0

    @property
    def centres(self) -> tuple[float, ...]:
        """The places around which the function changes within a distance of about 1."""
        return tuple(dict.fromkeys((0.0, *self.breaks)))

    @property
    def piecewise(self) -> bool:
        """Whether it is a polynomial between its breaks."""
        terms = self.terms
        return terms is not None and all(not t.rate and not t.decay and all(g.sharp for g in t.gates) for t in terms)

    @property
    def degree(self) -> int | None:
        """The degree of a polynomial, None where it is none."""
        if not self.piecewise or self.terms is None or any(t.gates for t in self.terms):
            return None
        return max((t.power for t in self.terms), default=0)

    @property
    def series(self) -> bool:
        """Whether its Hermite series converges fast."""
        return not self.breaks and not self.explodes

    @property
    def one(self) -> bool:
        """Whether it is the constant 1."""
        return self.terms == (ONE,)
