"""Activations as functions of NumPy arrays. Values need no JAX, which takes a second to load; derivatives do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np

from tp.activations import find
from tp.activations.even_part import SLOPE, EvenPart
from tp.activations.leaky_relu import LeakyRelu
from tp.activations.monomial import Monomial
from tp.activations.piecewise_power import PiecewisePower
from tp.activations.power import Power
from tp.interpret.drawn.matrices import Array

_CHUNKS = (512, 16384)
"""Derivatives are called on arrays of these lengths only, so that each is compiled once or twice for all programs."""


def function(name: str, k: int, x: Array) -> Array:
    """The ``k``-th derivative of the activation called ``name`` at the entries of ``x``."""
    with np.errstate(all="ignore"):
        return _derivative(name, k, x) if k else _value(name)(x)


@cache
def _value(name: str) -> Callable[[Array], Array]:
    activation = find(name)
    match activation:
        case Monomial():
            return lambda x: x**activation.power
        case Power():
            return lambda x: x ** float(activation.power)
        case PiecewisePower():
            right, left = float(Fraction(activation.right)), float(Fraction(activation.left))
            return lambda x: np.where(x > 0, right, left) * x**activation.power
        case LeakyRelu():
            slope = float(Fraction(activation.slope))
            return lambda x: np.where(x > 0, x, slope * x)
        case EvenPart():
            whole = _value(activation.whole.name)
            return lambda x: whole(x) - SLOPE * x
        case _:
            known = _VALUES.get(name)
            return partial(_derivative, name, 0) if known is None else known


def _sigmoid(x: Array) -> Array:
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def _erf(x: Any) -> Array:
    from scipy.special import erf

    return erf(x)


_VALUES: Mapping[str, Callable[[Array], Array]] = {
    "abs": np.abs,
    "cos": np.cos,
    "erf": _erf,
    "exp": np.exp,
    "gelu": lambda x: 0.5 * x * (1.0 + _erf(x / 2**0.5)),
    "gelu_tanh": lambda x: x * _sigmoid(2.0 * (2.0 / np.pi) ** 0.5 * (x + 0.044715 * x**3)),
    "hard_tanh": lambda x: np.clip(x, -1.0, 1.0),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0.0)),
    "relu": lambda x: np.maximum(x, 0.0),
    "sigmoid": _sigmoid,
    "silu": lambda x: x * _sigmoid(x),
    "sin": np.sin,
    "softplus": lambda x: np.logaddexp(x, 0.0),
    "tanh": np.tanh,
}


@cache
def _compiled(name: str, k: int) -> Any:
    import jax

    return jax.jit(partial(find(name).lower, k))


def _derivative(name: str, k: int, array: Array) -> Array:
    from tp.interpret.arrays.backend import precision

    flat = array.ravel()
    chunk = _CHUNKS[0] if flat.size <= _CHUNKS[0] else _CHUNKS[-1]
    padded = np.concatenate([flat, np.full(-flat.size % chunk, 1.0)])
    with precision("float64"):
        compiled = _compiled(name, k)
        parts = [np.asarray(compiled(padded[i : i + chunk])) for i in range(0, padded.size, chunk)]
    return np.concatenate(parts)[: flat.size].reshape(array.shape)
