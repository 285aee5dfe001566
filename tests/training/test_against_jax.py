"""Runs of the dense engine are those of a plain training loop with automatic differentiation, to rounding."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

import tp
from tests.marks import exhaustive, slow
from tp.experiments.training.costs import COSTS, Cost
from tp.experiments.training.path import Path as Route
from tp.experiments.training.rule import Rule
from tp.experiments.training.trainer import Trainer
from tp.interpret.arrays import conditioned, dense
from tp.interpret.arrays.backend import precision

PROGRAMS = Path(__file__).parents[2] / "programs"
CLASSES = """program classes(phi: activation = tanh) {
  width n
  input x : [d=5]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1) rate 2
  param V : [c=3, n] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)
  h[2] = W @ phi(h[1]) / sqrt(n)
  output f = V @ phi(h[2]) / sqrt(n)
}"""


def plain(
    model: tp.Model, route: Route, rule: Rule, n: int, key: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Outputs and linear outputs at the probes and losses, all after the last step, from jax.grad and jax.jvp."""
    start = model.init(key, n, "float64")

    def tangent(move: Any, x: Any) -> Any:
        value, change = jax.jvp(lambda w: flat(model, w, x), (start,), (move,))
        return value + change

    nothing = jax.tree.map(jnp.zeros_like, start)
    end, losses = descend(model, route, rule, n, partial(flat, model), start, nothing)
    moved, linear_losses = descend(model, route, rule, n, tangent, nothing, start)
    (inputs,) = route.inputs.values()
    probes = jnp.asarray(inputs[: route.probes])
    outputs = [np.stack([f(w, x) for x in probes]) for f, w in ((partial(flat, model), end), (tangent, moved))]
    return outputs[0], outputs[1], np.asarray(losses), np.asarray(linear_losses)


def ends(model: tp.Model, route: Route, rule: Rule, n: int, key: int) -> Any:
    """The weights after the last step."""
    start = model.init(key, n, "float64")
    nothing = jax.tree.map(jnp.zeros_like, start)
    return descend(model, route, rule, n, partial(flat, model), start, nothing)[0]


def flat(model: tp.Model, weights: Any, x: Any) -> Any:
    return model.apply(weights, x).reshape(-1)


def descend(
    model: tp.Model, route: Route, rule: Rule, n: int, forward: Any, weights: Any, beside: Any
) -> tuple[Any, list[float]]:
    """The moving ``weights`` after the last step, and losses; the weights that decay are those and ``beside``."""
    (inputs,) = route.inputs.values()
    graph = model.graph
    rates = {w: float((graph.learning_rate * p.rate).at(n)) for w, p in graph.parameters.items()}

    def cost(weights: Any, rows: Any) -> Any:
        each = [rule.cost(forward(weights, inputs[i]), route.targets[i].reshape(-1)) for i in rows]
        return sum(each) / len(rows)

    velocity, losses = jax.tree.map(jnp.zeros_like, weights), []
    for rows in route.batches:
        value, gradient = jax.value_and_grad(cost)(weights, rows)
        losses.append(float(value))
        velocity = {w: rule.momentum * velocity[w] + rates[w] * gradient[w] for w in weights}
        shrinks = {w: rule.decay * (weights[w] + beside[w]) for w in weights}
        weights = {w: weights[w] - rule.eta * (velocity[w] + shrinks[w]) for w in weights}
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


CASES: list[tuple[str, Rule, int]] = [
    ("mlp", Rule(COSTS["logistic"], 0.3, momentum=0.5), 2),
    ("standard_mlp", Rule(COSTS["squared"], 0.3), 1),
    ("mup_mlp", Rule(COSTS["squared"], 0.1), 1),
]
MORE: list[tuple[str, Rule, int]] = [
    ("mlp", Rule(COSTS["squared"], 0.3, momentum=0.5, decay=0.1), 4),
    ("attention", Rule(COSTS["squared"], 0.2, momentum=0.9), 1),
    ("mlp", Rule(COSTS["squared"], 0.3), 1),
    ("residual_mlp", Rule(COSTS["squared"], 0.1), 1),
    ("rnn", Rule(COSTS["logistic"], 0.2, momentum=0.5, decay=0.2), 2),
    ("cnn", Rule(COSTS["squared"], 0.2, decay=0.1), 1),
    ("standard_mlp", Rule(COSTS["squared"], 0.2, decay=0.1), 1),
]
REST: list[tuple[str, Rule, int]] = [
    ("cnn", Rule(COSTS["squared"], 0.2), 1),
    ("rnn", Rule(COSTS["squared"], 0.2), 2),
]


