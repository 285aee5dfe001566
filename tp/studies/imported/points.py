"""Weights and inputs at which an imported program is compared with the module: generic ones, in double precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.module import Module
from tp.ndarray import NDArray

_CONSTANT_SPREAD = 0.3
_RANDOM_SPREAD = 0.5


def weights(module: Module, seed: int, spread: float) -> tuple[list[Any], Any]:
    """The leaves of ``init`` plus noise, and their tree.

    A module that starts with zeros, or with equal entries, is tested at weights that are neither.

    Args:
        module: whose ``init`` draws them.
        seed: of the draw and of the noise.
        spread: what the noise is multiplied with: 1 for generic weights, 0 for those of ``init`` alone.
    """
    import jax

    drawn, tree = jax.tree.flatten(module.init(jax.random.key(seed)))
    random = np.random.default_rng((seed, 1))
    return [_moved(np.asarray(leaf, np.float64), random, spread) for leaf in drawn], tree


def _moved(leaf: NDArray[np.float64], random: np.random.Generator, spread: float) -> NDArray[np.float64]:
    """``leaf`` with noise of its own size. Equal entries keep their sign, as running variances have to."""
    size = float(np.sqrt(np.mean(leaf**2))) if leaf.size else 0.0
    if size == 0:
        fan = max(leaf.shape, default=1) if leaf.ndim > 1 else 1
        return leaf + spread * _RANDOM_SPREAD * random.standard_normal(leaf.shape) / np.sqrt(fan)
    if np.all(leaf == leaf.flat[0]):
        return leaf * (1 + spread * _CONSTANT_SPREAD * random.uniform(-1, 1, leaf.shape))
    return leaf + spread * _RANDOM_SPREAD * size * random.standard_normal(leaf.shape)


def given_inputs(module: Module) -> dict[str, Any]:
    """The inputs that came with the module, real numbers in double precision."""
    return {name: _double(array) for name, array in module.inputs.items()}


def generic_inputs(module: Module, seed: int) -> dict[str, Any]:
    """Normal numbers in place of real inputs; indices and truth values in another order."""
    random = np.random.default_rng((seed, 2))
    found: dict[str, Any] = {}
    for name, array in module.inputs.items():
        given = _double(array)
        if given.dtype.kind == "f":
            found[name] = random.standard_normal(given.shape)
        else:
            found[name] = random.permutation(given.ravel()).reshape(given.shape)
    return found


def cotangents(outputs: Sequence[Any], seed: int) -> list[NDArray[np.float64]]:
    """Normal numbers in the shapes of ``outputs``."""
    random = np.random.default_rng((seed, 3))
    return [random.standard_normal(output.shape) for output in outputs]


def real(inputs: Mapping[str, Any]) -> list[str]:
    """The inputs along which there are derivatives."""
    return [name for name, array in inputs.items() if array.dtype.kind == "f"]


def _double(array: Any) -> NDArray[Any]:
    import jax

    real = jax.numpy.issubdtype(array.dtype, jax.numpy.floating)
    return np.asarray(array, np.float64) if real else np.asarray(array)
