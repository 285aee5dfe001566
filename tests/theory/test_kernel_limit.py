"""Kernels at infinite width: known numbers, tiles, what stays random, and programs without a limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tp
from tests.marks import exhaustive, slow
from tp.interpret.limit import Accuracy
from tp.theory import kernel_values as values
from tp.theory.kernel_draws import square_root
from tp.theory.kernel_values import kernel_values

PROGRAMS = Path(__file__).parents[2] / "programs"
TWO = """program two {
  width n
  input x : [t=2, d=3]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param R : [c=2 | n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  param b : [] ~ normal(1/2, 1)
  h = relu(W @ tanh(U @ x / sqrt(d)) / sqrt(n))
  output f = R @ mean(h, t) / sqrt(n)
  output g = dot(v, h) / sqrt(n) + b
}"""
ONE_LAYER = """program one(phi: activation = tanh) {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, phi(U @ x / sqrt(d))) / sqrt(n)
}"""
numbers = np.random.default_rng(0)
X1, X2 = numbers.standard_normal((5, 2, 3)), numbers.standard_normal((3, 2, 3))


@pytest.mark.parametrize(("phi", "square", "kernel"), [("tanh", 0.394294490, 0.858697393), ("relu", 0.5, 1.0)])
def test_known_numbers(phi: str, square: float, kernel: float) -> None:
    """E phi(z)^2 and E phi^2 + E phi'^2 for a standard normal z."""
    model, x = tp.parse(ONE_LAYER, phi=phi), np.ones((1, 4))
    np.testing.assert_allclose(model.kernel(x, kind="nngp").array, square, rtol=1e-8)
    found = model.kernel(x)
    np.testing.assert_allclose(found.array, kernel, rtol=1e-8)
    assert found.error is not None
    assert found.error.max() < 1e-8


@pytest.mark.parametrize("kind", ["ntk", "nngp"])
def test_networks_of_a_width(kind: str) -> None:
    """The mean over draws at n = 2000 is the limit, within its standard error and terms of order 1/n."""
    model = tp.parse(TWO)
    limit, drawn = model.kernel(X1, X2, kind=kind), model.kernel(X1, X2, kind=kind, width=2000, seeds=50)
    assert limit.values.keys() == drawn.values.keys()
    for name, value in limit.values.items():
        assert value.shape == drawn.values[name].shape
        away = np.abs(value - drawn.values[name]) / (drawn.errors[name] + 3e-3)
        assert away.max() < 5
    for name, means in limit.means.items():
        for one, other in zip(means, drawn.means[name], strict=True):
            assert one.shape == other.shape
            assert np.abs(one - other).max() < 0.5
    if kind == "nngp":
        assert np.allclose(limit.means["g"][0], 0.5)
        assert np.allclose(limit.means["f"][1], 0)


