"""The Gaussian error linear unit in its tanh approximation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, pi, sqrt
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity, Split
from tp.namespace import namespace, sigmoid

_C = sqrt(2.0 / pi)
_A = 0.044715


def _nearest_pole() -> float:
    """Distance to the real line of the poles of tanh(c (z + a z³)), which lie where a z³ + z = iπ/(2c) (and beyond).

    By Cardano's formula, z = w - 1/(3 a w); the three cube roots w give the three poles of the innermost layer, of
    which the two off the imaginary axis are nearest. The solutions for 3iπ/(2c) and more lie further out.
    """
    q = 1j * pi / (2.0 * _C * _A)
    w = ((q + (q * q + 4.0 / (27.0 * _A**3)) ** 0.5) / 2.0) ** (1.0 / 3.0)
    turn = complex(-0.5, sqrt(0.75))
    return min(abs((v - 1.0 / (3.0 * _A * v)).imag) for v in (w, w * turn, w * turn * turn))


def _gate(k: int, left: Any, right: Any, inner: Sequence[Any]) -> list[Any]:
    """Taylor coefficients 0..k of s = sigmoid(v), from those of v (``inner``, without the constant one).

    ``left`` is s, ``right`` is 1 - s (given apart for precision); the recursion is s' = s (1 - s) v'.
    """
    s, rest, slope = [left], [right], list[Any]()
    for j in range(k):
        slope.append(sum(s[i] * rest[j - i] for i in range(j + 1)))
        new = sum((i + 1) * inner[i] * slope[j - i] for i in range(min(j + 1, len(inner)))) / (j + 1)
        s.append(new)
        rest.append(-new)
    return s


@dataclass(frozen=True)
class GeluTanh(Activation):
    """x (1 + tanh u)/2 = x sigmoid(2u) with u = √(2/π) (x + 0.044715 x³).

    It is x/2 plus an even function, so derivatives from the second on have a parity.
    """

    keyword: ClassVar[str] = "gelu_tanh"
    radius: ClassVar[float] = _nearest_pole()
    summary: ClassVar[str] = "gelu with tanh for the normal distribution function; analytic, grows linearly"
    formula: ClassVar[str] = r"\frac{x}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\right)\right)"
    parity: ClassVar[Parity] = Parity.EVEN
    uneven: ClassVar[int] = 2
    order: ClassVar[int] = 1
    least: ClassVar[float] = -0.171
    keeps_sign: ClassVar[bool] = True

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1) if k <= 1 else None

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        # Beyond ±40 the gate is 0 or 1 and its derivatives are 0 in any precision; x³ must not overflow first.
        z = xp.clip(x, -40.0, 40.0)
        v = 2.0 * _C * z * (1.0 + _A * z * z)
        inner = (2.0 * _C * (1.0 + 3.0 * _A * z * z), 6.0 * _C * _A * z, 2.0 * _C * _A)
        gate = _gate(k, sigmoid(v), sigmoid(-v), inner)
        if k == 0:
            return x * gate[0]
        return float(factorial(k)) * (z * gate[k] + gate[k - 1])

    def split(self) -> Split | None:
        return Split("gelu_tanh_even", slope=0.5)

    def taylor(self, k: int) -> float:
        if k == 0:
            return 0.0
        return factorial(k) * _gate(k - 1, 0.5, 0.5, (2.0 * _C, 0.0, 2.0 * _C * _A))[k - 1]

    def bound(self) -> Bound | None:
        # x - x sigmoid(-2u) on circles of radius 2 around points x >= 0, as for silu; even up to x/2.
        return Bound(4.2, 2.0, first=1)
