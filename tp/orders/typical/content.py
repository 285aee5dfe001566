"""How randomness enters a factor: which simultaneous sign flips leave it even, which make it odd.

A *generator* is an independent sign flip of one source of randomness at one place of a wide axis (one
neuron, one head). Expanded in characters of the group of flips, a factor has a support; a *content* is an
affine subspace over F2 that contains it. A monomial is a single point, an odd function of
several odd factors an affine subspace through one of them, a generic function the whole linear span. The
mean over a flip vanishes exactly when the subspace misses 0 on the coordinates of that flip.

Vectors over F2 are Python ints, one bit for each generator (:mod:`tp.orders.typical.f2`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from tp.orders.typical.f2 import numbers, reduced, remainder, spanned, union

UNKNOWN = 0
"""Degree of a skewed source that is no longer known to enter as an exact power."""


@lru_cache(maxsize=1 << 16)
def _span(vectors: tuple[int, ...], free: int, base: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Basis and free generators in canonical form; ``base`` is an already reduced part of the vectors."""
    if free:
        vectors = tuple(v & ~free for v in vectors)
        if any(b & free for b in base):
            vectors += tuple(b & ~free for b in base)
            base = ()
    basis = reduced(vectors, base)
    units = 0
    for row in basis:
        if row & (row - 1) == 0:
            units |= row
    if units:
        # No other row of a reduced basis holds the bit of a unit vector.
        free |= units
        basis = tuple(row for row in basis if not row & units)
    return basis, free


def _affine(
    offset: int, vectors: tuple[int, ...], free: int, base: tuple[int, ...]
) -> tuple[int, tuple[int, ...], int]:
    """Offset, basis and free generators in canonical form; ``base`` is an already reduced part of the vectors."""
    basis, free = _span(vectors, free, base)
    return remainder(offset & ~free, basis), basis, free


class Content(NamedTuple):
    """offset + span(basis, unit vectors of ``free``) over F2, and degrees of skewed sources.

    ``free`` holds the generators of which nothing is known; offset and basis are 0 there. ``skewed`` maps a
    source without symmetry to its exact degree, or to UNKNOWN.
    """

    offset: int = 0
    basis: tuple[int, ...] = ()
    free: int = 0
    skewed: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def make(
        offset: int,
        vectors: Iterable[int],
        free: int = 0,
        skewed: Iterable[tuple[int, int]] = (),
    ) -> Content:
        """A content in canonical form."""
        return Content(*_affine(offset, tuple(vectors), free, ()), tuple(sorted(skewed)))

    @lru_cache(maxsize=1 << 16)
    def times(self, other: Content) -> Content:
        """The content of a product."""
        if other == NOTHING:
            return self
        if self == NOTHING:
            return other
        few, many = (self.basis, other.basis) if len(self.basis) < len(other.basis) else (other.basis, self.basis)
        parities = _affine(self.offset ^ other.offset, few, self.free | other.free, many)
        return Content(*parities, _added(self.skewed, other.skewed))

    def mapped(self, image: Callable[[int], int], known: dict[int, int] | None = None) -> Content:
        """The parities carried over by a map from numbers of generators to bits (0: forgotten); nothing else is kept.

        Generators may meet in one image: it flips all of them at once, and is free when one of them is. ``known`` has
        the images of vectors under this map so far: contents of a deep program share most of their rows.
        """
        images: dict[int, int] = {} if known is None else known

        def moved(vector: int) -> int:
            out = images.get(vector)
            if out is None:
                out = 0
                for number in numbers(vector):
                    out ^= image(number)
                images[vector] = out
            return out

        free = 0
        for number in numbers(self.free):
            free |= image(number)
        return Content.make(moved(self.offset), [moved(b) for b in self.basis], free)

    @property
    def dimension(self) -> int:
        """The number of independent vectors that the content spans."""
        return len(self.basis) + self.free.bit_count()

    def kept(self, mask: int) -> Content:
        """The content restricted to the generators in ``mask``; degrees are dropped."""
        return Content.make(self.offset & mask, [b & mask for b in self.basis], self.free & mask)

    def mixes(self, mask: int) -> int:
        """The generators in ``mask`` that are tied to others outside: of these only joint parities are known."""
        tied = 0
        for row in self.basis:
            if row & mask and row & ~mask:
                tied |= row & mask
        return tied

    def section(self, mask: int) -> Content | None:
        """The part that is even under all flips of ``mask``, on the other generators; None where nothing is.

        It is what averaging over these flips leaves. Degrees of skewed sources are dropped.
        """
        high = max(self.offset, self.free, *self.basis, mask).bit_length() if self.basis else 0
        if not self.basis:
            if self.offset & mask:
                return None
            return Content(self.offset, (), self.free & ~mask)
        rows = reduced((b & mask) << high | b & ~mask for b in self.basis)
        rest = remainder((self.offset & mask) << high | self.offset & ~mask, rows)
        if rest >> high:
            return None
        return Content.make(rest, [row for row in rows if not row >> high], self.free & ~mask)

    def loosened(self, mask: int) -> Content:
        """The content of which nothing is known in the generators of ``mask`` any more."""
        return Content.make(self.offset, self.basis, self.free | mask, self.skewed) if mask & ~self.free else self

    @lru_cache(maxsize=1 << 16)
    def misses_zero(self, mask: int) -> bool:
        """Whether some flip of the generators in ``mask`` alone makes the factor odd."""
        mask &= ~self.free
        if not self.offset & mask:
            return False
        return remainder(self.offset & mask, reduced(b & mask for b in self.basis)) != 0

    def parity(self, flip: int) -> int | None:
        """0 or 1 where the factor is even or odd under flipping all of ``flip`` at once, None where neither."""
        if self.free & flip:
            return None
        for row in self.basis:
            if (row & flip).bit_count() & 1:
                return None
        return (self.offset & flip).bit_count() & 1

    @lru_cache(maxsize=1 << 16)
    def parities(self, flips: tuple[int, ...]) -> tuple[int | None, ...]:
        """The :meth:`parity` under each of ``flips``."""
        return tuple(map(self.parity, flips))

    def witness(self, mask: int, preferred: int = 0) -> int:
        """A flip in ``mask`` that makes the factor odd, if one exists, with few generators outside ``preferred``."""
        mask &= ~self.free
        basis = reduced(b & mask for b in self.basis)
        rest = remainder(self.offset & mask, basis)
        best = 0
        while rest:
            # Flip a bit that leads no row, and the leading bits of the rows that contain it: every row stays even.
            bit = rest & -rest
            rest ^= bit
            flip = bit
            for row in basis:
                if row & bit:
                    flip |= 1 << row.bit_length() >> 1
            if not best or (flip & ~preferred).bit_count() < (best & ~preferred).bit_count():
                best = flip
        return best

    @lru_cache(maxsize=1 << 16)
    def parts(self, mask: int) -> tuple[Content, ...]:
        """The parts that are even and odd in each generator of ``mask``."""
        found: tuple[Content, ...] = (self,)
        for number in numbers(mask):
            found = tuple(part for content in found for part in content.split(1 << number))
        return found

    def split(self, bit: int) -> tuple[Content, ...]:
        """The parts that are even and odd in the generator ``bit``."""
        if self.free & bit:
            even = Content(self.offset, self.basis, self.free & ~bit, self.skewed)
            return even, Content(self.offset | bit, self.basis, even.free, self.skewed)
        rows = [b for b in self.basis if b & bit]
        if not rows:
            return (self,)
        rest = [b for b in self.basis if not b & bit] + [b ^ rows[0] for b in rows[1:]]
        return tuple(
            Content.make(offset, rest, self.free, self.skewed)
            for offset in sorted((self.offset, self.offset ^ rows[0]), key=lambda o: o & bit)
        )

    def inside(self, other: Content) -> bool:
        """Whether whatever cancels ``other`` also cancels this one."""
        if self.free & ~other.free or self.skewed != other.skewed:
            return False
        vector = (self.offset & ~other.free) ^ other.offset
        basis = other.basis
        # Most contents that are not inside have an offset with bits that no row of the basis holds.
        if vector & ~union(basis):
            return False
        if self.basis == basis:
            return remainder(vector, basis) == 0
        if len(self.basis) + self.free.bit_count() > len(basis) + other.free.bit_count():
            return False
        return spanned([vector, *(b & ~other.free for b in self.basis)] if other.free else [vector, *self.basis], basis)


