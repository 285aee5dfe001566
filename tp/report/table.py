"""Plain tables: columns padded with spaces, the same on a terminal and in a pipe."""

from __future__ import annotations

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "  ") -> list[str]:
    """Lines of a table with left-aligned columns; ``rows`` have as many cells as ``header``."""
    every = [list(header), *map(list, rows)]
    wide = [max(len(row[i]) for row in every) for i in range(len(header))]
    padded = ["  ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)) for row in every]
    return [(indent + line).rstrip() for line in padded]
