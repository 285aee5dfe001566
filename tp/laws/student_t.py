"""Student's law, scaled to variance 1: tails like a power."""

from __future__ import annotations

from math import pi
from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.source import Shape, Source
from tp.namespace import namespace


def draw(source: Source, shape: Shape, arguments: Arguments) -> Any:
    """Bailey's polar method: R cos(2πV) with R² = df (U^(-2/df) - 1) has Student's law exactly, for uniform U and V.

    Bailey, Polar generation of random variates with the t-distribution (1994). U keeps all 32 random bits, so the tail
    reaches to events of probability 2^-32. A ratio of normal and gamma numbers needs a loop for each number.
    """
    (df,) = arguments
    radius, angle = source.split()
    uniform = radius.fine(shape)
    xp = namespace(uniform)
    squared = (df - 2.0) * xp.expm1(xp.log(uniform) * (-2.0 / df))
    return xp.sqrt(squared) * xp.cos(2.0 * pi * angle.uniform(shape))


LAW = Family(
    "student_t",
    True,
    "student_t(mean, deviation, df): df > 2, scaled to the deviation",
    draw,
    arguments=(5.0,),
    moments=lambda a: a[0],
    scratch=32,
    formula=r"p(z) \propto \left(1 + \frac{z^2}{\nu - 2}\right)^{-(\nu + 1)/2}, \quad \nu = \text{df}",
)
