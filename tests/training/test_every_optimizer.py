"""Dense runs under every optimiser, and their linear models, are those of a plain loop with optax, to rounding."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import tp
from tests.marks import slow
from tests.optimizers.plain_rules import Power, Rule, adafactor, muon, shampoo, sign
from tests.random_programs.strategy import seeded
from tests.training.loops import Step, compared, route
from tp.costs import find
from tp.experiments.at import At
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.trainer import Trainer
from tp.graph.axes import Scale, Width
from tp.optimizers import SGD, Groups, Optimizer
from tp.optimizers.adafactor import Adafactor
from tp.optimizers.adam import Adam
from tp.optimizers.adamw import AdamW
from tp.optimizers.lamb import Lamb
from tp.optimizers.lion import Lion
from tp.optimizers.muon import Muon
from tp.optimizers.shampoo import Shampoo
from tp.optimizers.sign import Sign
from tp.studies.train import trainer_of
from tp.transform.two_sided import two_sided

PROGRAMS = Path(__file__).parents[2] / "programs"
Theirs = Callable[[float], optax.GradientTransformation]
"""From Λ of a weight to its optimiser."""


def by_optax(theirs: Callable[[str], Theirs], clip: float = 0.0) -> Step:
    """Steps of the optimisers ``theirs``, by weight, after clipping of the gradient of all weights together."""
    before = optax.clip_by_global_norm(clip) if clip else optax.identity()

    def step(gradient: Any, states: Any, weights: Any, rates: dict[str, float]) -> tuple[dict[str, Any], Any]:
        each = {w: theirs(w)(rates[w]) for w in weights}

        @jax.jit
        def whole(gradient: Any, states: Any, weights: Any) -> tuple[dict[str, Any], Any]:
            gradient, _ = before.update(gradient, before.init(weights))
            found = {w: each[w].update(gradient[w], states[w], weights[w]) for w in weights}
            return {w: update for w, (update, _) in found.items()}, {w: state for w, (_, state) in found.items()}

        states = states or (whole, {w: each[w].init(weights[w]) for w in weights})
        updates, after = states[0](gradient, states[1], weights)
        return updates, (states[0], after)

    return step


def all_alike(theirs: Theirs) -> Callable[[str], Theirs]:
    return lambda _: theirs


def rising(eta: float, steps: float) -> Any:
    return lambda count: eta * jnp.minimum(1, (count + 1) / steps)


GROUPS = Groups(
    groups=((("W",), Lion(0.02, decay=0.1)), (("U",), Lamb(0.05))), rest=AdamW(0.03, decay=0.2), clip=0.3, warmup=3
)


def groups(weight: str) -> Theirs:
    family = weight.partition("[")[0]
    if family == "W":
        return lambda rate: optax.lion(rising(0.02 * rate, 3.0), weight_decay=0.1 / rate)
    if family == "U":
        return lambda rate: optax.lamb(rising(0.05 * rate, 3.0))
    return lambda rate: optax.adamw(rising(0.03 * rate, 3.0), weight_decay=0.2 / rate)


def by_rules(model: tp.Model, eta: float, rule: Rule, n: int) -> Step:
    """Steps of one plain rule for all weights, as matrices of their two sides."""
    outs = {w: len(parameter.outs) for w, parameter in two_sided(model.graph).items()}

    def step(gradient: Any, states: Any, weights: Any, rates: dict[str, float]) -> tuple[dict[str, Any], Any]:
        states = states or {w: rule(n, outs[w]) for w in weights}
        found = {w: states[w](np.asarray(gradient[w]), np.asarray(weights[w])) for w in weights}
        return {w: jnp.asarray(-eta * rates[w] * u) for w, u in found.items()}, states

    return step


Case = tuple[str, Optimizer, Step, int]
CASES: list[Case] = [("standard_mlp", Adam(0.03), by_optax(all_alike(lambda rate: optax.adam(0.03 * rate))), 1)]
MORE: list[Case] = [
    ("mlp", GROUPS, by_optax(groups, clip=0.3), 2),
    ("attention", Adam(0.03), by_optax(all_alike(lambda rate: optax.adam(0.03 * rate))), 2),
    ("cnn", Adam(0.03), by_optax(all_alike(lambda rate: optax.adam(0.03 * rate))), 1),
    ("rnn", AdamW(0.03), by_optax(all_alike(lambda rate: optax.adamw(0.03 * rate, weight_decay=1e-4 / rate))), 2),
    ("residual_mlp", Lamb(0.03), by_optax(all_alike(lambda rate: optax.lamb(0.03 * rate))), 1),
    ("mup_mlp", Lion(0.01, decay=0), by_optax(all_alike(lambda rate: optax.lion(0.01 * rate, weight_decay=0))), 2),
    (
        "rnn",
        SGD(0.2, momentum=0.8, nesterov=True),
        by_optax(all_alike(lambda rate: optax.sgd(0.2 * rate, 0.8, nesterov=True))),
        2,
    ),
    ("mlp", SGD(0.2, clip=0.3), by_optax(all_alike(lambda rate: optax.sgd(0.2 * rate)), clip=0.3), 2),
    ("mlp", SGD(0.2, warmup=4), by_optax(all_alike(lambda rate: optax.sgd(rising(0.2 * rate, 4.0)))), 2),
    (
        "mlp",
        Groups(groups=((("W",), SGD(0.2, momentum=0.5)),), rest=SGD(0.1)),
        by_optax(lambda w: lambda rate: optax.sgd(0.2 * rate, 0.5) if w.startswith("W") else optax.sgd(0.1 * rate)),
        2,
    ),
]


@pytest.mark.parametrize(
    ("name", "optimizer", "step", "batch"), [*CASES, *slow(MORE)], ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_run_is_a_loop_with_optax(name: str, optimizer: Optimizer, step: Step, batch: int) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    compared(model, route(model, 5, batch), optimizer, step, find("squared").function)


def own(y: Any, t: Any) -> Any:
    """A cost that JAX alone computes, so the run is compiled."""
    return ((y - t) ** 2).sum() / 2


COMPILED: list[Case] = [
    (
        "cnn",
        SGD(0.1, momentum=0.8, nesterov=True, warmup=3),
        by_optax(all_alike(lambda rate: optax.sgd(rising(0.1 * rate, 3.0), 0.8, nesterov=True))),
        2,
    ),
    (
        "rnn",
        AdamW(0.03, clip=0.2),
        by_optax(all_alike(lambda rate: optax.adamw(0.03 * rate, weight_decay=1e-4 / rate)), clip=0.2),
        1,
    ),
]


@pytest.mark.parametrize(
    ("name", "optimizer", "step", "batch"),
    [("mlp", GROUPS, by_optax(groups, clip=0.3), 2), *slow(COMPILED)],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_compiled_run_is_a_loop_with_optax(name: str, optimizer: Optimizer, step: Step, batch: int) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp", **({"depth": 2} if name == "mlp" else {}))
    compared(model, route(model, 5, batch), optimizer, step, own)


POLAR = Muon(0.02, iterations=0, nesterov=False, momentum=0.5, adjust="spectral")
MATRICES: list[tuple[str, Optimizer, Rule]] = [
    ("attention", POLAR, muon(0.5, False, 0, "spectral")),
    ("cnn", POLAR, muon(0.5, False, 0, "spectral")),
    ("gru", Muon(0.02, nesterov=False, eps=0), muon(nesterov=False)),
    ("cnn", Shampoo(0.02, eps=1e-3), shampoo(Power(1e-3))),
    ("transformer_block", Adafactor(0.02), adafactor()),
    ("rnn", Sign(0.02), sign()),
]


@pytest.mark.parametrize(("name", "optimizer", "rule"), slow(MATRICES), ids=lambda v: v if isinstance(v, str) else "")
def test_a_run_sees_weights_as_matrices(name: str, optimizer: Optimizer, rule: Rule) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    compared(model, route(model, 3, 2), optimizer, by_rules(model, 0.02, rule, 6), find("squared").function, 6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "optimizer", "theirs"),
    [
        (102, Adam(0.01, eps=1e-4), lambda rate: optax.adam(0.01 * rate, eps=1e-4)),
        (103, Lamb(0.01, eps=1e-3, decay=0.1), lambda rate: optax.lamb(0.01 * rate, eps=1e-3, weight_decay=0.1)),
        (109, Lamb(0.01, eps=1e-3), lambda rate: optax.lamb(0.01 * rate, eps=1e-3)),
        (112, SGD(0.01, momentum=0.5, nesterov=True), lambda rate: optax.sgd(0.01 * rate, 0.5, nesterov=True)),
    ],
    ids=lambda v: str(v) if isinstance(v, int) else "",
)
def test_random_programs(seed: int, optimizer: Optimizer, theirs: Theirs) -> None:
    """Also with structured weights and functions of a whole axis."""
    model = tp.parse(seeded(seed, structured=seed % 2 == 0, whole=seed % 3 == 0))
    compared(model, route(model, 2, 2), optimizer, by_optax(all_alike(theirs)), find("squared").function, 8)


MEANS = """program means {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(1/2, 1)
  param W : [n, n] ~ normal(1/n, 1/n)
  param g : [n] ~ constant(1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, tanh(g * (W @ tanh(U @ x)))) / sqrt(n)
}"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "theirs"),
    [
        (AdamW(0.03, decay=0.5), lambda rate: optax.adamw(0.03 * rate, weight_decay=0.5 / rate)),
        (Lamb(0.03, decay=0.5), lambda rate: optax.lamb(0.03 * rate, weight_decay=0.5)),
        (
            SGD(0.1, decay=0.5, coupled=True),
            lambda rate: optax.chain(optax.add_decayed_weights(0.5), optax.sgd(0.1 * rate)),
        ),
    ],
    ids=lambda v: v.name if isinstance(v, Optimizer) else "",
)
def test_matrices_with_a_mean_shrink_where_they_are_arrays(optimizer: Optimizer, theirs: Theirs) -> None:
    model = tp.parse(MEANS)
    trainer_of(model.program, Schedule(optimizer=optimizer, steps=4, samples=3), None, "float64")
    compared(model, route(model, 4, 2), optimizer, by_optax(all_alike(theirs)), find("squared").function)


