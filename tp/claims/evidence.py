"""What a claim is decided from: exponents of n that theory derives. A study provides it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from tp.answer import Answer


@dataclass(frozen=True, slots=True)
class Order:
    """The ``exponent`` of n of a quantity (None: identically zero); an upper bound unless ``exact``."""

    exponent: Fraction | None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Training:
    """What theory says of training.

    ``regime`` is one of: ill-normalised, unstable, trivial, lazy, feature learning, undecided; ``reason`` says why.
    ``broken`` names the first condition of a properly normalised system that fails, with its exponent (None: all
    hold). ``deviation`` is the order of F - F_lin after a fixed number of steps.
    """

    regime: str
    reason: str
    broken: str | None
    deviation: Order


class Evidence(Protocol):
    """Theory about one program."""

    def order(self, quantity: str) -> Order | None:
        """The order of a quantity or of a named node; None where it was not derived."""
        ...

    def strength(self, kind: str, exponent: Fraction) -> tuple[Answer, str] | None:
        """Whether correlations of all orders (D, d) are weak with m = n^``exponent``, and why.

        ``kind`` is ``fixed`` (paper, eq. 16) or ``power`` (eq. 18). None where only single orders were derived.
        """
        ...

    @property
    def training(self) -> Training | None:
        """None where training was not analysed."""
        ...
