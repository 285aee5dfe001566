"""Linear algebra over the field of two elements. A vector is a Python int, one bit for each coordinate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_


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


def union(vectors: Iterable[int]) -> int:
    """The bits that at least one of ``vectors`` holds."""
    return reduce(or_, vectors, 0)


def spanned(vectors: Iterable[int], basis: tuple[int, ...]) -> bool:
    """Whether all of ``vectors`` lie in the span of a reduced ``basis``."""
    rows = {row.bit_length(): row for row in basis}
    for vector in vectors:
        while vector:
            row = rows.get(vector.bit_length())
            if row is None:
                return False
            vector ^= row
    return True
