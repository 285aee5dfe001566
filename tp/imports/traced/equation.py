"""Equations between arrays, as they stand in a jaxpr, with sizes and numbers as functions of the width n."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tp.imports.traced.sizes import Number, Size
from tp.ndarray import NDArray

Shape = tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the user's code. ``name`` is the variable that the line assigns (``h`` in ``h = nn.tanh(x)``).

    ``scope`` is the path of modules that was entered, such as ``("Block_0", "Dense_1")``. ``text`` is the line.
    """

    file: str
    line: int
    text: str
    name: str | None = None
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """An array that depends on weights or inputs. Equal only to itself.

    ``kind`` is ``float``, ``int`` or ``bool``; ``complex``, or ``key`` for keys of random numbers, cannot be written.
    """

    number: int
    shape: Shape
    kind: str = "float"


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """An array that depends on neither weights nor inputs.

    Fields:
        shape: its axes.
        number: the number that all entries are, as a function of n. None where entries differ.
        table: the entries as an array, where they are the same at every width. A wide axis has size 1 in it: entries
            are the same along that axis. None where all entries are one number, or where neither can be said: what is
            computed from such an array cannot be written.
        kind: ``float``, ``int`` or ``bool``.
        scale: what the entries of ``table`` are multiplied by. None: by nothing.
    """

    shape: Shape
    number: Number | None
    table: NDArray[np.generic] | None
    kind: str = "float"
    scale: Number | None = None


Operand = Value | Known


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """``results`` = ``primitive``(``operands``; ``params``).

    ``params`` are those of JAX, by name. A whole number that depends on n, such as a limit of a slice, is a ``Size``;
    a real number that depends on n is a ``Number``. Sub-jaxprs do not occur: calls are inlined, loops unrolled.
    """

    primitive: str
    operands: tuple[Operand, ...]
    params: Mapping[str, Any]
    results: tuple[Value, ...]
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Weight:
    """A leaf of the tree of weights. ``path`` are the keys that lead to it, such as ``("Dense_0", "kernel")``.

    ``trained`` is False for what training leaves as it is, such as running means of batch normalisation. A weight that
    is used in parts is several: ``cut`` then has the first entry and the one after the last along every axis, or None
    for the whole axis, and ``part`` counts parts from 1.
    """

    path: tuple[str, ...]
    value: Value
    trained: bool = True
    cut: tuple[tuple[Size, Size] | None, ...] = ()
    part: int = 0
    whole: Shape = ()


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """An argument of the function. ``value.kind`` is ``int`` for indices (tokens)."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A function of weights and inputs at every width n. ``outputs`` are by name; a constant output is ``Known``.

    ``widths`` are those at which the module was traced.
    """

    weights: tuple[Weight, ...]
    inputs: tuple[Input, ...]
    equations: tuple[Equation, ...]
    outputs: tuple[tuple[str, Operand], ...]
    widths: tuple[int, ...]

    def read(self) -> frozenset[tuple[str, ...]]:
        """Paths of weights that are trained or that something is computed from."""
        used = {operand for equation in self.equations for operand in equation.operands}
        used |= {operand for _, operand in self.outputs}
        return frozenset(weight.path for weight in self.weights if weight.trained or weight.value in used)
