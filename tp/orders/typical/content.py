"""How randomness enters a factor: which simultaneous sign flips leave it even, which make it odd.

A *generator* is an independent sign flip of one source of randomness at one place of a wide axis (one
neuron, one head). Expanded in characters of the group of flips, a factor has a support; a *content* keeps
the smallest affine subspace over F2 that holds it. A monomial is a single point, an odd function of
several odd things an affine subspace through one of them, a generic function the whole linear span. The
mean over a flip vanishes exactly when the subspace misses 0 on the coordinates of that flip.

Vectors over F2 are Python ints, one bit for each generator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

UNKNOWN = 0
"""Degree of a skewed source that is no longer known to enter as an exact power."""


def reduced(vectors: Iterable[int], base: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The reduced echelon basis (leading bits decreasing) of the span of ``vectors`` and of a reduced ``base``."""
    rows = {b.bit_length(): b for b in base}
    for vector in vectors:
        while vector:
            row = rows.get(vector.bit_length())
            if row is None:
                rows[vector.bit_length()] = vector
                break
            vector ^= row
    if len(rows) == len(base):
        return base
    leads = 0
    for length in rows:
        leads |= 1 << length >> 1
    for length in sorted(rows):
        row, own = rows[length], 1 << length >> 1
        while lower := row & leads & ~own:
            row ^= rows[lower.bit_length()]
        rows[length] = row
    return tuple(sorted(rows.values(), reverse=True))


def numbers(vector: int) -> Iterator[int]:
    """The numbers of the bits of ``vector``."""
    while vector:
        low = vector & -vector
        yield low.bit_length() - 1
        vector ^= low


def remainder(vector: int, basis: tuple[int, ...]) -> int:
    """``vector`` modulo the span of a reduced ``basis``: 0 exactly when it lies in the span."""
    for b in basis:
        # Adding b makes the number smaller exactly when it clears b's leading bit.
        smaller = vector ^ b
        if smaller < vector:
            vector = smaller
    return vector


