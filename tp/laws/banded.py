"""A band around the diagonal, closed to a circle."""

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
    """Row i has min(k, columns) entries that are not zero, next to column i columns/rows, around the circle."""
    count = min(int(size), columns)
    values = entries(source, (count, rows)).T
    xp = namespace(values)
    # Every row is rolled: entry j stands at place j - first of the band.
    first = xp.arange(rows) * columns // rows - (count - 1) // 2
    places = (xp.arange(columns) - first[:, None]) % columns
    padded = xp.concatenate((values, xp.zeros((rows, 1), values.dtype)), axis=1)
    return xp.take_along_axis(padded, xp.minimum(places, count), axis=1)


def facts(entry: Facts, rows: Fraction, columns: Fraction, size: Fraction) -> Facts:
    return replace(entry, density=columns - min(max(size, Fraction(0)), columns), local=True, dense=False)


def kind() -> Kind:
    from tp.matrix_free.banded import KIND

    return KIND


STRUCTURE = Form(
    "banded",
    "banded(k, law): each row has k entries of the law, next to the diagonal and around the circle, and zeros",
    draw,
    size="k",
    within=("columns",),
    zeros=True,
    scratch=48,
    mean_square=lambda rows, columns, size: size * inverse(columns),
    kind=kind,
    facts=facts,
    formula=r"W_{ij} = Z_{ij} \text{ if } (j - j_i) \bmod N < k, \text{ else } 0; \quad "
    r"j_i = \lfloor iN/M \rfloor - \lfloor (k - 1)/2 \rfloor",
)
