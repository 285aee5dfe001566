"""Optimisers that see a weight as a matrix: their updates are those of optax, or those of their definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optax.contrib import scale_by_muon

from tests.marks import exhaustive, slow
from tests.optimizers.against_optax import SHAPES, agrees, bound_to, keeps_single_precision
from tp.diagnostics.diagnostic import TpError
from tp.optimizers import Optimizer
from tp.optimizers.adafactor import Adafactor
from tp.optimizers.muon import ADJUST, Muon
from tp.optimizers.polar import newton_schulz, polar_factor
from tp.optimizers.shampoo import Shampoo
from tp.optimizers.sign import Sign

WEIGHTS = ("kernel", "gain")


def as_matrix(inner: optax.GradientTransformation) -> optax.GradientTransformation:
    """``inner`` on arrays whose first axis is the output side, as matrices."""

    def matrix(array: Any) -> Any:
        return array.reshape((array.shape[0] if array.ndim else 1, -1))

    def init(params: Any) -> Any:
        return inner.init(matrix(params))

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        found: Any
        found, state = inner.update(matrix(updates), state, matrix(params))
        return found.reshape(updates.shape), state

    return optax.GradientTransformation(init, update)


@pytest.mark.parametrize(
    ("momentum", "nesterov", "iterations"), [*slow([(0.95, True, 2), (0.6, False, 2)]), *exhaustive([(0.0, True, 5)])]
)
def test_muon(momentum: float, nesterov: bool, iterations: int) -> None:
    def theirs(rate: float) -> optax.GradientTransformation:
        scaled = scale_by_muon(beta=momentum, nesterov=nesterov, ns_steps=iterations, eps=1e-6)
        return optax.chain(as_matrix(scaled), optax.add_decayed_weights(0.1 / rate), optax.scale(-0.3 * rate))

    agrees(
        Muon(0.3, momentum=momentum, nesterov=nesterov, iterations=iterations, eps=1e-6, decay=0.1),
        theirs,
        WEIGHTS,
        steps=12,
    )


@pytest.mark.slow
def test_adafactor() -> None:
    """In optax, vectors have a second moment for each entry: here as matrices with one column."""

    def theirs(rate: float) -> optax.GradientTransformation:
        def kept(step: Any, power: Any) -> Any:
            return 1 - (step + 1.0) ** -power

        factored = optax.scale_by_factored_rms(
            decay_rate=0.7, min_dim_size_to_factor=0, epsilon=1e-9, decay_rate_fn=kept
        )
        whole = optax.chain(
            factored, optax.clip_by_block_rms(0.5), optax.scale_by_param_block_rms(), optax.scale(-0.2 * rate)
        )
        return as_matrix(whole) if rate == 1.0 else whole  # the kernel

    agrees(
        Adafactor(0.2, decay_rate=0.7, eps=1e-9, clipping_threshold=0.5, multiply_by_parameter_scale=True),
        theirs,
        WEIGHTS,
        steps=12,
    )


def test_sign() -> None:
    agrees(Sign(0.2), lambda rate: optax.sign_sgd(0.2 * rate), ("W",), steps=5)


@pytest.mark.parametrize("optimizer", [Muon(), *slow([Muon(iterations=0), Shampoo(beta=0.9), Adafactor(), Sign()])])
def test_they_keep_single_precision(optimizer: Optimizer) -> None:
    keeps_single_precision(optimizer)


def gradients() -> list[dict[str, Any]]:
    random = np.random.default_rng(0)
    return [{w: random.standard_normal([*outs, *ins]) for w, (outs, ins) in SHAPES.items()} for _ in range(3)]


def matrices(weights: Mapping[str, Any]) -> dict[str, Any]:
    return {w: np.asarray(a).reshape((a.shape[0] if a.ndim else 1, -1)) for w, a in weights.items()}


@pytest.mark.parametrize("beta", [0.9, *slow([1.0])])
def test_shampoo_divides_by_roots_of_moments(beta: float) -> None:
    """With the formula of the paper, whose roots are found by scipy, after three steps."""
    from scipy.linalg import fractional_matrix_power

    optimizer = bound_to(Shampoo(0.1, beta=beta, eps=1e-3))
    weights = gradients()[0]
    state, sums, updates = optimizer.init(weights), dict[str, Any](), dict[str, Any]()
    for s, step in enumerate(gradients()):
        updates, state = optimizer.step(step, state, weights, dict.fromkeys(SHAPES, 2.0), s)
        for w, g in matrices(step).items():
            left, right = sums.get(w, (0.0, 0.0))
            new = 1.0 if beta == 1 else 1 - beta
            sums[w] = beta * left + new * g @ g.T, beta * right + new * g.T @ g
    whole = 1.0 if beta == 1 else 1 - beta**3
    for w, g in matrices(gradients()[-1]).items():
        roots = [fractional_matrix_power(m / whole + 1e-3 * np.eye(len(m)), -0.25) for m in sums[w]]
        if w in ("W", "kernel", "tall"):  # moments of full rank; eps does not reach beyond the span of gradients
            np.testing.assert_allclose(matrices(updates)[w], -0.2 * roots[0] @ g @ roots[1], rtol=1e-9, atol=1e-12)
        else:
            assert np.isfinite(updates[w]).all()


def test_shampoo_keeps_of_a_long_side_what_gradients_span() -> None:
    """A run of three steps has a basis for the vector and for both long matrices, and moves as without one."""
    plain, bounded = (bound_to(Shampoo(0.1, beta=0.8)), bound_to(Shampoo(0.1, beta=0.8, horizon=3)))
    random = np.random.default_rng(3)
    steps = [{"gain": random.standard_normal(9), "tall": random.standard_normal((8, 2))} for _ in range(3)]
    steps = [{**step, "W": random.standard_normal((2, 7))} for step in steps]
    states = [o.init(steps[0]) for o in (plain, bounded)]
    assert states[1].moments["W"].right.shape == (6, 6)
    assert states[1].moments["gain"].left.shape == (3, 3)
    for s, step in enumerate(steps):
        found = [
            o.step(step, state, step, dict.fromkeys(step, 1.0), s)
            for o, state in zip((plain, bounded), states, strict=True)
        ]
        states = [state for _, state in found]
        for w in step:
            np.testing.assert_allclose(found[1][0][w], found[0][0][w], rtol=1e-9, atol=1e-12)


def test_shampoo_without_eps_and_history_is_the_polar_factor() -> None:
    step = gradients()[0]
    one, other = (bound_to(o) for o in (Shampoo(0.1, eps=0.0), Muon(0.1, iterations=0)))
    rates = dict.fromkeys(SHAPES, 1.0)
    found, expected = (o.step(step, o.init(step), step, rates, 0)[0] for o in (one, other))
    for w in SHAPES:
        np.testing.assert_allclose(found[w], expected[w], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("xp", [np, jnp])
def test_a_polar_factor_leaves_out_singular_values_that_are_zero(xp: Any) -> None:
    """The gradient of two samples, D X' with dependent factors, in single precision: rounding adds no directions."""
    random = np.random.default_rng(1)
    left, right = (random.standard_normal((3, size)).astype(np.float32) for size in (40, 30))
    left[2] = left[0] - 2 * left[1]
    matrix = left.T @ right
    factor = np.asarray(polar_factor(xp.asarray(matrix)), np.float64)
    values = np.linalg.svd(factor, compute_uv=False)
    np.testing.assert_allclose(values, [1.0, 1.0] + [0.0] * 28, atol=1e-5)
    u, _, v = np.linalg.svd(matrix.astype(np.float64))
    np.testing.assert_allclose(factor, u[:, :2] @ v[:2], atol=1e-5)


