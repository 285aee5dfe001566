"""Kernels at a width as a study: averages and their errors, arrays in files, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tp
from tp.sampling import memory_limit
from tp.studies import kernel as study

LINEAR = """program linear {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  param b : [] ~ normal(1/2, 1)
  output f = dot(v, U @ x) / sqrt(n) + b
}"""
TWO = """program two {
  width n
  input x : [d=3]
  input z : [t=2]
  param U : [n, d] ~ normal(0, 1)
  param R : [c=2 | n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = R @ tanh(U @ x) / sqrt(n)
  output g = sum(z, t) * dot(v, tanh(U @ x)) / sqrt(n)
}"""
numbers = np.random.default_rng(0)
X1, X2 = numbers.standard_normal((4, 3)), numbers.standard_normal((2, 3))


def test_covariance_of_outputs() -> None:
    """Of a linear network it is x·x' + 1, and the mean is that of the bias."""
    found = tp.parse(LINEAR).kernel(X1, X2, kind="nngp", width=16, seeds=2000)
    assert found.array.shape == (4, 2)
    assert found.error is not None
    away = (found.array - (X1 @ X2.T + 1)) / found.error
    assert np.abs(away).max() < 4.5
    assert 0.05 < np.abs(away).mean() < 2
    for mean in found.means["f"]:
        assert np.abs(mean - 0.5).max() < 0.5


def test_mean_of_tangent_kernels() -> None:
    """Of a linear network it is |v|^2 x·x' / n + (U x)·(U x') / n + 1, whose mean is 2 x·x' + 1."""
    found = tp.parse(LINEAR).kernel(X1, width=8, seeds=2000)
    assert found.symmetric
    assert found.draws == 2000
    assert found.error is not None
    away = (found.array - (2 * X1 @ X1.T + 1)) / found.error
    assert np.abs(away).max() < 4.5
    assert np.abs(away).mean() > 0.05
    one = tp.parse(LINEAR).kernel(X1, width=8)
    assert (one.draws, one.errors, one.error) == (1, {}, None)
    np.testing.assert_array_equal(np.asarray(one), one.array)


def test_several_outputs(tmp_path: Path) -> None:
    x = {"x": X1, "z": np.ones((4, 2))}
    found = tp.parse(TWO).kernel(x, width=16, seeds=2)
    assert {name: a.shape[2:] for name, a in found.values.items()} == {
        "f, f": (2, 2), "f, g": (2,), "g, f": (2,), "g, g": (),
    }  # fmt: skip
    with pytest.raises(ValueError, match="several outputs"):
        _ = found.array
    assert found.matrix("f").shape == (8, 8)
    np.testing.assert_allclose(found.matrix("f"), found.matrix("f").T)
    found.save(tmp_path / "kernel.npz")
    with np.load(tmp_path / "kernel.npz") as arrays:
        np.testing.assert_array_equal(arrays["kernel:f, g"], found.values["f, g"])
        np.testing.assert_array_equal(arrays["error:g, g"], found.errors["g, g"])
        assert (str(arrays["width"]), str(arrays["kind"])) == ("16", "ntk")
    shown = str(found)
    assert "f, g" in shown
    assert "the first components of [c=2] and [c=2]" in shown
    with pytest.raises(tp.TpError, match="TP508"):
        found.save(tmp_path / "no" / "kernel.npz")


@pytest.mark.parametrize(
    ("x1", "settings", "code"),
    [
        (X1[:, :2], {}, "TP602"),
        ({"y": X1}, {}, "TP602"),
        (np.full((2, 3), np.nan), {}, "TP604"),
        (np.zeros((0, 3)), {}, "TP603"),
        (X1, {"samples": 5}, "TP603"),
        (X1, {"kind": "ntkk"}, "TP506"),
        (X1, {"width": 0}, "TP502"),
        (X1, {"kind": "nngp", "seeds": 1}, "TP503"),
        (1e200 * X1, {"kind": "nngp", "seeds": 2}, "TP604"),
        ("digits", {}, "TP606"),
    ],
)
def test_refused(x1: object, settings: dict[str, object], code: str) -> None:
    with pytest.raises(tp.TpError) as raised:
        tp.parse(LINEAR).kernel(x1, **{"width": 8, **settings})  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert [d.code for d in raised.value.diagnostics] == [code]


def test_beyond_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "free_memory", lambda: memory_limit.RUNTIME + (1 << 20))
    with pytest.raises(tp.TpError, match="400 x 400 inputs"):
        tp.parse(LINEAR).kernel(numbers.standard_normal((400, 3)), width=8)


def test_equal_and_zero_inputs() -> None:
    x = np.stack([X1[0], X1[0], np.zeros(3), -2 * X1[0]])
    found = tp.parse(TWO.replace("sum(z, t)", "1").replace("input z : [t=2]", "")).kernel(x, width=64, seeds=2)
    assert all(np.isfinite(a).all() for a in found.values.values())
    assert "rank" in str(found)
