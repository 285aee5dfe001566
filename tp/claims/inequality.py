"""What claims are made of: statements about the exponent of one quantity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

RELATIONS = ("Theta", "O", "zero")
"""Of the order n^p exactly; of the order n^p at most; identically zero."""


@dataclass(frozen=True, slots=True)
class Inequality:
    """``quantity`` stands in ``relation`` (one of :data:`RELATIONS`) to n^``exponent``."""

    quantity: str
    relation: str
    exponent: Fraction
