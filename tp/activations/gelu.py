"""The Gaussian error linear unit, exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial, pi, sqrt
from typing import Any, ClassVar

from tp.activations.base import Activation, Bound, Parity, Split
from tp.gaussian.terms import Gate, Term, Terms, bell, collected, product_of, times
from tp.namespace import erfc, namespace


def _distribution(k: int) -> Terms:
    """The k-th derivative of the normal distribution function."""
    return times(1.0 / sqrt(2.0 * pi), bell(0.5, k - 1)) if k else (Term(gates=(Gate(1.0),)),)


@dataclass(frozen=True)
class Gelu(Activation):
    """x Φ(x), with Φ the normal distribution function; the k-th derivative is x Φ^{(k)} + k Φ^{(k-1)}.

    It is x/2 plus an even function, so derivatives from the second on have a parity.
    """

    keyword: ClassVar[str] = "gelu"
    summary: ClassVar[str] = "x times the normal distribution function; entire, grows linearly"
    formula: ClassVar[str] = r"x\,\Phi(x), \quad \Phi(x) = \tfrac12 + \tfrac12\operatorname{erf}\tfrac{x}{\sqrt 2}"
    parity: ClassVar[Parity] = Parity.EVEN
    uneven: ClassVar[int] = 2
    order: ClassVar[int] = 1
    least: ClassVar[float] = -0.17
    keeps_sign: ClassVar[bool] = True

    def touches(self, k: int) -> Fraction | None:
        return Fraction(1) if k <= 1 else None

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        density = xp.exp(-0.5 * x * x) / sqrt(2.0 * pi)
        # Φ^{(j+1)} = -x Φ^{(j)} - (j-1) Φ^{(j-1)} for j >= 1
        table = [0.5 * erfc(-x / sqrt(2.0)), density]
        for j in range(1, k):
            table.append(-x * table[j] - (j - 1) * table[j - 1])
        return x * table[k] + k * table[k - 1] if k else x * table[0]

    def split(self) -> Split | None:
        return Split("gelu_even", slope=0.5)

    def taylor(self, k: int) -> float:
        if k < 2:
            return 0.5 * k
        if k % 2:
            return 0.0
        j = k // 2 - 1
        return k * (-1) ** j * factorial(2 * j) / (2**j * factorial(j)) / sqrt(2.0 * pi)

    def terms(self, k: int) -> Terms | None:
        whole = product_of(((Term(power=1),), _distribution(k)))
        return collected((*whole, *times(k, _distribution(k - 1)))) if k else whole

    def bound(self) -> Bound | None:
        # From k = 2 on ±(He_k - He_{k-2}) times the normal density; Cramér: |He_k(x)| exp(-x²/4) <= 1.0865 sqrt(k!).
        return Bound(1.2, 1.0, Fraction(1, 2), first=1)
