"""Runs of the dense engine are those of a plain training loop with automatic differentiation, to rounding."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

import tp
from tests.marks import exhaustive, slow
from tests.training.loops import begun, compared, ends, route, sgd
from tp.costs import CostFunction, find
from tp.experiments.at import At
from tp.experiments.training.trainer import Trainer
from tp.interpret.arrays import initial_weights
from tp.interpret.arrays.backend import precision
from tp.optimizers import SGD

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


CASES: list[tuple[str, SGD, str, int]] = [
    ("mlp", SGD(0.3, momentum=0.5), "logistic", 2),
    ("standard_mlp", SGD(0.3), "squared", 1),
    ("mup_mlp", SGD(0.1), "squared", 1),
]
MORE: list[tuple[str, SGD, str, int]] = [
    ("mlp", SGD(0.3, momentum=0.5, decay=0.1), "squared", 4),
    ("attention", SGD(0.2, momentum=0.9), "squared", 1),
    ("mlp", SGD(0.3), "squared", 1),
    ("residual_mlp", SGD(0.1), "squared", 1),
    ("rnn", SGD(0.2, momentum=0.5, decay=0.2), "logistic", 2),
    ("standard_mlp", SGD(0.2, decay=0.1), "squared", 1),
]
REST: list[tuple[str, SGD, str, int]] = [
    ("cnn", SGD(0.2, decay=0.1), "squared", 1),
    ("cnn", SGD(0.2), "squared", 1),
    ("rnn", SGD(0.2), "squared", 2),
]


@pytest.mark.parametrize(
    ("name", "optimizer", "cost", "batch"),
    [*CASES, *slow(MORE), *exhaustive(REST)],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_training(name: str, optimizer: SGD, cost: str, batch: int) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    compared(model, route(model, 5, batch), optimizer, sgd(optimizer), find(cost).function)


@pytest.mark.parametrize(("cost", "eta"), [("cross-entropy", 1.0), *slow([("squared", 0.2)])])
def test_several_classes(cost: str, eta: float) -> None:
    model = tp.parse(CLASSES)
    compared(model, route(model, 6, 2, classes=True), SGD(eta), sgd(SGD(eta)), find(cost).function)


GAINS = """program gains {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1) rate n^(1/2)
  param g : [n] ~ constant(1) rate 1/2
  param b : [n] ~ normal(1/2, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, tanh(g * (U @ x) + b)) / sqrt(n)
}"""


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1, momentum=0.5, decay=0.3, power=Fraction(-1, 2), coupled=True),
        *slow([SGD(0.1, decay=0.3, power=Fraction(-1, 2)), SGD(0.1, decay=0.3, coupled=True)]),
    ],
)
def test_decay_of_weights_with_means(optimizer: SGD) -> None:
    """Gains and biases shrink towards zero, not towards their means."""
    model = tp.parse(GAINS)
    compared(model, route(model, 4, 2), optimizer, sgd(optimizer.at(12)), find("squared").function)


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.2, momentum=0.5, decay=0.3, decays={"W": 0.0, "U": 0.6}),
        SGD(0.2, decays={"W[2]": 0.5, "v": 1.0}),
        *slow(
            [
                SGD(0.2, momentum=0.5, decay=0.3, decays={"W": 0.1, "W[3]": 0.0}, power=Fraction(-1, 2)),
                SGD(0.2, momentum=0.5, decays={"W": 0.4, "v": 0.1}, coupled=True),
            ]
        ),
    ],
)
def test_decay_of_single_weights(optimizer: SGD) -> None:
    """Weights of a family, single ones and all others shrink by shares of their own, and so does the linear model."""
    model = tp.load(PROGRAMS / "mlp.tp")
    compared(model, route(model, 5, 2), optimizer, sgd(optimizer.at(12)), find("squared").function)


def test_gains_decay_alone() -> None:
    model = tp.parse(GAINS)
    optimizer = SGD(0.1, momentum=0.5, decays={"g": 0.8, "v": 0.1})
    compared(model, route(model, 4, 2), optimizer, sgd(optimizer), find("squared").function)


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1, momentum=0.5, decay=0.3, decays={"g": 0.2}),
        *slow([SGD(0.1, decay=0.3, decays={"g": 0.2}, coupled=True)]),
    ],
)
def test_decay_that_the_program_declares(optimizer: SGD) -> None:
    """Powers of n for single weights; names of the optimiser count more, its other decay less."""
    text = GAINS.replace("rate n^(1/2)", "rate n^(1/2) decay 2 * n^(-1/2)").replace("rate 1/2", "rate 1/2 decay 1")
    model = tp.parse(text.replace("normal(1/2, 1)", "normal(1/2, 1) decay 0"))
    step = sgd(optimizer, {"U": 2 / 12**0.5, "g": 1.0, "b": 0.0})
    compared(model, route(model, 4, 2), optimizer, step, find("squared").function)


@pytest.mark.slow
def test_a_cost_of_ones_own() -> None:
    def quartic(y: Any, t: Any) -> Any:
        return ((y - t) ** 4).sum()

    own: CostFunction = quartic
    model = tp.load(PROGRAMS / "mlp.tp")
    compared(model, route(model, 4, 1), SGD(0.02), sgd(SGD(0.02)), own)


@pytest.mark.parametrize(
    "name",
    ["standard_mlp", *exhaustive(["classes", "mlp", "attention"])],
)
def test_second_derivatives(name: str) -> None:
    """Norms of Λ^{1/2} ∇²F Λ^{1/2} and of its change after four steps are those of whole matrices."""
    model = tp.parse(CLASSES) if name == "classes" else tp.load(PROGRAMS / f"{name}.tp")
    path, optimizer, n = replace(route(model, 4, 2), curved=(0, 4)), SGD(0.2), 4
    with precision("float64"):
        trainer = Trainer(model.name, model.graph, path, optimizer, "squared")
        found, start = trainer.runs(At(n, "float64", "dense"), 7, 1), begun(trainer, n, 7)
        end = ends(model, path, sgd(optimizer), find("squared").function, n, start)
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
    ("name", "decay", "decays"),
    [
        ("mlp", 0.3, {}),
        ("mlp", 0.0, {"W[2]": 0.5, "U": 0.2}),
        *slow([("attention", 0.3, {"attend": 0.0, "attend/Q": 0.7})]),
        *exhaustive([("cnn", 0.3, {}), ("mlp", 0.0, {}), ("rnn", 0.0, {})]),
    ],
)
def test_rows_of_outer_products_are_the_moves_of_a_matrix(
    name: str, decay: float, decays: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same weights, once moved as arrays and once left alone, with every update kept beside them."""

    def everything(draw: Any) -> Any:
        return lambda parameters, n, keys, dtype, absent=(): draw(parameters, n, keys, dtype)

    model = tp.load(PROGRAMS / f"{name}.tp")
    path, optimizer = route(model, 5, 2), SGD(0.2, momentum=0.7, decay=decay, decays=decays)
    path = replace(path, curved=path.looks if name == "mlp" and not optimizer.shrinks else ())
    arrays = Trainer(model.name, model.graph, path, optimizer, "squared").runs(At(12, "float64", "dense"), 3, 1)
    monkeypatch.setattr(initial_weights, "draw", everything(initial_weights.draw))
    trainer = Trainer(model.name, model.graph, path, optimizer, "squared")
    assert trainer.choice(12, "conditioned").absent
    rows = trainer.runs(At(12, "float64", "conditioned"), 3, 1)
    for key in arrays:
        settled = 1e-2 if key.startswith("hessian") else 1e-8  # from other random starts
        np.testing.assert_allclose(rows[key], arrays[key], rtol=settled, atol=1e-9)
