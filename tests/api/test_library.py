"""The library: lazy, typed, and a plain JAX function at its heart."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from handmade import mlp

import tp
from tp.api.model import Model

MODEL = Model(mlp())
X = np.array([1.0, -0.5, 2.0], dtype=np.float32)


def test_importing_is_light() -> None:
    script = "import sys, tp; print([m for m in ('jax', 'numpy', 'networkx', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_parse() -> None:
    text = """program p(depth: int = 1) {
      width n
      input x : [d=2]
      param U : [n, d] ~ normal(0, 1)
      h = U @ x
      output f = mean(tanh(h))
    }"""
    model = tp.parse(text, depth=2)
    assert model.name == "p"
    assert list(model.inputs) == ["x"]


def test_parse_errors_carry_diagnostics() -> None:
    with pytest.raises(tp.TpError) as problem:
        tp.parse("program {")
    assert problem.value.diagnostics[0].span is not None


def test_results_are_frozen() -> None:
    found = MODEL.orders(["C[0,2]"])
    assert str(found.prediction.exponents["C[0,2]"]) == "-1"
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.premises = ()  # type: ignore[misc]


def test_unknown_quantities() -> None:
    with pytest.raises(tp.TpError) as problem:
        MODEL.orders(["C[7,7]"])
    assert problem.value.diagnostics[0].code == "TP505"


@pytest.mark.parametrize("names", [5, "C[0,2]", "F", [5], [None], b"F"])
def test_quantities_that_are_no_list_of_names(names: Any) -> None:
    for ask in (MODEL.orders, lambda names: MODEL.verify(quantities=names)):
        with pytest.raises(tp.TpError, match="must be a list of names") as problem:
            ask(names)
        assert problem.value.diagnostics[0].code == "TP505"


@pytest.mark.parametrize("n", [0, -1, 2.5, True, 10**10])
def test_weights_need_a_width(n: Any) -> None:
    with pytest.raises(tp.TpError) as problem:
        MODEL.init(0, n)
    assert problem.value.diagnostics[0].code == "TP502"


@pytest.mark.parametrize("widths", [5, [0], [], [1.5]])
def test_widths_that_are_none(widths: Any) -> None:
    with pytest.raises(tp.TpError) as problem:
        MODEL.verify(widths=widths)
    assert problem.value.diagnostics[0].code == "TP502"


def test_apply_is_the_program() -> None:
    params = MODEL.init(0, 32)
    u, w, v = (np.asarray(params[name], dtype=np.float64) for name in "UWv")
    expected = v @ np.tanh(w @ np.tanh(u @ X / 3**0.5) / 32**0.5) / 32**0.5
    assert float(MODEL.apply(params, X)) == pytest.approx(expected, rel=1e-4)
    assert float(MODEL.apply(params, {"x": X})) == pytest.approx(expected, rel=1e-4)


def test_apply_can_be_jitted_differentiated_and_mapped() -> None:
    import jax

    params = MODEL.init(jax.random.key(1), 16)
    batch = np.stack([X, 2 * X])
    values = jax.jit(jax.vmap(MODEL.apply, in_axes=(None, 0)))(params, batch)
    assert np.allclose(values, [MODEL.apply(params, x) for x in batch], atol=1e-6)
    gradient = jax.grad(MODEL.apply)(params, X)
    step = 1e-2
    moved = {**params, "v": params["v"] + step * gradient["v"]}
    change = float(MODEL.apply(moved, X) - MODEL.apply(params, X))
    assert change == pytest.approx(step * float((gradient["v"] ** 2).sum()), rel=1e-2)


@pytest.mark.parametrize("x", [np.ones(4, np.float32), {"y": X}])
def test_inputs_that_do_not_fit(x: object) -> None:
    with pytest.raises(ValueError, match="input x"):
        MODEL.apply(MODEL.init(0, 8), x)


def test_params_that_do_not_fit() -> None:
    params = MODEL.init(0, 8)
    with pytest.raises(ValueError, match="no parameter W"):
        MODEL.apply({"U": params["U"]}, X)
    with pytest.raises(ValueError, match="another one has"):
        MODEL.apply({**params, "v": params["v"][:4]}, X)


def test_correlations_are_arrays() -> None:
    found = MODEL.correlations([8, 16], seeds=3, quantities=["kernel"])
    assert found.array("kernel").shape == (2, 3)
    assert (found.array("kernel") > 0).all()


def test_verify_of_a_small_model() -> None:
    found = MODEL.verify("32:256", quantities=["kernel"], seeds=256, budget=0.0)
    assert [q.judgement.verdict.value for q in found.quantities if q.name == "kernel"] == ["confirmed"]
