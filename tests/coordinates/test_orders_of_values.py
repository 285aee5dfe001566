"""Orders of named values at initialisation and after steps: those of the regime, and no more than is known."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import tp
from tests.marks import slow
from tp.optimizers import chosen
from tp.studies.coordinates.orders_of_values import OrdersOfValues
from tp.transform.two_sided import two_sided

PROGRAMS = Path(__file__).parents[2] / "programs"
HALF = Fraction(1, 2)
STANDARD = """program standard {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, n^(-1/2))
  param v : [n] ~ normal(0, n^(-1/2))
  h[1] = (U @ x) / sqrt(d)
  h[2] = W @ tanh(h[1])
  z = tanh(h[2])
  output f = dot(v, z)
}"""


def orders_of(model: tp.Model, steps: int) -> OrdersOfValues:
    return OrdersOfValues(model.graph, chosen(model.program.optimizers).of(two_sided(model.graph)), steps)


NAMES = ("mup_mlp", "mlp", "relu_mlp", "attention_sqrt", "cnn", "residual_mlp")


@pytest.mark.parametrize("optimizer", [None, "adam"])
@pytest.mark.parametrize("name", slow(NAMES, NAMES[:3]))
def test_moves_are_those_of_the_regime(name: str, optimizer: str | None) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    model = model.with_optimizer(optimizer) if optimizer else model
    regime = model.orders(["F"]).regime
    assert regime is not None
    found = orders_of(model, regime.steps)
    features = [f for f in regime.features if f.name in found.named]
    assert features
    for feature in features:
        assert found.order(feature.name, "value", 0).exponent == feature.initial
        change = found.order(feature.name, "change", regime.steps)
        if change.known:
            assert (change.exponent, change.exact) == (feature.moved, feature.sharp)
        else:
            assert feature.moved is not None
            assert feature.moved > 2


def test_maximal_updates() -> None:
    found = orders_of(tp.load(PROGRAMS / "mup_mlp.tp"), 3)
    assert [found.order("f", "value", step).exponent for step in range(4)] == [-HALF, 0, 0, 0]
    assert found.order("x", "change", 2).exponent is None
    assert found.order("h[1]", "change", 0).exponent is None
    assert all(found.order("h[2]", kind, 3) == found.order("h[2]", kind, 1) for kind in ("value", "change"))


def test_a_step_that_grows_is_the_last() -> None:
    found = orders_of(tp.parse(STANDARD), 2)
    assert [found.order(name, "change", 1).exponent for name in ("h[1]", "h[2]")] == [-HALF, HALF]
    assert found.order("h[2]", "value", 1).exponent == HALF
    assert not found.order("z", "change", 1).exact  # tanh is bounded, which its series is not
    assert not found.order("h[1]", "change", 2).known
    assert "positive power" in found.order("h[1]", "value", 2).reason


def test_an_output_that_grows_makes_error_signals_unknown() -> None:
    found = orders_of(tp.parse(STANDARD.replace("normal(0, n^(-1/2))\n  h", "normal(0, 1)\n  h")), 1)
    assert found.order("f", "value", 0).exponent == HALF
    assert "output grows" in found.order("h[1]", "change", 1).reason


def test_orders_that_hold_at_large_widths_only() -> None:
    text = STANDARD.replace("normal(0, 1)", "normal(0, n^(-1/2))").replace("tanh(h[1])", "normalize(h[1], n, eps=1e-6)")
    found = orders_of(tp.parse(text), 0).order("h[2]", "value", 0)
    assert (found.exponent, found.above) == (-HALF, pytest.approx(1e6, rel=0.5))
    assert not orders_of(tp.parse(STANDARD), 0).order("h[2]", "value", 0).above
