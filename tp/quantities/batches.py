"""Batches of inputs as kernels take them, and kernels as functions of arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tp.graph.axes import Type
from tp.graph.graph import Graph
from tp.graph.slot import LEFT_BATCH, RIGHT_BATCH
from tp.interpret.arrays.evaluate import stepper
from tp.primitives.arrays import aligned

Batch = Mapping[str, Any]
"""Inputs by name: arrays with samples along the first axis."""


def count(batch: Batch) -> int:
    """The number of samples; 1 for a program without inputs."""
    return len(next(iter(batch.values()), (0,)))


def placed(left: Batch, right: Batch | None) -> dict[str, Any]:
    """The inputs of a kernel's program, whose last axis counts samples."""
    found: dict[str, Any] = {}
    for place, side in ((LEFT_BATCH, left), (RIGHT_BATCH, right)):
        for name, array in (side or {}).items():
            found[place.of(name)] = array.transpose((*range(1, array.ndim), 0))
    return found


def evaluated(
    graph: Graph, orders: Mapping[str, Type], n: int, dtype: Any, draws: Type = (), fused: bool = False
) -> Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]:
    """A function from weights and inputs to the outputs of ``graph``.

    The axes of an output are those of ``draws``, then those that ``orders`` has for it.
    """
    roots = list(graph.outputs.values())
    run = stepper(graph, roots, n, dtype, forget=True, draws=draws, fused=fused)
    types = [graph.type(root) for root in roots]

    def values(weights: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        made, _ = run(weights, inputs)
        return {
            name: aligned(value, (*draws, *axes), (*draws, *orders[name]))
            for name, value, axes in zip(graph.outputs, made, types, strict=True)
        }

    return values
