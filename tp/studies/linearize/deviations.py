"""Deviations measured in runs of training, compared with their predicted orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tp.experiments.training.observables import OUTPUT, Observable, Records, recorded
from tp.experiments.training.schedule import Schedule
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report, Sweep, sweep
from tp.studies.claims.support import Measured
from tp.studies.curves import roundings, values_of
from tp.studies.judging import QuantityResult, judged, row, wanted

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


def deviations(
    trainer: Trainer,
    schedule: Schedule,
    quantities: Mapping[str, Observable],
    prediction: Prediction,
    drawing: Drawing,
    *,
    skip: bool = False,
) -> Deviations:
    """Runs of ``trainer`` until all ``quantities`` are decided or the budget is spent; with ``skip`` no runs.

    Runs that diverge are no evidence: their numbers count as NaN. Raises what :func:`sweep` raises.
    """
    observed = {**quantities, **after_all(schedule, OUTPUT)}

    def judge(records: Records) -> dict[str, Measured]:
        found = values_of(records, observed)
        return judged(list(quantities), prediction, found, drawing.plan.dtype, OUTPUT, roundings(schedule))

    if skip:
        drawn = Sweep(interrupted=True)
    else:
        drawn = sweep(
            trainer, drawing.plan, drawing.means, lambda s: wanted(judge(recorded(s)).values()), drawing.report
        )
    records = recorded(drawn.samples)
    measured = judge(records)
    rows = tuple(row(name, prediction, measured.get(name)) for name in quantities)
    return Deviations(rows, measured, records, drawn)
