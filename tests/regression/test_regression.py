"""Regression on kernels: closed forms against integration, training of finite networks, and formulas of others."""

from __future__ import annotations

from math import inf

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import multivariate_normal

import tp
from tp.regression.gaussian_process import GaussianProcess
from tp.regression.gradient_descent import Flow, InfinitelyWide, Steps
from tp.regression.law import NormalLaw
from tp.regression.outputs import alike, apart, flat
from tp.regression.predictor import Ensemble, Posterior

N, M = 5, 3
TRAIN, TEST = slice(0, N), slice(N, N + M)


def kernel(seed: int, size: int = N + M) -> np.ndarray:
    """A kernel with eigenvalues between 0.2 and about 3."""
    roots = np.random.default_rng(seed).standard_normal((size, size)) / size**0.5
    return roots @ roots.T + 0.2 * np.eye(size)


INITIAL, TANGENT = kernel(0), kernel(1)
TARGETS = np.random.default_rng(2).standard_normal((N, 2))


def network(ridge: float = 0.0) -> InfinitelyWide:
    return InfinitelyWide.of(INITIAL[TRAIN, TRAIN], TANGENT[TRAIN, TRAIN], TARGETS, ridge=ridge)


def law(training: Flow | Steps, ridge: float = 0.0, where: slice = TEST) -> NormalLaw:
    net = network(ridge)
    theta, start = TANGENT[where, TRAIN], INITIAL[where, TRAIN]
    return NormalLaw(net.mean(theta, training), net.covariance(start, theta, INITIAL[where, where], training))


