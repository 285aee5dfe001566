"""How randomness enters a factor: which simultaneous sign flips leave it even, which make it odd.

A *generator* is an independent sign flip of one source of randomness at one place of a wide axis (one
neuron, one head). Expanded in characters of the group of flips, a factor has a support; a *content* keeps
the smallest affine subspace over F2 that holds it. A monomial is a single point, an odd function of
several odd things an affine subspace through one of them, a generic function the whole linear span. The
mean over a flip vanishes exactly when the subspace misses 0 on the coordinates of that flip.

Vectors over F2 are Python ints, one bit for each generator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

UNKNOWN = 0
"""Degree of a skewed source that is no longer known to enter as an exact power."""


def reduced(vectors: Iterable[int]) -> tuple[int, ...]:
    """The reduced echelon basis (leading bits decreasing) of the span of ``vectors``."""
    basis: list[int] = []
    for vector in vectors:
        for b in basis:
            vector = min(vector, vector ^ b)
        if vector:
            basis = [min(b, b ^ vector) if b >> (vector.bit_length() - 1) & 1 else b for b in basis]
            basis.append(vector)
            basis.sort(reverse=True)
    return tuple(basis)


def remainder(vector: int, basis: tuple[int, ...]) -> int:
    """``vector`` modulo the span of a reduced ``basis``: 0 exactly when it lies in the span."""
    for b in basis:
        if vector >> (b.bit_length() - 1) & 1:
            vector ^= b
    return vector


@dataclass(frozen=True, slots=True)
class Content:
    """offset + span(basis) over F2; exact degrees of sources without symmetry; Gaussian symbols inside.

    ``skewed`` maps a source to its exact degree, or to UNKNOWN; ``symbols`` are identities of products W x
    that the factor depends on, needed when W' is applied to it.
    """

    offset: int = 0
    basis: tuple[int, ...] = ()
    skewed: tuple[tuple[int, int], ...] = ()
    symbols: frozenset[int] = frozenset()

    @staticmethod
    def make(
        offset: int, vectors: Iterable[int], skewed: Iterable[tuple[int, int]], symbols: frozenset[int]
    ) -> Content:
        basis = reduced(vectors)
        return Content(remainder(offset, basis), basis, tuple(sorted(skewed)), symbols)

    def bare(self) -> Content:
        """The same content, Gaussian symbols forgotten."""
        return Content(self.offset, self.basis, self.skewed) if self.symbols else self

    def holding(self, symbols: frozenset[int]) -> Content:
        """The same content with other Gaussian symbols."""
        return Content(self.offset, self.basis, self.skewed, symbols)

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
        return Content.make(
            self.offset ^ other.offset,
            self.basis + other.basis,
            degrees.items(),
            self.symbols | other.symbols,
        )

    def misses_zero(self, mask: int) -> bool:
        """Whether some flip of the generators in ``mask`` alone makes the factor odd."""
        if not self.offset & mask:
            return False
        return remainder(self.offset & mask, reduced(b & mask for b in self.basis)) != 0

    def inside(self, other: Content) -> bool:
        """Whether whatever cancels ``other`` also cancels this one."""
        return (
            self.skewed == other.skewed
            and self.symbols <= other.symbols
            and all(remainder(b, other.basis) == 0 for b in self.basis)
            and remainder(self.offset ^ other.offset, other.basis) == 0
        )


NOTHING = Content()


def generic(contents: Iterable[Content]) -> Content:
    """The content of a function of all ``contents`` about which nothing is known."""
    return _joint(contents, centre=None)


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
    first = items[0].offset
    vectors += [c.offset if centre is None else c.offset ^ first for c in items]
    skewed = {source: UNKNOWN for c in items for source, _ in c.skewed}
    symbols = frozenset[int]().union(*(c.symbols for c in items))
    return Content.make(first if centre == "first" else 0, vectors, skewed.items(), symbols)
