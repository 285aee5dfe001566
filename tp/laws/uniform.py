"""The uniform law on an interval."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.source import Shape, Source


def draw(source: Source, shape: Shape, _: Arguments) -> Any:
    """√3 (2U - 1) for a uniform U in (0, 1]."""
    return 3.0**0.5 * (2.0 * source.uniform(shape) - 1.0)


LAW = Family(
    "uniform",
    True,
    "uniform(mean, deviation): uniform, symmetric about the mean",
    draw,
    formula=r"p(z) = \frac{1}{2\sqrt 3}, \quad |z| \le \sqrt 3",
)
