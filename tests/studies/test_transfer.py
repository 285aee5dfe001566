"""The search for the best learning rate: optima that are known, far away, between rates, or nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import tp
from tests.sampling.fakes import Fake
from tests.studies.fakes import program
from tp.data.targets import labelled
from tp.diagnostics.diagnostic import TpError
from tp.exit_code import ExitCode
from tp.experiments.training.losses import AFTER, BEFORE
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD, Groups, Optimizer, make
from tp.sampling.plan import Plan
from tp.statistics.optimum import Drift
from tp.studies.transfer.result import Transfer
from tp.studies.transfer.search import FINE, FIRST, Group, Search
from tp.studies.transfer.study import confidence, losses_of, searched
from tp.theory.stable_rate import StableRate

WIDTHS = (64, 256, 1024, 4096)
SCHEDULE = Schedule(optimizer=SGD(1.0), steps=3)
SEVERAL = Groups(groups=((("W",), make("adam")),))
Place = Callable[[int], float]


def runs(place: Place, spread: float = 0.1, lost: float = 0.0, cost: float = 1e-4, stop_at: int = -1) -> Any:
    """Losses (1 - r)² + 0.01 with the rate in units of the best one, whose log2 is about ``place(n)``.

    Beyond 8 times the best rate losses go up and down, and from 1000 times on runs diverge. A share ``lost`` of the
    runs diverges at every rate. Ctrl-C comes at call number ``stop_at``.
    """
    calls = [0]

    def at(factor: float) -> Fake:
        def sample(n: int, first: int, count: int) -> dict[str, np.ndarray]:
            if calls[0] == stop_at:
                raise KeyboardInterrupt
            calls[0] += 1
            draw = np.random.default_rng((first, n))
            best = 2.0 ** (place(n) + spread * draw.normal(size=count))
            rate = factor / best
            loss = np.where(rate < 8, (1 - rate) ** 2 + 0.01, 50 * (1.5 + np.sin(12 * np.log2(rate))))
            loss = np.where((rate > 1000) | (draw.uniform(size=count) < lost), np.nan, loss)
            return {BEFORE: np.full(count, 1.01), AFTER: loss}

        return Fake(sample, lambda _: cost, quantities=(BEFORE, AFTER))

    return at


def result(place: Place, predicted: StableRate | None = None, plan: Plan | None = None, **more: Any) -> Transfer:
    return searched(program(), runs(place, **more), plan or Plan(WIDTHS), SCHEDULE, predicted)


def stable(power: int | str) -> StableRate:
    exponent = Fraction(power)
    return StableRate(exponent, exponent, exponent, exponent, steps=1)


@pytest.mark.parametrize("at", [0.0, 0.07, -2.31, 9.5, -13.2])
def test_an_optimum_is_found_wherever_it_lies(at: float) -> None:
    """Also far beyond the first rates, where losses have many low places."""
    found = result(lambda n: at, plan=Plan(WIDTHS, seeds=16))
    assert found.verdict is Drift.TRANSFERS
    assert found.exit_code is ExitCode.HOLDS
    for optimum in found.optima:
        assert optimum.rate is not None
        assert optimum.loss is not None
        assert optimum.rate.low < 2.0**at < optimum.rate.high
        assert np.log2(optimum.rate.value) == pytest.approx(at, abs=0.1)
        assert 0.01 <= optimum.loss.value < 0.02


@pytest.mark.parametrize("power", [-1.0, 0.5, -1.5])
def test_a_drift_is_measured(power: float) -> None:
    found = result(lambda n: power * np.log2(n), stable(Fraction(power).limit_denominator(2)))
    assert found.verdict is Drift.DRIFTS
    assert found.drift is not None
    assert found.drift.low < power < found.drift.high
    assert found.drift.half_width < 0.1
    assert found.disagreement == ""
    assert found.expected == Fraction(power).limit_denominator(2)
    assert found.exit_code is ExitCode.FAILS


def test_runs_that_always_diverge_do_no_harm_if_they_are_few() -> None:
    found = result(lambda n: 1.0, lost=0.04, plan=Plan(WIDTHS, seeds=64))
    assert found.verdict is Drift.TRANSFERS
    many = result(lambda n: 1.0, lost=0.6)
    assert many.verdict is Drift.UNDECIDED
    assert all(optimum.rate is None and "runs diverge at all rates" in optimum.problem for optimum in many.optima)
    assert "fewer than two widths have a best rate" in str(many)


@pytest.mark.parametrize(("power", "predicted"), [(0.0, -1), (0.5, 0), (-1.0, 0), (0.0, "1/2")])
def test_a_verdict_that_disagrees_with_a_prediction_says_so(power: float, predicted: int | str) -> None:
    found = result(lambda n: power * np.log2(n), stable(predicted))
    assert found.verdict is not Drift.UNDECIDED
    assert found.disagreement
    assert found.exit_code is ExitCode.FAILS
    assert "disagrees with what is predicted" in str(found)


def test_only_what_is_sure_is_disagreed_with() -> None:
    bounds = StableRate(Fraction(-1, 2), Fraction(1, 2), Fraction(-1), None, steps=1)
    found = result(lambda n: 0.3 * np.log2(n), bounds)
    assert found.disagreement == ""
    assert found.expected is None
    assert "only bounds are known" in str(found)
    assert result(lambda n: 0.8 * np.log2(n), bounds).disagreement
    assert result(lambda n: -1.3 * np.log2(n), bounds).disagreement


def test_runs_that_end_before_training_becomes_unstable_disagree_with_nothing() -> None:
    late = replace(stable(-1), steps=4)
    assert result(lambda n: 0.0, late).disagreement == ""


@pytest.mark.parametrize(
    ("optimizer", "rho", "heading", "predicted"),
    [
        (SGD(1.0), 0, "best learning rate eta after 3 steps", "up to rates of order n^(-1) times the program's;"),
        (SGD(1.0), -1, "eta is in units of the program's rates times n^(-1)", "n^(-1) times these rates;"),
        (SEVERAL, 0, "best multiple of the eta of each optimiser after 3 steps", "should fall as n^(-1),"),
    ],
)
def test_a_report_says_what_rates_are_multiples_of(
    optimizer: Optimizer, rho: int, heading: str, predicted: str
) -> None:
    found = result(lambda n: 0.0, stable(-1), plan=Plan(WIDTHS, seeds=4))
    shown = str(replace(found, schedule=replace(SCHEDULE, optimizer=optimizer, rho=Fraction(rho))))
    assert heading in shown
    assert predicted in shown
    assert ("multiple of eta" in shown) is isinstance(optimizer, Groups)


def test_a_wide_interval_is_undecided_and_seeds_are_added() -> None:
    found = result(lambda n: 0.0, spread=1.5)
    assert found.optima[0].seeds > 16
    assert found.verdict is Drift.UNDECIDED or found.optima[0].seeds == 128


def test_a_small_budget_ends_the_search_undecided() -> None:
    found = result(lambda n: 0.0, spread=1.0, cost=0.01, plan=Plan(WIDTHS, budget=3.0))
    assert found.verdict is Drift.UNDECIDED
    assert found.provenance.short
    assert found.next_budget
    assert "--budget" in str(found)


@pytest.mark.parametrize("calls", [3, 40])
def test_an_interrupt_leaves_what_was_drawn(calls: int) -> None:
    found = result(lambda n: 0.0, stop_at=calls, plan=Plan(WIDTHS, seeds=16))
    assert found.provenance.interrupted
    assert found.verdict is Drift.UNDECIDED
    assert found.exit_code is ExitCode.UNDECIDED
    assert "interrupted" in str(found)


def test_a_drift_needs_three_widths() -> None:
    with pytest.raises(TpError, match="TP502"):
        result(lambda n: 0.0, plan=Plan((64, 128)))
    with pytest.raises(TpError, match="3 different widths at least, not 1"):
        result(lambda n: 0.0, plan=Plan((64, 64, 64)))


def always(loss: Callable[[float, int], np.ndarray], calls: list[float]) -> Any:
    """Runs with ``loss(factor, count)`` at all widths; the loss before is 1."""

    def at(factor: float) -> Fake:
        def sample(n: int, first: int, count: int) -> dict[str, np.ndarray]:
            calls.append(factor)
            return {BEFORE: np.ones(count), AFTER: loss(factor, count)}

        return Fake(sample, lambda _: 1e-4, quantities=(BEFORE, AFTER))

    return at


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (1.0, "the loss of 16 of 16 runs is the same at all rates"),
        (np.nan, "16 of 16 runs diverge at all rates"),
    ],
)
def test_runs_without_a_best_rate_are_not_drawn_at_more_and_more_rates(loss: float, said: str) -> None:
    calls: list[float] = []
    runs = always(lambda factor, count: np.full(count, loss), calls)
    found = searched(program(), runs, Plan(WIDTHS), SCHEDULE, None)
    assert {optimum.problem for optimum in found.optima} == {said}
    assert found.verdict is Drift.UNDECIDED
    assert len(calls) == (len(FIRST) + 1) * len(WIDTHS)


def test_runs_that_do_nothing_at_first_are_searched_further() -> None:
    """Losses that are the same at small rates, with a best rate far away."""
    loss = runs(lambda n: 12.0, spread=0.0)

    def far(factor: float) -> Any:
        return always(lambda _, count: np.ones(count), [])(factor) if factor < 2**8 else loss(factor)

    search = Search(far, Plan((64,), budget=60))
    assert search.group(4, {64: FIRST})
    np.testing.assert_allclose(search.groups[64][0].places(), 12.0, atol=0.01)
    assert not search.hopeless


def test_only_runs_of_the_side_that_is_named_are_counted() -> None:
    """Of 8 runs two are the better the larger the rate is, one the better the smaller."""

    def loss(factor: float, count: int) -> np.ndarray:
        rate = np.log2(factor) / 40
        return 0.7 + np.where(np.arange(count) < 2, -rate / 4, np.where(np.arange(count) == 2, rate / 4, rate**2))

    found = searched(program(), always(loss, []), Plan(WIDTHS, seeds=8), SCHEDULE, None)
    assert {optimum.problem for optimum in found.optima} == {"the best rate of 2 of 8 runs is above all others"}


def test_one_run_has_no_interval() -> None:
    found = result(lambda n: 0.0, plan=Plan(WIDTHS, seeds=1))
    assert {optimum.problem for optimum in found.optima} == {"one run has no interval"}


@pytest.mark.parametrize(("seeds", "looks"), [(16, 4), (8, 5), (4, 6)])
def test_all_looks_together_have_the_confidence_of_one(seeds: int, looks: int) -> None:
    assert 1 - confidence(seeds) == pytest.approx(0.01 / looks)


def test_both_intervals_that_decide_have_the_confidence_of_their_looks() -> None:
    found = result(lambda n: 0.0, cost=0.0015, plan=Plan(WIDTHS, budget=1.0))
    assert found.optima[0].seeds == 8
    assert found.drift is not None
    assert found.limit is not None
    assert found.drift.confidence == found.limit.confidence == confidence(8)


STILL = "program still { width n; input x : [d=4]; param v : [n, d] ~ normal(0, 1) rate 0\noutput f = mean(v @ x) }"


def test_a_program_that_does_not_move_is_refused() -> None:
    model = tp.parse(STILL)
    with pytest.raises(TpError, match="training moves no weight"):
        model.transfer(Schedule(steps=1), store=False)
    with pytest.raises(TpError, match="TP502"):  # with decay it moves, and what is missing are widths
        model.transfer(Schedule(optimizer=SGD(decay=0.1)), [64], store=False)


def test_a_grid_is_extended_refined_and_paired() -> None:
    search = Search(runs(lambda n: 6.4, spread=0.0), Plan((64,), budget=60))
    assert search.group(4, {64: FIRST})
    (group,) = search.groups[64]
    assert max(group.rates) >= 8 * FINE
    assert {50, 51, 52} <= set(group.rates)  # around 6.4 * FINE
    np.testing.assert_allclose(group.places(), 6.4, atol=0.01)
    assert set(search.start()[64]) == {k for k in group.rates if k % FINE == 0}


def test_the_smallest_rate_hardly_trains() -> None:
    group = Group(np.ones(4), {0: np.full(4, 3.0), 8: np.full(4, 2.0), 16: np.full(4, 4.0)})
    assert group.further(1) == [-8]
    group.losses[-8] = np.full(4, 0.9)
    assert group.further(2) == [-16, -24]  # the best one so far
    group.losses |= {-16: np.full(4, 0.95), -24: np.full(4, 0.97)}
    assert group.further(1) == []


LINEAR = """program linear { width n
  learning_rate n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, U @ x) / n }"""


def test_one_step_of_a_linear_layer_has_the_best_rate_that_is_known() -> None:
    """f(0) tends to 0, the kernel to 2|x|²: with the cost (f - y)²/2 one step at the rate 1/(2|x|²) ends at y."""
    model = tp.parse(LINEAR)
    schedule = Schedule(steps=1, samples=1)
    found = model.transfer(schedule, [256, 1024, 8192], seeds=16, store=False)
    x = labelled(model.inputs, (), 1, None, "float64")[0]["x"][0]
    assert found.verdict is Drift.TRANSFERS
    assert found.expected == 0
    last = found.optima[-1].rate
    assert last is not None
    assert last.low < 1 / (2 * x @ x) < last.high
    assert last.value == pytest.approx(1 / (2 * x @ x), rel=0.03)


def test_one_seed_has_the_same_numbers_at_all_rates() -> None:
    model = tp.parse(LINEAR)
    one = losses_of(model.program, Schedule(steps=2).of(model.program), None, "float64")
    plan = Plan((32,))
    first, second = (one.times(factor).draw(plan.at(32), 7, 5) for factor in (0.5, 2.0))
    np.testing.assert_array_equal(first[BEFORE], second[BEFORE])
    assert (first[AFTER] != second[AFTER]).all()
    assert one.times(0.5).identity() != one.times(2.0).identity()


DEEP = """program deep {{ width n
  {rate}
  input x : [d=8]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, n^(-1/2)) rate {hidden}
  param v : [n] ~ normal(0, {readout}) rate {last}
  output f = dot(v, tanh(W @ tanh(U @ x / sqrt(d)))) }}"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "verdict", "power"),
    [
        (DEEP.format(rate="", hidden="1", last="1", readout="n^(-1/2)"), Drift.DRIFTS, -1),
        (DEEP.format(rate="learning_rate n", hidden="1/n", last="n^(-2)", readout="1/n"), Drift.TRANSFERS, 0),
    ],
)
def test_standard_parametrization_drifts_and_maximal_updates_transfer(text: str, verdict: Drift, power: int) -> None:
    found = tp.parse(text).transfer(widths="64:512", store=False)
    assert found.verdict is verdict
    assert found.expected == power
    assert found.disagreement == ""
    assert found.drift is not None
    assert found.drift.low - found.margin < power < found.drift.high + found.margin
