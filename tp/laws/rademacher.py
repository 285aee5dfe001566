"""Random signs."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.source import Shape, Source


def draw(source: Source, shape: Shape, _: Arguments) -> Any:
    """A random bit for each entry."""
    return source.sign(shape)


LAW = Family(
    "rademacher",
    True,
    "rademacher(mean, deviation): two values, each with probability 1/2",
    draw,
    dense=False,
    atoms=lambda _: (-1.0, 1.0),
    formula=r"P(z = 1) = P(z = -1) = \tfrac12",
)
