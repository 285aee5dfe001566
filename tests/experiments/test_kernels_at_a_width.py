"""Kernels at a width: tiles, paths and engines agree, and draws do not depend on how they are asked for."""

from __future__ import annotations

from itertools import product

import jax
import numpy as np
import pytest

import tp
from tp.experiments import kernels
from tp.experiments.at import At
from tp.experiments.kernels import OUTPUTS, TANGENT, Kernels
from tp.interpret.cost.path import Choice, Path

PROGRAM = """program p {
  width n
  input x : [t=2, d=3]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param R : [c=2 | n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(W @ tanh(U @ x / sqrt(d)) / sqrt(n))
  output f = R @ mean(h, t) / sqrt(n)
  output g = dot(v, h) / sqrt(n)
}"""
GRAPH = tp.parse(PROGRAM).graph
numbers = np.random.default_rng(0)
LEFT, RIGHT = {"x": numbers.standard_normal((5, 2, 3))}, {"x": numbers.standard_normal((3, 2, 3))}


def dense(experiment: Kernels, at: At) -> Choice:
    return Choice(Path.NUMPY, frozenset())


def compiled(experiment: Kernels, at: At) -> Choice:
    return Choice(Path.XLA, frozenset())


def at_once(what: str, right: bool) -> Kernels:
    return Kernels("p", GRAPH, what, LEFT, RIGHT if right else None)


@pytest.mark.parametrize(("what", "right"), [*product([TANGENT, OUTPUTS], [False, True])])
def test_tiles(what: str, right: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    at, whole = At(24), at_once(what, right)
    monkeypatch.setattr(Kernels, "choice", dense)
    expected = whole.draw(at, 1, 2)
    memory = whole.memory(at)
    monkeypatch.setattr(kernels, "TILE", {TANGENT: 1 << 14, OUTPUTS: 1 << 12}[what])
    found = (tiled := at_once(what, right)).draw(at, 1, 2)
    assert tiled.tile(at) < 5
    assert tiled.memory(at) < memory
    for name, value in expected.items():
        assert value.shape == (2, *whole.shape(name))
        np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-14)


def test_draws_have_numbers() -> None:
    at, experiment = At(24), at_once(TANGENT, right=True)
    every = experiment.draw(at, 0, 5)
    for name, values in experiment.draw(at, 3, 2).items():
        np.testing.assert_array_equal(values, every[name][3:])
        assert not np.allclose(every[name][0], every[name][1])


def test_a_batch_with_itself() -> None:
    """With one batch gradients are taken once; the numbers are those of two equal batches."""
    at = At(24)
    one = Kernels("p", GRAPH, TANGENT, LEFT).draw(at, 0, 2)
    two = Kernels("p", GRAPH, TANGENT, LEFT, LEFT).draw(at, 0, 2)
    for name, values in one.items():
        np.testing.assert_allclose(values, two[name], rtol=1e-10, atol=1e-13)


def test_given_weights_on_jax() -> None:
    model = tp.parse(
        """program p {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param R : [c=2 | n] ~ normal(0, 1)
  output f = R @ tanh(U @ x) / sqrt(n)
}"""
    )
    x, params = numbers.standard_normal((5, 3)), model.init(0, 16)
    same = np.asarray(jax.jit(model.tangent_kernel)(params, {"x": x}))
    found = np.asarray(jax.jit(model.tangent_kernel)(params, x, x[1:3]))
    assert found.shape == (5, 2, 2, 2)
    np.testing.assert_allclose(found, same[:, 1:3], rtol=1e-4, atol=1e-5)
    matrix = same.swapaxes(1, 2).reshape(10, 10)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-5, atol=1e-6)
    assert np.linalg.eigvalsh(matrix).min() > -1e-5
    with pytest.raises(ValueError, match="samples of x have shape"):
        model.tangent_kernel(params, x[:, 0])


def test_engines_have_one_law() -> None:
    means = {}
    for engine in ("dense", "conditioned"):
        drawn = at_once(TANGENT, right=False).draw(At(16, engine=engine), 0, 150)["g, g"]
        means[engine] = drawn.mean(axis=0), drawn.std(axis=0) / np.sqrt(150)
    (one, error), (two, other) = means.values()
    assert (np.abs(one - two) < 5 * np.hypot(error, other)).all()
    assert (error < 0.3 * np.abs(one).max()).all()


def test_compiled_draws_have_the_same_law(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = at_once(OUTPUTS, right=True).draw(At(16), 0, 150)
    monkeypatch.setattr(Kernels, "choice", compiled)
    found = at_once(OUTPUTS, right=True).draw(At(16), 0, 150)
    for name, values in expected.items():
        assert found[name].shape == values.shape
        spread = values.std(axis=0)
        assert (np.abs(found[name].std(axis=0) - spread) < 0.4 * spread).all()
