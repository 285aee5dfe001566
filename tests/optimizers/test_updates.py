"""Updates are those of optax, step by step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
import optax
import pytest

from tests.marks import slow
from tests.optimizers.against_optax import Theirs, agrees, keeps_single_precision
from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import Scale, Width
from tp.optimizers import SGD, Optimizer
from tp.optimizers.adam import Adam
from tp.optimizers.adamw import AdamW
from tp.optimizers.lamb import Lamb
from tp.optimizers.lion import Lion


def l2(decay: float, then: Any) -> Theirs:
    """Decay as a part of the gradient, before ``then`` with the learning rate Λ."""
    return lambda rate: optax.chain(optax.add_decayed_weights(decay), then(rate))


def shrunk(decay: float, eta: float, then: Any) -> Theirs:
    """Weights that shrink by ηλ whatever their learning rate, beside ``then`` with the rate Λ."""
    return lambda rate: optax.chain(
        then, optax.scale(rate), optax.add_decayed_weights(decay), optax.scale_by_learning_rate(eta)
    )


CASES: list[tuple[str, Optimizer, Theirs]] = [
    ("sgd", SGD(0.1), lambda rate: optax.sgd(0.1 * rate)),
    ("heavy ball", SGD(0.1, momentum=0.9), lambda rate: optax.sgd(0.1 * rate, 0.9)),
    ("nesterov", SGD(0.1, momentum=0.9, nesterov=True), lambda rate: optax.sgd(0.1 * rate, 0.9, nesterov=True)),
    (
        "nesterov, coupled",
        SGD(0.1, momentum=0.9, nesterov=True, decay=0.3, coupled=True),
        l2(0.3, lambda rate: optax.sgd(0.1 * rate, 0.9, nesterov=True)),
    ),
    (
        "heavy ball, decoupled",
        SGD(0.1, momentum=0.9, decay=0.3),
        shrunk(0.3, 0.1, optax.trace(0.9)),
    ),
    ("adam", Adam(0.01), lambda rate: optax.adam(0.01 * rate)),
    (
        "adam, large eps",
        Adam(0.01, beta1=0.8, beta2=0.95, eps=0.1),
        lambda rate: optax.adam(0.01 * rate, 0.8, 0.95, 0.1),
    ),
    ("adam, no memory", Adam(0.01, beta1=0.0, beta2=0.0), lambda rate: optax.adam(0.01 * rate, 0.0, 0.0)),
    ("adam, coupled", Adam(0.01, decay=0.3), l2(0.3, lambda rate: optax.adam(0.01 * rate))),
    ("adam, decoupled", Adam(0.01, decay=0.3, coupled=False), shrunk(0.3, 0.01, optax.scale_by_adam())),
    ("adamw", AdamW(0.01), lambda rate: optax.adamw(0.01 * rate, weight_decay=1e-4 / rate)),
    ("adamw, decay", AdamW(0.01, decay=0.3), lambda rate: optax.adamw(0.01 * rate, weight_decay=0.3 / rate)),
    ("lion", Lion(0.01), lambda rate: optax.lion(0.01 * rate, weight_decay=1e-3 / rate)),
    (
        "lion, decay",
        Lion(0.01, beta1=0.8, beta2=0.9, decay=0.3),
        lambda rate: optax.lion(0.01 * rate, 0.8, 0.9, weight_decay=0.3 / rate),
    ),
    (
        "lion, coupled",
        Lion(0.01, decay=0.3, coupled=True),
        l2(0.3, lambda rate: optax.lion(0.01 * rate, weight_decay=0)),
    ),
    ("lamb", Lamb(0.01), lambda rate: optax.lamb(0.01 * rate)),
    ("lamb, decay", Lamb(0.01, eps=1e-3, decay=0.3), lambda rate: optax.lamb(0.01 * rate, eps=1e-3, weight_decay=0.3)),
    ("lamb, coupled", Lamb(0.01, decay=0.3, coupled=True), l2(0.3, lambda rate: optax.lamb(0.01 * rate))),
]


USUAL = ("nesterov, coupled", "heavy ball, decoupled", "adam, coupled", "adamw, decay", "lion, decay", "lamb, decay")
SORTED = [*(c for c in CASES if c[0] in USUAL), *slow([c for c in CASES if c[0] not in USUAL])]


@pytest.mark.parametrize(("name", "optimizer", "theirs"), SORTED, ids=lambda v: v if isinstance(v, str) else "")
def test_updates_are_those_of_optax(name: str, optimizer: Optimizer, theirs: Theirs) -> None:
    agrees(optimizer, theirs)


@pytest.mark.parametrize(
    ("optimizer", "theirs"),
    [
        (Adam(0.01, clip=0.5, decay=0.3), l2(0.3, lambda rate: optax.adam(0.01 * rate))),
        *slow(
            [
                (SGD(0.1, momentum=0.9, clip=0.5), lambda rate: optax.sgd(0.1 * rate, 0.9)),
                (Adam(0.01, clip=0.5), lambda rate: optax.adam(0.01 * rate)),
            ]
        ),
    ],
)
def test_clipping(optimizer: Optimizer, theirs: Theirs) -> None:
    """By the norm over all weights, before decay is added."""
    agrees(optimizer, theirs, whole=optax.clip_by_global_norm(0.5))


def rising(eta: float) -> Any:
    return lambda count: eta * jnp.minimum(1, (count + 1) / 5.0)


@pytest.mark.parametrize(
    ("optimizer", "theirs"),
    [
        (AdamW(0.01, decay=0.3, warmup=5), lambda rate: optax.adamw(rising(0.01 * rate), weight_decay=0.3 / rate)),
        *slow([(SGD(0.1, momentum=0.9, warmup=5), lambda rate: optax.sgd(rising(0.1 * rate), 0.9))]),
    ],
)
def test_warm_up(optimizer: Optimizer, theirs: Theirs) -> None:
    """A rate that rises in equal steps up to its value, with which decoupled decay rises."""
    agrees(optimizer, theirs)


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1, momentum=0.9, nesterov=True, clip=1, warmup=2),
        Adam(0.01, clip=1, warmup=2),
        AdamW(0.01, eps=0),
        Lion(0.01),
        Lamb(0.01),
    ],
    ids=lambda optimizer: optimizer.name,
)
def test_single_precision_stays_single(optimizer: Optimizer) -> None:
    keeps_single_precision(optimizer)


def test_a_weight_without_a_gradient_rests_even_without_eps() -> None:
    weights = {"W": np.ones((2, 3))}
    optimizer = Adam(0.1, eps=0, beta1=0.5)
    state = optimizer.init(weights)
    for s in range(3):
        updates, state = optimizer.step({"W": np.array([[0, 1e-30, -2.0]] * 2)}, state, weights, {"W": 1.0}, s)
        np.testing.assert_allclose(updates["W"], [[0, -0.1, 0.1]] * 2)


def test_amounts_are_powers_of_the_width() -> None:
    """eps, decay, clip and warm-up at a width are those numbers."""
    n = Width("n")
    half = Scale(0.5, ((n, Fraction(-1, 2)),))
    optimizer = Adam(0.01, eps=half, decay=half, clip=half, warmup=Scale.of(n))
    assert optimizer.at(4) == Adam(0.01, eps=0.25, decay=0.25, clip=0.25, warmup=4)
    assert optimizer.shrinks
    assert optimizer.shrinkage("W") == half
    assert Adam(0.5, decay=Scale.of(n)).at(2).decay == 2
    with pytest.raises(TpError, match="eta times weight decay must be below 1"):
        AdamW(0.5, decay=Scale.of(n)).at(2)


def test_a_switch_that_is_off_is_not_said_to_be_on() -> None:
    assert SGD(nesterov=True).described[1:] == ["nesterov"]
    assert Adam(coupled=False).described[1:] == ["no coupled decay"]