@dataclass(frozen=True, slots=True)
class Content:
    """offset + span(basis, unit vectors of ``free``) over F2; degrees of skewed sources; Gaussian symbols.

    ``free`` holds the generators of which nothing is known; offset and basis are 0 there. ``skewed`` maps a
    source without symmetry to its exact degree, or to UNKNOWN; ``symbols`` are identities of products W x that the
    factor depends on, needed when W' is applied to it.
    """

    offset: int = 0
    basis: tuple[int, ...] = ()
    free: int = 0
    skewed: tuple[tuple[int, int], ...] = ()
    symbols: frozenset[int] = frozenset()

    @staticmethod
    def make(
        offset: int,
        vectors: Iterable[int],
        free: int = 0,
        skewed: Iterable[tuple[int, int]] = (),
        symbols: frozenset[int] = frozenset(),
        base: tuple[int, ...] = (),
    ) -> Content:
        """A content in canonical form; ``base`` is an already reduced part of the vectors."""
        basis = base if base and not any(b & free for b in base) else ()
        rows = {v & ~free for v in (*vectors, *(() if basis else base))}
        while True:
            basis = reduced(rows, basis)
            units = 0
            for row in basis:
                if row & (row - 1) == 0:
                    units |= row
            if not units:
                break
            free |= units
            rows, basis = {row & ~free for row in basis}, ()
        return Content(remainder(offset & ~free, basis), basis, free, tuple(sorted(skewed)), symbols)

    def bare(self) -> Content:
        """The same content, Gaussian symbols forgotten."""
        return Content(self.offset, self.basis, self.free, self.skewed) if self.symbols else self

    def holding(self, symbols: frozenset[int]) -> Content:
        """The same content with other Gaussian symbols."""
        return Content(self.offset, self.basis, self.free, self.skewed, symbols)

    @lru_cache(maxsize=1 << 16)
    def times(self, other: Content) -> Content:
        """The content of a product."""
        if other == NOTHING:
            return self
        if self == NOTHING:
            return other
        degrees = dict(self.skewed)
        for source, degree in other.skewed:
            mine = degrees.get(source)
            if mine is None:
                degrees[source] = degree
            else:
                degrees[source] = UNKNOWN if UNKNOWN in (mine, degree) else mine + degree
        few, many = sorted((self.basis, other.basis), key=len)
        return Content.make(
            self.offset ^ other.offset,
            few,
            self.free | other.free,
            degrees.items(),
            self.symbols | other.symbols,
            base=many,
        )

    def mapped(self, image: Callable[[int], int]) -> Content:
        """The parities carried over by a map from numbers of generators to bits (0: forgotten); nothing else is kept.

        Generators may meet in one image: it flips all of them at once, and is free when one of them is.
        """

        def moved(vector: int) -> int:
            out = 0
            for number in numbers(vector):
                out ^= image(number)
            return out

        free = 0
        for number in numbers(self.free):
            free |= image(number)
        return Content.make(moved(self.offset), [moved(b) for b in self.basis], free)

    def kept(self, mask: int) -> Content:
        """The parities in ``mask`` only; degrees and symbols are dropped."""
        return Content.make(self.offset & mask, [b & mask for b in self.basis], self.free & mask)

    def misses_zero(self, mask: int) -> bool:
        """Whether some flip of the generators in ``mask`` alone makes the factor odd."""
        mask &= ~self.free
        if not self.offset & mask:
            return False
        return remainder(self.offset & mask, reduced(b & mask for b in self.basis)) != 0

    def parity(self, flip: int) -> int | None:
        """0 or 1 where the factor is even or odd under flipping all of ``flip`` at once, None where neither."""
        if self.free & flip or any((b & flip).bit_count() & 1 for b in self.basis):
            return None
        return (self.offset & flip).bit_count() & 1

    def witness(self, mask: int, preferred: int = 0) -> int:
        """A flip of generators in ``mask`` that makes the factor odd, given that one exists; few besides
        ``preferred``.
        """
        mask &= ~self.free
        basis = reduced(b & mask for b in self.basis)
        rest = remainder(self.offset & mask, basis)
        best = 0
        while rest:
            # The flip of a bit that no row leads, with the leading bits of the rows that hold it, fixes every row.
            bit = rest & -rest
            rest ^= bit
            flip = bit
            for row in basis:
                if row & bit:
                    flip |= 1 << row.bit_length() >> 1
            if not best or (flip & ~preferred).bit_count() < (best & ~preferred).bit_count():
                best = flip
        return best

    def split(self, bit: int) -> tuple[Content, ...]:
        """The parts that are even and odd in the generator ``bit``."""
        if self.free & bit:
            even = Content(self.offset, self.basis, self.free & ~bit, self.skewed, self.symbols)
            return even, Content(self.offset | bit, self.basis, even.free, self.skewed, self.symbols)
        rows = [b for b in self.basis if b & bit]
        if not rows:
            return (self,)
        rest = [b for b in self.basis if not b & bit] + [b ^ rows[0] for b in rows[1:]]
        return tuple(
            Content.make(offset, rest, self.free, self.skewed, self.symbols)
            for offset in sorted((self.offset, self.offset ^ rows[0]), key=lambda o: o & bit)
        )

    def inside(self, other: Content) -> bool:
        """Whether whatever cancels ``other`` also cancels this one."""
        return (
            self.skewed == other.skewed
            and self.free & ~other.free == 0
            and self.symbols <= other.symbols
            and remainder((self.offset & ~other.free) ^ other.offset, other.basis) == 0
            and all(remainder(b & ~other.free, other.basis) == 0 for b in self.basis)
        )


NOTHING = Content()


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
    return Content(joint.offset, joint.basis, joint.free, skewed, joint.symbols)


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
    vectors = [b for c in items for b in c.basis]
    free = 0
    for c in items:
        free |= c.free
    first = items[0].offset
    vectors += [c.offset if centre is None else c.offset ^ first for c in items]
    skewed = {source: UNKNOWN for c in items for source, _ in c.skewed}
    symbols = frozenset[int]().union(*(c.symbols for c in items))
    return Content.make(first if centre == "first" else 0, vectors, free, skewed.items(), symbols)
