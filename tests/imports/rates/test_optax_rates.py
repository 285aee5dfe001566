"""Optimisers of optax as statements of the language: settings are found by trying, and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import optax
import pytest

from tests.marks import slow
from tp.diagnostics.diagnostic import TpError
from tp.imports.module import Module
from tp.imports.rates.found import Rates, Statement
from tp.imports.rates.of_modules import rates_of
from tp.imports.traced.sizes import Number

WIDTHS = (8, 16)
Optimizer = Any
Make = Callable[[int], Optimizer]


def modules(optimizer: Make | None = None, rates: Callable[[int], Mapping[str, float]] | None = None) -> Any:
    def module(n: int) -> Module:
        def init(key: Any) -> Any:
            return {"dense": {"W": jnp.zeros((n, n)), "b": jnp.zeros(n)}, "s": jnp.zeros(())}

        given = rates(n) if rates else {}
        return Module(init, init, {}, optimizer=optimizer(n) if optimizer else None, rates=given)

    return {n: module(n) for n in WIDTHS}


def found(optimizer: Make) -> Rates:
    rates = rates_of(modules(optimizer))
    assert rates is not None
    return rates


def alone(name: str, **settings: str) -> tuple[Statement, ...]:
    return (Statement(name, settings),)


def clipped(most: float, then: Optimizer) -> Optimizer:
    return optax.chain(optax.clip_by_global_norm(most), then)


ADAM = {"beta1": "0.9", "beta2": "0.999", "eps": "1e-08"}
PLAIN = {"momentum": "0", "nesterov": "false"}
CASES: list[tuple[str, Optimizer, tuple[Statement, ...]]] = [
    ("sgd", optax.sgd(0.1), alone("sgd", eta="0.1", **PLAIN)),
    ("heavy ball", optax.sgd(0.1, 0.9), alone("sgd", eta="0.1", momentum="0.9", nesterov="false")),
    ("nesterov", optax.sgd(0.1, 0.9, True), alone("sgd", eta="0.1", momentum="0.9", nesterov="true")),
    ("adam", optax.adam(1e-3), alone("adam", eta="0.001", **ADAM)),
    ("other adam", optax.adam(0.02, 0.8, 0.95, 1e-3),
     alone("adam", eta="0.02", beta1="0.8", beta2="0.95", eps="0.001")),
    ("no mean", optax.adam(0.01, 0.0, 0.99), alone("adam", eta="0.01", beta1="0", beta2="0.99", eps="1e-08")),
    ("adamw", clipped(1, optax.adamw(3e-4, weight_decay=0.1)),
     alone("adamw", eta="0.0003", **ADAM, clip="1", decay="0.1")),
    ("coupled adam", optax.chain(optax.add_decayed_weights(0.3), optax.adam(0.01)),
     alone("adam", eta="0.01", **ADAM, decay="0.3")),
    ("coupled sgd", optax.chain(optax.add_decayed_weights(0.3), optax.sgd(0.01, 0.9)),
     alone("sgd", eta="0.01", momentum="0.9", nesterov="false", decay="0.3", coupled="true")),
    ("clipped sgd", clipped(0.5, optax.sgd(0.1)), alone("sgd", eta="0.1", **PLAIN, clip="0.5")),
    ("sign", optax.sign_sgd(0.01), alone("sign", eta="0.01")),
    ("lion", optax.lion(1e-4, 0.8, 0.95, weight_decay=0.1),
     alone("lion", eta="0.0001", beta1="0.8", beta2="0.95", decay="0.1")),
    ("lamb", optax.lamb(0.01, weight_decay=0.1),
     alone("lamb", eta="0.01", beta1="0.9", beta2="0.999", eps="1e-06", decay="0.1")),
]  # fmt: skip
USUAL = ("nesterov", "adamw", "coupled adam", "clipped sgd", "lion")


@pytest.mark.parametrize(
    ("name", "optimizer", "statements"),
    [*(c for c in CASES if c[0] in USUAL), *slow([c for c in CASES if c[0] not in USUAL])],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_settings(name: str, optimizer: Optimizer, statements: tuple[Statement, ...]) -> None:
    rates = found(lambda n: optimizer)
    assert rates.optimizers == statements
    assert (rates.rate, rates.decay, rates.learning_rate) == ({}, {}, None)


def labels(params: Any) -> Any:
    return {"dense": {"W": "matrix", "b": "rest"}, "s": "rest"}


def test_rates_that_depend_on_the_width() -> None:
    """As in maximal update parametrization."""

    def make(n: int) -> Optimizer:
        parts: dict[Any, Any] = {
            "matrix": optax.adamw(1e-2 / n, weight_decay=0.1),
            "rest": optax.adam(1e-3),
            "none": optax.set_to_zero(),
        }
        return optax.multi_transform(parts, labels)

    rates = found(make)
    assert rates.rate == {("dense", "W"): Number(10.0, Fraction(-1))}
    assert rates.decay[("dense", "W")] == Number(1.0, Fraction(-1))  # eta λ is 0.001/n
    assert rates.decay[("s",)] == Number(0.0)
    assert rates.optimizers == alone("adamw", eta="0.001", **ADAM, decay="0")


def test_groups_and_frozen_weights() -> None:
    def make(n: int) -> Optimizer:
        parts: dict[Any, Any] = {"matrix": optax.sgd(0.1 / n), "rest": optax.set_to_zero()}
        return optax.multi_transform(parts, labels)

    rates = found(make)
    assert rates.rate == {("dense", "b"): Number(0.0), ("s",): Number(0.0), ("dense", "W"): Number(1.0, Fraction(-1))}

    def two(n: int) -> Optimizer:
        parts: dict[Any, Any] = {"matrix": optax.lion(1e-4), "rest": optax.sgd(0.1)}
        return optax.multi_transform(parts, labels)

    matrix, rest = found(two).optimizers
    assert (matrix.name, matrix.paths) == ("lion", (("dense", "W"),))
    assert (rest.name, rest.paths) == ("sgd", None)


@pytest.mark.slow
def test_muon() -> None:
    def make(n: int) -> Optimizer:
        parts: dict[Any, Any] = {
            "matrix": optax.contrib.muon(0.02, weight_decay=0.1),
            "rest": optax.adam(1e-3),
            "none": optax.set_to_zero(),
        }
        return optax.multi_transform(parts, labels)

    matrix, rest = found(make).optimizers
    assert (matrix.name, matrix.settings["eta"], matrix.settings["decay"]) == ("muon", "0.02", "0.1")
    assert (matrix.settings["momentum"], matrix.settings["iterations"], rest.name) == ("0.95", "5", "adam")


QUICK = ("amsgrad", "long schedule")
REFUSED = {
    "amsgrad": optax.amsgrad(0.01),
    "schedule": optax.adam(optax.cosine_decay_schedule(1e-3, 10)),
    "long schedule": optax.adam(optax.cosine_decay_schedule(1e-3, 10**6)),
    "late step": optax.sgd(optax.piecewise_constant_schedule(0.1, {500: 0.1})),
    "warm-up": optax.adam(optax.linear_schedule(0.0, 1e-3, 10)),
    "rmsprop": optax.rmsprop(0.01),
    "adabelief": optax.adabelief(0.01),
    "adafactor": optax.adafactor(0.01),
    "nadam": optax.nadam(0.01),
    "clipped entries": optax.chain(optax.clip(0.1), optax.sgd(0.1)),
}


@pytest.mark.parametrize("name", [*QUICK, *slow([n for n in REFUSED if n not in QUICK])])
def test_other_optimizers_are_refused(name: str) -> None:
    with pytest.raises(TpError) as caught:
        found(lambda n: REFUSED[name])
    assert [one.code for one in caught.value.diagnostics] == ["TP908"]


def test_a_dictionary() -> None:
    """The longest prefix of a path counts; weights that are not named stay."""
    rates = rates_of(modules(rates=lambda n: {"dense": 0.5, "dense/W": 2.0 / n}))
    assert rates is not None
    assert rates.rate == {
        ("dense", "W"): Number(2.0, Fraction(-1)),
        ("dense", "b"): Number(0.5),
        ("s",): Number(0.0),
    }
    assert rates.optimizers == alone("sgd", eta="1")
    with pytest.raises(TpError, match="no weight is called dens"):
        rates_of(modules(rates=lambda n: {"dens": 0.5}))
    with pytest.raises(TpError, match="not a constant times a power of n"):
        rates_of({**modules(rates=lambda n: {"": 1 + 1 / n}), 32: modules(rates=lambda n: {"": 2.0})[8]})


def test_nothing_said() -> None:
    assert rates_of(modules()) is None
