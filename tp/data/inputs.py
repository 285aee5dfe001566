"""The inputs x_0..x_d of a measurement: generic normal data, handwritten digits, or a user's file."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from tp.data.digits import digit_images
from tp.data.files import TARGETS, read_arrays
from tp.data.one_hot import drawn, given, require_one_hot
from tp.data.source import DIGITS, Data, as_data
from tp.data.tables import SUFFIXES
from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type, show
from tp.ndarray import NDArray

Array = NDArray[np.float64]
Inputs = dict[str, Float[Array, "_ ..."]]
"""Arrays [samples, ...shape of the input] by name of the input."""

CORRELATION = 0.5
"""The correlation of two generic inputs. Nearly orthogonal inputs would change exponents for odd activations."""
_SEED = 20_240_229
NONE: Mapping[str, str] = {}
"""No input is one-hot."""


def inputs_for(
    types: Mapping[str, Type],
    slots: int,
    data: str | Data | None = None,
    *,
    equal_inputs: bool = False,
    dtype: str = "float64",
    one_hot: Mapping[str, str] = NONE,
) -> Inputs:
    """``slots`` distinct inputs for every input in ``types`` (the same one ``slots`` times if ``equal_inputs``).

    ``data`` is None for generic normal data, ``digits``, or a file with samples along the leading axis. ``one_hot`` has
    the axis along which inputs are one-hot, by their names. The result does not depend on the width. It is float64;
    ``dtype`` is the precision of the measurement. Raises TpError TP601 to TP606 and TP611 where the data cannot be
    read, do not fit, or overflow ``dtype``.
    """
    data = as_data(data)
    found = samples(types, slots, data, one_hot)
    rows = distinct_rows(found, 1 if equal_inputs else slots, data)
    if equal_inputs:
        rows = rows * slots
    chosen = {name: array[rows] for name, array in found.items()}
    require_range(chosen, dtype, data)
    return chosen


def samples(types: Mapping[str, Type], slots: int, data: Data | None, one_hot: Mapping[str, str] = NONE) -> Inputs:
    """All samples of ``data``, or as many generic ones as ``slots``."""
    if data is None:
        return _generic(types, slots, one_hot)
    if data.source == DIGITS:
        return {name: _digits(name, axes, one_hot) for name, axes in types.items()}
    return _from_file(data, types, one_hot)


def require_range(inputs: Inputs, dtype: str, data: Data | None) -> None:
    """Raises TpError TP604 for values that would become infinite in ``dtype``."""
    most = float(np.finfo(dtype).max)
    for name, array in inputs.items():
        largest = float(np.abs(array).max(initial=0.0))
        if largest > most:
            message = f"{data} has the value {largest:.3g} for {name}, which is too large for {dtype}"
            raise error("TP604", message, hint="use --dtype float64, or scale the data")


def _generic(types: Mapping[str, Type], slots: int, one_hot: Mapping[str, str]) -> Inputs:
    """Standard normal entries, correlated between slots by a common component; or one-hot rows."""
    draw = np.random.default_rng(_SEED)
    found: Inputs = {}
    for name, axes in types.items():
        shape = _shape(axes)
        if name in one_hot:
            found[name] = drawn(axes, one_hot[name], slots, draw)
            continue
        common = draw.normal(size=shape)
        own = np.stack([draw.normal(size=shape) for _ in range(slots)])
        found[name] = CORRELATION**0.5 * common + (1 - CORRELATION) ** 0.5 * own
    return found


def _digits(name: str, axes: Type, one_hot: Mapping[str, str]) -> Float[Array, "images ..."]:
    """The images of digits in the shape of the input. Raises TpError TP606 for another shape, or for one-hot rows."""
    if name in one_hot:
        raise error("TP606", f"the digits are not one-hot along {one_hot[name]}, as {name} is", hint="use --data FILE")
    if tuple(s for s in _shape(axes) if s != 1) not in ((64,), (8, 8)):
        hint = "digits fit inputs of 64 features, of 8 x 8 pixels or of 8 tokens of 8 features"
        if len(axes) == 1:
            hint += f"; try --set {axes[0].name}=64"
        raise error("TP606", f"the digits do not fit the input {name} : {show(axes)}", hint=hint)
    return digit_images().reshape(-1, *_shape(axes))


def _from_file(data: Data, types: Mapping[str, Type], one_hot: Mapping[str, str]) -> Inputs:
    arrays = read_arrays(data)
    if TARGETS not in types:
        arrays.pop(TARGETS, None)
    if len(types) == 1 and len(arrays) == 1:
        arrays = dict(zip(types, arrays.values(), strict=True))
    missing = [name for name in types if name not in arrays]
    if missing:
        held = ", ".join(sorted(arrays)) or "none"
        hint = f"arrays in the file: {held}; inputs of the program: {', '.join(types)}"
        if data.target is None and len(types) == 1 and len(arrays) == 2:
            hint += "; --target NAME says which array holds targets"
        hint += f"; inputs go by their names: np.savez(file, {', '.join(f'{name}=...' for name in types)})"
        raise error("TP602", f"{data} has no array for the input {missing[0]}", hint=hint)
    return {name: fitted(data.path, name, axes, arrays[name], one_hot.get(name)) for name, axes in types.items()}


def fitted(
    path: Path, name: str, axes: Type, array: Shaped[NDArray[Any], " ..."], along: str | None = None
) -> Float[Array, "samples ..."]:
    """``array`` [samples, ...] with every sample in the shape of the input; flat rows are accepted.

    An input that is one-hot ``along`` an axis may be given as indices, without that axis.
    """
    indices = None if along is None else given(path, name, axes, along, array)
    if indices is not None:
        return indices
    if array.dtype.kind not in "biuf":
        hint = "give real and imaginary parts as two numbers" if array.dtype.kind == "c" else "save array.astype(float)"
        raise error("TP601", f"{path} holds {array.dtype} values for {name}, not real numbers", hint=hint)
    if array.ndim and not len(array):
        raise error("TP603", f"{path} has no samples for {name}", hint="the leading axis counts samples")
    shape, have = _shape(axes), array.shape[1:]
    same = tuple(s for s in have if s != 1) == tuple(s for s in shape if s != 1)
    # One side may be flat: rows of 64 numbers for 8 x 8 pixels, or pictures for an input of 64 features.
    flat = prod(have) == prod(shape) and min(_dimensions(have), _dimensions(shape)) <= 1
    if array.ndim == 0 or not (same or flat):
        hint = _to_fit(have, shape, axes) if array.ndim else "the leading axis counts samples"
        if array.shape == shape:
            hint = "the leading axis counts samples: save array[None] for a single one"
        elif array.shape[::-1][1:] == shape:
            hint = f"save array.T, or {hint}"
        if path.suffix.lower() in SUFFIXES and len(have) == 1 and have[0] == prod(shape) + 1:
            hint += "; --target NAME says which column holds targets"
        raise error("TP602", f"samples of shape {list(have)} do not fit the input {name} : {show(axes)}", hint=hint)
    values = as_float64(array).reshape(-1, *shape)
    wrong = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    if wrong.size:
        raise error(
            "TP604", f"{path} has values that are not finite, first in sample {int(wrong[0])} of {name}", hint=_FINITE
        )
    if along is not None:
        require_one_hot(path, name, axes, along, values)
    return values


def as_float64(array: Shaped[NDArray[Any], " ..."]) -> Float[Array, " ..."]:
    """``array`` in double precision; what does not fit becomes infinite without a warning, and is refused as such."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return array.astype(np.float64)


