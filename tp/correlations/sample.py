"""Correlations as numbers: one draw of the weights after another, by the dense interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tp.correlations.hessian import HessianStep, spectral_norm
from tp.correlations.programs import DIRECTIONS, POINT, gradient_at, gradient_of, jet_output, metric, weighing
from tp.graph.axes import Axis, Scale
from tp.graph.graph import Graph
from tp.interpret.memory import WORD, entries, peak_entries, weight_entries
from tp.primitives.shorthand import scaled
from tp.syntax.quantities import Quantity, parse
from tp.transform.algebra import SAMPLES, Subsets
from tp.transform.direction import squared_norm


class Scalars:
    """One graph with a scalar node for each quantity with D <= 1, at distinct inputs x_0..x_d."""

    def __init__(self, program: Graph, quantities: Sequence[Quantity]) -> None:
        self.program = program
        self.graph = program.empty_like()
        self.depth = max((q.contracted for q in quantities), default=0)
        samples = Axis(SAMPLES, max(self.depth, 1))
        along = gradient_at(program, self.graph, samples, DIRECTIONS)
        self.algebra = Subsets(self.graph, [(along, self.depth)])
        self.output = jet_output(program, self.algebra, POINT)
        self.nodes: dict[str, int | None] = {q.name: self._scalar(q) for q in quantities}
        """Signed C^{0,d}, and squared norms of C^{1,d}; None where a quantity vanishes identically."""

    def _scalar(self, quantity: Quantity) -> int | None:
        node = self.algebra.coefficient(self.output, quantity.contracted)
        if node is None:
            return None
        if quantity.free == 0:
            return scaled(self.graph, node, Scale(quantity.coefficient))
        squared = squared_norm(self.graph, gradient_of(self.program, self.graph, node), metric(self.program))
        return None if squared is None else scaled(self.graph, squared, Scale(quantity.coefficient**2))


def arrange(program: Graph, inputs: Mapping[str, np.ndarray], depth: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Inputs of the derived graph from ``inputs[name]`` of shape [slots, ...]: slot 0 is x_0, then x_1..x_d.

    Adds the fixed generic weights of output components.
    """
    slots = max(depth, 1)
    out: dict[str, np.ndarray] = {}

    def place(name: str, array: np.ndarray) -> None:
        out[name + POINT] = array[0]
        out[name + DIRECTIONS] = np.moveaxis(array[1 : slots + 1], 0, -1)

    for name, array in inputs.items():
        if len(array) < slots + 1:
            raise ValueError(f"{name} has {len(array)} samples, {slots + 1} are needed")
        place(name, np.asarray(array))
    generator = np.random.default_rng(seed)
    for name, node in program.outputs.items():
        shape = tuple(a.at(1) for a in program.type(node))
        if shape:
            weights = generator.standard_normal((slots + 1, *shape))
            place(weighing(name), weights / np.sqrt(np.prod(shape)))
    return out


def first(inputs: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """The inputs of a program with fewer directions: only x_1..x_depth (at least one)."""
    return {name: array[..., : max(depth, 1)] if name.endswith(DIRECTIONS) else array for name, array in inputs.items()}


def sample(
    program: Graph,
    quantities: Sequence[str],
    n: int,
    seeds: int,
    key: int,
    inputs: Mapping[str, np.ndarray],
    dtype: str = "float32",
) -> dict[str, np.ndarray]:
    """Absolute values of ``quantities`` (names) at width ``n``: float64 arrays, one entry a draw of the weights.

    ``inputs[name]`` has shape [slots, ...] with at least d + 1 slots, x_0 first. Draws number ``key``,
    ``key`` + 1, ... do not depend on how many are asked for at once.
    """
    return _sampler(program, tuple(quantities)).run(n, range(key, key + seeds), inputs, dtype)


@lru_cache(maxsize=4)
def _sampler(program: Graph, quantities: tuple[str, ...]) -> Sampler:
    """The sampler of a graph (by identity), kept because widths and blocks of seeds come one after another."""
    return Sampler(program, [parse(name) for name in quantities])


def memory(program: Graph, quantities: Sequence[str], n: int, dtype: str = "float32") -> int:
    """Bytes that :func:`sample` needs at width ``n``: weights, the draw of the largest, and live values."""
    sampler = _sampler(program, tuple(quantities))
    largest = max((entries((*p.outs, *p.ins), n) for p in program.parameters.values()), default=0)
    nodes = [node for node in sampler.scalars.nodes.values() if node is not None]
    live = [peak_entries(sampler.scalars.graph, nodes, n)]
    for step in sampler.steps.values():
        if step.squared is not None:
            live.append(peak_entries(step.graph, [step.squared, *step.state.values()], n))
    words = weight_entries(program, n) + largest + max(live)
    return words * WORD[dtype]


class Sampler:
    """The derived programs of a set of quantities, ready to be run at any width."""

    def __init__(self, program: Graph, wanted: Sequence[Quantity]) -> None:
        self.program = program
        self.wanted = wanted
        self.scalars = Scalars(program, [q for q in wanted if q.free < 2])
        self.steps = {q.name: HessianStep(program, q.contracted) for q in wanted if q.free == 2}
        self.depth = max((q.contracted for q in wanted), default=0)
        self._compiled: dict[tuple[int, str], Callable[..., dict[str, Any]]] = {}

    def run(self, n: int, keys: Sequence[int], inputs: Mapping[str, np.ndarray], dtype: str) -> dict[str, np.ndarray]:
        """See :func:`sample`; ``keys`` number the draws."""
        import jax
        import jax.numpy as jnp

        from tp.interpret.backend import precision

        with precision(dtype) as kind:
            data = {name: jnp.asarray(array, kind) for name, array in arrange(self.program, inputs, self.depth).items()}
            if (n, dtype) not in self._compiled:
                self._compiled[n, dtype] = jax.jit(self._draw(n, kind))
            one = self._compiled[n, dtype]
            rows = [jax.device_get(one(jnp.asarray(k, jnp.uint32), data)) for k in keys]
        return {
            q.name: np.abs(np.asarray([row[q.name] for row in rows], np.float64)) * self._factor(q) for q in self.wanted
        }

    def _factor(self, quantity: Quantity) -> float:
        return quantity.coefficient if quantity.free == 2 else 1.0

    def _draw(self, n: int, kind: Any) -> Callable[[Any, Mapping[str, Any]], dict[str, Any]]:
        """The JAX function from the number of a draw to the values of all quantities."""
        import jax
        import jax.numpy as jnp

        from tp.interpret.dense import draw, evaluator

        nodes = {name: node for name, node in self.scalars.nodes.items() if node is not None}
        evaluate = evaluator(self.scalars.graph, list(nodes.values()), n, kind)
        norms = {name: spectral_norm(step, n, kind) for name, step in self.steps.items() if not step.vanishes}
        roots = {q.name for q in self.wanted if q.free == 1}

        def one(number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
            key = jax.random.key(number)
            weights = draw(self.program.parameters, n, key, kind)
            out = {q.name: jnp.zeros((), kind) for q in self.wanted}
            for name, value in zip(nodes, evaluate(weights, first(data, self.scalars.depth)), strict=True):
                out[name] = jnp.sqrt(jnp.maximum(value, 0.0)) if name in roots else value
            for name, norm in norms.items():
                out[name] = norm(weights, first(data, self.steps[name].contracted), jax.random.fold_in(key, 2**31 - 1))[
                    0
                ]
            return out

        return one
