"""Coordinates of vectors that several matrix-free weights are applied to, as queries, keys and values are.

As long as these weights were applied to the same vectors, they have the same basis. Then coordinates are found once,
and the basis is kept once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tp.matrix_free.orthonormal import Array, Split, split
from tp.namespace import namespace

T = TypeVar("T")


class Coordinates:
    """The coordinates of the rows of one array in each basis that is asked for.

    A result is computed at the first request, and dropped after ``weights`` requests.
    """

    def __init__(self, weights: int = 1) -> None:
        self._weights = weights
        self._found: dict[Any, tuple[int, Any, Any]] = {}

    def of(self, rows: Callable[[], Array]) -> Array:
        """The array, which is made once."""
        return self._once("rows", None, rows)

    def split(self, start: int, x: Array, basis: Array) -> Split:
        """:func:`~tp.matrix_free.orthonormal.split` of ``x``, the rows from number ``start`` on."""
        return self._once(("split", start, _name(basis)), basis, lambda: split(x, basis))

    def grown(self, start: int, basis: Array, fresh: Array) -> Array:
        """``basis`` with the rows ``fresh`` of a split appended; ``start`` is the number of the first row split."""
        return self._once(
            ("grown", start, _name(basis)), basis, lambda: namespace(fresh).concatenate((basis, fresh), axis=-2)
        )

    def _once(self, key: Any, basis: Array | None, make: Callable[[], T]) -> T:
        """What ``make`` returns, kept until every weight has had it. The ``basis`` is kept too, and so its name."""
        left, _, found = self._found.pop(key) if key in self._found else (self._weights, basis, make())
        if left > 1:
            self._found[key] = left - 1, basis, found
        return found


def _name(basis: Array) -> int:
    """The identity of ``basis``; all without rows are one."""
    return id(basis) if basis.shape[-2] else 0
