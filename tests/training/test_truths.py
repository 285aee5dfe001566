"""Exponents after training that are known: measured, and as the calculus has them.

Fixed numbers of runs with fixed seeds. A test fails where the truth lies outside the 99 % interval widened by 0.1 on
both sides, for what corrections of lower order do at these widths: with 48 runs at each of three widths and intervals
of some 0.05, an unlucky one is much rarer than one in a thousand.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import tp
from tests.marks import exhaustive, slow
from tp.experiments.training.observables import KERNEL, moved, recorded
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.interpret.orders import calculus_for
from tp.optimizers import SGD
from tp.quantities.definitions import DEVIATION
from tp.sampling.plan import Plan
from tp.sampling.sweep import sweep
from tp.statistics.fit import Fit, fit
from tp.studies.curves import diverged, values_of
from tp.studies.linearize.deviations import after_all
from tp.studies.train import trainer_of
from tp.theory.analysis import Analysis
from tp.theory.regime import regime

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = (32, 64, 128, 256)
"""Widths for images, whose runs are expensive."""
USUAL = (64, 256, 1024)
LARGE = (2048, 8192, 32768)
SLACK = 0.1
NTK = Schedule(steps=4)


def measured(
    model: tp.Model, schedule: Schedule, names: list[str], widths: tuple[int, ...], data: str | None, seeds: int
) -> dict[str, Fit]:
    changed = reparametrized(model.program, schedule)
    features = [name.removeprefix("moved ") for name in names if name.startswith("moved ")]
    trainer = trainer_of(changed, schedule, data, "float64", features)
    drawn = sweep(trainer, Plan(widths, seeds, engine="auto" if widths == LARGE else "dense"))
    records = recorded(drawn.samples)
    assert not diverged(records)
    last = values_of(records, after_all(schedule, *names))
    return {name: fit(last[name]) for name in names}


def near(found: Fit, truth: float) -> bool:
    assert found.slopes is not None
    return found.slopes.overall.low - SLACK <= truth <= found.slopes.overall.high + SLACK


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings", "schedule", "widths", "data", "truths"),
    [
        ("mlp", {"d": 64}, NTK, USUAL, "digits", {DEVIATION: -1, KERNEL: -1, moved("h[1]"): -0.5, moved("h[3]"): -0.5}),
        ("attention", {}, NTK, USUAL, "digits", {DEVIATION: -1, KERNEL: -1}),
        ("standard_mlp", {}, NTK, USUAL, None, {DEVIATION: -2}),
        ("relu_mlp", {"depth": 1}, NTK, USUAL, None, {DEVIATION: -0.75}),
        ("mup_mlp", {}, NTK, LARGE, None, {DEVIATION: 0, moved("h[1]"): 0, moved("h[2]"): 0}),
        ("mean_field", {}, NTK, LARGE, None, {DEVIATION: 0, moved("h"): 0}),
        *exhaustive(
            [
                ("cnn", {}, NTK, SMALL, "digits", {DEVIATION: -1, KERNEL: -1}),
                ("rnn", {}, NTK, USUAL, "digits", {DEVIATION: -1, KERNEL: -1}),
                ("mlp", {}, replace(NTK, rho=Fraction(-1, 2)), USUAL, None, {DEVIATION: -2}),
                ("mlp", {}, replace(NTK, optimizer=SGD(decay=0.5)), USUAL, None, {DEVIATION: 0, moved("h[1]"): 0}),
                ("bottleneck", {}, NTK, USUAL, None, {DEVIATION: 0}),
                ("mlp", {}, replace(NTK, rho=Fraction(-1)), USUAL, None, {DEVIATION: -3}),
                ("nonlinear_output", {}, NTK, USUAL, None, {DEVIATION: 0, moved("h[1]"): -0.5}),
            ]
        ),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_measured(
    name: str,
    settings: dict[str, object],
    schedule: Schedule,
    widths: tuple[int, ...],
    data: str | None,
    truths: dict[str, float],
) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp", **settings)
    found = measured(model, schedule, list(truths), widths, data, 48)
    for quantity, truth in truths.items():
        assert near(found[quantity], truth), (quantity, found[quantity].slopes)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_attention_does_not_linearise_at_large_widths() -> None:
    """One head with scores q.k/sqrt(n): below n = 500 the deviation falls."""
    model = tp.load(PROGRAMS / "attention_sqrt.tp", t=4)
    found = measured(model, Schedule(steps=4), [DEVIATION], (10_000, 31_623, 100_000), None, 48)
    assert near(found[DEVIATION], 0)


@pytest.mark.parametrize(
    ("name", "settings", "schedule", "deviation"),
    [
        ("mlp", {}, Schedule(), -1),
        ("cnn", {}, Schedule(), -1),
        ("rnn", {}, Schedule(), -1),
        ("attention", {}, Schedule(), -1),
        ("mlp", {}, Schedule(rho=Fraction(-1, 2)), -2),
        ("mlp", {}, Schedule(rho=Fraction(-1, 4)), Fraction(-3, 2)),
        ("standard_mlp", {}, Schedule(), -2),
        ("nonlinear_output", {}, Schedule(), 0),
        ("bottleneck", {}, Schedule(), 0),
        ("attention_sqrt", {}, Schedule(), 0),
        ("mup_mlp", {}, Schedule(), 0),
        ("mean_field", {}, Schedule(), 0),
        ("mlp", {}, Schedule(scale=Fraction(-1, 4)), Fraction(-1, 2)),
        ("mlp", {}, Schedule(scale=Fraction(-1, 2)), 0),
        ("mlp", {}, Schedule(scale=Fraction(1, 4)), Fraction(-5, 4)),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_predicted(name: str, settings: dict[str, object], schedule: Schedule, deviation: Fraction | int) -> None:
    changed = reparametrized(tp.load(PROGRAMS / f"{name}.tp", **settings).program, schedule)
    found = Analysis(changed.graph).regime.deviation
    assert found == deviation


@pytest.mark.parametrize("name", ["mlp", "standard_mlp", "cnn", "mup_mlp"])
def test_weight_decay_is_never_lazy(name: str) -> None:
    """Weights shrink by a fixed share, and nothing of order one is linear in them."""
    graph = tp.load(PROGRAMS / f"{name}.tp").graph
    found = regime(graph, calculus_for(graph), SGD(decay=0.5))
    assert (found.deviation, found.drift, found.gradient) == (0, 0, 0)


DECAYS = """program decays {{
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1) decay {U}
  param W : [n, n] ~ normal(0, 1) decay {W}
  param g : [n] ~ constant(1) decay {g}
  param v : [n] ~ normal(0, 1) decay {v}
  h = g * (U @ x / sqrt(d))
  k = W @ tanh(h) / sqrt(n)
  output f = dot(v, tanh(k)) / sqrt(n)
}}"""


@pytest.mark.parametrize(
    ("decays", "coupled", "deviation", "drift", "move"),
    [
        ({}, False, "-1", "-1", "-1/2"),
        ({"U": "n^(-1/4)"}, False, "-1/4", "-1/4", "-1/4"),
        ({"W": "1/n"}, False, "-1", "-1", "-1/2"),
        ({"g": "n^(-1/4)", "v": "n^(-1/2)"}, True, "-1/4", "-1/4", "-1/4"),
        ({"v": "n^(-1/4)"}, False, "-1/4", "-1/4", "-1/2"),
        ({"v": "1"}, True, "0", "0", "-1/2"),
    ],
)
def test_orders_of_declared_decay(decays: dict[str, str], coupled: bool, deviation: str, drift: str, move: str) -> None:
    graph = tp.parse(DECAYS.format(**{**dict.fromkeys("UWgv", "0"), **decays})).graph
    found = regime(graph, calculus_for(graph), SGD(coupled=coupled))
    (k,) = (f.moved for f in found.features if f.name == "k")
    assert (found.deviation, found.drift, k) == (Fraction(deviation), Fraction(drift), Fraction(move))
    assert all(m.verdict != "never" for m in found.movers)


@pytest.mark.parametrize(
    ("decays", "coupled", "deviation", "drift", "move"),
    [
        *slow([({"v": "n^(-1/4)"}, False, -0.25, -0.25, -0.5)]),
        *exhaustive(
            [
                ({"U": "n^(-1/4)"}, False, -0.25, -0.25, -0.25),
                ({"g": "n^(-1/4)", "v": "n^(-1/2)"}, True, -0.25, -0.25, -0.25),
            ]
        ),
    ],
)
def test_declared_decay_is_measured(
    decays: dict[str, str], coupled: bool, deviation: float, drift: float, move: float
) -> None:
    text = "\n".join(line for line in DECAYS.split("\n") if "W" not in line).replace("tanh(k)", "tanh(h)")
    model = tp.parse(text.format(**{**dict.fromkeys("Ugv", "0"), **decays}))
    schedule = Schedule(optimizer=SGD(0.3, coupled=coupled), steps=2)
    found = measured(model, schedule, [DEVIATION, KERNEL, moved("h")], LARGE, None, 24)
    truths = {DEVIATION: deviation, KERNEL: drift, moved("h"): move}
    assert {name: near(found[name], truth) for name, truth in truths.items()} == dict.fromkeys(truths, True), found


@pytest.mark.slow
@pytest.mark.parametrize(("power", "deviation", "move"), [(0, -1, -0.5), (-0.25, -0.5, -0.25), (-0.5, 0, 0)])
def test_between_lazy_and_feature_learning(power: float, deviation: float, move: float) -> None:
    """f n^(-q), η n^(2q): from lazy at q = 0 to feature learning at q = 1/2 (Chizat, Oyallon and Bach)."""
    schedule = replace(NTK, scale=Fraction(power))
    found = measured(tp.load(PROGRAMS / "mlp.tp", depth=1), schedule, [DEVIATION, moved("h[1]")], LARGE, None, 64)
    assert near(found[DEVIATION], deviation)
    assert near(found[moved("h[1]")], move)
