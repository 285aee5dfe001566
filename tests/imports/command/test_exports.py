"""``tp.to_flax`` and ``tp.to_optax``: a program as a module of Flax that is trained as it says, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import tp
from tests.marks import slow

PROGRAMS = Path(__file__).parents[3] / "programs"
N = 8

TWO_RATES = """program two {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1) rate n
  param v : [n] ~ normal(1, 1) rate 1/n
  output f = dot(v, tanh(U @ x)) / n
  OPTIMIZER
}"""


def two(optimizer: str = "") -> tp.Model:
    return tp.parse(TWO_RATES.replace("OPTIMIZER", optimizer))


def test_a_module_is_the_program() -> None:
    model = two()
    module = tp.to_flax(model, N)
    x = jnp.arange(6.0).reshape(2, 3)
    variables = module.init(jax.random.key(0), x)
    assert {name: array.shape for name, array in variables["params"].items()} == {"U": (N, 3), "v": (N,)}
    each = [model.apply(variables["params"], one) for one in x]
    np.testing.assert_allclose(module.apply(variables, x), each, rtol=1e-6)
    np.testing.assert_allclose(module.apply(variables, x[0]), each[0], rtol=1e-6)


@pytest.mark.parametrize("x", [jnp.ones((2, 2, 3)), jnp.ones(())])
def test_inputs_that_do_not_fit(x: Any) -> None:
    with pytest.raises(ValueError, match="an axis of samples first"):
        tp.to_flax(two(), N).init(jax.random.key(0), x)


@pytest.mark.slow
def test_initial_weights_follow_their_laws() -> None:
    weights = tp.to_flax(tp.load(PROGRAMS / "mup_mlp.tp"), 256).init(jax.random.key(0), jnp.ones(16))["params"]
    assert abs(float(jnp.std(weights["W"])) * 16 - 1) < 0.02
    assert not np.array_equal(weights["U"][:, 0], weights["v"])


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("", lambda rate: optax.sgd(0.2 * rate)),
        ("optimizer sgd(momentum = 0.9, eta = 0.5)", lambda rate: optax.sgd(0.5 * rate, momentum=0.9)),
        ("optimizer adam(eta = 0.01, eps = 1/n)", lambda rate: optax.adam(0.01 * rate, eps=1 / N)),
        (
            "optimizer adamw(eta = 0.01, decay = 0.3)",
            lambda rate: optax.chain(
                optax.scale_by_adam(), optax.scale(-0.01 * rate), _shrinking(0.003)
            ),
        ),
    ],
)  # fmt: skip
def test_steps_are_those_of_optax(text: str, of: Any) -> None:
    model = two(text)
    ours = tp.to_optax(model, N)
    theirs = optax.multi_transform({"U": of(N), "v": of(1 / N)}, {"U": "U", "v": "v"})
    params = dict(model.init(0, N))
    states = ours.init(params), theirs.init(params)
    random = np.random.default_rng(0)
    for _ in range(3):
        gradients = {name: jnp.asarray(random.standard_normal(w.shape), jnp.float32) for name, w in params.items()}
        one, first = jax.jit(ours.update)(gradients, states[0], params)
        other, second = theirs.update(gradients, states[1], params)
        states = first, second
        for name in params:
            np.testing.assert_allclose(one[name], other[name], rtol=2e-4, atol=1e-7)
        params = {name: w + one[name] for name, w in params.items()}


def _shrinking(share: float) -> optax.GradientTransformation:
    return optax.stateless(lambda updates, params: jax.tree.map(lambda u, w: u - share * w, updates, params))


def test_groups_have_the_rates_of_the_program() -> None:
    groups = tp.parameter_groups(two("optimizer adamw(eta = 0.01, decay = 1/n) for v"), N)
    assert (groups["U"].optimizer, groups["U"].learning_rate, groups["U"].decay) == ("sgd", 0.2 * N, 0.0)
    assert (groups["v"].optimizer, groups["v"].decay) == ("adamw", 1 / N)
    assert groups["v"].learning_rate == pytest.approx(0.01 / N)


def test_the_learning_rate_of_the_program_counts() -> None:
    model = tp.load(PROGRAMS / "mean_field.tp")
    assert tp.parameter_groups(model, N)["U"].learning_rate == pytest.approx(0.2 * N)
    params = dict(model.init(0, N))
    gradients = {name: jnp.ones_like(weight) for name, weight in params.items()}
    optimizer = tp.to_optax(model, N)
    updates, _ = optimizer.update(gradients, optimizer.init(params), params)
    np.testing.assert_allclose(updates["v"], -0.2 * N, rtol=1e-6)


@pytest.mark.parametrize("name", slow(["mup_mlp", "mlp", "residual_mlp", "gru"]))
def test_the_way_back(name: str) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    shapes = tuple(jax.ShapeDtypeStruct(tuple(a.at(1) for a in axes), jnp.float32) for axes in model.inputs.values())
    back = tp.from_jax(lambda n: (tp.to_flax(model, n), shapes), (20, 40, 80))
    assert len(back.graph.parameters) == len(model.graph.parameters)
    quantities = ["F", "C[0,2]", "C[0,3]"]
    found, expected = (one.orders(quantities).prediction.exponents for one in (back, model))
    assert [found[q] for q in quantities] == [expected[q] for q in quantities]
