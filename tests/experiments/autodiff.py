"""The correlations by their definition: nested automatic differentiation in the flattened weights.

Nothing of tp/transform is used, only the dense evaluator for F itself, so agreement to rounding error checks
gradients in factors, jets, metrics, coefficients and output weights at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from tp.graph.graph import Graph
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.cost.path import Path
from tp.matrix_free.streams import Seed
from tp.quantities.definitions import parse


def inputs_of(program: Graph, shapes: Mapping[str, Any], slots: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Generic inputs of shape [slots, ...] for every input of a program."""
    generator = np.random.default_rng(seed)
    return {name: generator.standard_normal((slots, *(a.at(1) for a in axes))) for name, axes in shapes.items()}


def reference(
    program: Graph, quantities: Sequence[str], n: int, key: int, inputs: Mapping[str, np.ndarray], path: Path
) -> dict[str, float]:
    """Absolute values (D = 0) and subordinate norms (D = 1, 2) for the draw number ``key`` of ``path``."""
    wanted = [parse(name) for name in quantities]
    depth = max(1, *(q.contracted for q in wanted))
    with precision("float64") as kind:
        stream = Seed((key,)) if path is Path.NUMPY else jax.random.key(jnp.asarray(key, jnp.uint32))
        weights = {name: jnp.asarray(w, kind) for name, w in draw(program.parameters, n, stream, kind).items()}
        flat, unflatten = ravel_pytree(weights)
        evaluate = evaluator(program, list(program.outputs.values()), n, kind)
        directions = _output_directions(program, depth)
        rates = {
            name: jnp.full(w.shape, (program.learning_rate * program.parameters[name].rate).at(n), kind)
            for name, w in weights.items()
        }
        rate, _ = ravel_pytree(rates)

        def hypothesis(theta: Any, slot: int) -> Any:
            values = evaluate(unflatten(theta), {k: jnp.asarray(v[slot], kind) for k, v in inputs.items()})
            parts = zip(values, program.outputs, strict=True)
            return sum((value * directions[name][slot]).sum() for value, name in parts)

        def along(function: Any, slot: int) -> Any:
            moved = jax.lax.stop_gradient(rate * jax.grad(lambda theta: hypothesis(theta, slot))(flat))
            return lambda theta: jax.jvp(function, (theta,), (moved,))[1]

        def compute(theta: Any) -> dict[str, Any]:
            levels = [lambda theta: hypothesis(theta, 0)]
            for slot in range(1, depth + 1):
                levels.append(along(levels[-1], slot))
            return {q.name: _norm(levels[q.contracted], q.free, theta, rate) for q in wanted}

        found = jax.device_get(jax.jit(compute)(flat))
        return {q.name: float(found[q.name]) * q.coefficient for q in wanted}


def _norm(function: Any, free: int, theta: Any, rate: Any) -> Any:
    if free == 0:
        return function(theta)
    if free == 1:
        return jnp.linalg.norm(jnp.sqrt(rate) * jax.grad(function)(theta))
    hessian = jnp.sqrt(rate)[:, None] * jax.hessian(function)(theta) * jnp.sqrt(rate)
    return jnp.abs(jnp.linalg.eigvalsh(hessian)).max()


def _output_directions(program: Graph, depth: int) -> dict[str, Any]:
    """The documented generic direction of output components: unit variance, one for each input, seed 0."""
    generator = np.random.default_rng(0)
    out: dict[str, Any] = {}
    for name, node in program.outputs.items():
        shape = tuple(a.at(1) for a in program.type(node))
        unit = generator.standard_normal((depth + 1, *shape)) if shape else np.ones(depth + 1)
        out[name] = unit / np.sqrt(np.prod(shape))
    return out
