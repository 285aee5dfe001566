"""Runs of training summarised: quantities after a step, medians along the steps, and which runs diverged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Float

from tp.experiments.training.observables import DIVERGED, STEPWISE, Observable, Records, kept_steps
from tp.experiments.training.path import Path
from tp.experiments.training.schedule import Schedule
from tp.ndarray import NDArray
from tp.sampling.sweep import Samples
from tp.statistics.estimate import Estimate
from tp.statistics.fit import fit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Medians over runs at width ``n``: quantities ``after`` looks; losses, |C'| and |C''| ``at`` the ``steps``."""

    n: int
    looks: tuple[int, ...]
    after: Mapping[str, tuple[float, ...]]
    steps: tuple[int, ...]
    at: Mapping[str, tuple[float, ...]]


def curves(records: Records, path: Path, quantities: Sequence[str]) -> tuple[Curve, ...]:
    """The medians at each width, in increasing order. Diverged runs are included, with large numbers or NaN."""
    steps = tuple(kept_steps(path))

    def median(name: str, step: int, n: int) -> float:
        with np.errstate(all="ignore"):
            return float(np.median(records[Observable(name, step)][n]))

    return tuple(
        Curve(
            n,
            path.looks,
            {name: tuple(median(name, s, n) for s in path.looks) for name in quantities},
            steps,
            {name: tuple(median(name, s, n) for s in steps) for name in STEPWISE},
        )
        for n in sorted(records.get(Observable(DIVERGED), {}))
    )


@dataclass(frozen=True, eq=False, repr=False)
class Along:
    """What runs on ``path`` show along their steps, with ``records`` of them and the ``quantities`` at every look.

    Nothing is worked out before it is asked for. A result that is only watched never is, and there are many of them.
    """

    records: Records = field(default_factory=dict[Observable, Mapping[int, Floats]])
    path: Path | None = None
    quantities: Sequence[str] = ()

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """The medians at each width; none without runs."""
        return () if self.path is None else curves(self.records, self.path, self.quantities)


def values_of(records: Records, observed: Mapping[str, Observable]) -> Samples:
    """Values [runs] by name in ``observed`` and width; NaN for runs that diverged at any step."""
    found: Samples = {}
    for name, observable in observed.items():
        by_width = records.get(observable, {})
        wild = records[Observable(DIVERGED)] if by_width else {}
        found[name] = {n: np.where(wild[n] > 0, np.nan, values) for n, values in by_width.items()}
    return found


def exponents_by_step(
    records: Records, names: Sequence[str], steps: Sequence[int]
) -> dict[str, tuple[Estimate | None, ...]]:
    """The exponent of n of every quantity after each of ``steps``; None where no slope was found."""

    def exponent(name: str, step: int) -> Estimate | None:
        values = values_of(records, {name: Observable(name, step)})[name]
        found = fit(values) if values else None
        return found.late.overall if found is not None and found.late is not None else None

    return {name: tuple(exponent(name, step) for step in steps) for name in names}


def roundings(schedule: Schedule) -> float:
    """Rounding errors of the difference of two outputs after all steps, roughly, in units of those of one output."""
    return 8.0 + schedule.steps


def diverged(records: Records) -> dict[int, int]:
    """The first step, counted from 1, in which a run diverged, by width."""
    found = {n: values[values > 0] for n, values in sorted(records.get(Observable(DIVERGED), {}).items())}
    return {n: int(steps.min()) for n, steps in found.items() if steps.size}


def along(records: Records, name: str, steps: Sequence[int], n: int) -> Float[Floats, "runs steps"]:
    """The observable ``name`` at ``steps`` (losses, |C'|, |C''|) or after them, of the runs at width ``n``."""
    return np.stack([records[Observable(name, s)][n] for s in steps], axis=1)
