"""Sizes of vectors in three norms at once, and the inequalities between them.

An exponent here is a whole number of *grains*, powers n^{1/grain}, because a bound for all orders at once makes
hundreds of thousands of comparisons. Every rounding goes up, so a bound stays a bound.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, TypeAlias

Rational: TypeAlias = "int | Fraction"


class Norms(NamedTuple):
    """Upper bounds of the exponents of the ℓ1, ℓ2 and ℓ∞ norm over all wide axes jointly; finite axes are O(1)."""

    one: int
    two: int
    top: int

    def scaled(self, exponent: int) -> Norms:
        return Norms(self.one + exponent, self.two + exponent, self.top + exponent)


def up(number: Rational) -> int:
    """The least whole number that is not below ``number``."""
    return -int(-number // 1)


def closed(one: int, two: int, top: int, omega: int) -> Norms:
    """The three bounds, each lowered to what the two others imply for n^omega entries.

    ℓ∞ <= ℓ2 <= ℓ1, ℓ1 <= n^{omega/2} ℓ2 <= n^omega ℓ∞ and ℓ2^2 <= ℓ1 ℓ∞.
    """
    half = (omega + 1) // 2
    top = min(top, two, one)
    one = min(one, two + half, top + omega)
    return Norms(one, min(two, one, top + half, (one + top + 1) // 2), top)


def flat(exponent: int, omega: int) -> Norms:
    """A vector whose n^omega entries all have one size."""
    return Norms(exponent + omega, exponent + (omega + 1) // 2, exponent)


def join(left: Norms | None, right: Norms | None) -> Norms | None:
    """A sum of two vectors: the larger bound in every norm."""
    if left is None or left is right:
        return right
    if right is None:
        return left
    return Norms(
        left[0] if left[0] > right[0] else right[0],
        left[1] if left[1] > right[1] else right[1],
        left[2] if left[2] > right[2] else right[2],
    )


def meet(left: Norms, right: Norms, omega: int) -> Norms:
    """Two bounds of one vector combined."""
    return closed(min(left.one, right.one), min(left.two, right.two), min(left.top, right.top), omega)


def contracted(x: Norms, gone: int, omega: int) -> Norms:
    """The sum over n^gone entries; n^omega sums remain."""
    half = (gone + 1) // 2
    return closed(x.one, half + x.two, min(gone + x.top, half + x.two, x.one), omega)


def repeated(x: Norms, more: int) -> Norms:
    """The same vector n^more times over."""
    return Norms(x.one + more, x.two + (more + 1) // 2, x.top)


def entrywise(x: Norms, y: Norms) -> Norms:
    """The entrywise product on the same axes, by Hölder's inequality; closed when both factors are."""
    x1, x2, xt = x
    y1, y2, yt = y
    return Norms(min(x2 + y2, x1 + yt, xt + y1), min(x2 + yt, xt + y2), xt + yt)


def dot(x: Norms, y: Norms) -> int:
    """The full contraction, by Hölder's inequality."""
    return min(x.two + y.two, x.one + y.top, x.top + y.one)


class Axes(NamedTuple):
    """The wide axes of two factors, as exponents: summed over, shared and kept, of the left or right alone."""

    over: int
    shared: int
    left: int
    right: int


