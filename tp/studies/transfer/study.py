"""Does the best learning rate transfer from small widths to large ones?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tp.costs import find, name_of
from tp.data.targets import labelled
from tp.diagnostics.diagnostic import TpError, error
from tp.experiments.training.batches import batches
from tp.experiments.training.losses import Losses
from tp.experiments.training.path import Path, with_noise
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.optimizers.optimizer import Optimizer
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report
from tp.statistics.estimate import LEVEL, Estimate
from tp.statistics.intervals import median_interval
from tp.statistics.optimum import Drift, Place, decided, drift, drift_at_large_n, typical
from tp.studies.declared import require_functions
from tp.studies.provenance import provenance
from tp.studies.train import trainable
from tp.studies.transfer.result import Optimum, RateCurve, Transfer, Watch
from tp.studies.transfer.search import FIRST, Group, Runs, Search, factor
from tp.theory.stable_rate import StableRate, stable_rate

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.program import Program

SEEDS = (16, 8, 4)
"""The seeds of a group: as many as the budget allows for."""
FEWEST_WIDTHS = 3
"""A drift at large n is told from one of small n by three widths at least."""
MOST_SEEDS = 128
"""Groups are added until the verdict is decided, up to this many seeds."""
USUAL = 20
"""The rates that a group needs at each width, roughly."""


def transfer(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | Data | None = None,
    *,
    means: Means | None = None,
    report: Report | None = None,
    watch: Watch | None = None,
) -> Transfer:
    """The best learning rate at every width of ``plan``, and its drift; ``watch`` is called with what is known so far.

    Without ``plan.seeds``, seeds are added until the verdict is decided, within the budget.

    Raises TpError TP501 to TP513 for settings and memory, TP60x for data.
    """
    require_functions(program, plan.widths[0])
    schedule = schedule.of(program)
    changed = reparametrized(program, schedule)
    _require_moving(changed, schedule.mover)
    runs = losses_of(changed, schedule, data, plan.dtype)
    predicted, unknown = _predicted(changed, schedule)
    return searched(program, runs.times, plan, schedule, predicted, unknown, means=means, report=report, watch=watch)


def losses_of(program: Program, schedule: Schedule, data: str | Data | None, dtype: str) -> Losses:
    """The runs of ``program`` of which losses are wanted. Raises TpError as :func:`transfer`."""
    optimizer, output = trainable(program, schedule)
    cost, one_hot = name_of(schedule.cost), program.one_hot
    inputs, targets = labelled(program.inputs, output, schedule.samples, data, dtype, cost, one_hot)
    find(cost).require(targets.reshape((len(targets), -1)))
    order = batches(schedule.steps, schedule.batch, schedule.samples)
    path = Path(inputs, targets, order, probes=1, looks=(0, schedule.steps))
    graph, path = with_noise(program.graph, path)
    return Losses(program.name, graph, path, optimizer, cost)


def _require_moving(program: Program, optimizer: Optimizer) -> None:
    """Raises TpError TP512 where no step moves a weight."""
    graph = program.graph
    rates = {name: graph.learning_rate * p.rate for name, p in graph.parameters.items()}
    if not any(rate.coefficient or optimizer.share(name) for name, rate in rates.items()):
        hint = "all weights have the learning rate 0" if graph.parameters else "the program has no weights"
        raise error("TP512", "no learning rate is the best one: training moves no weight", hint=hint)


def _predicted(program: Program, schedule: Schedule) -> tuple[StableRate | None, str]:
    """What the calculus says of larger rates, or why it says nothing."""
    try:
        return stable_rate(program.graph, schedule.mover), ""
    except TpError as problem:
        if not problem.only("TP514"):
            raise
        return None, problem.diagnostics[0].message


def searched(
    program: Program,
    runs: Runs,
    plan: Plan,
    schedule: Schedule,
    predicted: StableRate | None,
    unknown: str = "",
    *,
    means: Means | None = None,
    report: Report | None = None,
    watch: Watch | None = None,
) -> Transfer:
    """The result of a search with ``runs``, beside what is ``predicted`` of them."""
    if (different := len(set(plan.widths))) < FEWEST_WIDTHS:
        widths = f"{FEWEST_WIDTHS} different widths at least, not {different}"
        raise error("TP502", f"a drift needs {widths}", hint="for example --widths 64:1024")
    search = Search(runs, plan, means, report)
    size = plan.seeds or _affordable(runs, plan)
    each = LEVEL if plan.seeds else confidence(size)

    def known() -> Transfer:
        return _result(program, plan, schedule, search, predicted, unknown, each)

    if watch is not None:
        search.seen = lambda: watch(known())
    start: Mapping[int, Sequence[int]] = dict.fromkeys(plan.widths, FIRST)
    complete = search.group(size, start)
    drawn = size
    while complete and plan.seeds is None and drawn < MOST_SEEDS and known().verdict is Drift.UNDECIDED:
        if search.hopeless:
            break
        complete = search.group(drawn, search.start())
        drawn *= 2
    if report is not None:
        report(1.0, 1.0, "done")
    return known()


def confidence(size: int) -> float:
    """That of each interval where seeds are doubled from ``size`` on: all looks together have :data:`LEVEL`."""
    looks = 1
    while size < MOST_SEEDS:
        size *= 2
        looks += 1
    return 1 - (1 - LEVEL) / looks


def _affordable(runs: Runs, plan: Plan) -> int:
    """The seeds of the first group."""
    one = runs(1.0)
    work = USUAL * sum(one.cost(plan.at(n)) for n in plan.widths)
    before = sum(one.compilation(plan.at(n)) for n in plan.widths)
    return next((seeds for seeds in SEEDS if seeds * work + before <= plan.time_limit), SEEDS[-1])


def _result(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    search: Search,
    predicted: StableRate | None,
    unknown: str,
    each: float,
) -> Transfer:
    eta = schedule.mover.eta
    groups = search.usable()
    places = {n: np.concatenate([g.places() for g in found]) for n, found in groups.items()}
    typicals = {n: typical(found) for n, found in places.items()}
    optima = tuple(_optimum(n, groups[n], typicals[n], places[n], eta) for n in groups)
    present = {n: place for n, place in typicals.items() if place is not None}
    widths, found = np.array(list(present)), list(present.values())
    slope, limit = drift(widths, found, each), drift_at_large_n(widths, found, each)
    complete = search.complete > 0 and len(present) == len(plan.widths)
    verdict = decided(slope, limit) if complete else Drift.UNDECIDED
    curves = tuple(_curve(n, found, eta) for n, found in groups.items())
    origin = provenance(program, plan, search.drawn)
    return Transfer(curves, optima, slope, limit, verdict, predicted, unknown, schedule, origin, search.complete > 0)


def _optimum(n: int, groups: Sequence[Group], place: Place | None, places: np.ndarray, eta: float) -> Optimum:
    seeds = len(places)
    if place is None:
        return Optimum(n, seeds, None, None, _problem(groups, places))
    rate = place.interval().mapped(lambda power: eta * 2.0**power)
    losses = np.concatenate([group.table.min(axis=0) for group in groups])
    return Optimum(n, seeds, rate, _loss(losses))


def _problem(groups: Sequence[Group], places: np.ndarray) -> str:
    """Why there is no typical place: what is true of the most runs, or that there is only one."""
    if len(places) == 1 and np.isfinite(places).all():
        return "one run has no interval"
    lost, flat = (np.concatenate(of) for of in zip(*((g.lost, g.flat) for g in groups), strict=True))
    left = ~(lost | flat)
    counts = {
        "{} diverge at all rates": lost,
        "the loss of {} is the same at all rates": flat,
        "the best rate of {} is below all others": left & (places == -np.inf),
        "the best rate of {} is above all others": left & (places == np.inf),
    }
    text = max(counts, key=lambda said: int(counts[said].sum()))
    return text.format(f"{int(counts[text].sum())} of {len(places)} runs")


def _loss(losses: np.ndarray) -> Estimate | None:
    """The typical least loss: the median, with its interval."""
    return median_interval(losses, LEVEL) if np.isfinite(losses).any() else None


def _curve(n: int, groups: Sequence[Group], eta: float) -> RateCurve:
    rates = sorted({k for group in groups for k in group.losses})
    together = [np.concatenate([g.losses[k] for g in groups if k in g.losses]) for k in rates]
    low, middle, high = (tuple(_quantile(losses, level) for losses in together) for level in (0.25, 0.5, 0.75))
    return RateCurve(
        n,
        tuple(eta * factor(k) for k in rates),
        middle,
        low,
        high,
        tuple(float(np.isinf(losses).mean()) for losses in together),
        tuple(len(losses) for losses in together),
    )


def _quantile(losses: np.ndarray, level: float) -> float:
    """A quantile of losses, of which some may be infinite."""
    return float(np.quantile(losses, level, method="inverted_cdf"))