def test_newton_schulz_is_near_the_polar_factor() -> None:
    matrix = np.random.default_rng(2).standard_normal((20, 12))
    values = np.linalg.svd(newton_schulz(matrix, 5, 1e-8), compute_uv=False)
    assert 0.65 < values.min() < values.max() < 1.25


def test_newton_schulz_of_a_long_matrix_needs_only_inner_products() -> None:
    """For singular values from 1 down to 1e-9, and one that is 0."""
    random = np.random.default_rng(4)
    left, right = (np.linalg.qr(random.standard_normal((size, 5)))[0] for size in (5, 60))
    matrix = left * 10.0 ** -np.array([0, 1, 4, 9, 400]) @ right.T
    wide, square = newton_schulz(matrix, 5, 0.0), newton_schulz(np.vstack([matrix, np.zeros((40, 60))]), 5, 0.0)
    np.testing.assert_allclose(wide, square[:5], atol=1e-12)
    np.testing.assert_allclose(newton_schulz(matrix.T, 5, 0.0), wide.T, atol=1e-12)


@pytest.mark.parametrize("adjust", list(ADJUST))
def test_moves_are_adjusted_to_shapes(adjust: str) -> None:
    step = gradients()[0]
    plain, other = (bound_to(Muon(0.1, iterations=0, adjust=a)) for a in ("none", adjust))
    rates = dict.fromkeys(SHAPES, 1.0)
    found, expected = (o.step(step, o.init(step), step, rates, 0)[0] for o in (other, plain))
    factors = {
        "none": {"W": 1.0, "tall": 1.0, "gain": 1.0},
        "spectral": {"W": (4 / 5) ** 0.5, "tall": 3**0.5, "gain": 2.0},
        "original": {"W": 1.0, "tall": 3**0.5, "gain": 2.0},
        "match_rms_adamw": {"W": 0.2 * 5**0.5, "tall": 0.2 * 6**0.5, "gain": 0.4},
    }
    for w, factor in factors[adjust].items():
        np.testing.assert_allclose(found[w], factor * expected[w])


def test_iterations_are_whole() -> None:
    with pytest.raises(TpError, match="whole number"):
        Muon(iterations=2.5)
