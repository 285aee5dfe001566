"""Arrays for the inputs of derived programs: x_0, x_1, ..., x_d, and the weights of output components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tp.graph.graph import Graph
from tp.graph.slot import DIRECTIONS, POINT, Role, Slot, slot_of


def arrange(program: Graph, inputs: Mapping[str, np.ndarray], depth: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Inputs of the derived graph from ``inputs[name]`` [samples, ...], whose samples are x_0, x_1, ..., x_depth, ...

    Adds fixed generic weights of output components, from ``seed``. Raises ValueError for too few samples.
    """
    slots = max(depth, 1)
    out: dict[str, np.ndarray] = {}

    def place(name: str, array: np.ndarray) -> None:
        out[POINT.of(name)] = array[0]
        out[DIRECTIONS.of(name)] = np.moveaxis(array[1 : slots + 1], 0, -1)

    for name, array in inputs.items():
        if len(array) < slots + 1:
            raise ValueError(f"{name} has {len(array)} samples, {slots + 1} are needed")
        place(name, np.asarray(array))
    generator = np.random.default_rng(seed)
    for name, node in program.outputs.items():
        shape = tuple(a.at(1) for a in program.type(node))
        if shape:
            weights = generator.standard_normal((slots + 1, *shape))
            place(Slot(Role.OUTPUT, name), weights / np.sqrt(np.prod(shape)))
    return out


def first(inputs: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """The same inputs with the directions x_1, ..., x_depth only, at least x_1."""
    found = dict(inputs)
    for name, array in inputs.items():
        slot = slot_of(name)
        if slot is not None and slot.role is Role.DIRECTIONS:
            found[name] = array[..., : max(depth, 1)]
    return found