def product(x: Norms, y: Norms, axes: Axes) -> Norms:
    """Σ over ``axes.over`` of x * y, repeated along the axes that each lacks; no cancellation is used.

    For fixed shared indices the sum is a matrix product, so its Frobenius norm is at most that of the factors; the
    other index is then taken where it is worst. ℓ1 and ℓ∞ are Hölder's inequality within a slice and over slices.
    """
    over, shared, left, right = axes
    if not (over or left or right):
        return entrywise(x, y)
    x1, x2, xt = x
    y1, y2, yt = y
    half, halves_left, halves_right = (over + 1) // 2, (left + 1) // 2, (right + 1) // 2
    # The norms of one slice: everything but the summed axes held fixed.
    x1_slice, x2_slice = min(x1, half + x2, over + xt), min(x2, half + xt)
    y1_slice, y2_slice = min(y1, half + y2, over + yt), min(y2, half + yt)
    top = min(x1_slice + yt, xt + y1_slice, x2_slice + y2_slice)
    two = min(
        x2 + min(y2, (over + right + 1) // 2 + yt),
        y2 + min(x2, (over + left + 1) // 2 + xt),
    )
    one = min(
        x1 + min(y1, halves_right + y2, right + yt),
        y1 + min(x1, halves_left + x2, left + xt),
        halves_left + x2 + halves_right + y2,
    )
    return closed(one, two, top, shared + left + right)


class Matrix(NamedTuple):
    """A random matrix [n^outs, n^ins] with independent centred entries of size n^scale, applied to n^rest vectors.

    The largest entry exceeds a typical one by n^heaviest, and the largest entry of a product by n^heavy. Both are 0
    when the law has all moments. With p moments they are (ins + outs - density) / p and (outs + rest) / p. A share
    n^-density of the entries is not zero: those next to the diagonal where ``local``. ``repeated``: the rows are one
    row, shifted.
    """

    scale: int
    ins: int
    outs: int
    rest: int
    heaviest: int = 0
    heavy: int = 0
    density: int = 0
    local: bool = False
    repeated: bool = False

    @property
    def in_row(self) -> int:
        """The entries of a row that are not zero; at least one."""
        return max(self.ins - self.density, 0)

    @property
    def in_column(self) -> int:
        """The entries of a column that are not zero; at least one."""
        return max(self.outs - self.density, 0)

    @property
    def operator(self) -> int:
        """The operator norm in ℓ2 (Bai-Yin; the largest entry where that is more)."""
        usual = (max(self.in_row, self.in_column) + 1) // 2
        if self.local or self.repeated:
            # Entries are not identically distributed, or not independent.
            return self.scale + usual + self.heaviest
        return self.scale + max(usual, self.heaviest)

    @property
    def column(self) -> int:
        """The largest ℓ2 norm of a column."""
        return self.scale + max((self.in_column + 1) // 2, self.heaviest)

    @property
    def row(self) -> int:
        """The largest ℓ2 norm of a row."""
        return self.scale + max((self.in_row + 1) // 2, self.heaviest)


def adversarial(m: Matrix, x: Norms) -> Norms:
    """The matrix times any vectors of these norms; they may depend on the matrix in any way."""
    return closed(
        x.one + m.column + (m.in_column + 1) // 2,
        min(x.two + m.operator, x.one + m.column),
        min(x.one + m.scale + m.heaviest, x.two + m.row, x.top + m.row + (m.in_row + 1) // 2),
        m.outs + m.rest,
    )


def exchangeable(m: Matrix, x: Norms) -> Norms:
    """The matrix times computed vectors that may depend on it.

    Relabelling neurons changes no law, so all entries of the result are equally distributed and have the root mean
    square that the operator norm allows. All moments are needed to bound the largest entry.
    """
    return flat(x.two + m.operator - (m.outs + m.rest) // 2, m.outs + m.rest)


def fresh(m: Matrix, x: Norms) -> Norms:
    """The matrix times vectors that do not depend on its transpose: sums of independent centred terms.

    Marcinkiewicz-Zygmund: an entry has the size of the ℓ2 norm of the vector and as many moments as the law. Where
    most entries are zero, one of them and the largest entry of the vector may be more (Rosenthal).
    """
    if m.local:
        return closed(
            x.one + m.scale + m.in_column,
            m.scale + (m.in_column + 1) // 2 + x.two,
            m.scale + min(x.two, (m.in_row + 1) // 2 + x.top) + m.heavy,
            m.outs + m.rest,
        )
    share = m.density // 2
    column = min(x.two, (m.ins + 1) // 2 + x.top)
    return closed(
        x.one + m.scale + m.outs - m.density,
        m.scale + (m.outs + 1) // 2 + x.two - share,
        m.scale + (max(column - share, x.top) if m.density else column) + m.heavy,
        m.outs + m.rest,
    )
