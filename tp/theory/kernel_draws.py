"""Kernels at infinite width that depend on numbers which stay random: draws of these, and the kernel given each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type, names
from tp.graph.graph import Graph
from tp.interpret.limit.atoms import distinct, with_names
from tp.ndarray import NDArray
from tp.quantities.batches import Batch, count, placed
from tp.theory.kernel_limit import KernelAtInfinity, kernel_at_infinity
from tp.theory.kernel_values import SAMPLED_TILE, Computed, bytes_of, computed

Floats = NDArray[np.float64]
NEGATIVE = 0.01
"""The most that negative eigenvalues of a covariance add up to, as a part of the positive ones."""
MOST = 4096
"""The most random numbers that are drawn jointly."""


def kernels_drawn(
    program: Graph, kind: str, left: Batch, right: Batch | None, draws: int, seed: int = 0
) -> dict[str, Floats]:
    """Kernels [draws, left, right, ...] by pair of outputs, and for the NNGP means of outputs, each given one draw.

    Raises TpError TP642 where the law of what stays random is not known, TP644 where it is too much for one draw.
    """
    right = left if right is None else right
    found = kernel_at_infinity(program, kind, count(left), count(right))
    first = found.staying[0]
    numbers = sum(prod(a.at(1) for a in s.axes) for s in found.staying)
    if numbers > MOST or bytes_of(found) > SAMPLED_TILE:
        message = f"{first.label} stays random: the kernel needs {numbers} numbers that are drawn jointly"
        raise error("TP644", message, first.span, hint="use fewer inputs: --samples")
    inputs = placed(left, right)
    levels = [_Level.of(found, level) for level in range(len(found.levels))]
    compute = computed(
        replace(found.graph, outputs={n: found.graph.outputs[n] for n in found.orders}), found.orders, draws
    )
    generator = np.random.default_rng(seed)
    normal = generator.standard_normal((draws, numbers))
    made: list[Mapping[str, Any]] = []
    for row in normal:
        given, start = inputs, 0
        for level in levels:
            given = {**given, **level.values(given, row[start : start + level.numbers])}
            start += level.numbers
        made.append(compute(given))
    return {name: np.stack([np.asarray(one[name], np.float64) for one in made]) for name in found.orders}


@dataclass
class _Level:
    """Numbers that are normal given those of the levels before."""

    found: KernelAtInfinity
    members: tuple[int, ...]
    before: frozenset[int]
    orders: Mapping[str, Type]
    compute: Computed
    root: Floats | None = None

    @staticmethod
    def of(found: KernelAtInfinity, level: int) -> _Level:
        members = found.levels[level]
        before = frozenset(i for group in found.levels[:level] for i in group)
        orders: dict[str, Type] = {}
        for (i, j), name in found.laws.items():
            if (i in members and j in before | set(members)) or (j in members and i in before):
                one, other = found.staying[i].axes, found.staying[j].axes
                orders[name] = (*one, *with_names(other, distinct(other, frozenset(names(one)))))
        graph = replace(found.graph, outputs={name: found.graph.outputs[name] for name in orders})
        return _Level(found, members, before, orders, computed(graph, orders))

    @property
    def sizes(self) -> dict[int, int]:
        return {i: prod(a.at(1) for a in self.found.staying[i].axes) for i in self.members}

    @property
    def numbers(self) -> int:
        return sum(self.sizes.values())

    def values(self, given: Mapping[str, Any], normal: Floats) -> dict[str, Floats]:
        """The numbers by the names of their inputs, for independent standard ``normal`` numbers."""
        if self.root is None or self.before:
            self.root = self._root(given)
        made, out, start = self.root @ normal, dict[str, Floats](), 0
        for i, size in self.sizes.items():
            staying = self.found.staying[i]
            out[staying.name] = made[start : start + size].reshape([a.at(1) for a in staying.axes])
            start += size
        return out

    def _root(self, given: Mapping[str, Any]) -> Floats:
        """R with R R' the covariance of all numbers of this level. Raises TpError TP642 for one with an earlier one."""
        blocks = {name: np.asarray(block) for name, block in self.compute(given).items()}
        starts = dict(zip(self.members, np.cumsum([0, *self.sizes.values()]).tolist(), strict=False))
        whole = np.zeros((self.numbers, self.numbers))
        for (i, j), name in self.found.laws.items():
            if name not in blocks:
                continue
            if not (i in starts and j in starts):
                if blocks[name].any():
                    staying = self.found.staying[max(i, j)]
                    message = f"{staying.label} stays random, and is correlated with a number on which its law depends"
                    raise error("TP642", message, staying.span, hint="draw the kernel at a width: --width")
                continue
            block = np.broadcast_to(blocks[name], [a.at(1) for a in self.orders[name]])
            block = block.reshape(self.sizes[i], self.sizes[j])
            whole[starts[i] : starts[i] + self.sizes[i], starts[j] : starts[j] + self.sizes[j]] = block
            whole[starts[j] : starts[j] + self.sizes[j], starts[i] : starts[i] + self.sizes[i]] = block.T
        root = square_root(whole)
        if root is None:
            staying = self.found.staying[self.members[0]]
            message = f"{staying.label} stays random, and its covariance is not known well enough to draw it"
            raise error("TP644", message, staying.span, hint="use fewer inputs or smaller axes, or draw it: --width")
        return root


def square_root(covariance: Floats) -> Floats | None:
    """R with R R' = ``covariance``; None where negative eigenvalues are more than a small part of it.

    Averages over virtual neurons have errors, and to drop negative eigenvalues would add to the variances.
    """
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    if -values[values < 0].sum() > NEGATIVE * values[values > 0].sum():
        return None
    return vectors * np.sqrt(np.maximum(values, 0.0))
