"""How randomness enters a factor: which simultaneous sign flips leave it even, which make it odd.

A *generator* is an independent sign flip of one source of randomness at one place of a wide axis (one
neuron, one head). Expanded in characters of the group of flips, a factor has a support; a *content* is an
affine subspace over F2 that contains it. A monomial is a single point, an odd function of
several odd factors an affine subspace through one of them, a generic function the whole linear span. The
mean over a flip vanishes exactly when the subspace misses 0 on the coordinates of that flip.

Vectors over F2 are Python ints, one bit for each generator (:mod:`tp.orders.typical.f2`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from tp.orders.typical.f2 import numbers, reduced, remainder
from tp.orders.typical.space import POINT, Images, Space, spanned_by

Skewed: TypeAlias = tuple[tuple[int, int], ...]
"""Sources without symmetry, in order, and the degree of each."""
UNKNOWN = 0
"""Degree of a skewed source that is no longer known to enter as an exact power."""


class Content:
    """offset + space over F2, and degrees of skewed sources. Equal contents are one object, compared by identity.

    ``skewed`` maps a source without symmetry to its exact degree, or to UNKNOWN. The offset is 0 in the generators of
    which nothing is known.
    """

    __slots__ = ("offset", "rank", "skewed", "space")

    def __init__(self, space: Space, offset: int, skewed: Skewed) -> None:
        """Only :meth:`over` makes contents."""
        self.space, self.offset, self.skewed = space, offset, skewed
        linear = bool(skewed) and any(degree == 1 for _, degree in skewed)
        self.rank = linear, offset.bit_count(), -space.dimension, (offset, space.basis, space.free, skewed)
        """Contents with no source of degree one and few odd flips come first: their means are the likeliest to stay."""

    def __repr__(self) -> str:
        return f"Content.make({self.offset}, {self.basis}, {self.free}, {self.skewed})"

    @staticmethod
    def over(space: Space, offset: int = 0, skewed: Skewed = ()) -> Content:
        """The content ``offset`` + ``space``."""
        offset = space.remainder(offset)
        key = (offset, skewed) if skewed else offset
        found = space.contents.get(key)
        if found is None:
            found = space.contents.setdefault(key, Content(space, offset, skewed))
        return found

    @staticmethod
    def make(
        offset: int = 0,
        vectors: Iterable[int] = (),
        free: int = 0,
        skewed: Iterable[tuple[int, int]] = (),
    ) -> Content:
        """The content offset + span(vectors, unit vectors of ``free``)."""
        return Content.over(spanned_by(vectors, free), offset, tuple(sorted(skewed)))

    @property
    def basis(self) -> tuple[int, ...]:
        """The basis of the space without the generators of which nothing is known."""
        return self.space.basis

    @property
    def free(self) -> int:
        """The generators of which nothing is known."""
        return self.space.free

    @property
    def dimension(self) -> int:
        """The number of independent vectors that the content spans."""
        return self.space.dimension

    @property
    def present(self) -> int:
        """The generators that the content is not even in."""
        return self.offset | self.space.present

    @lru_cache(maxsize=1 << 16)
    def times(self, other: Content) -> Content:
        """The content of a product."""
        skewed = _added(self.skewed, other.skewed)
        return Content.over(self.space.plus(other.space), self.offset ^ other.offset, skewed)

    def mapped(self, images: Images) -> Content:
        """The parities carried over by a map of generators; nothing else is kept."""
        # Images are numbered as they appear, those of which nothing is known first.
        images.free(self.free)
        offset = images.vector(self.offset)
        return Content.over(images.space(self.space), offset)

    def kept(self, mask: int) -> Content:
        """The content restricted to the generators in ``mask``; degrees are dropped."""
        return Content.over(self.space.kept(mask), self.offset & mask)

    def mixes(self, mask: int) -> int:
        """The generators in ``mask`` that are tied to others outside: of these only joint parities are known."""
        return self.space.tied(mask)

    def section(self, mask: int) -> Content | None:
        """The part that is even under all flips of ``mask``, on the other generators; None where nothing is.

        It is what averaging over these flips leaves. Degrees of skewed sources are dropped.
        """
        space, rows = self.space.even(mask)
        offset = self.offset
        while part := offset & mask:
            row = rows.get(part.bit_length())
            if row is None:
                return None
            offset ^= row
        return Content.over(space, offset)

    def loosened(self, mask: int) -> Content:
        """The content of which nothing is known in the generators of ``mask`` any more."""
        if not mask & ~self.space.free:
            return self
        return Content.over(self.space.plus(spanned_by((), mask)), self.offset, self.skewed)

    def with_degrees(self, skewed: Skewed) -> Content:
        """The content with these degrees of skewed sources, in order, and no others."""
        return Content.over(self.space, self.offset, skewed)

    def misses_zero(self, mask: int) -> bool:
        """Whether some flip of the generators in ``mask`` alone makes the factor odd."""
        odd = self.offset & mask
        return bool(odd) and bool(self.space.kept(mask).remainder(odd))

    def parity(self, flip: int) -> int | None:
        """0 or 1 where the factor is even or odd under flipping all of ``flip`` at once, None where neither."""
        return (self.offset & flip).bit_count() & 1 if self.space.fixes(flip) else None

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
        if not self.space.present & bit:
            return (self,)
        space, rows = self.space.even(bit)
        other = self.offset ^ rows.get(bit.bit_length(), bit)
        offsets = (other, self.offset) if self.offset & bit else (self.offset, other)
        return tuple(Content.over(space, offset, self.skewed) for offset in offsets)

    def inside(self, other: Content) -> bool:
        """Whether whatever cancels ``other`` also cancels this one."""
        if self.space is other.space:
            return self is other
        if self.skewed != other.skewed or (self.offset ^ other.offset) & ~other.space.present:
            return False
        return self.space.inside(other.space) and other.space.remainder(self.offset) == other.offset


NOTHING = Content.over(POINT)


def _added(left: Skewed, right: Skewed) -> Skewed:
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
    return joint.with_degrees(skewed)


def odd(contents: Iterable[Content]) -> Content:
    """The content of an odd function of the sum of ``contents``."""
    return _joint(contents, centre="first")


def even(contents: Iterable[Content]) -> Content:
    """The content of an even function of the sum of ``contents``."""
    return _joint(contents, centre="zero")


def _joint(contents: Iterable[Content], centre: str | None) -> Content:
    items = list(dict.fromkeys(contents))
    if not items:
        return NOTHING
    space, first = items[0].space, items[0].offset
    for c in items:
        space = space.plus(c.space)
    base = 0 if centre is None else first
    if vectors := frozenset(r for c in items if (r := space.remainder(c.offset ^ base))):
        space = space.extended(vectors)
    skewed = {source: UNKNOWN for c in items for source, _ in c.skewed}
    return Content.over(space, first if centre == "first" else 0, tuple(sorted(skewed.items())))
