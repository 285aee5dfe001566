"""The normal law without its tails, scaled to variance 1."""

from __future__ import annotations

from math import erf, exp, pi, sqrt
from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.source import Shape, Source


def draw(source: Source, shape: Shape, arguments: Arguments) -> Any:
    """Normal numbers given that they lie in [-cut, cut], over their deviation."""
    (cut,) = arguments
    return source.normal_within(shape, cut) / deviation(cut)


def deviation(cut: float) -> float:
    """Standard deviation of a standard normal variable conditioned on [-cut, cut]."""
    inside = erf(cut / sqrt(2.0))
    return sqrt(1.0 - 2.0 * cut * exp(-cut * cut / 2.0) / sqrt(2.0 * pi) / inside)


LAW = Family(
    "truncated_normal",
    True,
    "truncated_normal(mean, deviation, cut): cut at +-cut before scaling to the deviation",
    draw,
    arguments=(2.0,),
    formula=r"p(z) \propto e^{-s^2 z^2/2}, \quad |s z| \le \text{cut}, \quad s \text{ such that } \mathbb E z^2 = 1",
)
