"""A function at one width as a list of equations: the sizes are whole numbers, and what is known is an array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

INFINITY = float("inf")


@dataclass(slots=True, eq=False)
class Unknown:
    """An array that depends on weights or inputs.

    Fields:
        shape: its axes.
        kind: ``float``, ``int``, ``bool``, ``complex`` or ``key``.
        low, high: bounds of the entries of whole numbers, both inclusive.
        origins: the arguments, by number, that these whole numbers are or are derived from.
    """

    shape: tuple[int, ...]
    kind: str
    low: float = -INFINITY
    high: float = INFINITY
    origins: frozenset[int] = frozenset()


Atom = Any
"""An :class:`Unknown`, or an array: of NumPy, or of keys of JAX."""


def is_known(atom: Atom) -> bool:
    return not isinstance(atom, Unknown)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an equation comes from: what JAX says of it, and of the call that it is in.

    ``own`` is whether the function that was called is traced for this call alone, or is the user's: JAX keeps jaxprs of
    its own functions, with the lines of their first call.
    """

    info: Any
    outer: Source | None
    own: bool


@dataclass(frozen=True, slots=True, eq=False)
class FlatEquation:
    primitive: str
    operands: tuple[Atom, ...]
    params: Mapping[str, Any]
    results: tuple[Unknown, ...]
    source: Source


@dataclass(slots=True, eq=False)
class Flat:
    """A function at one width. ``arguments`` are the leaves of the weights, then the inputs.

    ``gathered`` are the sizes of the axes that arguments are indices of, by the number of the argument; infinite
    where an argument is an index of several axes.
    """

    arguments: list[Unknown]
    equations: list[FlatEquation]
    outputs: list[Atom]
    gathered: dict[int, float] = field(default_factory=dict[int, float])


def needed(equations: Sequence[FlatEquation], outputs: Sequence[Atom]) -> list[FlatEquation]:
    """The equations that ``outputs`` depend on."""
    wanted = {id(atom) for atom in outputs}
    kept: list[FlatEquation] = []
    for equation in reversed(equations):
        if any(id(result) in wanted for result in equation.results):
            kept.append(equation)
            wanted.update(id(atom) for atom in equation.operands)
    return kept[::-1]


def as_known(array: Any) -> Any:
    """A concrete array as one of NumPy; real numbers in double precision."""
    if not isinstance(array, np.ndarray):
        if hasattr(array, "dtype") and "key" in str(array.dtype):
            return array
        array = np.asarray(array)
    if array.dtype.kind not in "biufc" or (array.dtype.kind == "f" and array.dtype != np.float64):
        return array.astype(np.float64)
    return array