def integrated(time: float, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """(mean, covariance) at all inputs, from the differential equation of coefficients of gradients at the samples.

    θ - θ_0 = Λ J' c and c' = ((y - f(X)) - ridge c)/N, so f = f_0 + Θ c. From linearity c = C (y - f_0(X)).
    """
    theta = TANGENT[TRAIN, TRAIN]

    def slope(_: float, state: np.ndarray) -> np.ndarray:
        c = state.reshape(N, N)
        return ((np.eye(N) - theta @ c - ridge * c) / N).ravel()

    c = solve_ivp(slope, (0, time), np.zeros(N * N), rtol=1e-11, atol=1e-13).y[:, -1].reshape(N, N)
    moved = TANGENT[:, TRAIN] @ c
    keep = np.eye(N + M) - np.pad(moved, ((0, 0), (0, M)))
    return moved @ TARGETS, keep @ INITIAL @ keep.T


@pytest.mark.parametrize("time", [0.1, 3.0, 200.0])
@pytest.mark.parametrize("ridge", [0.0, 0.3])
def test_gradient_flow_solves_its_equation(time: float, ridge: float) -> None:
    mean, covariance = integrated(time, ridge)
    for where in (TEST, TRAIN):
        found = law(Flow(time), ridge, where)
        np.testing.assert_allclose(found.mean, mean[where], atol=1e-8)
        np.testing.assert_allclose(found.covariance, covariance[where, where], atol=1e-8)


@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_steps_are_those_of_training(momentum: float) -> None:
    """Explicit steps with outer products of gradients as weights: f = f_0 + Θ c."""
    eta, steps = 0.9, 13
    start = np.random.default_rng(3).standard_normal((N + M, 2))
    c, velocity = np.zeros((N, 2)), np.zeros((N, 2))
    for _ in range(steps):
        residual = start[TRAIN] + TANGENT[TRAIN, TRAIN] @ c - TARGETS
        velocity = momentum * velocity + residual / N
        c = c - eta * velocity
    net = network()
    moved = net.mean(TANGENT[TEST, TRAIN], Steps(steps, eta, momentum))
    shifted = InfinitelyWide.of(INITIAL[TRAIN, TRAIN], TANGENT[TRAIN, TRAIN], start[TRAIN])
    moved -= shifted.mean(TANGENT[TEST, TRAIN], Steps(steps, eta, momentum))
    np.testing.assert_allclose(moved, TANGENT[TEST, TRAIN] @ c, atol=1e-12)


def test_many_small_steps_are_gradient_flow() -> None:
    few, many = law(Steps(2000, 1e-3)), law(Flow(2.0))
    np.testing.assert_allclose(few.mean, many.mean, atol=1e-3)
    np.testing.assert_allclose(few.covariance, many.covariance, atol=1e-3)


def test_limits_of_time() -> None:
    nothing, everything = law(Flow(0.0)), law(Flow(inf), where=TRAIN)
    np.testing.assert_allclose(nothing.mean, 0.0, atol=1e-15)
    np.testing.assert_allclose(nothing.covariance, INITIAL[TEST, TEST], atol=1e-15)
    np.testing.assert_allclose(everything.mean, TARGETS, atol=1e-12)
    np.testing.assert_allclose(everything.covariance, 0.0, atol=1e-12)
    np.testing.assert_allclose(law(Flow(1e6)).covariance, law(Flow(inf)).covariance, atol=1e-12)


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_gaussian_processes_condition_a_joint_law(noise: float) -> None:
    joint = INITIAL + np.diag([noise**2] * N + [0.0] * M)
    process = GaussianProcess.of(INITIAL[TRAIN, TRAIN], TARGETS, noise)
    inverse = np.linalg.inv(joint)
    precision = inverse[TEST, TEST]
    mean = -np.linalg.solve(precision, inverse[TEST, TRAIN] @ TARGETS)
    np.testing.assert_allclose(process.mean(INITIAL[TEST, TRAIN]), mean, atol=1e-10)
    spread = process.covariance(INITIAL[TEST, TRAIN], INITIAL[TEST, TEST])
    np.testing.assert_allclose(spread, np.linalg.inv(precision), atol=1e-10)
    density = multivariate_normal(np.zeros(N), joint[TRAIN, TRAIN])
    assert process.log_evidence == pytest.approx(density.logpdf(TARGETS.T).sum())


def test_samples_have_the_law() -> None:
    found = law(Flow(1.0))
    draws = found.sample(20000)
    np.testing.assert_allclose(draws.mean(0), found.mean, atol=0.03)
    np.testing.assert_allclose(np.cov(draws[:, :, 1].T), found.covariance, atol=0.05)
    np.testing.assert_allclose(draws.std(0), found.deviation, atol=0.03)


def dependent(left: np.ndarray, right: np.ndarray | None) -> np.ndarray:
    """A kernel of two components that depend on each other."""
    right = left if right is None else right
    near = np.exp(-((left[:, None] - right[None]) ** 2))
    return near[..., None, None] * np.array([[1.0, 0.6], [0.6, 2.0]])


def independent(left: np.ndarray, right: np.ndarray | None) -> np.ndarray:
    right = left if right is None else right
    return np.exp(-((left[:, None] - right[None]) ** 2))[..., None, None] * np.eye(2)


def test_components_that_depend_on_each_other() -> None:
    """Mixing the components of an independent pair gives the same as regression on mixed targets."""
    x, new = np.linspace(0, 3, N), np.array([0.5, 4.0])
    root = np.linalg.cholesky(np.array([[1.0, 0.6], [0.6, 2.0]]))
    mixed = Posterior.of(dependent, x, TARGETS @ root.T).predict(new)
    plain = Posterior.of(independent, x, TARGETS).predict(new)
    np.testing.assert_allclose(mixed.mean, plain.mean @ root.T, atol=1e-8)
    assert plain.covariance is not None
    assert mixed.covariance is not None
    expected = np.einsum("ij,kl->ijkl", plain.covariance, root @ root.T)
    np.testing.assert_allclose(mixed.covariance, expected, atol=1e-8)
    trained = Ensemble.of(dependent, dependent, x, TARGETS).predict(x, time=2.0)
    assert trained.deviation.shape == (N, 2)
    assert trained.sample(3).shape == (3, N, 2)


def test_kernels_of_components() -> None:
    x = np.linspace(0, 1, 3)
    matrix = flat(dependent(x, x))
    np.testing.assert_array_equal(apart(matrix, (2,)), dependent(x, x))
    assert alike(dependent(x, x)) is None
    np.testing.assert_array_equal(alike(independent(x, x)), independent(x, x)[..., 0, 0])


def test_one_output_stands_for_independent_columns() -> None:
    def alone(left: np.ndarray, right: np.ndarray | None) -> np.ndarray:
        return independent(left, right)[..., 0, 0]

    x, new = np.linspace(0, 3, N), np.array([0.5, 4.0])
    one = Ensemble.of(alone, alone, x, TARGETS).predict(new, steps=5, eta=1.0)
    two = Ensemble.of(independent, independent, x, TARGETS).predict(new, steps=5, eta=1.0)
    np.testing.assert_allclose(one.mean, two.mean)
    np.testing.assert_allclose(one.covariance, two.covariance)  # type: ignore[arg-type]


def test_a_wide_network_trains_like_one_of_infinite_width() -> None:
    """Mean and covariance over 400 networks of one hidden layer of erf; their kernels have closed forms."""
    n, seeds, steps, eta, d = 256, 400, 12, 0.5, 3
    model = tp.parse("""program net {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, erf(U @ x)) / sqrt(n)
}""")
    inputs = np.random.default_rng(5).standard_normal((N + M, d))
    targets = np.sign(inputs[TRAIN, 0])

    @jax.jit
    def final(key: jax.Array) -> jax.Array:
        f = jax.vmap(model.apply, (None, 0))
        start = model.init(key, n)

        def cost(weights: dict[str, jax.Array]) -> jax.Array:
            return jnp.mean((f(weights, inputs[TRAIN]) - targets) ** 2) / 2

        def step(_: int, weights: dict[str, jax.Array]) -> dict[str, jax.Array]:
            return jax.tree.map(lambda w, g: w - eta * g, weights, jax.grad(cost)(weights))

        return f(jax.lax.fori_loop(0, steps, step, start), inputs)

    ends = np.array(jax.lax.map(final, jax.random.split(jax.random.key(0), seeds), batch_size=50), dtype=np.float64)

    def nngp(left: np.ndarray, right: np.ndarray | None) -> np.ndarray:
        right = left if right is None else right
        scale = np.sqrt((1 + 2 * (left**2).sum(1))[:, None] * (1 + 2 * (right**2).sum(1)))
        return 2 / np.pi * np.arcsin(2 * left @ right.T / scale)

    def tangent(left: np.ndarray, right: np.ndarray | None) -> np.ndarray:
        other = left if right is None else right
        scale = (1 + 2 * (left**2).sum(1))[:, None] * (1 + 2 * (other**2).sum(1))
        slopes = 4 / np.pi / np.sqrt(scale - 4 * (left @ other.T) ** 2)
        return nngp(left, right) + slopes * (left @ other.T)

    predicted = Ensemble.of(nngp, tangent, inputs[TRAIN], targets).predict(inputs, steps=steps, eta=eta)
    assert predicted.covariance is not None
    spread = predicted.deviation
    np.testing.assert_array_less(np.abs(ends.mean(0) - predicted.mean), 4 * spread / seeds**0.5 + 0.02)
    np.testing.assert_allclose(np.cov(ends.T), predicted.covariance, atol=0.15 * spread.max() ** 2)
    # Without training both would be off by far.
    assert np.abs(predicted.mean[TRAIN] - targets).max() < 0.9
    assert spread[TRAIN].max() < 0.8 * np.sqrt(np.diagonal(nngp(inputs[TRAIN], None))).max()


SINGULAR = np.ones((N, N))
REFUSED = {
    "singular, process": ("TP631", lambda: GaussianProcess.of(SINGULAR, TARGETS)),
    "singular, flow": ("TP631", lambda: InfinitelyWide.of(SINGULAR, SINGULAR, TARGETS).mean(SINGULAR, Flow())),
    "zero": ("TP631", lambda: GaussianProcess.of(np.zeros((N, N)), TARGETS)),
    "indefinite, process": ("TP632", lambda: GaussianProcess.of(np.diag([1.0, 1, 1, 1, -0.1]), TARGETS)),
    "indefinite, flow": ("TP632", lambda: InfinitelyWide.of(np.eye(N), np.diag([1.0, 1, 1, 1, -0.1]), TARGETS)),
    "asymmetric": ("TP632", lambda: GaussianProcess.of(np.triu(np.ones((N, N))), TARGETS)),
    "NaN in the kernel": ("TP604", lambda: GaussianProcess.of(np.full((N, N), np.nan), TARGETS)),
    "NaN in targets": ("TP604", lambda: GaussianProcess.of(np.eye(N), TARGETS * np.nan)),
    "no inputs": ("TP603", lambda: GaussianProcess.of(np.zeros((0, 0)), np.zeros(0))),
    "words": ("TP633", lambda: GaussianProcess.of(np.eye(N), ["a"] * N)),
    "not square": ("TP633", lambda: GaussianProcess.of(np.ones((N, M)), TARGETS)),
    "too few targets": ("TP633", lambda: GaussianProcess.of(np.eye(N), TARGETS[1:])),
    "cross of another size": ("TP633", lambda: GaussianProcess.of(np.eye(N), TARGETS).mean(np.eye(N + 1))),
    "negative noise": ("TP633", lambda: GaussianProcess.of(np.eye(N), TARGETS, noise=-1.0)),
    "negative time": ("TP633", lambda: Flow(-1.0)),
    "time that is no number": ("TP633", lambda: Flow(float("nan"))),
    "half a step": ("TP633", lambda: Steps(0.5, 1.0)),  # type: ignore[arg-type]
    "momentum of 1": ("TP633", lambda: Steps(1, 1.0, 1.0)),
    "steps that grow": ("TP634", lambda: law(Steps(3, 1e3))),
    "both time and steps": ("TP633", lambda: wide().predict(np.zeros(1), time=1.0, steps=2, eta=1.0)),
    "steps without a rate": ("TP633", lambda: wide().predict(np.zeros(1), steps=2)),
    "rate without steps": ("TP633", lambda: wide().predict(np.zeros(1), eta=2)),
    "three columns for two components": ("TP608", lambda: Posterior.of(independent, np.arange(N), np.ones((N, 3)))),
    "deviation without covariance": ("TP633", lambda: NormalLaw(TARGETS).deviation),
}


def wide() -> Ensemble:
    return Ensemble.of(independent, independent, np.arange(float(N)), TARGETS)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    code, action = REFUSED[name]
    with pytest.raises(tp.TpError) as caught:
        action()
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_equal_inputs_are_named_and_noise_mends_them() -> None:
    x = np.array([0.0, 1.0, 2.0, 1.0, 3.0])
    with pytest.raises(tp.TpError, match="rows 1 and 3 are equal") as caught:
        Posterior.of(independent, x, TARGETS)
    hint = caught.value.diagnostics[0].hint
    assert hint is not None
    noise = float(hint.rpartition("=")[2])
    found = Posterior.of(independent, x, TARGETS, noise).predict(x)
    np.testing.assert_allclose(found.mean[1], (TARGETS[1] + TARGETS[3]) / 2, atol=1e-3)


def test_equal_inputs_are_no_trouble_for_finite_times() -> None:
    """They are trained towards the mean of their targets."""
    x = np.array([0.0, 1.0, 2.0, 1.0, 3.0])
    trained = Ensemble.of(independent, independent, x, TARGETS)
    np.testing.assert_allclose(trained.predict(x, time=1e4).mean[1], (TARGETS[1] + TARGETS[3]) / 2, atol=1e-6)
