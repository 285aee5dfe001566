"""Linear algebra over the field of two elements. A vector is a Python int, one bit for each coordinate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_


def reduced(vectors: Iterable[int]) -> tuple[int, ...]:
    """The reduced echelon basis (leading bits decreasing) of the span of ``vectors``."""
    rows: dict[int, int] = {}
    for vector in vectors:
        while vector:
            row = rows.get(vector.bit_length())
            if row is None:
                rows[vector.bit_length()] = vector
                break
            vector ^= row
    if len(rows) < 2:
        return tuple(rows.values())
    leads = union([1 << length >> 1 for length in rows])
    for length in sorted(rows):
        row, own = rows[length], 1 << length >> 1
        while lower := row & leads & ~own:
            row ^= rows[lower.bit_length()]
        rows[length] = row
    return tuple(sorted(rows.values(), reverse=True))


def extended(basis: tuple[int, ...], remainders: Iterable[int]) -> tuple[int, ...]:
    """The reduced basis of the span of a reduced ``basis`` and of vectors without any of its leading bits."""
    more = reduced(remainders)
    rows = {row.bit_length(): row for row in more}
    leads = union([1 << length >> 1 for length in rows])
    found = [*more]
    for row in basis:
        while part := row & leads:
            row ^= rows[part.bit_length()]
        found.append(row)
    return tuple(sorted(found, reverse=True))


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
