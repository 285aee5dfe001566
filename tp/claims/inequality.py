"""What claims are made of: statements about the exponent of one quantity, and what its order says of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.answer import Answer
from tp.exponent import in_words

RELATIONS = ("Theta", "O", "zero")
"""Of the order n^p exactly; of the order n^p at most; identically zero."""
SMALLER = "o"
"""Of smaller order than n^p. No program states it; ``claim lazy`` implies it."""


@dataclass(frozen=True, slots=True)
class Inequality:
    """``quantity`` stands in ``relation`` (one of :data:`RELATIONS`, or :data:`SMALLER`) to n^``exponent``."""

    quantity: str
    relation: str
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class Order:
    """The ``exponent`` of n of a quantity (None: identically zero); an upper bound unless ``exact``."""

    exponent: Fraction | None
    exact: bool = True


def by_theory(part: Inequality, order: Order | None) -> Answer:
    """Whether ``part`` holds for a quantity of this order; None: nothing is known, so that it is undecided.

    A bound of the order decides what lies beyond it: n^p at most is O(n^q) for q >= p, and not Theta(n^q) for q > p.
    """
    if order is None:
        return Answer.UNDECIDED
    if order.exponent is None:
        return Answer.of(part.relation != "Theta")
    match part.relation:
        case "Theta":
            below, within = order.exponent < part.exponent, order.exponent == part.exponent
            return Answer.NO if below else Answer.of(within) if order.exact else Answer.UNDECIDED
        case "zero":
            within = False
        case "O":
            within = order.exponent <= part.exponent
        case _:
            within = order.exponent < part.exponent
    return Answer.YES if within else Answer.NO if order.exact else Answer.UNDECIDED


def said(quantity: str, order: Order) -> str:
    """The order of a quantity in words."""
    return f"{quantity} is {in_words(order.exponent, order.exact)}"
