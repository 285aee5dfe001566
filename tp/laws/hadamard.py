"""Rows and columns of a Walsh-Hadamard matrix, with random signs."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Entries, Form
from tp.matrix_free.source import Source


def draw(source: Source, rows: int, columns: int, _: float, unused: Entries, dtype: Any) -> Any:
    """D1 H D2: rows and columns of H at random, without repetition; H has the next power of two of rows."""
    count = 1 << (max(rows, columns) - 1).bit_length()
    signs, places = source.split()
    one, other = (half.sign((side,)) for half, side in zip(signs.split(), (rows, columns), strict=True))
    i, j = (half.permutation(count)[:side] for half, side in zip(places.split(), (rows, columns), strict=True))
    common = i[:, None] & j
    for shift in (16, 8, 4, 2, 1):  # the parity of the number of common bits
        common = common ^ (common >> shift)
    return (1 - 2 * (common & 1)) * one[:, None] * other


STRUCTURE = Form(
    "hadamard",
    "hadamard(deviation): rows and columns at random of a Walsh-Hadamard matrix, with random signs",
    draw,
    of_entries=False,
    family="rademacher",
)
