"""Laplace's law: exponential on both sides."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.source import Shape, Source
from tp.namespace import namespace


def draw(source: Source, shape: Shape, _: Arguments) -> Any:
    """log U / √2 for a uniform U in (0, 1], with a random sign."""
    size, side = source.split()
    return namespace(found := size.uniform(shape)).log(found) * side.sign(shape) / 2.0**0.5


LAW = Family(
    "laplace",
    True,
    "laplace(mean, deviation)",
    draw,
    formula=r"p(z) = \frac{1}{\sqrt 2}\, e^{-\sqrt 2\,|z|}",
)
