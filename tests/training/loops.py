"""A plain training loop with automatic differentiation, which runs are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import tp
from tp.costs import CostFunction, name_of
from tp.experiments.at import At
from tp.experiments.training.path import Path as Route
from tp.experiments.training.trainer import Trainer
from tp.interpret.arrays import initial_weights
from tp.interpret.arrays.backend import precision
from tp.matrix_free.streams import Seed
from tp.optimizers import SGD, Optimizer

Step = Callable[[dict[str, Any], Any, dict[str, Any], dict[str, float]], tuple[dict[str, Any], Any]]
"""From gradients, state (None before the first step), weights and learning rates to updates and state."""


def sgd(optimizer: SGD, declared: Mapping[str, float] = MappingProxyType({})) -> Step:
    """SGD as its docstring has it, in numbers, with the decay at its width; ``declared`` is that of the program."""

    def decay(weight: str) -> float:
        family = weight.partition("[")[0]
        if weight not in optimizer.decays and family not in optimizer.decays and weight in declared:
            return declared[weight]
        return optimizer.decays.get(weight, optimizer.decays.get(family, optimizer.decay))

    def step(
        gradient: dict[str, Any], velocity: Any, weights: dict[str, Any], rates: dict[str, float]
    ) -> tuple[dict[str, Any], Any]:
        before = velocity or dict.fromkeys(weights, 0.0)
        velocity = {
            w: optimizer.momentum * before[w] + rates[w] * (gradient[w] + optimizer.coupled * decay(w) * weights[w])
            for w in weights
        }
        moves = {w: velocity[w] + (not optimizer.coupled) * decay(w) * weights[w] for w in weights}
        return {w: -optimizer.eta * move for w, move in moves.items()}, velocity

    return step


def plain(
    model: tp.Model, route: Route, step: Step, cost: CostFunction, n: int, start: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Outputs and linear outputs at the probes and losses, all after the last step, from jax.grad and jax.jvp.

    ``start`` are the initial weights.
    """

    def tangent(move: Any, x: Any) -> Any:
        value, change = jax.jvp(lambda w: output(model, w, x), (start,), (move,))
        return value + change

    nothing = jax.tree.map(jnp.zeros_like, start)
    end, losses = descend(model, route, step, cost, n, partial(output, model), start, nothing)
    moved, linear_losses = descend(model, route, step, cost, n, tangent, nothing, start)
    (inputs,) = route.inputs.values()
    probes = jnp.asarray(inputs[: route.probes])
    outputs = [jax.jit(jax.vmap(f, (None, 0)))(w, probes) for f, w in ((partial(output, model), end), (tangent, moved))]
    return outputs[0], outputs[1], np.asarray(losses), np.asarray(linear_losses)


def begun(trainer: Trainer, n: int, number: int) -> dict[str, Any]:
    """The initial weights of run ``number``, made by the dense engine in double precision."""
    numpy = trainer.engine(At(n, "float64", "dense")).path == "numpy"
    key: Any = Seed((number,)) if numpy else jax.random.key(number)
    drawn = initial_weights.draw(trainer.outline.program.parameters, n, key, np.dtype("float64"))
    return {name: jnp.asarray(array) for name, array in drawn.items()}


def ends(model: tp.Model, route: Route, step: Step, cost: CostFunction, n: int, start: Any) -> Any:
    """The weights after the last step, from the weights ``start``."""
    nothing = jax.tree.map(jnp.zeros_like, start)
    return descend(model, route, step, cost, n, partial(output, model), start, nothing)[0]


def output(model: tp.Model, weights: Any, x: Any) -> Any:
    return model.apply(weights, x).reshape(-1)


def descend(
    model: tp.Model, route: Route, step: Step, cost: CostFunction, n: int, forward: Any, weights: Any, beside: Any
) -> tuple[Any, list[float]]:
    """The moving ``weights`` after the last step, and losses; the weights that decay are those and ``beside``."""
    (inputs,) = route.inputs.values()
    graph = model.graph
    rates = {w: float((graph.learning_rate * p.rate).at(n)) for w, p in graph.parameters.items()}

    def mean(weights: Any, rows: Any, targets: Any) -> Any:
        return jax.vmap(lambda x, t: cost(forward(weights, x), t.reshape(-1)))(rows, targets).mean()

    slopes = jax.jit(jax.value_and_grad(mean))
    means = {w: 0.0 if p.law.mean is None else float(p.law.mean.at(n)) for w, p in graph.parameters.items()}
    state, losses = None, []
    for rows in route.batches:
        value, gradient = slopes(weights, inputs[rows], route.targets[rows])
        losses.append(float(value))
        updates, state = step(gradient, state, {w: weights[w] + beside[w] + means[w] for w in weights}, rates)
        weights = {w: weights[w] + updates[w] for w in weights}
    return weights, losses


def route(model: tp.Model, steps: int, batch: int, classes: bool = False) -> Route:
    draw = np.random.default_rng(0)
    inputs = {name: draw.standard_normal((4, *(a.at(1) for a in axes))) for name, axes in model.inputs.items()}
    (node,) = model.graph.outputs.values()
    shape = tuple(a.at(1) for a in model.graph.type(node))
    targets = np.sign(draw.standard_normal((4, *shape)))
    if classes:
        targets = np.eye(shape[0])[draw.integers(shape[0], size=4)]
    return Route(inputs, targets, draw.integers(4, size=(steps, batch)), 2, (0, steps))


def compared(model: tp.Model, path: Route, optimizer: Optimizer, step: Step, cost: CostFunction, n: int = 12) -> None:
    """Asserts that a run of the dense engine is that of the loop, to 1e-9, and that both models differ."""
    trainer = Trainer(model.name, model.graph, path, optimizer, name_of(cost))
    with precision("float64"):
        found = trainer.runs(At(n, "float64", "dense"), 7, 1)
        output, linear, losses, linear_losses = plain(model, path, step, cost, n, begun(trainer, n, 7))
    np.testing.assert_allclose(found["output"][0, -1], output, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["linear"][0, -1], linear, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["loss"][0], losses, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["linear loss"][0], linear_losses, rtol=1e-9, atol=1e-9)
    assert np.abs(output - linear).max() > 1e-6
