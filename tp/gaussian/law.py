"""The joint normal law of two variables, entry by entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tp.namespace import namespace


def known(x: Any) -> bool:
    """Whether ``x`` is a number of Python, whose value does not depend on arrays."""
    return type(x) in (int, float)


def is_zero(x: Any) -> bool:
    """Whether ``x`` is the number 0 itself, not an array. Such zeros are left out of sums and products."""
    return known(x) and x == 0


def plus(*terms: Any) -> Any:
    """The sum without those terms that are the number 0."""
    total: Any = 0.0
    for term in terms:
        if not is_zero(term):
            total = term if is_zero(total) else total + term
    return total


def times(*factors: Any) -> Any:
    """The product, the number 0 if one factor is, and without factors that are the number 1."""
    if any(map(is_zero, factors)):
        return 0.0
    found: Any = 1.0
    for factor in factors:
        if not (known(factor) and factor == 1):
            found = factor if known(found) and found == 1 else found * factor
    return found


@dataclass(frozen=True, slots=True)
class Law:
    """Means, variances and covariance of u and v. Each is an array, or the number 0 where it vanishes everywhere.

    Shapes broadcast against each other. Means may be complex where no gate is applied.
    """

    mean_u: Any
    mean_v: Any
    variance_u: Any
    variance_v: Any = 0.0
    covariance: Any = 0.0

    def tilted(self, rates: tuple[complex, complex], decays: tuple[float, float]) -> tuple[Law, Any]:
        """The law with density in proportion to that of this one times exp(rates · x - decays · x²), and the factor.

        The mean of exp(rates · x - decays · x²) g(x) is the factor times the mean of g(x) under the new law.
        """
        (a, b), (p, q) = (_plain(r) for r in rates), decays
        s, t, c = self.variance_u, self.variance_v, self.covariance
        if not is_zero(c) and any((a, b, p, q)):
            xp = namespace(s, t, c)
            most = xp.sqrt(xp.maximum(s * t, 0.0))
            c = xp.clip(c, -most, most)
        m, n = plus(self.mean_u, times(a, s), times(b, c)), plus(self.mean_v, times(a, c), times(b, t))
        exponent = plus(
            times(a, self.mean_u),
            times(b, self.mean_v),
            times(_plain(0.5 * a * a), s),
            times(_plain(0.5 * b * b), t),
            times(_plain(a * b), c),
        )
        scale: Any = 1.0
        if p or q:
            left, right = plus(1.0, times(2.0 * p, s)), plus(1.0, times(2.0 * q, t))
            cross = times(4.0 * p * q, c, c)
            scale = times(left, right) if is_zero(cross) else times(left, right) - cross
            determinant = Law(0.0, 0.0, s, t, c).determinant()
            new = (
                plus(times(right, m), times(-2.0 * q, c, n)) / scale,
                plus(times(left, n), times(-2.0 * p, c, m)) / scale,
            )
            exponent = plus(exponent, times(-p, m, new[0]), times(-q, n, new[1]))
            m, n = (0.0 if is_zero(old) and is_zero(other) else x for old, other, x in ((m, n, new[0]), (n, m, new[1])))
            s, t, c = (
                plus(s, times(2.0 * q, determinant)) / scale,
                plus(t, times(2.0 * p, determinant)) / scale,
                c / scale,
            )
            s, t, c = (0.0 if is_zero(x) else x for x in (s, t, c))
        return Law(m, n, s, t, c), _factor(exponent, scale)

    def swapped(self) -> Law:
        """The law of v and u."""
        return Law(self.mean_v, self.mean_u, self.variance_v, self.variance_u, self.covariance)

    def determinant(self) -> Any:
        """s t - c², at least 0."""
        found = plus(times(self.variance_u, self.variance_v), times(-1.0, self.covariance, self.covariance))
        return found if is_zero(found) else namespace(found).maximum(found, 0.0)


def _plain(x: complex) -> Any:
    """A number without imaginary part as a float."""
    return float(complex(x).real) if complex(x).imag == 0 else x


def _factor(exponent: Any, scale: Any) -> Any:
    factor: Any = 1.0
    if not is_zero(exponent):
        factor = namespace(exponent).exp(exponent)
    if not (known(scale) and scale == 1.0):
        factor = times(factor, scale**-0.5)
    return factor
