"""Values of kernels at infinite width: in tiles, with an estimate of the numerical error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type
from tp.graph.graph import Graph
from tp.graph.slot import Role, slot_of
from tp.interpret.cost.compilation import compilation
from tp.interpret.cost.memory import WORD, entries, live_entries
from tp.interpret.limit import Accuracy
from tp.ndarray import NDArray
from tp.primitives.gaussian_mean import GaussianMean
from tp.quantities.batches import Batch, count, evaluated, placed
from tp.quantities.tiles import by_rows, by_tiles
from tp.theory.kernel_limit import KernelAtInfinity, kernel_at_infinity

Floats = NDArray[np.float64]
Computed = Callable[[Mapping[str, Any]], Mapping[str, Any]]
DTYPE = "float64"
TILE = 1 << 23
"""Bytes of live values above which batches are cut into tiles: those of a tile stay in the cache of a processor."""
SAMPLED_TILE = 1 << 28
"""The same where means are averages over virtual neurons, of which a tile has its own: here memory is the limit."""
SAVED = 2.0e-9
"""Seconds that compiled code saves for each number that is computed, roughly."""
MEAN = 30
"""Numbers that a mean of functions counts for."""
CORNER, SAMPLED_CORNER = 5, 2
"""The inputs of each batch for which numerical errors are estimated: of formulas, and of averages over neurons."""
FINER = 2
"""The resolution that the usual one is compared with."""
SCRAMBLES = 2
"""Further sets of virtual neurons from whose means the error of averages over them is estimated."""


@dataclass(frozen=True, slots=True)
class KernelValues:
    """Kernels [left, right, ...] by pair of outputs, and for the NNGP means of outputs at both batches.

    ``error`` is an estimate of the numerical error by pair, from the first inputs.
    """

    values: Mapping[str, Floats]
    means: Mapping[str, tuple[Floats, Floats]]
    error: Mapping[str, float]


def kernel_values(
    program: Graph,
    kind: str,
    left: Batch,
    right: Batch | None = None,
    accuracy: Accuracy | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> KernelValues:
    """The kernel of ``kind`` "ntk" or "nngp" between two batches, or of one with itself.

    ``done`` is called before each tile with the number of tiles so far and of all. Nothing may stay random. Raises
    TpError as :func:`kernel_at_infinity`.
    """
    accuracy = accuracy or Accuracy()
    size = size_of_tile(program, kind, count(left), None if right is None else count(right))
    rows, columns = count(left), count(left if right is None else right)
    # A power of two, so that functions for other numbers of inputs are found again.
    times = 1 << (-(-rows // size[0]) * -(-columns // size[1]) - 1).bit_length()
    compute = _function(program, kind, size, accuracy, times)
    shapes = {name: tuple(a.at(1) for a in program.type(node)) for name, node in program.outputs.items()}

    def tile(one: Batch, other: Batch | None) -> Mapping[str, Any]:
        return compute(placed(one, one if other is None else other))

    values = by_tiles(tile, shapes, left, right, size, done)
    means = _means(program, left, right, accuracy) if kind == "nngp" else {}
    return KernelValues(values, means, _errors(program, kind, left, right, accuracy))


def kernel_in_jax(program: Graph, kind: str, left: Batch, right: Batch | None) -> dict[str, Any]:
    """Kernels by pair of outputs as a function of JAX, at once and in the precision of the inputs.

    Raises TpError as :func:`kernel_at_infinity`, and TP642 where something stays random.
    """
    right = left if right is None else right
    found = kernel_at_infinity(program, kind, count(left), count(right))
    if found.staying:
        first = found.staying[0]
        message = f"{first.label} stays random, so the kernel is no function of the inputs"
        raise error("TP642", message, first.span, hint="Model.kernel averages over it")
    pairs = [name for name in found.orders if slot_of(name) is None]
    graph = replace(found.graph, outputs={name: found.graph.outputs[name] for name in pairs})
    arrays = [*left.values(), *right.values()]
    return evaluated(graph, found.orders, 1, arrays[0].dtype if arrays else np.dtype(DTYPE))({}, placed(left, right))


def size_of_tile(program: Graph, kind: str, left: int, right: int | None) -> tuple[int, int]:
    """The samples of a tile on both sides. Where both batches are one, it is square."""
    rows, columns = left, left if right is None else right
    while max(rows, columns) > 1 and too_large(kernel_at_infinity(program, kind, rows, columns)):
        if right is None:
            rows = columns = (rows + 1) // 2
        elif rows > columns:
            rows = (rows + 1) // 2
        else:
            columns = (columns + 1) // 2
    return rows, columns


def bytes_of(found: KernelAtInfinity) -> int:
    """The bytes of the values that are live at once."""
    return WORD[DTYPE] * live_entries([(found.graph, list(found.graph.outputs.values()))], 1)


def too_large(found: KernelAtInfinity) -> bool:
    """Whether a tile of this size should be cut."""
    return bytes_of(found) > (SAMPLED_TILE if found.sampled else TILE)


@lru_cache(maxsize=32)
def _function(program: Graph, kind: str, size: tuple[int, int], accuracy: Accuracy, times: int = 1) -> Computed:
    """The function from the inputs of a tile to its kernels and means, for so many calls."""
    found = kernel_at_infinity(program, kind, *size, accuracy)
    graph = replace(found.graph, outputs={name: found.graph.outputs[name] for name in found.orders})
    return computed(graph, found.orders, times)


def computed(graph: Graph, orders: Mapping[str, Type], times: int = 1) -> Computed:
    """The function from inputs to the outputs of ``graph``.

    It is of NumPy, unless ``times`` calls take longer by more than the time to compile it.
    """
    roots = list(graph.outputs.values())
    numbers = 0
    for index in graph.needed(roots):
        node = graph[index]
        numbers += entries(node.type, 1) * (MEAN if isinstance(node.operation, GaussianMean) else 1)
    compiles = times * numbers * SAVED > compilation([(graph, roots)], {}, ())
    return _by_jax(graph, orders) if compiles else _by_numpy(graph, orders)


def _by_numpy(graph: Graph, orders: Mapping[str, Type]) -> Computed:
    compute = evaluated(graph, orders, 1, np.dtype(DTYPE))

    def run(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        with np.errstate(all="ignore"):
            return compute({}, inputs)

    return run


def _by_jax(graph: Graph, orders: Mapping[str, Type]) -> Computed:
    import jax

    from tp.interpret.arrays.backend import precision

    with precision(DTYPE) as kind:
        compute = evaluated(graph, orders, 1, kind)
        compiled = jax.jit(partial(compute, {}))

    def run(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        with precision(DTYPE):
            return jax.device_get(compiled(dict(inputs)))

    return run


def _means(program: Graph, left: Batch, right: Batch | None, accuracy: Accuracy) -> dict[str, tuple[Floats, Floats]]:
    """The means of the outputs at both batches."""
    every = count(left), count(left if right is None else right)
    size = size_of_tile(program, "nngp", max(every), 1)[0]
    found = kernel_at_infinity(program, "nngp", size, 1, accuracy)
    names = {str(slot.name): name for name in found.orders if (slot := slot_of(name)) and slot.role is Role.LEFT_BATCH}
    graph = replace(found.graph, outputs={name: found.graph.outputs[name] for name in names.values()}).pruned()
    compute = computed(graph, found.orders)
    both = [by_rows(lambda batch: compute(placed(batch, None)), side, size) for side in (left, right or left)]
    return {name: (both[0][mean], both[1][mean]) for name, mean in names.items()}


def _errors(program: Graph, kind: str, left: Batch, right: Batch | None, accuracy: Accuracy) -> dict[str, float]:
    """An estimate of the numerical error of each kernel, from the first inputs of both batches.

    Means over virtual neurons are compared with those over others, and integrals with finer ones.
    """
    right = left if right is None else right
    most = SAMPLED_CORNER if kernel_at_infinity(program, kind, 1, 1, accuracy).sampled else CORNER
    a, b = min(most, count(left)), min(most, count(right))
    while max(a, b) > 1 and too_large(kernel_at_infinity(program, kind, a, b, accuracy)):
        a, b = (a + 1) // 2, (b + 1) // 2
    found = kernel_at_infinity(program, kind, a, b, accuracy)
    pairs = [name for name in found.orders if not slot_of(name)]
    inputs = placed({k: v[:a] for k, v in left.items()}, {k: v[:b] for k, v in right.items()})
    others = [replace(accuracy, resolution=FINER)]
    if found.sampled:
        others = [replace(accuracy, seed=accuracy.seed + 1 + k) for k in range(SCRAMBLES)]
    usual = _function(program, kind, (a, b), accuracy)(inputs)
    more = [_function(program, kind, (a, b), other)(inputs) for other in others]
    return {name: max(float(np.abs(one[name] - usual[name]).max(initial=0.0)) for one in more) for name in pairs}
