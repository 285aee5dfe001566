"""Every row is the row before it, moved by one place."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tp.laws.base import Entries, Form
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Source
from tp.namespace import namespace
from tp.orders.facts import Source as Facts


def draw(source: Source, rows: int, columns: int, _: float, entries: Entries, dtype: Any) -> Any:
    """W_ij = w_((i - j) mod N) with N the larger side."""
    count = max(rows, columns)
    values = entries(source, (count,))
    xp = namespace(values)
    return values[(xp.arange(rows)[:, None] - xp.arange(columns)) % count]


def facts(entry: Facts, rows: Fraction, columns: Fraction, size: Fraction) -> Facts:
    return replace(entry, repeated=True)


def kind() -> Kind:
    from tp.matrix_free.circulant import KIND

    return KIND


STRUCTURE = Form(
    "circulant",
    "circulant(law): W_ij = w_(i - j) around the circle of the larger side, with entries w of the law",
    draw,
    kind=kind,
    facts=facts,
    formula=r"W_{ij} = z_{(i - j) \bmod \max(M, N)}",
)
