"""Weak correlations (paper, eqs. 16 and 18): the largest m(n) = n^p for which all C^{D,d} are small enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

GRID = tuple((free, d) for free in range(5) for d in range(1, 13))
"""The orders (D, d) that are examined one by one. Exponents of higher orders are affine in D and d."""


@dataclass(frozen=True, slots=True)
class Exponents:
    """Exponents of C^{D,d} for all D and d >= 1.

    ``at(D, d)`` is an exponent (None: vanishes identically) and whether it is attained; ``tail(D)`` for D = 0, 1, 2
    (2: two or more) the slopes (λ, μ) of a bound A - λd - μD that holds for all large d, None where none was found.
    """

    at: Callable[[int, int], tuple[Fraction | None, bool]]
    tail: Callable[[int], tuple[Fraction, Fraction] | None]


@dataclass(frozen=True, slots=True)
class Strength:
    """The largest m = n^p, where p is at least ``power`` and at most ``most``; they are equal if orders are exact.

    ``most`` is None where every order is an upper bound only, so that nothing limits p from above.

    ``binding`` is the (D, d) that rules out a larger p, or None if that is the limit of large d. ``checked`` names the
    orders that were examined, or is None if the result holds for all of them.
    """

    power: Fraction
    most: Fraction | None
    binding: tuple[int, int] | None
    checked: str | None = None

    @property
    def exact(self) -> bool:
        return self.power == self.most


def fixed(exponents: Exponents) -> Strength | None:
    """C^{0,d} = O(1/m) for d >= 2 and C^{D,d} = O(1/√m) for D, d >= 1; None where all of them vanish."""
    return _strength(exponents, lambda free, d, e: -e if free == 0 else -2 * e, lambda _: None)


def power(exponents: Exponents) -> Strength | None:
    """C^{D,d} = O(m^{-d/2}) for all (D, d) != (0, 1), d >= 1."""
    return _strength(exponents, lambda free, d, e: -2 * e / d, lambda rate: 2 * rate)


def _strength(
    exponents: Exponents,
    allowed: Callable[[int, int, Fraction], Fraction],
    limit: Callable[[Fraction], Fraction | None],
) -> Strength | None:
    tails = [exponents.tail(free) for free in range(3)]
    complete = all(t is not None and t[0] >= 0 and t[1] >= 0 for t in tails)
    least: tuple[Fraction, tuple[int, int] | None] | None = None
    most: tuple[Fraction, tuple[int, int] | None] | None = None
    for order in _orders(complete):
        exponent, exact = exponents.at(*order)
        if exponent is None:
            continue
        here = (allowed(*order, exponent), order)
        if least is None or here[0] < least[0]:
            least = here
        if exact and (most is None or here[0] < most[0]):
            most = here
    if least is None:
        return None
    for tail in tails if complete else ():
        limiting = None if tail is None else limit(tail[0])
        if limiting is not None and limiting < least[0]:
            least = (limiting, None)
    if most is None:
        return Strength(least[0], None, least[1], None if complete else CHECKED)
    # The order that limits p by an attained exponent is binding if it alone allows no p above max(power, 0).
    decided = most[0] <= max(least[0], Fraction(0))
    return Strength(least[0], most[0], most[1] if decided else least[1], None if complete else CHECKED)


CHECKED = "D <= 2, d <= 3 (d <= 5 for D = 0)"


def _orders(complete: bool) -> Iterable[tuple[int, int]]:
    for free, d in GRID:
        if (free, d) != (0, 1) and (complete or (free <= 2 and d <= (3 if free else 5))):
            yield free, d
