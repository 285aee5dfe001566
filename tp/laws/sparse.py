"""Entries that are zero but for a few, each by chance."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Entries, Form
from tp.matrix_free.source import Source
from tp.namespace import namespace


def draw(source: Source, rows: int, columns: int, size: float, entries: Entries, dtype: Any) -> Any:
    chosen, values = source.split()
    kept = chosen.fine((rows, columns)) <= size
    return namespace(kept).where(kept, entries(values, (rows, columns)), 0.0)


STRUCTURE = Form(
    "sparse",
    "sparse(p, law): each entry is drawn from the law with probability p, else 0; p is at most 1",
    draw,
    size="p",
    share=True,
    zeros=True,
    mean_square=lambda rows, columns, size: size,
)
