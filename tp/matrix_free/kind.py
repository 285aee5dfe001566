"""What all matrix-free matrices have in common: products, and what these cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from tp.matrix_free.source import Shape, Source

if TYPE_CHECKING:
    from tp.matrix_free.coordinates import Coordinates

BLOCK = 64
"""The most vectors whose products are drawn at once."""


@runtime_checkable
class MatrixFree(Protocol):
    """A random matrix that is not an array: a tree of arrays of NumPy or of JAX, and a stream of random numbers.

    ``learns``: it keeps the products so far, and draws new ones given these. It then needs room in JAX loops.
    ``exchangeable``: its law stays the same whatever the order of its rows and columns.
    """

    learns: bool
    exchangeable: bool

    def answer(
        self, x: Any, transposed: bool, keep: bool = True, block: int = BLOCK, shared: Coordinates | None = None
    ) -> tuple[Any, MatrixFree]:
        """W x for every row of ``x`` [...draws, vectors, size], or W' x, and the matrix with these products added.

        With ``keep`` false the last of them may be forgotten. At most ``block`` vectors are multiplied at once.
        ``shared`` are the coordinates of ``x`` that other matrices have found.
        """
        ...

    def with_room(self, forward: int, backward: int) -> MatrixFree:
        """The same matrix with room for so many more products on each side: arrays of JAX then keep their size."""
        ...


Group = tuple[int, bool]
"""Products taken at once: the number of vectors, and whether the matrix is transposed."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What products take: numbers drawn, numbers read or written, multiplications, and how often fixed costs arise.

    ``calls`` are made once for all draws side by side. ``systems`` are small ones, solved for each draw.
    """

    drawn: float = 0.0
    touched: float = 0.0
    multiplied: float = 0.0
    calls: int = 0
    systems: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.drawn + other.drawn,
            self.touched + other.touched,
            self.multiplied + other.multiplied,
            self.calls + other.calls,
            self.systems + other.systems,
        )


def _nothing(rows: int, columns: int, size: float) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of matrix-free matrix with unit deviation.

    Fields:
        begin: ``begin(rows, columns, size, entries, key, dtype)`` is a matrix of which no product has been asked.
            ``size`` is that of a structure, ``entries`` draw from its law of entries, ``key`` is a stream or a tuple of
            streams, one for each of the draws side by side.
        effort: ``effort(rows, columns, size, groups)`` is the work of beginning and of all products in ``groups``.
        held: ``held(rows, columns, size)`` are the numbers that the matrix has from the start.
        remembered: ``remembered(rows, columns, size)`` are the numbers that it keeps of each product.
        code: the time that its products take to compile, in units of that of a Gaussian matrix.
    """

    begin: Callable[[int, int, float, Callable[[Source, Shape], Any], Any, Any], MatrixFree]
    effort: Callable[[int, int, float, Sequence[Group]], Effort]
    held: Callable[[int, int, float], int] = field(default=_nothing)
    remembered: Callable[[int, int, float], int] = field(default=_nothing)
    code: float = 1.0
