"""Haar's law: orthonormal columns, or rows where they are fewer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from tp.laws.base import Entries, Form, inverse, larger
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Source
from tp.namespace import is_numpy, namespace
from tp.orders.facts import Source as Facts


def draw(source: Source, rows: int, columns: int, _: float, unused: Entries, dtype: Any) -> Any:
    """The orthogonal factor of a normal matrix, with signs that make it uniform (Mezzadri 2007)."""
    tall = rows >= columns
    shape = (rows, columns) if tall else (columns, rows)
    normal = source.normal(shape)
    xp = namespace(normal)
    # NumPy has double precision at all times, so that runs in both precisions have the same weights.
    basis, upper = xp.linalg.qr(xp.asarray(normal, float if is_numpy(normal) else dtype))
    signs = xp.where(xp.diagonal(upper) < 0, -1.0, 1.0)
    found = basis * xp.asarray(signs, basis.dtype)
    return found if tall else found.T


def multiplications(rows: int, columns: int, _: float) -> float:
    """Householder's reflections, and their product."""
    long, short = max(rows, columns), min(rows, columns)
    return 2.0 * short**2 * (long - short / 3)


def facts(entry: Facts, rows: Fraction, columns: Fraction, size: Fraction) -> Facts:
    return replace(entry, exponent=entry.exponent - max(rows, columns) / 2, isometric=True)


def kind() -> Kind:
    from tp.matrix_free.haar import KIND

    return KIND


STRUCTURE = Form(
    "orthogonal",
    "orthogonal(gain): W'W = gain^2, or WW' = gain^2 where W has more columns than rows; gain is 1 if not given",
    draw,
    of_entries=False,
    number="gain",
    sums=True,
    scratch=48,
    mean_square=lambda rows, columns, _: inverse(larger(rows, columns)),
    kind=kind,
    multiplications=multiplications,
    facts=facts,
    spread=True,
    formula=r"W^{\top} W = g^2 \text{ for } M \ge N, \quad W W^{\top} = g^2 \text{ for } M < N",
)
