"""Grids of n at which sequences are evaluated: geometric ones within residue classes, and powers of two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, log

FARTHEST = 1000
"""The largest power of two at which functions are evaluated."""


@dataclass(frozen=True, slots=True)
class Subsequence:
    """An increasing sequence of n with a name such as ``n = 1 mod 4``."""

    name: str
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Points from ``start`` to about ``stop``, each about ``ratio`` times the one before.

    There is one subsequence for each residue modulo ``modulus``, so that sequences with a period are seen as such,
    and one of exact powers of two. Raises ValueError for a range or a ratio that makes no grid.
    """

    start: int = 1 << 6
    stop: int = 1 << 40
    modulus: int = 4
    ratio: float = 1.05

    def __post_init__(self) -> None:
        if not (2 <= self.start < self.stop and self.modulus >= 1 and self.ratio > 1):
            raise ValueError("a grid needs 2 <= start < stop, a modulus of 1 or more and a ratio above 1")

    def subsequences(self) -> tuple[Subsequence, ...]:
        """One subsequence for each residue, then the powers of two."""
        count = int(log(self.stop / self.start) / log(self.ratio)) + 1
        bases = [round(self.start * self.ratio**j) for j in range(count)]
        found = [
            Subsequence(f"n = {r} mod {self.modulus}", _distinct(b + (r - b) % self.modulus for b in bases))
            for r in range(self.modulus)
        ]
        powers = range(ceil(log(self.start, 2)), int(log(self.stop, 2)) + 1)
        return (*found, Subsequence("n = 2^k", tuple(1 << k for k in powers)))

    @property
    def far(self) -> Subsequence:
        """Powers of two from ``start`` up to what a float holds: log log n goes up to 6.5 there, and to 3.3 at 2^40."""
        powers: dict[int, None] = {}
        power = float(ceil(log(self.start, 2)))
        while power < FARTHEST:
            powers[round(power)] = None
            power *= self.ratio
        return Subsequence(f"n = 2^k up to 2^{FARTHEST}", tuple(1 << k for k in powers))

    def __str__(self) -> str:
        return f"n from {self.start} to {self.stop}, by residues modulo {self.modulus}, and n = 2^k"


def _distinct(widths: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(widths)))