NOTHING = Content()


def _added(left: tuple[tuple[int, int], ...], right: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The degrees of a product in skewed sources."""
    if not left or not right:
        return left or right
    degrees = dict(left)
    for source, degree in right:
        mine = degrees.get(source)
        unknown = mine == UNKNOWN or (mine is not None and degree == UNKNOWN)
        degrees[source] = UNKNOWN if unknown else degree + (mine or 0)
    return tuple(sorted(degrees.items()))


def generic(contents: Iterable[Content]) -> Content:
    """The content of a function of all ``contents`` about which nothing is known."""
    return _joint(contents, centre=None)


def hull(contents: Iterable[Content]) -> Content:
    """The least content that holds all of ``contents``; degrees are kept where they agree."""
    items = list(contents)
    joint = odd(items)
    agreed = dict(set(items[0].skewed).intersection(*(c.skewed for c in items)))
    sources = sorted({source for c in items for source, _ in c.skewed})
    skewed = tuple((s, agreed.get(s, UNKNOWN)) for s in sources)
    return Content(joint.offset, joint.basis, joint.free, skewed)


def odd(contents: Iterable[Content]) -> Content:
    """The content of an odd function of the sum of ``contents``."""
    return _joint(contents, centre="first")


def even(contents: Iterable[Content]) -> Content:
    """The content of an even function of the sum of ``contents``."""
    return _joint(contents, centre="zero")


def _joint(contents: Iterable[Content], centre: str | None) -> Content:
    items = list(contents)
    if not items:
        return NOTHING
    vectors = {b for c in items for b in c.basis}
    free = 0
    for c in items:
        free |= c.free
    first = items[0].offset
    vectors |= {c.offset if centre is None else c.offset ^ first for c in items}
    skewed = {source: UNKNOWN for c in items for source, _ in c.skewed}
    return Content.make(first if centre == "first" else 0, vectors, free, skewed.items())
