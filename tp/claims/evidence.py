"""What a claim is decided from: exponents of n that theory derives. A study provides it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from tp.answer import Answer
from tp.claims.inequality import Order


@dataclass(frozen=True, slots=True)
class Move:
    """How far the updates of one ``weight`` move what it makes: ``verdict`` is maximally, less, too much or never.

    ``said`` is the move in words. ``exact``: the verdict does not rest on a bound. A ``frozen`` weight has the
    learning rate 0.
    """

    weight: str
    verdict: str
    said: str
    exact: bool = True
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Training:
    """What theory says of training.

    ``regime`` is one of: ill-normalised, unstable, trivial, lazy, feature learning, undecided; ``reason`` says why.
    ``broken`` names the first condition of a properly normalised system that fails, with its exponent (None: all
    hold). ``deviation`` is the order of F - F_lin after a fixed number of steps; None where orders still change with
    the number of steps. ``moves`` has every weight.
    """

    regime: str
    reason: str
    broken: str | None
    deviation: Order | None
    moves: tuple[Move, ...] = ()


class Evidence(Protocol):
    """Theory about one program."""

    def order(self, quantity: str) -> Order | None:
        """The order of a quantity, of a row of training, or of a named node; None where it was not derived."""
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
