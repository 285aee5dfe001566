"""Weights drawn with NumPy, many at once: wide ones are known through their products only, where laws allow it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from tp.graph.parameter import Parameter
from tp.interpret.arrays.initial_weights import unit_weight
from tp.interpret.cost.kinds import begin
from tp.laws import LAWS
from tp.matrix_free.streams import Seed

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"

_LOST = 1e-9
"""A column whose new part is smaller than this share of it lies in the span of earlier ones."""


class Gaussian:
    """``draws`` independent matrices [rows, columns] of independent normal entries, known through their products."""

    def __init__(self, rows: int, columns: int, draws: int, deviation: float, draw: np.random.Generator) -> None:
        self.deviation = deviation
        self._draw = draw
        self._bases = [np.empty((draws, columns, 0)), np.empty((draws, rows, 0))]
        self._images = [np.empty((draws, rows, 0)), np.empty((draws, columns, 0))]

    def apply(self, x: Array, transposed: bool) -> Array:
        """W x, or W' x, for the columns of x [draws, size, k]."""
        side, other = (1, 0) if transposed else (0, 1)
        basis, seen = self._bases[side], self._bases[other]
        inside = basis.transpose(0, 2, 1) @ x
        rest = x - basis @ inside
        again = basis.transpose(0, 2, 1) @ rest
        inside, rest = inside + again, rest - basis @ again
        fresh = _orthonormal(rest, np.linalg.norm(x, axis=1))
        noise = self._draw.standard_normal((x.shape[0], seen.shape[1], x.shape[2]))
        known = self._images[other].transpose(0, 2, 1) @ fresh - seen.transpose(0, 2, 1) @ noise
        used = (fresh != 0).any(axis=1)[:, None, :]
        image = (noise + seen @ known) * used
        out = self._images[side] @ inside + image @ (fresh.transpose(0, 2, 1) @ rest)
        self._bases[side] = np.concatenate([basis, fresh], axis=2)
        self._images[side] = np.concatenate([self._images[side], image], axis=2)
        return out * self.deviation


def _orthonormal(x: Array, sizes: Array) -> Array:
    """Gram-Schmidt on the columns of x [draws, size, k]; columns with nothing new (relative to ``sizes``) are zero."""
    out = np.zeros_like(x)
    for k in range(x.shape[2]):
        column = x[:, :, k : k + 1]
        for _ in range(2):
            column = column - out[:, :, :k] @ (out[:, :, :k].transpose(0, 2, 1) @ column)
        length = np.linalg.norm(column, axis=1)[:, 0]
        new = length > _LOST * np.maximum(sizes[:, k], 1e-300)
        out[:, :, k] = np.where(new, 1 / np.where(new, length, 1.0), 0.0)[:, None] * column[:, :, 0]
    return out


class MatrixFree:
    """Matrices of another law, one for each of ``draws``, of the kind that weights have where they are not arrays."""

    def __init__(self, parameter: Parameter, n: int, draws: int, path: tuple[int, ...]) -> None:
        self._known = begin(parameter, n, tuple(Seed((*path, k)) for k in range(draws)), np.float64)
        self._scale = parameter.law.scale.at(n)

    def apply(self, x: Array, transposed: bool) -> Array:
        made, self._known = self._known.answer(np.ascontiguousarray(x.swapaxes(1, 2)), transposed)
        return self._scale * made.swapaxes(1, 2)


class Materialised:
    """Matrices [draws, rows, columns] kept as they are."""

    def __init__(self, entries: Array) -> None:
        self._entries = entries

    def apply(self, x: Array, transposed: bool) -> Array:
        return (self._entries.transpose(0, 2, 1) if transposed else self._entries) @ x


def draw(parameter: Parameter, shape: tuple[int, ...], path: tuple[int, ...], n: int) -> Array:
    """Entries of the centred law, by NumPy's own samplers where it has one; ``path`` are the numbers of the stream.

    The first axis of ``shape`` counts draws.
    """
    law = parameter.law
    if law.structure is not None:
        made = [unit_weight(parameter, n, Seed((*path, k)), np.float64) for k in range(shape[0])]
        return np.stack(made).reshape(shape).astype(np.float64)
    arguments = law.arguments or LAWS[law.family].arguments
    generator = np.random.default_rng(path)
    unit: Any
    match law.family:
        case "normal":
            unit = generator.standard_normal(shape)
        case "uniform":
            unit = generator.uniform(-(3**0.5), 3**0.5, shape)
        case "rademacher":
            unit = generator.choice([-1.0, 1.0], shape)
        case "laplace":
            unit = generator.laplace(size=shape) / 2**0.5
        case "student_t":
            unit = generator.standard_t(arguments[0], shape) * (1 - 2 / arguments[0]) ** 0.5
        case "exponential":
            unit = generator.exponential(size=shape) - 1
        case "constant":
            unit = np.zeros(shape)
        case family:
            unit = np.asarray(LAWS[family].draw(Seed(path), shape, arguments), np.float64)
    return unit