@pytest.mark.parametrize("kind", ["ntk", "nngp"])
def test_tiles(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, x1, x2 = tp.parse(TWO).graph, {"x": X1}, {"x": X2}
    whole = [kernel_values(graph, kind, x1, other, Accuracy()) for other in (None, x2)]
    monkeypatch.setattr(values, "TILE", 1 << 9)
    assert values.size_of_tile(graph, kind, 5, 3)[0] < 5
    for one, other in zip(whole, (None, x2), strict=True):
        tiled = kernel_values(graph, kind, x1, other, Accuracy())
        for name, value in one.values.items():
            # Derivatives of relu feel the root of the rounding of correlations near one.
            np.testing.assert_allclose(tiled.values[name], value, rtol=1e-7, atol=1e-10)
        for name, means in one.means.items():
            np.testing.assert_allclose(tiled.means[name][1], means[1])


@pytest.mark.parametrize("kind", ["ntk", "nngp"])
def test_kernels_are_symmetric_and_positive(kind: str) -> None:
    model = tp.parse(TWO)
    x = np.concatenate([X1, X1[:1], 0 * X1[:1], -2 * X1[:1]])  # equal, zero and parallel inputs
    found = model.kernel(x, kind=kind)
    for output in ("f", "g"):
        matrix = found.matrix(output)
        assert np.isfinite(matrix).all()
        np.testing.assert_allclose(matrix, matrix.T, rtol=1e-7, atol=1e-10)
        assert np.linalg.eigvalsh(matrix).min() > -1e-9 * np.abs(matrix).max()
    order = numbers.permutation(len(x))
    shuffled = model.kernel(x[order], x, kind=kind)
    for name, value in found.values.items():
        np.testing.assert_allclose(shuffled.values[name], value[order], rtol=1e-7, atol=1e-10)


@pytest.mark.slow
def test_compiled_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = tp.parse(ONE_LAYER).graph
    x = {"x": numbers.standard_normal((4, 4))}
    by_numpy = kernel_values(graph, "ntk", x).values["f, f"]
    function = tp.parse(ONE_LAYER).kernel_function()
    np.testing.assert_allclose(function(x["x"], x["x"][:2]), by_numpy[:, :2], rtol=1e-5)
    monkeypatch.setattr(values, "SAVED", 1.0)
    values._function.cache_clear()  # pyright: ignore[reportPrivateUsage]
    np.testing.assert_allclose(kernel_values(graph, "ntk", x).values["f, f"], by_numpy, rtol=1e-9)
    values._function.cache_clear()  # pyright: ignore[reportPrivateUsage]


def test_what_stays_random() -> None:
    model = tp.load(PROGRAMS / "bottleneck.tp")
    found = model.kernel(samples=2, kind="nngp", seeds=200)
    assert {s.label for s in found.staying} == {"narrow"}
    assert {s.span.line for s in found.staying if s.span is not None} == {11}
    assert found.spread["f, f"].min() > 0.02
    shown = str(found)
    assert "narrow, line 11" in shown
    assert "the outputs are normal with a kernel that depends on them" in shown
    drawn = model.kernel(samples=2, kind="nngp", width=500, seeds=1000)
    assert np.abs(found.array - drawn.array).max() < 5 * np.hypot(found.errors["f, f"], drawn.errors["f, f"]).max()


@pytest.mark.parametrize(("name", "sizes"), slow((("bottleneck", {}), ("attention_sqrt", {"t": 2, "d": 2}))))
def test_tangent_kernels_that_stay_random(name: str, sizes: dict[str, Any]) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp", **sizes)
    found, drawn = model.kernel(samples=2, seeds=100), model.kernel(samples=2, width=1000, seeds=100)
    assert np.abs(found.array - drawn.array).max() < 5 * np.hypot(found.errors["f, f"], drawn.errors["f, f"]).max()


def test_roots_of_covariances() -> None:
    """Equal numbers have a singular covariance; one with noise has negative eigenvalues, which are not dropped."""
    singular = np.ones((3, 3))
    root = square_root(singular)
    assert root is not None
    np.testing.assert_allclose(root @ root.T, singular, atol=1e-12)
    noise = numbers.standard_normal((100, 100))
    assert square_root(np.eye(100) + noise + noise.T) is None


def test_orders_of_n() -> None:
    found = tp.load(PROGRAMS / "mean_field.tp").kernel(samples=2, kind="nngp")
    assert found.exponents == {"f, f": -1}
    assert "f, times n^(-1)" in str(found)


def test_no_limit() -> None:
    text = TWO.replace("h = relu(W @ tanh(U @ x / sqrt(d)) / sqrt(n))", "h = tanh(W @ tanh(U @ x))")
    with pytest.raises(tp.TpError) as raised:
        tp.parse(text).kernel(X1)
    (found,) = raised.value.diagnostics
    assert (found.code, found.span and found.span.line) == ("TP641", 9)


SHIPPED = ("residual_mlp", "cnn", "rnn", "attention")


@pytest.mark.parametrize("name", [*slow(SHIPPED), *exhaustive(["cnn_flatten", "lstm", "transformer_block"])])
def test_shipped_programs(name: str) -> None:
    """Both kernels are within 5 standard errors of those of networks of width 2000, and terms of order 1/n."""
    model = tp.load(PROGRAMS / f"{name}.tp")
    for kind, seeds in (("ntk", 32), ("nngp", 400)):
        limit = model.kernel(samples=3, kind=kind)
        drawn = model.kernel(samples=3, kind=kind, width=2000, seeds=seeds)
        assert drawn.error is not None
        away = np.abs(limit.array - drawn.array) / (drawn.error + 2e-3 * np.abs(limit.array).max())
        assert away.max() < 5, kind