def compared(model: tp.Model, path: Route, rule: Rule, n: int = 12) -> None:
    with precision("float64"):
        found = Trainer(model.graph, path, rule).run(n, 1, 7, "float64", "dense")
        output, linear, losses, linear_losses = plain(model, path, rule, n, 7)
    np.testing.assert_allclose(found["output"][0, -1], output, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["linear"][0, -1], linear, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["loss"][0], losses, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found["linear loss"][0], linear_losses, rtol=1e-9, atol=1e-9)
    assert np.abs(output - linear).max() > 1e-6


@pytest.mark.parametrize(
    ("name", "rule", "batch"),
    [*CASES, *slow(MORE), *exhaustive(REST)],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_training(name: str, rule: Rule, batch: int) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    compared(model, route(model, 5, batch), rule)


@pytest.mark.parametrize(("cost", "eta"), [("cross-entropy", 1.0), *slow([("squared", 0.2)])])
def test_several_classes(cost: str, eta: float) -> None:
    model = tp.parse(CLASSES)
    compared(model, route(model, 6, 2, classes=True), Rule(COSTS[cost], eta))


def test_a_cost_of_ones_own() -> None:
    def quartic(y: Any, t: Any) -> Any:
        return ((y - t) ** 4).sum()

    own: Cost = quartic
    model = tp.load(PROGRAMS / "mlp.tp")
    compared(model, route(model, 4, 1), Rule(own, 0.02))


@pytest.mark.parametrize(
    "name",
    ["standard_mlp", *slow(["classes"]), *exhaustive(["mlp", "attention"])],
)
def test_second_derivatives(name: str) -> None:
    """Norms of Λ^{1/2} ∇²F Λ^{1/2} and of its change after four steps are those of whole matrices."""
    model = tp.parse(CLASSES) if name == "classes" else tp.load(PROGRAMS / f"{name}.tp")
    path, rule, n = replace(route(model, 4, 2), curved=(0, 4)), Rule(COSTS["squared"], 0.2), 4
    with precision("float64"):
        found = Trainer(model.graph, path, rule).run(n, 1, 7, "float64", "dense")
        start, end = model.init(7, n, "float64"), ends(model, path, rule, n, 7)
        rates = {w: float((model.graph.learning_rate * p.rate).at(n)) for w, p in model.graph.parameters.items()}
        (x, *_), roots = (
            path.inputs.values(),
            jnp.concatenate([np.full(w.size, rates[k] ** 0.5) for k, w in sorted(start.items())]),
        )

        def hessian(weights: Any) -> Any:
            flat, back = ravel_pytree(weights)
            whole = jax.hessian(lambda v: model.apply(back(v), x[0]).reshape(-1)[0])(flat)
            return roots[:, None] * whole * roots

        first, last = hessian(start), hessian(end)
        norms = [float(jnp.linalg.norm(m, 2)) for m in (first, last, last - first)]
    assert found["hessian"][0] == pytest.approx(norms[:2], rel=2e-2)
    assert found["hessian drift"][0] == pytest.approx([0.0, norms[2]], rel=2e-2)


@pytest.mark.parametrize(
    ("name", "decay"),
    [("mlp", 0.3), *slow([("attention", 0.3)]), *exhaustive([("cnn", 0.3), ("mlp", 0.0), ("rnn", 0.0)])],
)
def test_rows_of_outer_products_are_the_moves_of_a_matrix(
    name: str, decay: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same weights, once moved as arrays and once left alone, with every update kept beside them."""

    def everything(parameters: Any, n: int, key: Any, dtype: Any, absent: Any = ()) -> dict[str, Any]:
        return dense.draw(parameters, n, key, dtype)

    model = tp.load(PROGRAMS / f"{name}.tp")
    path, rule = route(model, 5, 2), Rule(COSTS["squared"], 0.2, momentum=0.7, decay=decay)
    path = replace(path, curved=path.looks if name == "mlp" and not decay else ())
    arrays = Trainer(model.graph, path, rule).run(12, 1, 3, "float64", "dense")
    monkeypatch.setattr(conditioned, "draw", everything)
    trainer = Trainer(model.graph, path, rule)
    assert trainer.absent(12, "conditioned")
    rows = trainer.run(12, 1, 3, "float64", "conditioned")
    for key in arrays:
        settled = 1e-2 if key.startswith("hessian") else 1e-8  # from other random starts
        np.testing.assert_allclose(rows[key], arrays[key], rtol=settled, atol=1e-9)
