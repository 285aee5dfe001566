"""Batches of inputs for kernels: arrays that are given, all samples of a file, or generic ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tp.data.inputs import NONE, Inputs, fitted, require_range, samples
from tp.data.source import DIGITS, Data, as_data
from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type

GENERIC = 4
"""The number of generic inputs, if nothing is said."""
DIGIT_IMAGES = 10
"""The number of digits, likewise."""


def batch(
    types: Mapping[str, Type],
    given: Any,
    most: int | None = None,
    called: str = "x1",
    dtype: str = "float64",
    one_hot: Mapping[str, str] = NONE,
) -> Inputs:
    """The inputs [samples, ...] by name that ``given`` stands for, the first ``most`` of them.

    ``given`` is an array for the only input, a mapping from names of inputs to arrays, ``"digits"``, a file, or None
    for generic inputs. Unlike those of a measurement, inputs may be equal or zero. ``called`` is what messages call
    arrays, and ``one_hot`` has the axis along which inputs are one-hot. Raises TpError TP601 to TP606 and TP611.
    """
    data = as_data(given) if isinstance(given, str | Data) else None
    if given is None or data is not None:
        usual = None if data is not None and data.source != DIGITS else DIGIT_IMAGES if data is not None else GENERIC
        found = samples(types, most or GENERIC, data, one_hot)
        most = usual if most is None else most
    else:
        found = _given(types, given, called, one_hot)
    counts = {name: len(array) for name, array in found.items()}
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{count} of {name}" for name, count in counts.items())
        raise error("TP602", f"inputs have different numbers of samples: {said}")
    if most is not None and counts and most > min(counts.values()):
        raise error("TP603", f"{given if data is not None else called} has {min(counts.values())} samples, not {most}")
    kept = {name: array[:most] for name, array in found.items()}
    require_range(kept, dtype, data or Data(called))
    return kept


def _given(types: Mapping[str, Type], given: Any, called: str, one_hot: Mapping[str, str]) -> Inputs:
    if not isinstance(given, Mapping):
        if len(types) != 1:
            message = f"the program has the inputs {', '.join(types) or 'none'}: {called} must name them"
            raise error("TP602", message, hint=f"{{{', '.join(f'{name!r}: array' for name in types)}}}")
        given = {next(iter(types)): given}
    arrays: Mapping[str, Any] = given
    missing = [name for name in types if name not in arrays]
    if missing:
        raise error("TP602", f"{called} has no array for the input {missing[0]}")
    return {
        name: fitted(Path(called), name, axes, np.asarray(arrays[name]), one_hot.get(name))
        for name, axes in types.items()
    }