@pytest.mark.slow
def test_powers_of_the_width() -> None:
    """eps, decay, the largest norm and warm-up are numbers at the width 12 of the run."""
    n = Width("n")
    optimizer = Adam(
        0.03,
        eps=Scale.of(n, Fraction(-1)),
        decay=Scale(0.1, ((n, Fraction(1, 2)),)),
        clip=Scale.of(n, Fraction(-1)),
        warmup=Scale(0.25, ((n, Fraction(1)),)),
    )

    def adam(rate: float) -> optax.GradientTransformation:
        moved = optax.adam(rising(0.03 * rate, 3.0), eps=1 / 12)
        return optax.chain(optax.add_decayed_weights(0.1 * 12**0.5), moved)

    model = tp.load(PROGRAMS / "mup_mlp.tp")
    compared(model, route(model, 5, 2), optimizer, by_optax(all_alike(adam), clip=1 / 12), find("squared").function)


def test_a_program_chooses_groups() -> None:
    text = (PROGRAMS / "mup_mlp.tp").read_text().rstrip().removesuffix("}")
    model = tp.parse(text + "  optimizer lion(eta = 0.02) for matrices\n  optimizer adam(eta = 0.03)\n}")
    trainer = trainer_of(model.program, Schedule(steps=4, samples=3), None, "float64")
    matrices = [w for w, parameter in model.graph.parameters.items() if parameter.is_operator]
    assert matrices
    for weight in model.graph.parameters:
        found = trainer.optimizer.at(12)
        assert isinstance(found, Groups)
        assert found.optimizer_of(weight).name == ("lion" if weight in matrices else "adam")

    def theirs(weight: str) -> Theirs:
        if weight in matrices:
            return lambda rate: optax.lion(0.02 * rate, weight_decay=1e-3 / rate)
        return lambda rate: optax.adam(0.03 * rate)

    compared(model, route(model, 4, 2), trainer.optimizer, by_optax(theirs), find("squared").function)


@pytest.mark.parametrize("optimizer", [GROUPS, *slow([Lamb(0.02, clip=0.1), POLAR])], ids=lambda o: o.name)
def test_draws_side_by_side_are_those_alone(optimizer: Optimizer) -> None:
    """Norms over weights, and shares of clipping, are those of each draw."""
    model, at = tp.load(PROGRAMS / "attention.tp"), At(12, "float64", "dense")
    trainer = Trainer(model.name, model.graph, route(model, 4, 2), optimizer, "squared")
    together = trainer.runs(at, 0, 3)
    alone = [trainer.runs(at, number, 1) for number in range(3)]
    for name, array in together.items():
        np.testing.assert_allclose(array, np.concatenate([run[name] for run in alone]), rtol=1e-8, atol=1e-10)
