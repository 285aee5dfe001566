"""Blocks along the diagonal: groups of neurons that see one another only."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tp.laws.base import Entries, Form, inverse
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Source
from tp.namespace import namespace
from tp.orders.facts import Source as Facts


def draw(source: Source, rows: int, columns: int, size: float, entries: Entries, dtype: Any) -> Any:
    """Entry (i, j) is drawn where row i and column j belong to the same block. Blocks are of nearly equal size."""
    from tp.matrix_free.block_diagonal import places, shape

    count, *most = shape(rows, columns, size)
    values = entries(source, (count, *most))
    (own, i), (other, j) = places(rows, count), places(columns, count)
    return namespace(values).where(own[:, None] == other, values[own[:, None], i[:, None], j], 0.0)


def facts(entry: Facts, rows: Fraction, columns: Fraction, size: Fraction) -> Facts:
    return replace(entry, density=min(max(size, Fraction(0)), rows, columns), local=True, dense=False)


def kind() -> Kind:
    from tp.matrix_free.block_diagonal import KIND

    return KIND


STRUCTURE = Form(
    "block_diagonal",
    "block_diagonal(b, law): b blocks along the diagonal with entries of the law, zeros elsewhere",
    draw,
    size="b",
    within=("rows", "columns"),
    zeros=True,
    mean_square=lambda rows, columns, size: inverse(size),
    kind=kind,
    facts=facts,
    formula=r"W_{ij} = Z_{ij} \text{ where } \lfloor i b/M \rfloor = \lfloor j b/N \rfloor, \text{ else } 0",
)
