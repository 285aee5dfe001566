"""Entries that are all the same number, still trained."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Shape, Source


def draw(source: Source, shape: Shape, _: Arguments) -> Any:
    """Zeros: the value is the mean, which the program adds."""
    return source.zeros(shape)


def kind() -> Kind:
    from tp.matrix_free.zero import KIND

    return KIND


LAW = Family(
    "constant",
    True,
    "constant(value): every entry the same, still trained",
    draw,
    dense=False,
    atoms=lambda _: (0.0,),
    scratch=8,
    kind=kind,
    formula="z = 0",
)
