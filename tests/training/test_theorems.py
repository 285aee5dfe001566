"""Theorem 3.2, corollary 4.0.1 and critical learning rates: from numbers made up, and from runs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path as File

import numpy as np
import pytest

import tp
from tests.training.measured import one_layer
from tp.answer import Answer
from tp.experiments.training.observables import (
    CURVATURE,
    DIVERGED,
    FASTEST,
    HESSIAN_DRIFT,
    SIGNAL,
    SLOWEST,
    STEEPEST,
    Observable,
    Records,
    kept_steps,
    recorded,
)
from tp.experiments.training.path import Path
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.optimizers import SGD
from tp.quantities.definitions import DEVIATION, SEEN
from tp.sampling.plan import Plan
from tp.sampling.sweep import Samples, sweep
from tp.statistics.fit import fit
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.judging import QuantityResult
from tp.studies.linearize.corollary_4_0_1 import Decay, Law, decays
from tp.studies.linearize.critical_rates import critical
from tp.studies.linearize.expected import SECOND, expected
from tp.studies.linearize.study import linearize
from tp.studies.linearize.theorem_3_2 import Reparametrised, Theorem32
from tp.studies.train import trainer_of
from tp.theory.analysis import Analysis

PROGRAMS = File(__file__).parents[2] / "programs"
STEPS = np.arange(128)
RUNS = 40


def made_up(signal: np.ndarray, deviation: np.ndarray, slowest: float = 1.0) -> tuple[Records, Path]:
    """Records of runs along 128 steps with these typical values, 20 % scattered, at one width.

    ``slowest`` is the smallest eigenvalue of the kernel.
    """
    schedule = Schedule(steps=len(STEPS))
    path = Path({}, np.zeros(4), np.zeros((len(STEPS), 1), int), 2, schedule.looks, unseen=1)
    draw = np.random.default_rng(0)

    def scattered(value: float) -> dict[int, np.ndarray]:
        return {64: value * np.exp(0.2 * draw.standard_normal(RUNS))}

    whole = {DIVERGED: np.zeros(RUNS), FASTEST: np.ones(RUNS), SLOWEST: np.full(RUNS, slowest)}
    records = {Observable(name): {64: values} for name, values in whole.items()}
    records |= {Observable(SIGNAL, s): scattered(signal[s]) for s in kept_steps(path)}
    records |= {Observable(CURVATURE, s): {64: np.ones(RUNS)} for s in kept_steps(path)}
    records |= {Observable(DEVIATION, s): scattered(deviation[min(s, 127)]) for s in path.looks}
    return records, path


def decayed(signal: np.ndarray, deviation: np.ndarray, slowest: float = 1.0, dtype: str = "float64") -> Decay:
    (found,) = decays(*made_up(signal, deviation, slowest), eta=0.5, dtype=dtype)
    return found


@pytest.mark.parametrize("time", [5.0, 12.0, 40.0])
def test_exponential_decay_and_its_time(time: float) -> None:
    found = decayed(np.exp(-STEPS / time), np.ones(128))
    assert found.law is Law.EXPONENTIAL
    assert found.time is not None
    assert found.time.low <= time <= found.time.high
    assert found.bounded is Answer.YES
    assert found.outcome == "holds"


def test_a_deviation_that_grows_though_the_premise_holds() -> None:
    assert decayed(np.exp(-STEPS / 5), 1.0 + STEPS).outcome == "fails"


@pytest.mark.parametrize("time", [60.0, 100.0])
def test_a_deviation_that_still_grows_early_in_the_decay(time: float) -> None:
    """It is bounded, and has not come there yet."""
    found = decayed(np.exp(-STEPS / time), 1.0 - np.exp(-(STEPS + 1.0) / time))
    assert found.law is Law.EXPONENTIAL
    assert found.outcome == "undecided"


def test_single_precision_ends_in_rounding() -> None:
    assert decayed(np.exp(-STEPS / 5) + 1e-7, np.ones(128), dtype="float32").law is not Law.POWER


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_decay_as_a_power_of_the_step(power: float) -> None:
    found = decayed((1.0 + STEPS) ** -power, 1.0 + STEPS)
    assert found.law is Law.POWER
    assert found.outcome == "premise fails"


def test_no_decay() -> None:
    assert decayed(np.ones(128), 1.0 + STEPS).law is Law.NONE


def test_no_decay_in_a_run_that_is_too_short_to_tell() -> None:
    assert decayed(np.ones(128), np.ones(128), slowest=0.01).law is Law.OPEN


def test_a_kernel_that_is_singular_never_decays() -> None:
    assert decayed(np.ones(128), np.ones(128), slowest=1e-15).law is Law.NONE


def test_diverged_runs_are_no_evidence() -> None:
    records, path = made_up(np.exp(-STEPS / 12), np.ones(128))
    records[Observable(DIVERGED)][64][3] = 17
    assert decays(records, path, 0.5, "float64") == ()


def few_runs(name: str, schedule: Schedule, **settings: object) -> Decay:
    program = tp.load(PROGRAMS / f"{name}.tp", **settings).program
    trainer = trainer_of(program, schedule, None, "float64")
    drawn = sweep(trainer, Plan((128,), 64))
    (found,) = decays(recorded(drawn.samples), trainer.path, schedule.mover.eta, "float64")
    return found


@pytest.mark.slow
def test_a_run_where_the_corollary_holds() -> None:
    found = few_runs("mlp", Schedule(optimizer=SGD(1.0), steps=128, samples=3))
    assert found.law is Law.EXPONENTIAL
    assert found.bounded is not Answer.NO
    assert found.curvature == pytest.approx(1.0)


@pytest.mark.slow
def test_runs_where_its_premise_fails() -> None:
    """The logistic cost has its minimum at infinity; four inputs do not fit twelve targets. Then deviations grow."""
    logistic = few_runs("mlp", Schedule(optimizer=SGD(1.0), steps=1024, samples=3, cost="logistic"))
    assert logistic.law is Law.POWER
    assert logistic.bounded is Answer.NO
    assert logistic.outcome == "premise fails"
    misfit = few_runs("deep_linear", Schedule(optimizer=SGD(0.3), steps=256, samples=12), d=4)
    assert misfit.law is Law.NONE
    assert misfit.outcome == "premise fails"


def quantity(
    name: str, predicted: Fraction | None, verdict: Verdict = Verdict.CONFIRMED, samples: Samples | None = None
) -> QuantityResult:
    found = fit(samples[name]) if samples else None
    return QuantityResult(name, True, predicted, True, found, Judgement(verdict, ""))


def strong(power: Fraction | None, deviations: dict[Fraction, Fraction | None], confirmed: bool = True) -> Theorem32:
    rows = tuple(Reparametrised(rho, 4, quantity(DEVIATION, e)) for rho, e in deviations.items())
    return Theorem32(power, power, None, confirmed, rows)


HALF, ONE = Fraction(1, 2), Fraction(1)


@pytest.mark.parametrize(
    ("power", "deviations", "agreement"),
    [
        (Fraction(2, 3), {-HALF: -2 * ONE, 0 * ONE: -ONE}, "agree"),
        (Fraction(0), {-HALF: -HALF, 0 * ONE: 0 * ONE}, "agree"),
        (Fraction(2, 3), {-HALF: -HALF, 0 * ONE: 0 * ONE}, "disagree"),
        (Fraction(2, 3), {0 * ONE: -HALF}, "disagree"),
        (Fraction(0), {-HALF: -2 * ONE, 0 * ONE: -ONE}, "disagree"),
        (None, {0 * ONE: None}, "agree"),
        (Fraction(2, 3), {0 * ONE: -ONE, HALF: HALF}, "agree"),  # beyond eta_the: does not count
    ],
)
def test_both_sides_of_theorem_3_2(
    power: Fraction | None, deviations: dict[Fraction, Fraction | None], agreement: str
) -> None:
    assert strong(power, deviations).outcome == agreement
    assert strong(power, deviations, confirmed=False).outcome == "undecided"


def test_a_deviation_that_is_open_decides_nothing() -> None:
    row = Reparametrised(Fraction(0), 4, quantity(DEVIATION, -ONE, Verdict.UNDECIDED))
    assert Theorem32(Fraction(2, 3), Fraction(2, 3), None, True, (row,)).outcome == "undecided"


def test_a_bound_of_the_correlations_decides_nothing() -> None:
    row = Reparametrised(Fraction(0), 4, quantity(DEVIATION, -ONE))
    assert Theorem32(-ONE, Fraction(0), None, True, (row,)).outcome == "disagree"
    assert Theorem32(-ONE, HALF, None, True, (row,)).outcome == "undecided"


def test_what_the_theorem_does_not_speak_of() -> None:
    row = Reparametrised(Fraction(0), 4, quantity(DEVIATION, -ONE))
    assert Theorem32(HALF, HALF, None, True, (row,), speaks=False).outcome == "does not apply"


def test_critical_rates() -> None:
    """Typical sizes K and 2 n^(-1): the kernel binds at 1 / K, and eta_cor is 2 / max K(x, x)."""
    widths, draw = (64, 256, 1024), np.random.default_rng(0)
    scatter = {n: np.exp(0.1 * draw.standard_normal(200)) for n in widths}
    samples: Samples = {
        "kernel": {n: 4.0 * scatter[n] for n in widths},
        "C[0,2]": {n: 2.0 / n * scatter[n] for n in widths},
    }
    left = [quantity("kernel", 0 * ONE, samples=samples), quantity("C[0,2]", -ONE, samples=samples)]
    found = critical(left, {Observable(STEEPEST): {n: 5.0 * scatter[n] for n in widths}})
    assert [c.n for c in found] == list(widths)
    for c in found:
        assert c.binds == "kernel"
        assert c.the is not None
        assert c.cor is not None
        assert c.the.value == pytest.approx(0.25, rel=0.1)
        assert c.cor.low <= 0.4 <= c.cor.high


@pytest.mark.slow
def test_claims_under_weight_decay_fail() -> None:
    """F - F_lin is of order one then, whatever it is without decay."""
    text = (PROGRAMS / "mlp.tp").read_text().replace("claim weakly_correlated(n)", "claim linearizes(n)\n  claim lazy")
    plan = Plan((8, 16, 64), 16, engine="dense")
    found = linearize(
        tp.parse(text, depth=1).program, plan, Schedule(steps=3, samples=2, optimizer=SGD(decay=0.5)), second=False
    )
    assert [c.outcome for c in found.claims] == ["fails", "fails"]
    assert found.theorem_3_1.outcome == "does not apply"
    assert found.exit_code == 1


def test_theorem_3_2_is_about_the_program_as_it_is() -> None:
    model = tp.load(PROGRAMS / "mlp.tp", depth=1)
    with pytest.raises(tp.TpError, match="TP513"):
        model.linearize(Schedule(rho=Fraction(-1, 2)), [8, 16, 64], seeds=4, rhos=["-1/4"], store=False)
    with pytest.raises(tp.TpError, match="TP513"):
        model.linearize(Schedule(), [8, 16, 64], seeds=4, rhos=["half"], store=False)


@pytest.mark.parametrize(("phi", "known"), [("tanh", True), ("relu", False)])
def test_second_derivatives_after_kinks_are_not_predicted(phi: str, known: bool) -> None:
    graph = tp.load(PROGRAMS / "mlp.tp", phi=phi).graph
    found = expected(Analysis(graph, SECOND, Schedule().mover), Schedule(), second=True).prediction.exponents
    assert (HESSIAN_DRIFT in found) is known


def test_features_have_the_names_of_the_source() -> None:
    found = Analysis(tp.load(PROGRAMS / "mup_mlp.tp").graph).regime.features
    assert [f.name for f in found] == ["h[1]", "h[2]"]


@pytest.mark.slow
def test_theorem_3_2_measured() -> None:
    found = one_layer().theorem_3_2
    assert found is not None
    assert found.outcome == "agree"
    assert found.power == Fraction(2, 3)
    assert [(r.rho, r.steps, r.deviation.predicted) for r in found.rows] == [(-1, 3, -3), (0, 3, -1)]


def test_orders_of_reparametrised_runs_are_predicted() -> None:
    model = tp.load(PROGRAMS / "mlp.tp", depth=1)
    for rho, steps, power in ((-HALF, 6, Fraction(-2)), (Fraction(1, 8), 1, Fraction(-5, 8))):
        schedule = Schedule(steps=steps, rho=rho)
        analysis = Analysis(reparametrized(model.program, schedule).graph, (), schedule.mover)
        assert expected(analysis, schedule, second=False).prediction.exponents[DEVIATION] == power


def test_claims_of_training_are_measured() -> None:
    text = (PROGRAMS / "mlp.tp").read_text().replace("claim weakly_correlated(n)", "claim linearizes(n)\n  claim lazy")
    model = tp.parse(text, depth=1)
    plan = Plan((16, 64, 256), 100)
    found = linearize(model.program, plan, Schedule(steps=3, samples=2), second=False)
    assert [c.text for c in found.claims] == ["claim linearizes(n)", "claim lazy"]
    for claim in found.claims:
        assert claim.outcome == "holds"
        assert claim.involved[:2] == (DEVIATION, SEEN)
    (row,) = [q for q in found.theorem_3_1.right if q.name == DEVIATION]
    assert found.claims[0].confirmed is (row.judgement.verdict is Verdict.CONFIRMED)


def test_a_cost_of_ones_own_in_a_schedule() -> None:
    def quartic(y, t):
        return ((y - t) ** 4).sum()

    model = tp.load(PROGRAMS / "mlp.tp", depth=1)
    schedule = Schedule(optimizer=SGD(0.01), steps=3, samples=2, cost=quartic)
    own = model.train(schedule, [16], seeds=2)
    named = model.train(replace(schedule, cost="squared"), [16], seeds=2)
    assert own.curves[0].at["loss"][0] != named.curves[0].at["loss"][0]
