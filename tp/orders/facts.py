"""The facts about weights and functions that the rules use, and nothing else about them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Source:
    """The law of a weight as orders use it: exponent of its scale, symmetry, whether it is random at all."""

    name: str
    exponent: Fraction
    symmetric: bool = True
    random: bool = True


@dataclass(frozen=True, slots=True)
class Slope:
    """One derivative of a pointwise function.

    ``vanishes``: zero (almost) everywhere; ``constant``: a constant, possibly zero; ``at_zero``: does not vanish at 0;
    ``growth``: the least q with O(|z|^q) for large |z|, None where no power bounds it; ``symmetry``: odd, even, none.
    """

    vanishes: bool
    constant: bool
    at_zero: bool
    growth: Fraction | None
    symmetry: str


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """A pointwise function: ``slopes[k]`` are the facts about its k-th derivative, 0 <= k < :data:`KNOWN`.

    ``degree`` is p where φ(t z) = t^p φ(z) for t > 0. ``kinked``: piecewise linear, so that derivatives
    hold almost everywhere only. Functions are compared by identity: there is one object for each.
    """

    name: str
    degree: Fraction | None
    kinked: bool
    slopes: tuple[Slope, ...]


KNOWN = 26
"""The number of derivatives with known facts: those that programs use, and the further ones of Taylor series."""
