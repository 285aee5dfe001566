"""Primitives of JAX on arrays that are known, in NumPy: calls of JAX outside of a compiled function are slow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.traced import jax_internals
from tp.imports.traced.flat_equation import as_known

Array = np.ndarray[Any, Any]
Rule = Callable[..., Any]


def is_uniform(array: Any) -> bool:
    """Whether all entries are one number in memory: a scalar, or a scalar that was broadcast."""
    return array.size == 1 or (array.size > 1 and not any(array.strides))


def _bare(function: Callable[..., Any]) -> Rule:
    """``function`` without the parameters of the primitive, which say nothing of its values."""

    def rule(*arrays: Array, **_: Any) -> Any:
        return function(*arrays)

    return rule


def _rsqrt(x: Array, **_: Any) -> Array:
    return 1 / np.sqrt(x)


def _integer_pow(x: Array, *, y: int) -> Array:
    return x**y if y >= 0 else 1 / x ** (-y)


def _divide(x: Array, y: Array) -> Array:
    if x.dtype.kind in "iu":
        return np.where(y == 0, -1, np.trunc(x / np.where(y == 0, 1, y))).astype(x.dtype)
    return x / y


def _convert(x: Array, *, new_dtype: Any, **_: Any) -> Array:
    if jax_internals.kind(new_dtype) == "float":
        return x.astype(np.float64)
    return x.astype(new_dtype)


def _clamp(low: Array, x: Array, high: Array) -> Array:
    return np.minimum(np.maximum(x, low), high)


def _select(which: Array, *cases: Array) -> Array:
    return np.choose(which.astype(np.intp), list(cases))


_UFUNCS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "add_any": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "neg": np.negative,
    "sign": np.sign,
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "square": np.square,
    "pow": np.power,
    "max": np.maximum,
    "min": np.minimum,
    "rem": np.fmod,
    "floor": np.floor,
    "ceil": np.ceil,
    "is_finite": np.isfinite,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "not": np.invert,
    "stop_gradient": np.asarray,
}

ELEMENTWISE: dict[str, Rule] = {
    **{name: _bare(function) for name, function in _UFUNCS.items()},
    "div": _divide,
    "rsqrt": _rsqrt,
    "integer_pow": _integer_pow,
    "clamp": _clamp,
    "select_n": _select,
    "convert_element_type": _convert,
}


def _iota(*, dtype: Any, shape: tuple[int, ...], dimension: int, **_: Any) -> Array:
    counted = np.arange(shape[dimension], dtype=np.float64 if jax_internals.kind(dtype) == "float" else dtype)
    return np.broadcast_to(counted.reshape([-1 if axis == dimension else 1 for axis in range(len(shape))]), shape)


def _broadcast(x: Array, *_: Any, shape: tuple[int, ...], broadcast_dimensions: tuple[int, ...], **__: Any) -> Array:
    placed = [1] * len(shape)
    for axis, size in zip(broadcast_dimensions, x.shape, strict=True):
        placed[axis] = size
    return np.broadcast_to(_reshaped(x, tuple(placed)), shape)


def _reshaped(x: Array, shape: tuple[int, ...]) -> Array:
    return np.broadcast_to(x[(0,) * x.ndim], shape) if is_uniform(x) else x.reshape(shape)


def _reshape(x: Array, *, new_sizes: tuple[int, ...], dimensions: Any = None, **_: Any) -> Array:
    return _reshaped(x if dimensions is None else np.transpose(x, dimensions), new_sizes)


def _squeeze(x: Array, *, dimensions: tuple[int, ...]) -> Array:
    return np.squeeze(x, axis=tuple(dimensions))


def _slice(x: Array, *, start_indices: Any, limit_indices: Any, strides: Any) -> Array:
    steps = strides or (1,) * x.ndim
    return x[tuple(slice(a, b, c) for a, b, c in zip(start_indices, limit_indices, steps, strict=True))]


def _expand_dims(x: Array, *, dimensions: Any) -> Array:
    return np.expand_dims(x, tuple(dimensions))


def _transpose(x: Array, *, permutation: Any) -> Array:
    return np.transpose(x, permutation)


def _reversed(x: Array, *, dimensions: Any) -> Array:
    return np.flip(x, tuple(dimensions))


def _concatenate(*parts: Array, dimension: int) -> Array:
    return np.concatenate(parts, axis=dimension)


def _reduce(reduce: Callable[..., Any]) -> Rule:
    def rule(x: Array, *, axes: Any, **_: Any) -> Array:
        return reduce(x, axis=tuple(axes)).astype(x.dtype)

    return rule


STRUCTURAL: dict[str, Rule] = {
    "iota": _iota,
    "broadcast_in_dim": _broadcast,
    "reshape": _reshape,
    "squeeze": _squeeze,
    "expand_dims": _expand_dims,
    "transpose": _transpose,
    "rev": _reversed,
    "slice": _slice,
    "concatenate": _concatenate,
    "reduce_sum": _reduce(np.sum),
    "reduce_prod": _reduce(np.prod),
    "reduce_max": _reduce(np.max),
    "reduce_min": _reduce(np.min),
    "reduce_and": _reduce(np.all),
    "reduce_or": _reduce(np.any),
}


def fold(equation: Any, operands: Sequence[Any]) -> list[Any]:
    """The results of an equation of a jaxpr whose operands are known."""
    name, params = equation.primitive.name, equation.params
    with np.errstate(all="ignore"):
        if name in ELEMENTWISE and all(isinstance(x, np.ndarray) for x in operands):
            return [elementwise(name, params, operands, equation.outvars[0].aval.shape)]
        if name in STRUCTURAL and all(isinstance(x, np.ndarray) for x in operands):
            return [np.asarray(STRUCTURAL[name](*operands, **params))]
    found = jax_internals.bind(equation.primitive, params, operands, [atom.aval for atom in equation.invars])
    return [as_known(array) for array in found]


def elementwise(name: str, params: Mapping[str, Any], operands: Sequence[Any], shape: tuple[int, ...]) -> Array:
    """An elementwise primitive; of one entry only where all entries are the same."""
    if shape and all(is_uniform(x) for x in operands):
        operands = [x[(0,) * x.ndim] for x in operands]
    return np.broadcast_to(np.asarray(ELEMENTWISE[name](*operands, **params)), shape)
