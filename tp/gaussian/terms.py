"""Functions of one variable that have means in closed form: sums of powers times exponentials times gates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf

MOST_GATES = 2
"""Means of products with more gates have no closed form here."""


@dataclass(frozen=True, slots=True, order=True)
class Gate:
    """Φ(slope (x - at)), with Φ the normal distribution function; the unit step where ``slope`` is infinite.

    ``tie`` is the value of the step at its place. It matters for variables without variance only.
    """

    slope: float = inf
    at: float = 0.0
    tie: float = 0.0

    @property
    def sharp(self) -> bool:
        return self.slope == inf


@dataclass(frozen=True, slots=True)
class Term:
    """coefficient · x^power · exp(rate x - decay x²) · the product of ``gates``."""

    coefficient: complex = 1.0
    power: int = 0
    rate: complex = 0.0
    decay: float = 0.0
    gates: tuple[Gate, ...] = ()

    def __mul__(self, other: Term) -> Term:
        return Term(
            self.coefficient * other.coefficient,
            self.power + other.power,
            self.rate + other.rate,
            self.decay + other.decay,
            _together((*self.gates, *other.gates)),
        )

    @property
    def shape(self) -> tuple[complex, float, tuple[Gate, ...]]:
        """All but coefficient and power. Terms of one shape share most of the work."""
        return self.rate, self.decay, self.gates


Terms = tuple[Term, ...]
"""Their sum."""

ONE = Term()
STEP: Terms = (Term(gates=(Gate(),)),)
"""1 for x > 0, 0 for x <= 0."""
HALF_STEP: Terms = (Term(gates=(Gate(tie=0.5),)),)
"""1 for x > 0, 1/2 at 0."""


def times(factor: float, terms: Terms) -> Terms:
    """``factor`` times the sum of ``terms``."""
    return tuple(replace(t, coefficient=factor * t.coefficient) for t in terms) if factor else ()


def polynomial(coefficients: Sequence[float], factor: Term = ONE) -> Terms:
    """The polynomial with ``coefficients``, lowest first, times ``factor``."""
    return tuple(Term(c, i) * factor for i, c in enumerate(coefficients) if c)


def product_of(factors: Iterable[Terms]) -> Terms:
    """The product of sums of terms, as such a sum; equal terms are one."""
    found: Terms = (ONE,)
    for factor in factors:
        found = collected(a * b for a, b in product(found, factor))
    return found


def collected(terms: Iterable[Term]) -> Terms:
    """The same sum with each term once."""
    table: dict[Term, complex] = {}
    for term in terms:
        bare = replace(term, coefficient=1.0)
        table[bare] = table.get(bare, 0.0) + term.coefficient
    return tuple(replace(bare, coefficient=c) for bare, c in table.items() if c)


def slope(terms: Terms) -> Terms:
    """The derivative of a polynomial."""
    return tuple(Term(t.power * t.coefficient, t.power - 1) for t in terms if t.power)


def closed(*functions: Terms) -> bool:
    """Whether products of one term of each of the ``functions`` have a mean in closed form."""
    for terms in product(*functions):
        gates = sum(len(t.gates) for t in terms)
        turning = any(complex(t.rate).imag for t in terms)
        if gates > MOST_GATES or (gates and turning):
            return False
    return True


def _together(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """The product of steps is the step that is farthest to the right."""
    sharp = [g for g in gates if g.sharp]
    if len(sharp) > 1:
        at = max(g.at for g in sharp)
        tie = 1.0
        for gate in sharp:
            tie *= gate.tie if gate.at == at else 1.0
        sharp = [Gate(at=at, tie=tie)]
    return tuple(sorted([*sharp, *(g for g in gates if not g.sharp)]))


def bell(decay: float, k: int) -> Terms:
    """The k-th derivative of exp(-decay x²): a polynomial times the same."""
    coefficients = [1.0]
    for _ in range(k):
        slope = [*(i * c for i, c in enumerate(coefficients) if i), 0.0, 0.0]
        for i, c in enumerate(coefficients):
            slope[i + 1] -= 2.0 * decay * c
        coefficients = slope
    return polynomial(coefficients, Term(decay=decay))
