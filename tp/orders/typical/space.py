"""Spaces of sign flips: linear subspaces over F2, one object for each.

A program has thousands of contents, and a few hundred spaces under them. So spaces are interned: equal ones are
identical, they are compared and hashed by identity, and their sums, restrictions and inclusions are found once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from tp.orders.typical.f2 import extended, numbers, reduced, union

if TYPE_CHECKING:
    from tp.orders.typical.content import Content

REMEMBERED = 1 << 14
"""The most results of one operation that are remembered."""


class Space:
    """span(basis, unit vectors of ``free``); ``basis`` is reduced, has no unit vector, and is 0 on ``free``.

    ``free`` holds the generators of which nothing is known. Spaces are made by :func:`spanned_by`.
    """

    __slots__ = ("__weakref__", "_leads", "_rows", "basis", "contents", "dimension", "free", "present", "rows")

    def __init__(self, basis: tuple[int, ...], free: int) -> None:
        self.basis = basis
        self.free = free
        self.dimension = len(basis) + free.bit_count()
        self.present = union(basis) | free
        """The generators that some vector holds."""
        self.contents: dict[object, Content] = {}
        """All contents over this space, see :mod:`tp.orders.typical.content`."""
        self.rows = frozenset(basis)
        self._rows = {row.bit_length(): row for row in basis}
        self._leads = union(1 << length >> 1 for length in self._rows)

    def remainder(self, vector: int) -> int:
        """``vector`` modulo this space: the same for all that differ by one of the space, and 0 for these."""
        vector &= ~self.free
        # No row holds the leading bit of another.
        left = vector & self._leads
        rows = self._rows
        while left:
            length = left.bit_length()
            vector ^= rows[length]
            left ^= 1 << length >> 1
        return vector

    def plus(self, other: Space) -> Space:
        """The span of both."""
        if self is other:
            return self
        return _sum(self, other) if self.dimension < other.dimension else _sum(other, self)

    @lru_cache(maxsize=REMEMBERED)
    def extended(self, remainders: frozenset[int]) -> Space:
        """The span of this space and of :meth:`remainder` of other vectors."""
        return _spanned(extended(self.basis, remainders), self.free)

    @lru_cache(maxsize=REMEMBERED)
    def inside(self, other: Space) -> bool:
        """Whether ``other`` holds this space."""
        if self.free & ~other.free or self.dimension > other.dimension or self.present & ~other.present:
            return False
        return not any(map(other.remainder, self.rows - other.rows))

    def kept(self, mask: int) -> Space:
        """The space restricted to the generators in ``mask``."""
        mask &= self.present
        return self if mask == self.present else _restricted(self, mask)

    @lru_cache(maxsize=REMEMBERED)
    def tied(self, mask: int) -> int:
        """The generators in ``mask`` that are in one row of the basis with others outside."""
        return union(row & mask for row in self.basis if row & mask and row & ~mask)

    @lru_cache(maxsize=REMEMBERED)
    def even(self, mask: int) -> tuple[Space, Mapping[int, int]]:
        """The vectors that are 0 on ``mask``, as a space, and the other rows, by the bit length of their part on it."""
        rows: dict[int, int] = {}
        rest: list[int] = []
        for row in self.basis:
            vector = row
            while (part := vector & mask) and (known := rows.get(part.bit_length())):
                vector ^= known
            if part:
                rows[part.bit_length()] = vector
            else:
                rest.append(vector)
        return spanned_by(rest, self.free & ~mask), rows

    @lru_cache(maxsize=REMEMBERED)
    def fixes(self, flip: int) -> bool:
        """Whether all vectors are even under flipping all of ``flip`` at once."""
        return not self.free & flip and not any((row & flip).bit_count() & 1 for row in self.basis)


class Images:
    """Images of vectors and spaces under the linear map that ``image`` is on numbers of generators; each found once.

    Several generators may have one image. The image is free if one of them is.
    """

    def __init__(self, image: Callable[[int], int]) -> None:
        self._image = image
        self._vectors: dict[int, int] = {}
        self._free: dict[int, int] = {}
        self._spaces: dict[Space, Space] = {}

    def vector(self, vector: int) -> int:
        """The image of ``vector``."""
        found = self._vectors.get(vector)
        if found is None:
            found = 0
            for number in numbers(vector):
                found ^= self._image(number)
            self._vectors[vector] = found
        return found

    def free(self, generators: int) -> int:
        """All that the ``generators`` become."""
        found = self._free.get(generators)
        if found is None:
            found = self._free[generators] = union(map(self._image, numbers(generators)))
        return found

    def space(self, space: Space) -> Space:
        """The image of ``space``."""
        found = self._spaces.get(space)
        if found is None:
            free = self.free(space.free)
            found = self._spaces[space] = spanned_by(map(self.vector, space.basis), free)
        return found


@lru_cache(maxsize=REMEMBERED)
def _sum(small: Space, large: Space) -> Space:
    # Most rows are the same.
    rest = [r for row in small.rows - large.rows if (r := large.remainder(row))]
    free = small.free & ~large.free
    if not rest and not free:
        return large
    if not free:
        return _spanned(extended(large.basis, rest), large.free)
    # A row that keeps its leading bit stays one. What is left of another has no leading bit of any.
    kept: list[int] = []
    lost = [r & ~free for r in rest]
    for row in large.basis:
        (lost if 1 << row.bit_length() >> 1 & free else kept).append(row & ~free)
    return _spanned(extended(tuple(kept), lost), large.free | free)


@lru_cache(maxsize=REMEMBERED)
def _restricted(space: Space, mask: int) -> Space:
    return spanned_by((b & mask for b in space.basis), space.free & mask)


def spanned_by(vectors: Iterable[int], free: int = 0) -> Space:
    """The space of ``vectors`` and of the generators ``free``."""
    return _spanned(reduced([v & ~free for v in vectors]), free)


def _spanned(basis: tuple[int, ...], free: int) -> Space:
    """The space of a reduced ``basis`` that is 0 on ``free``."""
    if units := union([row for row in basis if row & (row - 1) == 0]):
        # No other row of a reduced basis holds the bit of a unit vector.
        free |= units
        basis = tuple([row for row in basis if not row & units])
    with _LOCK:
        found = _SPACES.get((basis, free))
        if found is None:
            found = _SPACES[basis, free] = Space(basis, free)
    return found


_LOCK = Lock()
_SPACES: WeakValueDictionary[tuple[tuple[int, ...], int], Space] = WeakValueDictionary()
"""All spaces that are in use."""
POINT = spanned_by(())
"""The space of 0 alone."""
