"""Deviations measured in runs of training, compared with their predicted orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tp.experiments.training.observables import OUTPUT, Observable, Records, recorded
from tp.experiments.training.schedule import Schedule
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report, Samples, Sweep, sweep
from tp.statistics.more import More
from tp.studies.claims.support import Measured
from tp.studies.curves import roundings, values_of
from tp.studies.judging import Latest, QuantityResult, judged, row, wanted

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.experiments.training.trainer import Trainer
    from tp.theory.predict import Prediction


@dataclass(frozen=True, slots=True)
class Drawing:
    """How runs are made: ``plan``, ``data``, store and workers (``means``), and ``report`` of progress."""

    plan: Plan
    data: str | Data | None
    means: Means
    report: Report | None


@dataclass(frozen=True, slots=True)
class Deviations:
    """One row for each quantity, the fit and judgement of each (``measured``), and everything drawn."""

    rows: tuple[QuantityResult, ...]
    measured: Mapping[str, Measured]
    records: Records
    drawn: Sweep


def after_all(schedule: Schedule, *names: str) -> dict[str, Observable]:
    """Quantities called ``names`` after the last step."""
    return {name: Observable(name, schedule.steps) for name in names}


Watch = Callable[[Deviations], None]
"""A function of what is known of deviations so far."""


def deviations(
    trainer: Trainer,
    schedule: Schedule,
    quantities: Mapping[str, Observable],
    prediction: Prediction,
    drawing: Drawing,
    *,
    skip: bool = False,
    watch: Watch | None = None,
) -> Deviations:
    """Runs of ``trainer`` until all ``quantities`` are decided or the budget is spent; with ``skip`` no runs.

    Runs that diverge are no evidence: their numbers count as NaN. ``watch`` is called with what is known so far. Raises
    what :func:`sweep` raises.
    """
    observed = {**quantities, **after_all(schedule, OUTPUT)}

    def measured(samples: Samples) -> dict[str, Measured]:
        found = values_of(recorded(samples), observed)
        return judged(list(quantities), prediction, found, drawing.plan.dtype, OUTPUT, roundings(schedule))

    rows = Latest(measured)

    def known(drawn: Sweep) -> Deviations:
        found = rows.of(drawn.samples)
        every = tuple(row(name, prediction, found.get(name)) for name in quantities)
        return Deviations(every, found, recorded(drawn.samples), drawn)

    def seen(part: Sweep) -> None:
        if watch is not None:
            watch(known(part))

    def more_wanted(samples: Samples) -> More:
        return wanted(rows.of(samples).values(), drawing.plan.widths[-1])

    if skip:
        return known(Sweep(interrupted=True))
    return known(sweep(trainer, drawing.plan, drawing.means, more_wanted, drawing.report, seen))
