"""The facts about weights and functions that the rules use, and nothing else about them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Source:
    """The law of a weight as orders use it: exponent of its scale, symmetry, whether it is random at all.

    ``tail`` is the a with P(|w| > t n^exponent) = t^{-a} for large t, None where all moments are finite. ``dense``: the
    density of w / n^exponent is bounded.

    Of a matrix a share n^-``density`` of the entries is not zero, and ``exponent`` is the size of these: with
    ``local`` they are the ones next to the diagonal, else they are drawn by chance. ``isometric``: W W' or W'W, on the
    smaller side, is a multiple of the identity. ``repeated``: all rows are one row, shifted.
    """

    name: str
    exponent: Fraction
    symmetric: bool = True
    random: bool = True
    tail: Fraction | None = None
    dense: bool = True
    density: Fraction = Fraction(0)
    local: bool = False
    isometric: bool = False
    repeated: bool = False


class Rarity(NamedTuple):
    """A number 0 < ρ <= 1 at every place of the wide ``axes``, small at few: P(ρ < n^{-x}) = n^{-rate x}, x >= 0.

    It is the inverse of a heavy-tailed weight, or the size of a value that comes near zero at some places (calculus,
    section 3.14). ``roots`` are the weights that make it random. With ``along`` there is one ρ for each index of these
    finite axes. ``place`` is None where it does not depend on the input, else tells apart the input of F (0) from
    the other ones (1). ``mixed``: the least of all ρ along ``along``. ``moving``: in training, where values near zero
    move by more than their size, so that extremes are not attained: parts of a change cancel there.
    """

    name: str
    rate: Fraction
    axes: tuple[tuple[str, Fraction], ...]
    roots: tuple[str, ...]
    along: tuple[str, ...] = ()
    place: int | None = None
    mixed: bool = False
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Slope:
    """One derivative of a pointwise function.

    ``vanishes``: zero (almost) everywhere; ``constant``: a constant, possibly zero; ``at_zero``: does not vanish at 0;
    ``growth``: the least q with O(|z|^q) for large |z|, None where no power bounds it; ``symmetry``: odd, even, none;
    ``masks``: zero throughout some interval.
    """

    vanishes: bool
    constant: bool
    at_zero: bool
    growth: Fraction | None
    symmetry: str
    masks: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """A pointwise function: ``slopes[k]`` are the facts about its k-th derivative, 0 <= k < :data:`KNOWN`.

    ``degree`` is p where φ(t z) = t^p φ(z) for t > 0, or 0 for the logarithm: φ^{(k)}(t z) is of order t^{p - k}.
    ``jump`` is the order of the first derivative that jumps somewhere, so that higher ones hold almost everywhere only;
    None where all are continuous. Functions are compared by identity: there is one object for each.
    """

    name: str
    degree: Fraction | None
    jump: int | None
    slopes: tuple[Slope, ...]

    @property
    def logarithm(self) -> bool:
        """Whether it is of degree 0 and smooth, so that it is no power."""
        return self.degree == 0 and self.jump is None and not self.slopes[-1].vanishes

    @property
    def kinked(self) -> bool:
        """Whether some derivative jumps."""
        return self.jump is not None


@dataclass(frozen=True, slots=True)
class Map:
    """A declared function M of whole vectors.

    Entries of M(x) are O(n^``size``), and ‖D^k M(x)[u_1, ..., u_k]‖_p <= n^{a_k} ‖u_1‖_p ‖u_2‖_∞ ... ‖u_k‖_∞ for p = 1,
    2, ∞. ``norms`` are a_1, a_2, ..., the last of which holds for all k that follow; with ``ends`` these derivatives
    vanish. ``symmetry``: odd, even or none under x -> -x.
    """

    name: str
    symmetry: str
    size: Fraction
    norms: tuple[Fraction, ...]
    ends: bool

    def exponent(self, k: int) -> Fraction:
        """a_k for k >= 1."""
        return self.norms[min(k, len(self.norms)) - 1]

    def vanishes(self, k: int) -> bool:
        """Whether all derivatives of order ``k`` vanish identically."""
        return self.ends and k > len(self.norms)


KNOWN = 26
"""The number of derivatives with known facts: those that programs use, and the further ones of Taylor series."""
