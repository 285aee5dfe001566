"""Models as people write them are imported, which holds each against its program, and have orders and a regime."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import tp
from tests.imports.models.others.activations import ACTIVATIONS
from tests.imports.models.others.activations import make as perceptron
from tests.marks import exhaustive, slow

NAMES = sorted(
    path.stem for path in (Path(__file__).parent / "models" / "others").glob("*.py") if path.stem != "__init__"
)
IN_CI = ("gpt2_fused", "flax_lstm", "resnet_group_norm", "llama")


def imported(make: Callable[..., Any]) -> tp.Model:
    model = tp.from_jax(make)
    assert tp.parse(model.text).graph.parameters.keys() == model.graph.parameters.keys()
    return model


@pytest.mark.parametrize("name", slow(IN_CI) + exhaustive([name for name in NAMES if name not in IN_CI]))
def test_models(name: str) -> None:
    imported(import_module(f"tests.imports.models.others.{name}").make)


@pytest.mark.parametrize("name", exhaustive(NAMES, but=("equinox_mlp",)))
def test_orders_of_models(name: str) -> None:
    found = imported(import_module(f"tests.imports.models.others.{name}").make).orders(["F"])
    assert "F" in found.prediction.exponents  # None where the readout starts with zeros
    assert found.regime is not None


@pytest.mark.parametrize("activation", exhaustive(sorted(set(ACTIVATIONS) - {"arctan"}), but=("selu",)))
def test_activations(activation: str) -> None:
    imported(partial(perceptron, activation=activation))
