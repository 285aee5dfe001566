"""Kernels of a program at a finite width, by matrix-free draws: what limits are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tp.graph.axes import ONE, Scale
from tp.graph.graph import Graph
from tp.graph.slot import LEFT_BATCH, RIGHT_BATCH
from tp.interpret.arrays.evaluate import stepper
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.cost.kinds import can_be_matrix_free
from tp.matrix_free.streams import Seed
from tp.ndarray import NDArray
from tp.primitives.input import Input
from tp.quantities.kernels import tangent
from tp.transform.factored import factored

Array = NDArray[np.float64]


class Measured(NamedTuple):
    """The mean over draws, its standard error, and the standard deviation of one draw."""

    mean: Array
    error: Array
    deviation: Array


def inputs_of(program: Graph, count: int = 2, seed: int = 0) -> dict[str, Array]:
    """``count`` generic correlated inputs [count, ...axes] of mean square one, by name."""
    generator = np.random.default_rng(seed)
    found: dict[str, Array] = {}
    for index in program:
        operation = program[index].operation
        if isinstance(operation, Input):
            shape = tuple(a.at(1) for a in operation.axes)
            array = 0.5 + generator.standard_normal(shape) + generator.standard_normal((count, *shape))
            size = np.sqrt((array**2).mean(axis=tuple(range(1, array.ndim)), keepdims=True))
            found[operation.name] = array / size
    return found


def batches(inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Inputs [count, ...] as those of a kernel's program on both sides, whose last axis counts them."""
    last = {name: np.moveaxis(array, 0, -1) for name, array in inputs.items()}
    return {place.of(name): array for place in (LEFT_BATCH, RIGHT_BATCH) for name, array in last.items()}


def tangent_program(program: Graph, left: int = 2, right: int = 2) -> Graph:
    """The tangent kernel between two batches, with applied weights in factors."""
    return tangent(factored(program), left, right)


def nngp_program(program: Graph, readout: str, left: int = 2, right: int = 2) -> Graph:
    """The covariance of the output given all weights but ``readout``, in which it is linear and homogeneous.

    That is the part of the tangent kernel of this weight, with the variance of its entries as its rate.
    """
    still = {
        name: replace(p, rate=p.law.scale * p.law.scale if name == readout else Scale(0.0))
        for name, p in program.parameters.items()
    }
    return tangent_program(replace(program, parameters=still, learning_rate=ONE), left, right)


def draws_of(graph: Graph, inputs: Mapping[str, Array], n: int, draws: int, seed: int = 0) -> dict[str, Array]:
    """The outputs of ``graph`` [draws, ...] at width ``n``; wide weights are matrix-free where their law allows it."""
    roots = list(graph.outputs.values())
    absent = [name for name, p in graph.parameters.items() if p.is_operator and can_be_matrix_free(p)]
    run = stepper(graph, roots, n, np.dtype("float64"), forget=True)
    found = [
        run(draw(graph.parameters, n, Seed((seed, k)), np.dtype("float64"), absent), inputs)[0] for k in range(draws)
    ]
    return {name: np.stack([values[i] for values in found]) for i, name in enumerate(graph.outputs)}


def measured(values: Array) -> Measured:
    """The mean of ``values`` over their first axis."""
    deviation = values.std(axis=0, ddof=1)
    return Measured(values.mean(axis=0), deviation / np.sqrt(len(values)), deviation)
