"""Targets of training: signs or classes of generic data, the classes of the digits, or a user's array."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from tp.data.digits import digit_classes
from tp.data.files import read_arrays
from tp.data.inputs import Array, Inputs, distinct_rows, require_range, samples
from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type, show, wide

Whole = Int[npt.NDArray[np.integer], " samples"]
Goals = Float[Array, "samples ..."]
TARGETS = "targets"
_SEED = 20_240_301


def labelled(types: Mapping[str, Type], output: Type, count: int, data: str | None, dtype: str) -> tuple[Inputs, Goals]:
    """``count`` distinct samples with their targets [count, ...axes of the ``output``].

    Generic data have random signs, or random classes as unit vectors where the output has axes; the digits 0 and 1
    are -1 and 1, all ten are unit vectors; a file (.npz) has an array ``targets``. Raises TpError TP602 to TP608.
    """
    if wide(output):
        raise error("TP608", f"targets cannot have the wide axes of the output {show(output)}")
    shape = tuple(a.at(1) for a in output)
    found = samples(types, count, data)
    if data is None:
        goals = _generic(shape, count)
    elif data == "digits":
        goals, kept = _digits(shape)
        found = {name: array[kept] for name, array in found.items()}
    else:
        goals = _from_file(Path(data), shape, len(next(iter(found.values()))))
    rows = distinct_rows(found, count, data)
    chosen = {name: array[rows] for name, array in found.items()}
    require_range(chosen, dtype, data)
    return chosen, goals[rows]


def _generic(shape: tuple[int, ...], count: int) -> Goals:
    draw = np.random.default_rng(_SEED)
    if prod(shape) == 1:
        return draw.choice([-1.0, 1.0], size=(count, *shape))
    return _unit(draw.integers(prod(shape), size=count), shape)


def _digits(shape: tuple[int, ...]) -> tuple[Goals, Whole]:
    """(targets [images, ...], numbers of their images)."""
    classes = digit_classes()
    if prod(shape) == 1:
        kept = np.flatnonzero(classes < 2)
        return (2.0 * classes[kept] - 1.0).astype(np.float64).reshape(-1, *shape), kept
    if prod(shape) == 10:
        return _unit(classes, shape), np.arange(len(classes))
    raise error("TP608", f"the digits have two or ten classes, and the output has {prod(shape)} entries")


def _from_file(path: Path, shape: tuple[int, ...], count: int) -> Goals:
    arrays = read_arrays(path)
    if TARGETS not in arrays:
        raise error("TP608", f"{path} has no array called {TARGETS}", hint="save inputs and targets as .npz")
    array = arrays[TARGETS]
    if array.dtype.kind not in "biuf" or array.shape[:1] != (count,) or prod(array.shape[1:]) != prod(shape):
        message = f"targets of shape {list(array.shape)} do not fit {count} samples of an output {list(shape)}"
        raise error("TP608", message)
    if not np.isfinite(array).all():
        raise error("TP604", f"{path} has targets that are not finite")
    return array.astype(np.float64).reshape(count, *shape)


def _unit(classes: Whole, shape: tuple[int, ...]) -> Goals:
    return np.eye(prod(shape))[classes].reshape(-1, *shape)
