"""The normal law."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Shape, Source


def draw(source: Source, shape: Shape, _: Arguments) -> Any:
    """Box and Muller's method, in single precision."""
    return source.normal(shape)


def kind() -> Kind:
    from tp.matrix_free.gaussian import KIND

    return KIND


LAW = Family(
    "normal",
    True,
    "normal(mean, deviation)",
    draw,
    kind=kind,
    formula=r"p(z) = \frac{1}{\sqrt{2\pi}}\, e^{-z^2/2}",
)
