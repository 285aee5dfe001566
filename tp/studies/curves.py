"""What is read off runs of training: numbers after a step, medians along the steps, and which runs diverged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tp.experiments.training.observables import (
    CURVATURE,
    DIVERGED,
    LINEAR_LOSS,
    LOSS,
    SIGNAL,
    after,
    at,
    kept_steps,
)
from tp.experiments.training.path import Path
from tp.experiments.training.schedule import Schedule
from tp.sampling.sweep import Samples

STEPWISE = (LOSS, LINEAR_LOSS, SIGNAL, CURVATURE)


@dataclass(frozen=True, slots=True)
class Curve:
    """Medians over runs at one width: of quantities after ``looks``, and of losses and slopes at ``steps``."""

    n: int
    looks: tuple[int, ...]
    after: Mapping[str, tuple[float, ...]]
    steps: tuple[int, ...]
    at: Mapping[str, tuple[float, ...]]


def curves(samples: Samples, path: Path, quantities: Sequence[str]) -> tuple[Curve, ...]:
    """By width. A diverged run counts as it is: its numbers are large, or none."""
    steps = tuple(kept_steps(path))

    def median(name: str, n: int) -> float:
        with np.errstate(all="ignore"):
            return float(np.median(samples[name][n]))

    return tuple(
        Curve(
            n,
            path.looks,
            {name: tuple(median(after(name, s), n) for s in path.looks) for name in quantities},
            steps,
            {name: tuple(median(at(name, s), n) for s in steps) for name in STEPWISE},
        )
        for n in sorted(samples.get(DIVERGED, {}))
    )


def seen_after(samples: Samples, quantities: Sequence[str], step: int) -> Samples:
    """The numbers called ``quantities`` after ``step`` steps; those of runs that diverged sometime are no numbers."""
    found: Samples = {}
    for name in quantities:
        by_width = samples.get(after(name, step), {})
        found[name] = {n: np.where(samples[DIVERGED][n] > 0, np.nan, values) for n, values in by_width.items()}
    return found


def roundings(schedule: Schedule) -> float:
    """Rounding errors of the output that are in the difference of two outputs after the steps, about."""
    return 8.0 + schedule.steps


def diverged(samples: Samples) -> dict[int, int]:
    """The first step, counted from 1, in which a run diverged, by width."""
    found = {n: values[values > 0] for n, values in sorted(samples.get(DIVERGED, {}).items())}
    return {n: int(steps.min()) for n, steps in found.items() if steps.size}


def along(samples: Samples, name: str, steps: Sequence[int], n: int) -> npt.NDArray[np.float64]:
    """The numbers ``name`` at ``steps``, of the runs at width ``n``: [runs, steps]."""
    return np.stack([samples[at(name, s)][n] for s in steps], axis=1)


def through(samples: Samples, name: str, looks: Sequence[int], n: int) -> npt.NDArray[np.float64]:
    """The numbers ``name`` after ``looks``, of the runs at width ``n``: [runs, looks]."""
    return np.stack([samples[after(name, s)][n] for s in looks], axis=1)
