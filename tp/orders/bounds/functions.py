"""Bounds of the size of a pointwise function, from the size of its argument."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from tp.orders.bounds.norms import Norms, entrywise, flat, join, up
from tp.orders.facts import Function

SMALL = 8
"""The number of Taylor orders at 0 that are examined; where all vanish, the remainder after them is the bound."""
NONE = 10**9
"""The exponent, in grains, that means that there is no bound."""


class SlopeDigest(NamedTuple):
    """One derivative: is it constant, the order of its first nonzero Taylor term at 0, its growth (None: unknown)."""

    constant: bool
    first: int
    growth: Fraction | int | None


class FunctionDigest(NamedTuple):
    """A function as bounds use it: its degree if homogeneous, and its derivatives up to the last that is not zero.

    Where there is no last one (``endless``), there are the first three and an entry that stands for all others.
    """

    degree: Fraction | int | None
    endless: bool
    slopes: tuple[tuple[bool, int, Fraction | int | None], ...]


class Below(NamedTuple):
    """How near to zero the argument of a root or a negative power comes.

    It is the product of n^size, of its bound, and of powers ρ^degree of numbers with P(ρ < n^{-x}) = O(n^{-rate x}) at
    each of n^omega places, for each (degree, rate, omega) of ``gaps``; and it is nowhere below n^``floor``, where that
    is not None. omega and floor are in grains.
    """

    floor: int | None = None
    gaps: tuple[tuple[Fraction | int, Fraction | int, int], ...] = ()

    @property
    def depth(self) -> int:
        """By how much the smallest entry may be below a typical one, in grains."""
        return up(sum((max(degree, 0) * Fraction(omega) / rate for degree, rate, omega in self.gaps), Fraction(0)))


def digest(function: Function, k: int) -> FunctionDigest:
    """The digest of the ``k``-th derivative of ``function``."""
    slopes = function.slopes[k:]
    last = next((i for i, s in enumerate(slopes) if s.vanishes), None)
    degree = None if function.degree is None else _plain(function.degree - k)
    entries = [
        SlopeDigest(
            s.constant,
            next((j for j, t in enumerate(slopes[i : i + SMALL]) if t.at_zero), SMALL),
            None if s.growth is None else _plain(max(s.growth, Fraction(0))),
        )
        for i, s in enumerate(slopes[: len(slopes) - SMALL if last is None else last])
    ]
    if last is not None:
        return FunctionDigest(degree, False, tuple(entries))
    beyond = [e.growth for e in entries[3:]]
    known = [g for g in beyond if g is not None]
    tail = SlopeDigest(False, 0, max(known) if len(known) == len(beyond) else None)
    return FunctionDigest(degree, True, (*entries[:3], tail))


def _plain(number: Fraction) -> Fraction | int:
    return number.numerator if number.denominator == 1 else number


def lowest(base: Norms, vouched: bool, below: Below | None) -> int | None:
    """The exponent of the smallest entry of an argument; None where nothing is known.

    Where ``vouched``, or where its bound is at most n^0, a typical entry is taken to have the order of its bound.
    Otherwise it is taken to be at least 1.
    """
    if below is None or base.top > NONE // 2:
        return None
    low = (base.top if vouched or base.top <= 0 else 0) - below.depth
    return low if below.floor is None else max(low, below.floor)


def slope(function: FunctionDigest, k: int, base: Norms | None, vouched: bool, below: Below | None) -> int | None:
    """The ℓ∞ exponent of the ``k``-th derivative at ``base``; None where it vanishes.

    A negative power needs the :func:`lowest` entry of its argument.
    """
    if k >= len(function.slopes):
        if not function.endless:
            return None
        k = len(function.slopes) - 1
    constant, first, growth = function.slopes[k]
    if constant:
        return 0
    top = None if base is None else base.top
    if function.degree is not None:
        power = function.degree - k
        if top is None:
            return (None if power > 0 else 0) if power >= 0 else NONE
        low = None if base is None else lowest(base, vouched, below)
        if power < 0:
            return NONE if low is None else up(power * low)
        if not power and function.endless:
            return NONE if low is None or low < 0 or top > 0 else 0  # a logarithm, of numbers of order 1 only
        return up(power * top)
    if top is None:
        return 0 if first == 0 else None
    if top < 0:
        return first * top
    if not top:
        return 0
    return NONE if growth is None else up(growth * top)


def factor(
    function: FunctionDigest, k: int, base: Norms | None, vouched: bool, below: Below | None, omega: int
) -> Norms | None:
    """The three norms of the ``k``-th derivative at n^omega entries; None where it vanishes.

    Of a negative power of one number ρ, a sum over entries is as large as their number or as its largest term.
    """
    top = slope(function, k, base, vouched, below)
    if top is None:
        return None
    found = flat(top, omega)
    if below is None or len(below.gaps) != 1 or top >= NONE or function.degree is None or function.degree >= k:
        return found
    ((degree, rate, places),) = below.gaps
    gain = top - up((function.degree - k) * (base.top if base and (vouched or base.top <= 0) else 0))
    if places != omega or gain <= 0 or degree <= 0:
        return found
    # |ρ|^{-a} exceeds n^y at n^{-y rate / a} of the places.
    steep = Fraction(rate) / (degree * (k - function.degree))
    typical = top - gain
    one = typical + max(omega, gain + up(max(omega - steep * gain, Fraction(0))))
    two = typical + max((omega + 1) // 2, gain + up(max(omega - steep * gain, Fraction(0)) / 2))
    return Norms(min(one, found.one), min(two, found.two), top)


def at_base(
    function: FunctionDigest, base: Norms | None, vouched: bool, below: Below | None, omega: int
) -> Norms | None:
    """Norms of the function at ``base``. For growth 1 to 4 they are those of a power of ``base``, which is sharper."""
    everywhere = factor(function, 0, base, vouched, below, omega)
    if everywhere is None:
        return None
    growth = function.slopes[0][2] if function.degree is None else function.degree
    if base is None or base == flat(base.top, omega) or not isinstance(growth, int) or not 1 <= growth <= 4:
        return everywhere
    power = base
    for _ in range(growth - 1):
        power = entrywise(power, base)
    return power if function.degree is not None else join(power, flat(0, omega))


def tail(
    function: FunctionDigest, base: Norms | None, vouched: bool, below: Below | None
) -> tuple[int, int | None, int | None]:
    """(shift, second, rest): |φ^{(k)}(base) m^k| <= n^{rest} (n^{shift} |m|)^k for all k >= 3, ``second`` for k = 2."""
    if function.degree is not None and base is not None:
        low = lowest(base, vouched, below)
        if low is None:
            return 0, NONE, NONE
        if base.top <= 0 or vouched or low < 0:
            whole = up(function.degree * (base.top if function.degree >= 0 else low))
            return -low, whole, whole
    return 0, slope(function, 2, base, vouched, below), slope(function, 3, base, vouched, below)
