"""The law that a weight starts with, as it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from tp.imports.traced.sizes import Number
from tp.ndarray import NDArray

FIXED = "fixed"
"""The law of a weight that is the same for every key, and whose entries differ."""
PIECES = "pieces"
"""The law of a weight whose entries have different laws along an axis."""


@dataclass(frozen=True, slots=True)
class Part:
    """The law of the entries from ``start`` to ``stop`` along ``axis``, as shares of its size, or as indices.

    Indices count where ``indices`` is True: the axis has the same size at all widths, or the part has.
    """

    axis: int
    start: Fraction
    stop: Fraction
    law: Initial
    indices: bool = False


@dataclass(frozen=True, slots=True)
class Initial:
    """The law of the entries of a weight before training.

    Fields:
        law: a name of ``tp.laws`` (``normal``, ``truncated_normal``, ``orthogonal``, ``constant``, ...); or
            :data:`FIXED`, or :data:`PIECES`.
        mean: the mean of an entry; of a constant weight its value.
        deviation: the standard deviation of an entry; of an orthogonal weight its gain. None for a constant weight.
        extra: further arguments of the law, in the order of the language (``cut``, ``df``).
        why: how the law was found, for people.
        square: ``deviation.coefficient`` squared, where it is simple and exact to rounding; else None.
        share: the probability that an entry is not zero, for a sparse weight; the law is that of these entries.
        sides: of an orthogonal weight the axes that are one side of the matrix, and those that are the other. Along
            axes that occur in neither matrices are independent.
        parts: of :data:`PIECES` the law of each part, in order.
        table: of :data:`FIXED` the entries, where the shape is the same at all widths and so are the entries.
        notes: what is not exact about the law, for people.
    """

    law: str
    mean: Number = field(default_factory=lambda: Number(0.0))
    deviation: Number | None = None
    extra: tuple[float, ...] = ()
    why: str = ""
    square: Fraction | None = None
    share: Number | None = None
    sides: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    parts: tuple[Part, ...] = ()
    table: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
