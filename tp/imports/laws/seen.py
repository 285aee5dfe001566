"""What is seen of a weight at one width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tp.imports.laws.quantiles import Fit
from tp.ndarray import NDArray

SINGLE = 2.0**-22
"""The relative error of a constant, which single precision may have rounded twice."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Entries ``start`` to ``stop`` along an axis, of which ``seen`` is known."""

    start: int
    stop: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class Seen:
    """A weight, or a part of it, at one width.

    Fields:
        fits: the laws that it may have, one of which it has; none for constants.
        shape: of the weight or the part.
        value: of a constant.
        error: the relative error of ``value``.
        table: entries that differ and do not depend on the key.
        axis, pieces: parts along an axis, each with a law of its own.
        sides: of an orthogonal weight, as :class:`~tp.imports.laws.initial.Initial` has them.
        share: the probability of an entry that is not zero, and its relative error.
        direction: whether it is a vector of fixed length in a random direction, for which ``fits`` stand in the limit.
        drawn: how many numbers the laws were told from, 0 where they follow from the expression.
    """

    shape: tuple[int, ...]
    fits: tuple[Fit, ...] = ()
    value: float | None = None
    error: float = 0.0
    table: NDArray[np.float64] | None = None
    axis: int = 0
    pieces: tuple[Piece, ...] = ()
    sides: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    share: tuple[float, float] | None = None
    direction: bool = False
    drawn: int = 0
