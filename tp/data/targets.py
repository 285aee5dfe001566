"""Targets of training: signs or classes of generic data, the classes of the digits, or a user's array."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from tp.data.digits import digit_classes
from tp.data.files import TARGETS, read_arrays
from tp.data.inputs import NONE, Array, Inputs, as_float64, distinct_rows, require_range, samples
from tp.data.source import DIGITS, Data, as_data
from tp.data.tables import SUFFIXES
from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type, show, wide
from tp.ndarray import NDArray

Whole = Int[NDArray[np.integer], " samples"]
Goals = Float[Array, "samples ..."]
_SEED = 20_240_301


def labelled(
    types: Mapping[str, Type],
    output: Type,
    count: int,
    data: str | Data | None,
    dtype: str,
    cost: str = "squared",
    one_hot: Mapping[str, str] = NONE,
) -> tuple[Inputs, Goals]:
    """``count`` distinct samples with their targets [count, ...axes of the ``output``].

    Generic data have random signs, or random classes as unit vectors where the output has axes; the digits 0 and 1
    are -1 and 1, all ten are unit vectors; a file has an array or a column of targets, see :func:`goals_of`. Raises
    TpError TP602 to TP608, TP611.
    """
    if wide(output):
        raise error("TP608", f"targets cannot have the wide axes of the output {show(output)}")
    data = as_data(data)
    shape = tuple(a.at(1) for a in output)
    found = samples(types, count, data, one_hot)
    if data is None:
        goals = _generic(shape, count)
    elif data.source == DIGITS:
        goals, kept = _digits(shape)
        found = {name: array[kept] for name, array in found.items()}
    else:
        goals, _ = goals_of(data, output, len(next(iter(found.values()))), cost)
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


def goals_of(data: Data, output: Type, count: int, cost: str) -> tuple[Goals, str]:
    """The targets in a file [count, ...axes of the ``output``], and what they were taken for, in words.

    Words, and whole numbers where the output has several entries, are classes: unit vectors, or -1 and 1 for an output
    with one entry. For the logistic ``cost`` the numbers 0 and 1 are -1 and 1. Raises TpError TP604, TP608.
    """
    shape = tuple(a.at(1) for a in output)
    array = _array(data, count)
    if array.dtype.kind in "US":
        words, classes = np.unique(array, return_inverse=True)
        return _classes([str(word) for word in words], classes.reshape(-1), output)
    values = as_float64(array)
    if not np.isfinite(values).all():
        raise error("TP604", f"{data} has targets that are not finite", hint="leave these samples out")
    if prod(values.shape[1:]) == prod(shape):
        if cost == "logistic" and set(np.unique(values)) == {0.0, 1.0}:
            return 2.0 * values.reshape(count, *shape) - 1.0, "0 and 1 read as -1 and 1"
        return values.reshape(count, *shape), _named(values, prod(shape))
    if prod(values.shape[1:]) == 1 and (values == np.round(values)).all():
        first, last = int(values.min()), int(values.max())
        start = 1 if first == 1 and last == prod(shape) else 0
        if start <= first and last < prod(shape) + start:
            named = f"classes {start} to {prod(shape) + start - 1} as unit vectors"
            return _unit(values.reshape(-1).astype(np.int64) - start, shape), named
        message = f"the classes {first} to {last} do not fit an output of {prod(shape)} entries"
        raise error("TP608", message, hint=_resized(output, last - min(first, 1) + 1))
    message = f"targets of shape {list(values.shape[1:])} do not fit an output of shape {list(shape)}"
    raise error("TP608", message, hint="one number or one class a sample, or as many numbers as the output has entries")


def _named(values: Goals, entries: int) -> str:
    """What targets are that are taken as they stand."""
    if entries > 1:
        return f"vectors of {entries} numbers"
    kinds = np.unique(values)
    if 2 < len(kinds) <= 100 and (kinds == np.arange(len(kinds)) + kinds[0]).all():
        low, high = int(kinds[0]), int(kinds[-1])
        return f"the numbers {low} to {high} (as classes they need an output with {len(kinds)} entries)"
    return f"numbers from {kinds[0]:.3g} to {kinds[-1]:.3g}"


def _array(data: Data, count: int) -> NDArray[Any]:
    """The targets as they stand in the file, one for each of ``count`` samples. Raises TpError TP608."""
    arrays = read_arrays(data)
    if TARGETS not in arrays:
        if data.path.suffix.lower() in SUFFIXES:
            hint = "say which column: --target NAME, or its number from 1, or last"
        else:
            held = ", ".join(sorted(arrays)) or "none"
            hint = f"save inputs and targets in one .npz, or say --target NAME; arrays in the file: {held}"
        raise error("TP608", f"{data} has no {TARGETS}", hint=hint)
    array = arrays[TARGETS]
    if array.dtype.kind not in "biufUS":
        raise error("TP608", f"{data} has targets of the type {array.dtype}: neither numbers nor words")
    if array.shape[:1] != (count,):
        have = array.shape[0] if array.ndim else 1
        raise error("TP608", f"{data} has {have} targets for {count} samples", hint="one row a sample")
    return array


def _classes(words: list[str], classes: Whole, output: Type) -> tuple[Goals, str]:
    """Targets for the ``classes`` called ``words``."""
    shape = tuple(a.at(1) for a in output)
    shown = ", ".join(words if len(words) <= 6 else [*words[:5], "..."])
    if prod(shape) == 1 and len(words) == 2:
        goals = (2.0 * classes - 1.0).astype(np.float64).reshape(-1, *shape)
        return goals, f"{words[0]} as -1 and {words[1]} as 1"
    if prod(shape) == len(words):
        return _unit(classes, shape), f"{len(words)} classes as unit vectors: {shown}"
    message = f"{len(words)} classes ({shown}) do not fit an output of {prod(shape)} entries"
    raise error("TP608", message, hint=_resized(output, len(words)))


def _resized(output: Type, count: int) -> str:
    """How an output gets ``count`` entries."""
    if len(output) == 1:
        return f"try --set {output[0].name}={count}"
    return f"an output for {count} classes has {count} entries: param v : [c={count} | n] ..., output f = v @ h"


def _unit(classes: Whole, shape: tuple[int, ...]) -> Goals:
    return np.eye(prod(shape))[classes].reshape(-1, *shape)
