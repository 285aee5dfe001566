"""The exponential law, centred: skewed to the right."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.source import Shape, Source
from tp.namespace import namespace


def draw(source: Source, shape: Shape, _: Arguments) -> Any:
    """-log U - 1 for a uniform U in (0, 1]."""
    return -namespace(found := source.uniform(shape)).log(found) - 1.0


LAW = Family(
    "exponential",
    False,
    "exponential(mean, deviation): centred, skewed to the right",
    draw,
    formula=r"p(z) = e^{-(z + 1)}, \quad z \ge -1",
)
