"""Which random bits each entry of a weight is a function of, found by changing bits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tp.imports.laws.drawing import Bits, Weight, fresh
from tp.ndarray import NDArray

Places = NDArray[np.int64]
CHECKS = 4
"""How often the finding is checked with random bits."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Entry i of the weight is a function of entry ``place[i]`` of source ``source[i]``, or constant where that is -1.

    Both are flat. No two entries have one place of one source.
    """

    source: Places
    place: Places


def provenance(weight: Weight, random: np.random.Generator) -> Provenance | None:
    """Where the entries of ``weight`` come from. None where some depend on several bits, or several on the same ones.

    One source after the other is changed in all places, then in those with a 1 in digit j of their number, for every j.
    An entry that depends on one place alone changes with the digits of that place. The result is then checked: random
    changes of all bits have to move entries as it says.
    """
    first = [fresh(random, one) for one in weight.sources]
    second = [~bits for bits in first]
    before = weight(first).reshape(-1)
    source, place = (np.full(before.size, -1, np.int64) for _ in range(2))
    for number, (own, other) in enumerate(zip(first, second, strict=True)):
        changed = _with(weight, first, number, other) != before
        if (changed & (source >= 0)).any():
            return None
        source[changed] = number
        found = np.zeros(before.size, np.int64)
        index = np.arange(own.size).reshape(own.shape)
        for digit in range(max(1, int(own.size - 1).bit_length())):
            mixed = np.where(index >> digit & 1, other, own)
            found |= (_with(weight, first, number, mixed) != before).astype(np.int64) << digit
        place[changed] = found[changed]
        if (found[changed] >= own.size).any() or len(np.unique(found[changed])) < changed.sum():
            return None
    result = Provenance(source, place)
    return result if all(_moves_so(weight, result, first, random) for _ in range(CHECKS)) else None


def _with(weight: Weight, bits: list[Bits], number: int, other: Bits) -> NDArray[np.float64]:
    return weight([*bits[:number], other, *bits[number + 1 :]]).reshape(-1)


def _moves_so(weight: Weight, found: Provenance, first: list[Bits], random: np.random.Generator) -> bool:
    other = [fresh(random, one) for one in weight.sources]
    masks = [random.random(bits.shape) < 0.5 for bits in first]
    mixed = weight([np.where(m, b, a) for m, a, b in zip(masks, first, other, strict=True)]).reshape(-1)
    moved = np.zeros(mixed.size, bool)
    for number, mask in enumerate(masks):
        own = found.source == number
        moved[own] = mask.reshape(-1)[found.place[own]]
    return bool((mixed == np.where(moved, weight(other).reshape(-1), weight(first).reshape(-1))).all())


def blocks(labels: NDArray[np.int64]) -> tuple[int, list[tuple[int, int, int]]] | None:
    """(axis, [(start, stop, label)]) where ``labels`` of entries depend on one axis alone, in runs; else None."""
    for axis in range(labels.ndim):
        rows = np.moveaxis(labels, axis, 0).reshape(labels.shape[axis], -1)
        if (rows == rows[:, :1]).all():
            line = rows[:, 0]
            edges = [0, *(np.flatnonzero(np.diff(line)) + 1).tolist(), len(line)]
            return axis, [(start, stop, int(line[start])) for start, stop in pairwise(edges)]
    return None
