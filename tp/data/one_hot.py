"""One-hot inputs: generic ones, and those that a user gives as indices or as rows."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type, show, without
from tp.ndarray import NDArray

_ROUNDING = 1e-6
_TRIES = 100
_COUNT = "indices count from 0"


def drawn(axes: Type, along: str, slots: int, draw: np.random.Generator) -> Float[NDArray[np.float64], "slots ..."]:
    """``slots`` samples of ``axes`` whose rows along the axis ``along`` are one-hot.

    Without other axes they differ as far as there are entries. Otherwise all have a sequence in common, of which each
    keeps a half, and all keep the same one place at least: so kernels between them do not vanish. Within a sample no
    entry is chosen twice if there are enough, since equal rows are not generic.
    """
    size = next(axis.at(1) for axis in axes if axis.name == along)
    places = prod(axis.at(1) for axis in without(axes, (along,)))
    if places == 1:
        return _filled(axes, along, np.resize(draw.permutation(size), (slots, 1)))
    common = _chosen(draw, np.arange(size), places)
    kept = int(draw.integers(places))
    found: list[Any] = []
    for _ in range(slots):
        tries = (_varied(draw, common, kept, size) for _ in range(_TRIES))
        own = next((one for one in tries if not any(np.array_equal(one, other) for other in found)), common)
        found.append(own)
    return _filled(axes, along, np.stack(found))


def given(
    path: Path, name: str, axes: Type, along: str, array: Shaped[NDArray[Any], " ..."]
) -> Float[NDArray[np.float64], "samples ..."] | None:
    """``array`` [samples, ...] of indices, one for each place, as one-hot rows; None where it has another shape.

    Indices count from 0. Raises TpError TP611 for those that are not whole or out of range.
    """
    size = next(axis.at(1) for axis in axes if axis.name == along)
    places = without(axes, (along,))
    if array.ndim == 0 or array.dtype.kind not in "biuf" or not len(array):
        return None
    have, want = _shape(array.shape[1:]), _shape([axis.at(1) for axis in places])
    if have != want and not (len(have) <= 1 and prod(have) == prod(want)):
        return None
    rows = array.reshape(len(array), -1)
    wrong = np.argwhere(~((rows >= 0) & (rows < size) & (rows == np.floor(rows))))
    if len(wrong):
        sample, place = wrong[0]
        message = f"{path} has the index {rows[sample, place]} in sample {sample} of {name}"
        raise error("TP611", message, hint=f"{along} has {size} entries: indices are whole, from 0 to {size - 1}")
    return _filled(axes, along, rows.astype(np.int64))


def require_one_hot(path: Path, name: str, axes: Type, along: str, array: Float[NDArray[np.float64], "_ ..."]) -> None:
    """Raises TpError TP611 unless the rows of ``array`` along the axis ``along`` are one-hot, up to rounding."""
    place = 1 + [axis.name for axis in axes].index(along)
    rows = np.moveaxis(array, place, -1)
    nearest = np.eye(rows.shape[-1])[rows.argmax(axis=-1)]
    wrong = np.argwhere(np.abs(rows - nearest).max(axis=-1) > _ROUNDING)
    if len(wrong):
        message = f"{path} has a row along {along} in sample {wrong[0][0]} of {name} that is not one-hot"
        hint = f"one entry is 1 and the others are 0; or give the places as indices, without {along}: {_COUNT}"
        raise error("TP611", f"{message}: {name} : {show(axes)} ~ one_hot({along})", hint=hint)


def _varied(draw: np.random.Generator, common: Any, kept: int, size: int) -> Any:
    """``common`` with other entries at half of its places, but not at ``kept``."""
    own, places = common.copy(), len(common)
    changed = draw.permutation(np.delete(np.arange(places), kept))[: (places + 1) // 2]
    left = np.setdiff1d(np.arange(size), np.delete(common, changed))
    own[changed] = _chosen(draw, left if len(left) >= len(changed) else np.arange(size), len(changed))
    return own


def _chosen(draw: np.random.Generator, among: Any, count: int) -> Any:
    """``count`` of the numbers ``among``, each as seldom as possible."""
    rounds = -(-count // len(among))
    return np.concatenate([draw.permutation(among) for _ in range(rounds)])[:count]


def _filled(axes: Type, along: str, indices: Any) -> Float[NDArray[np.float64], "_ ..."]:
    """One-hot rows for ``indices`` [samples, places], with their axes in the order of ``axes``."""
    size = next(axis.at(1) for axis in axes if axis.name == along)
    shape = [axis.at(1) for axis in without(axes, (along,))]
    rows = np.eye(size)[indices].reshape(len(indices), *shape, size)
    return np.moveaxis(rows, -1, 1 + [axis.name for axis in axes].index(along))


def _shape(sizes: Any) -> tuple[int, ...]:
    return tuple(size for size in sizes if size != 1)
