"""Rows and columns of a Walsh-Hadamard matrix, with random signs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tp.laws.base import Entries, Form
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Source
from tp.orders.facts import Source as Facts


def draw(source: Source, rows: int, columns: int, _: float, unused: Entries, dtype: Any) -> Any:
    """D1 H D2: rows and columns of H at random, without repetition; H has the next power of two of rows."""
    from tp.matrix_free.hadamard import parts, signs

    one, other, i, j = parts(source, rows, columns)
    return signs(i[:, None], j) * one[:, None] * other


def facts(entry: Facts, rows: Fraction, columns: Fraction, size: Fraction) -> Facts:
    return replace(entry, isometric=True)


def kind() -> Kind:
    from tp.matrix_free.hadamard import KIND

    return KIND


STRUCTURE = Form(
    "hadamard",
    "hadamard(deviation): rows and columns at random of a Walsh-Hadamard matrix, with random signs",
    draw,
    of_entries=False,
    family="rademacher",
    scratch=48,
    kind=kind,
    facts=facts,
    formula=r"W = \sigma D_1 H D_2, \quad D_1, D_2 \text{ random signs}, \quad H \text{ of a Walsh--Hadamard matrix}",
)
