"""General sequences f(n) >= 0, the set N of the paper (section 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isnan, log, ulp

from tp.asymptotics.scale import Scale

LARGE = 1 << 63
"""From here on functions are evaluated at floats."""
_FARTHER = 8
"""So many floats after n a function that is a rounding error of 0 at n is clearly larger than at n."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A sequence n -> f(n) >= 0 given by a function, with a name for reports.

    Products, quotients, powers, ``f & g`` (minimum) and ``f | g`` (maximum) are taken pointwise, also with
    scales. There is no ``<=``: what a function does at infinity is not decidable; see
    :func:`~tp.asymptotics.compare.compare`.
    """

    function: Callable[[int], float]
    name: str = "f"

    def __call__(self, n: int) -> float:
        """f(n). Raises ValueError where it is negative or NaN; infinite where it overflows.

        Functions of numpy refuse whole numbers above 2^63, and get a float instead.
        """
        try:
            value = float(self.function(float(n) if n >= LARGE else n))  # type: ignore[arg-type]
        except OverflowError:
            return inf
        if isnan(value) or value < 0:
            raise ValueError(f"{self.name} is {value} at n = {n}; a sequence has values from 0 on")
        return value

    def log_at(self, n: int) -> float:
        """The natural logarithm of f(n), -inf where f(n) = 0."""
        value = self(n)
        return log(value) if value > 0 else -inf

    def is_rounding(self, n: int) -> bool:
        """Whether f(n) > 0 is no larger than what rounding errors may have left of 0, as of sin(pi n) at whole n.

        It is if f is twice as large or more a few floats after n, and rises from float to float, as the distance to a
        zero does. A jump does not rise. False where f takes whole numbers only.
        """
        value = self(n)
        if not 0 < value < inf:
            return False
        next_, farther = (float(n) + k * ulp(float(n)) for k in (1, _FARTHER))
        try:
            beside, beyond = (float(self.function(x)) for x in (next_, farther))  # type: ignore[arg-type]
        except (ArithmeticError, TypeError, ValueError, IndexError, KeyError):
            return False
        return max(value, beside) <= beyond / 2

    def __mul__(self, other: Growth | Scale) -> Growth:
        return Growth(lambda n: self(n) * other(n), f"{self._inner} {_inner(other)}")

    def __rmul__(self, other: Scale) -> Growth:
        return as_growth(other) * self

    def __truediv__(self, other: Growth | Scale) -> Growth:
        """The quotient. Its values raise ValueError where ``other`` is 0."""

        def quotient(n: int) -> float:
            below = other(n)
            if below == 0:
                raise ValueError(f"{self.name} / {other} is undefined at n = {n}: {other} is 0 there")
            return self(n) / below

        return Growth(quotient, f"{self._inner} / {_inner(other)}")

    def __rtruediv__(self, other: Scale) -> Growth:
        return as_growth(other) / self

    def __pow__(self, exponent: int | Fraction) -> Growth:
        """The power. Negative ones raise ValueError where f is 0."""
        if exponent < 0:
            return Scale() / self ** (-exponent)
        return Growth(lambda n: self(n) ** float(exponent), f"{self._inner}^{exponent}")

    def __and__(self, other: Growth | Scale) -> Growth:
        return Growth(lambda n: min(self(n), other(n)), f"min({self}, {other})")

    def __rand__(self, other: Scale) -> Growth:
        return as_growth(other) & self

    def __or__(self, other: Growth | Scale) -> Growth:
        return Growth(lambda n: max(self(n), other(n)), f"max({self}, {other})")

    def __ror__(self, other: Scale) -> Growth:
        return as_growth(other) | self

    def __str__(self) -> str:
        return self.name

    @property
    def _inner(self) -> str:
        return _inner(self)


def _inner(order: Growth | Scale) -> str:
    text = str(order)
    return f"({text})" if " " in text and not text.startswith(("min(", "max(")) else text


def as_growth(order: Growth | Scale) -> Growth:
    """A scale as a sequence; a sequence as it is."""
    return Growth(order, str(order)) if isinstance(order, Scale) else order
