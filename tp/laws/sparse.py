"""Entries that are zero but for a few, each by chance."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tp.laws.base import Entries, Form
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Source
from tp.namespace import is_numpy, namespace
from tp.orders.facts import Source as Facts


def draw(source: Source, rows: int, columns: int, size: float, entries: Entries, dtype: Any) -> Any:
    """Geometric gaps between the entries that are not zero, row by row, so that time grows with their number."""
    from tp.matrix_free.sparse import compressed

    lines, column, values = compressed(source, rows, columns, size, entries)
    xp = namespace(values)
    made = xp.zeros((rows, columns), values.dtype)
    if not is_numpy(values):
        return made.at[lines, column].add(values)
    made[xp.repeat(xp.arange(rows), xp.diff(lines)), column] = values
    return made


def facts(entry: Facts, rows: Fraction, columns: Fraction, size: Fraction) -> Facts:
    return replace(entry, density=max(-size, Fraction(0)), dense=False)


def kind() -> Kind:
    from tp.matrix_free.sparse import KIND

    return KIND


STRUCTURE = Form(
    "sparse",
    "sparse(p, law): each entry is drawn from the law with probability p, else 0; p is at most 1",
    draw,
    size="p",
    share=True,
    zeros=True,
    mean_square=lambda rows, columns, size: size,
    kind=kind,
    facts=facts,
    formula=r"W_{ij} = \beta_{ij} Z_{ij}, \quad P(\beta_{ij} = 1) = p, \quad P(\beta_{ij} = 0) = 1 - p",
)