def _dimensions(shape: Sequence[int]) -> int:
    """The number of axes of more than one entry."""
    return sum(size != 1 for size in shape)


def _to_fit(have: Sequence[int], shape: Sequence[int], axes: Type) -> str:
    """What to change where samples of shape ``have`` do not fit an input of ``axes``."""
    leading = "the leading axis counts samples"
    if len(have) == len(shape) and sorted(have) == sorted(shape):
        return f"the axes are in another order: transpose the samples to {list(shape)}"
    if len(have) == len(shape):
        changes = [f"--set {a.name}={h}" for a, h in zip(axes, have, strict=True) if a.size != h]
        return f"try {' '.join(changes)}; {leading}"
    if len(axes) == 1:
        return f"try --set {axes[0].name}={prod(have)}; {leading}"
    return leading


def distinct_rows(found: Inputs, count: int, data: Data | None) -> list[int]:
    """The first ``count`` distinct samples that are not all zero. Raises TpError TP603, TP605 for too few."""
    samples = min((len(a) for a in found.values()), default=count)
    kept: list[int] = []
    seen: set[bytes] = set()
    for row in range(samples):
        content = b"".join(a[row].tobytes() for a in found.values())
        if found and (content in seen or not any(a[row].any() for a in found.values())):
            continue
        seen.add(content)
        kept.append(row)
        if len(kept) == count:
            return kept
    if data is None:
        message = f"one-hot inputs have only {len(kept)} different values, and {count} are needed"
        raise error("TP605", message, hint="give the axis more entries, or repeat one sample with --equal-inputs")
    if samples < count:
        raise error("TP603", f"{data} has {samples} samples, and {count} are needed", hint=_FEWER)
    raise error(
        "TP605", f"{data} has only {len(kept)} distinct samples that are not zero, and {count} are needed", hint=_FEWER
    )


_FINITE = "leave these samples out, or put numbers in their place; samples count from 0"
_FEWER = "add samples, ask for fewer correlations with --quantities, or repeat one sample with --equal-inputs"


def _shape(axes: Type) -> tuple[int, ...]:
    """The sizes of ``axes``. Raises TpError TP602 for a wide axis."""
    if any(a.wide for a in axes):
        raise error("TP602", f"an input with a wide axis cannot be filled: {show(axes)}")
    return tuple(a.at(1) for a in axes)
