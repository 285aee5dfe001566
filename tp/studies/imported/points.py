"""Weights and inputs at which an imported program is compared with the module: generic ones, in double precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.laws.initial import Initial
from tp.imports.module import Module
from tp.ndarray import NDArray

Floats = NDArray[np.float64]

_CONSTANT_SPREAD = 0.3
_ZERO_SPREAD = 0.5
_DEAD = 1e-12


def weights(
    shapes: Sequence[tuple[int, ...]], laws: Sequence[Initial | None], n: int, seed: int, spread: float = 1.0
) -> list[Floats]:
    """Normal numbers of the size that each weight has at first.

    A module that starts with zeros, or with equal entries, is tested at weights that are neither. Nothing is drawn
    with ``init``, which would take longer to compile than all the rest.

    Args:
        shapes: of the weights.
        laws: their initial laws; None where a law is not known.
        n: the width.
        seed: of the numbers.
        spread: what is added to constants is multiplied with it: 0 leaves them as they are.
    """
    return [
        _weight(shape, law, n, spread, np.random.default_rng((seed, number)))
        for number, (shape, law) in enumerate(zip(shapes, laws, strict=True))
    ]


def _weight(shape: tuple[int, ...], law: Initial | None, n: int, spread: float, random: np.random.Generator) -> Floats:
    fan = max(shape, default=1) if len(shape) > 1 else 1
    if law is None or (law.deviation is None and law.law != "constant"):
        return random.standard_normal(shape) / np.sqrt(fan)
    mean = law.mean.at(n)
    if law.deviation is not None:
        # The deviation of an orthogonal weight is its gain.
        deviation = law.deviation.at(n) / (np.sqrt(fan) if law.sides is not None else 1)
        return mean + deviation * random.standard_normal(shape)
    if abs(mean) < _DEAD:
        return mean + spread * _ZERO_SPREAD * random.standard_normal(shape) / np.sqrt(fan)
    # Equal entries keep their sign, as running variances have to.
    return mean * (1 + spread * _CONSTANT_SPREAD * random.uniform(-1, 1, shape))


def given_inputs(module: Module) -> dict[str, Any]:
    """The inputs that came with the module, real numbers in double precision."""
    return {name: _double(array) for name, array in module.inputs.items()}


def generic_inputs(module: Module, seed: int) -> dict[str, Any]:
    """Normal numbers in place of real inputs. Indices and truth values are those that came with the module."""
    random = np.random.default_rng((seed, 2))
    given = given_inputs(module)
    return {
        name: random.standard_normal(array.shape) if array.dtype.kind == "f" else array for name, array in given.items()
    }


def cotangents(outputs: Sequence[Any], seed: int) -> list[Floats]:
    """Normal numbers in the shapes of ``outputs``."""
    random = np.random.default_rng((seed, 3))
    return [random.standard_normal(output.shape) for output in outputs]


def real(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs along which there are derivatives."""
    return {name: array for name, array in inputs.items() if array.dtype.kind == "f"}


def _double(array: Any) -> NDArray[Any]:
    import jax

    floating = jax.numpy.issubdtype(array.dtype, jax.numpy.floating)
    return np.asarray(array, np.float64) if floating else np.asarray(array)
