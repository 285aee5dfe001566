"""Two values, the larger one with a probability p."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.source import Shape, Source


def values(arguments: Arguments) -> tuple[float, float]:
    """The smaller value and the larger one."""
    (p,) = arguments
    return -((p / (1 - p)) ** 0.5), ((1 - p) / p) ** 0.5


def draw(source: Source, shape: Shape, arguments: Arguments) -> Any:
    """The larger value where a uniform number is below p, else the smaller one."""
    (p,) = arguments
    smaller, larger = values(arguments)
    uniform = source.uniform(shape)
    return smaller + (larger - smaller) * (uniform < p).astype(uniform.dtype)


LAW = Family(
    "bernoulli",
    False,
    "bernoulli(mean, deviation, p): two values, the larger one with probability p (1/2 if left out)",
    draw,
    arguments=(0.5,),
    dense=False,
    atoms=values,
    formula=r"P\left(z = \sqrt{(1 - p)/p}\right) = p, \quad P\left(z = -\sqrt{p/(1 - p)}\right) = 1 - p",
)
