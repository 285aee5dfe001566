"""Weights that stay in factors move as arrays do, under every optimiser for which they may."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tp
from tests.marks import exhaustive, slow
from tests.training.loops import route
from tp.diagnostics.diagnostic import TpError
from tp.experiments.at import At
from tp.experiments.training.trainer import Trainer
from tp.interpret.arrays import initial_weights
from tp.interpret.arrays.backend import precision
from tp.interpret.cost.path import Choice
from tp.interpret.cost.path import Path as Computing
from tp.optimizers import SGD, Optimizer
from tp.optimizers.adafactor import Adafactor
from tp.optimizers.groups import Groups
from tp.optimizers.muon import Muon
from tp.optimizers.shampoo import Shampoo
from tp.optimizers.sign import Sign

PROGRAMS = Path(__file__).parents[2] / "programs"
CLASSES = """program classes(phi: activation = tanh) {
  width n
  input x : [d=12]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1) rate 2
  param V : [c=3, n] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)
  h[2] = W @ phi(h[1]) / sqrt(n)
  output f = V @ phi(h[2]) / sqrt(n)
}"""
EVERYTHING: dict[str, Any] = {"decay": 0.3, "warmup": 3.0, "clip": 0.1}
CASES: dict[str, tuple[Optimizer, int]] = {
    "muon": (Muon(0.05), 2),
    "polar": (Muon(0.05, momentum=0.5, nesterov=False, iterations=0, adjust="spectral", **EVERYTHING), 2),
    "shampoo": (Shampoo(0.05, **EVERYTHING), 2),
    "means": (Shampoo(0.05, beta=0.8), 2),
    "adafactor": (Adafactor(0.05, **EVERYTHING), 2),
    "sign": (Sign(0.02, **EVERYTHING), 1),
    "groups": (
        Groups(
            groups=((("U",), SGD(0.1, clip=0.2)), (("W",), Muon(0.05, decay=0.2))), rest=Adafactor(0.05), warmup=3.0
        ),
        2,
    ),
    "sgd": (SGD(0.2, momentum=0.5, nesterov=True, **EVERYTHING), 2),
}
"""Optimisers with the samples of a batch."""


def runs(
    model: tp.Model, case: str, monkeypatch: pytest.MonkeyPatch, computing: Computing, together: int, curved: bool
) -> list[Mapping[str, Any]]:
    """The same weights, once moved as arrays and once left alone with their updates in factors."""
    optimizer, batch = CASES[case]
    path, draw, n, found = route(model, 4, batch), initial_weights.draw, 12, list[Mapping[str, Any]]()
    path = replace(path, curved=path.looks if curved else ())

    def everything(parameters: Any, n: int, key: Any, kind: Any, absent: Collection[str] = ()) -> Any:
        return draw(parameters, n, key, kind)

    def nothing_else(n: int, without: frozenset[str]) -> frozenset[str]:
        return without

    monkeypatch.setattr(initial_weights, "draw", everything)
    for in_factors in (False, True):
        trainer = Trainer(model.name, model.graph, path, optimizer, "squared")
        assert trainer.outline.kinds
        absent = frozenset(trainer.outline.kinds if in_factors else ())
        monkeypatch.setattr(trainer.outline, "beside", nothing_else)
        monkeypatch.setitem(trainer._choices, (n, "auto"), Choice(computing, absent, together))
        with precision("float64"):
            found.append(trainer.runs(At(n, "float64"), 3, together))
    return found


def same(
    model: tp.Model,
    case: str,
    monkeypatch: pytest.MonkeyPatch,
    computing: Computing = Computing.NUMPY,
    together: int = 1,
    curved: bool = False,
) -> None:
    arrays, factors = runs(model, case, monkeypatch, computing, together, curved)
    assert np.abs(arrays["output"][:, -1] - arrays["linear"][:, -1]).max() > 1e-6
    for key, expected in arrays.items():
        size = np.abs(expected).max()
        settled = 1e-2 if key.startswith("hessian") else 1e-8  # second derivatives are from other random starts
        np.testing.assert_allclose(factors[key], expected, settled, settled * size, err_msg=f"{model.name} {key}")


@pytest.mark.parametrize("case", list(CASES))
def test_updates_in_factors_are_those_of_arrays(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For three draws side by side, with the linear model."""
    same(tp.load(PROGRAMS / "mlp.tp", depth=2), case, monkeypatch, together=4 if case != "sgd" else 1)


@pytest.mark.parametrize("case", ["polar", "adafactor", *slow(["sign", "muon", "shampoo"])])
def test_several_outputs(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    same(tp.parse(CLASSES), case, monkeypatch)


@pytest.mark.parametrize("case", ["polar", *slow(["muon", "shampoo", "means", "adafactor"])])
@pytest.mark.parametrize("name", ["rnn", *slow(["cnn", "attention", "transformer_block", "lstm"])])
def test_weights_that_are_shared(name: str, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    same(tp.load(PROGRAMS / f"{name}.tp"), case, monkeypatch)


@pytest.mark.parametrize("case", [*slow(["polar"]), *exhaustive([c for c in CASES if c != "polar"])])
def test_compiled(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    same(tp.load(PROGRAMS / "mlp.tp", depth=2), case, monkeypatch, Computing.XLA)


@pytest.mark.slow
def test_second_derivatives(monkeypatch: pytest.MonkeyPatch) -> None:
    same(tp.load(PROGRAMS / "mlp.tp", depth=2), "muon", monkeypatch, curved=True)


def test_signs_of_several_outer_products_need_arrays() -> None:
    """Those of a batch of two samples, or of a weight that is used at every step of a recurrent net."""
    mlp, rnn = (tp.load(PROGRAMS / f"{name}.tp") for name in ("mlp", "rnn"))
    for model, batch in ((mlp, 2), (rnn, 1)):
        trainer = Trainer(model.name, model.graph, route(model, 3, batch), Sign(), "squared")
        assert not trainer.outline.kinds
        assert trainer.choice(10_000, "auto").absent == frozenset()
        with pytest.raises(TpError, match="TP511"):
            trainer.engine(At(100, "float64", "conditioned"))


@pytest.mark.parametrize("case", ["muon", *slow(["shampoo", "adafactor", "sign"])])
def test_memory_is_linear_in_the_width(case: str) -> None:
    optimizer, batch = CASES[case]
    model = tp.load(PROGRAMS / "mlp.tp")
    trainer = Trainer(model.name, model.graph, route(model, 5, batch), optimizer, "squared")
    small, large = (At(n, "float32") for n in (100_000, 1_000_000))
    assert trainer.choice(large.width, "auto").absent >= {"W[2]", "W[3]"}
    assert trainer.memory(large) < 11 * trainer.memory(small)
