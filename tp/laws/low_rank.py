"""A product of two thin matrices."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Entries, Form
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Source
from tp.namespace import matmul, namespace


def draw(source: Source, rows: int, columns: int, size: float, entries: Entries, dtype: Any) -> Any:
    """A B'/sqrt(r) for A [rows, r] and B [columns, r]: entries have variance 1."""
    from tp.matrix_free.low_rank import factors

    left, right = (namespace(a).asarray(a, dtype) for a in factors(source, rows, columns, int(size), entries))
    return matmul(left, right.T) / float(size) ** 0.5


def kind() -> Kind:
    from tp.matrix_free.low_rank import KIND

    return KIND


def normal_kind() -> Kind:
    from tp.matrix_free.low_rank import NORMAL

    return NORMAL


STRUCTURE = Form(
    "low_rank",
    "low_rank(r, law): s A B'/sqrt(r), where A and B have r columns with entries of the law, scaled to variance 1, "
    "and s is its deviation",
    draw,
    size="r",
    sums=True,
    product=True,
    kind=kind,
    normal_kind=normal_kind,
    formula=r"W = \frac{\sigma}{\sqrt r} A B^{\top}, \quad A : M \times r, \quad B : N \times r",
)
