"""Corollary 4.0.1: where C' of the linear model decays exponentially, the deviation stays bounded along the steps.

The premise is checked on the runs. An exponential and a power of the step are fitted to the 90 % quantile over runs of
the largest |C'| of all samples, over the last seven eighths of the steps. The law with the smaller sum of squares is
named if the other sum is at least twice as large. The conclusion is checked by the growth of |F - F_lin| over the last
looks, as a power of the step. Intervals are bootstrap intervals over runs, at 99 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from jaxtyping import Float, Int

from tp.answer import Answer
from tp.experiments.training.observables import (
    CURVATURE,
    DIVERGED,
    FASTEST,
    SIGNAL,
    SLOWEST,
    Observable,
    Records,
    kept_steps,
)
from tp.experiments.training.path import Path
from tp.ndarray import NDArray
from tp.quantities.definitions import DEVIATION
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import bootstrap_interval
from tp.studies.curves import along

Floats = NDArray[np.float64]
Chosen = Int[NDArray[np.int64], "resamples runs"]
"""The runs of each resample."""

QUANTILE = 0.9
RESAMPLES = 400
CONFIDENCE = 0.99
CLEARLY = 2.0
"""The ratio of sums of squares from which one law is better than the other."""
FEWEST = 8
"""The least number of steps, and of runs, for which anything is said."""
LEVEL_GROWTH = 0.25
"""The deviation is bounded if the whole interval of its power of the step is at most this."""
ROUNDINGS = 1e4
"""|C'| below this many machine precisions times the first |C'| is not used: it is only rounding error."""
LONG = 5.0
"""A run is long enough to see |C'| decay if it lasts this many relaxation times of the slowest mode."""
SINGULAR = 1e3
"""An eigenvalue of the kernel below this many machine precisions times the largest one counts as zero."""
SETTLED = 3.0
"""Growth of the deviation counts against the corollary only after this many times T."""


class Law(Enum):
    EXPONENTIAL = "exponential"
    POWER = "a power of the step"
    NONE = "none"
    OPEN = "undecided"


@dataclass(frozen=True, slots=True)
class Decay:
    """What runs at width ``n`` show.

    ``law`` is how |C'| decays along the steps. If it is exponential, ``time`` is T, the steps in which |C'| falls by a
    factor of e. ``curvature`` is the largest |C''|. ``growth`` is the power of the step with which |F - F_lin| grows
    between the looks ``between``, None where there are too few runs or looks.
    """

    n: int
    law: Law
    time: Estimate | None
    curvature: float
    growth: Estimate | None
    between: tuple[int, int]

    @property
    def bounded(self) -> Answer:
        """Whether the deviation stays bounded."""
        if self.growth is None:
            return Answer.UNDECIDED
        if self.growth.high <= LEVEL_GROWTH:
            return Answer.YES
        early = self.time is not None and self.between[0] < SETTLED * self.time.high
        return Answer.NO if self.growth.low > LEVEL_GROWTH and not early else Answer.UNDECIDED

    @property
    def answer(self) -> Answer:
        """Whether the corollary holds at this width; it does not apply where its premise fails."""
        if self.law is Law.OPEN:
            return Answer.UNDECIDED
        return self.bounded if self.law is Law.EXPONENTIAL else Answer.DOES_NOT_APPLY

    @property
    def outcome(self) -> str:
        """The :attr:`answer` as text: holds, fails, undecided or premise fails."""
        return "premise fails" if self.answer is Answer.DOES_NOT_APPLY else self.answer.worded("holds", "fails")


def decays(records: Records, path: Path, eta: float, dtype: str) -> tuple[Decay, ...]:
    """The decay at each width, increasing, for the learning rate ``eta``; widths with a diverged run are left out."""
    found: list[Decay] = []
    for n, wild in sorted(records.get(Observable(DIVERGED), {}).items()):
        if not wild.any():
            found.append(_decay(records, path, eta, float(np.finfo(dtype).eps), n))
    return tuple(found)


def _decay(records: Records, path: Path, eta: float, eps: float, n: int) -> Decay:
    steps = np.array(kept_steps(path), dtype=np.float64)
    signal = along(records, SIGNAL, kept_steps(path), n)
    looks = path.looks[1:]
    deviation = along(records, DEVIATION, looks, n)
    chosen = np.random.default_rng(0).integers(len(signal), size=(RESAMPLES, len(signal)))
    law, time = _law(signal, steps, chosen, ROUNDINGS * eps)
    curvature = float(along(records, CURVATURE, kept_steps(path), n).max())
    if law is Law.NONE and not _long_enough(records, path, eta * curvature, eps, n):
        law = Law.OPEN
    first = next(i for i, s in enumerate(looks) if 4 * s >= looks[-1])
    growth = _growth(deviation, np.array(looks, dtype=np.float64), first, chosen)
    return Decay(n, law, time, curvature, growth, (looks[first], looks[-1]))


def _long_enough(records: Records, path: Path, rate: float, eps: float, n: int) -> bool:
    """Whether the slowest mode of the kernel would have decayed by the last step, at a ``rate`` of η times C''.

    That takes samples / (rate times its eigenvalue) steps. With an eigenvalue of zero it never decays.
    """
    count = path.samples - path.first
    slowest, fastest = (float(np.median(records[Observable(name)][n])) for name in (SLOWEST, FASTEST))
    return slowest <= SINGULAR * eps * fastest or path.steps * rate * slowest >= LONG * count


def _law(
    signal: Float[Floats, "runs steps"],
    steps: Float[Floats, " steps"],
    chosen: Chosen,
    floor: float,
) -> tuple[Law, Estimate | None]:
    """The law of decay, and T where it is exponential."""
    typical = np.quantile(signal, QUANTILE, axis=0)
    late = (8 * steps >= steps[-1]) & (typical > floor * typical[0])
    if late.sum() < FEWEST or len(signal) < FEWEST:
        return Law.OPEN, None
    at = steps[late]
    draws = np.log(np.quantile(signal[chosen][:, :, late], QUANTILE, axis=1))
    rate = bootstrap_interval(
        -float(np.polyfit(at, np.log(typical[late]), 1)[0]), -np.polyfit(at, draws.T, 1)[0], CONFIDENCE
    )
    span = float(at[-1] - at[0])
    if rate.low * span < 1:  # not known to have decayed by a factor of e
        return (Law.NONE if rate.high * span < 1 else Law.OPEN), None
    exponential, power = (_misfit(x, np.log(typical[late])) for x in (at, np.log1p(at)))
    if CLEARLY * exponential < power:
        return Law.EXPONENTIAL, rate.mapped(lambda r: 1 / r)
    return (Law.POWER if CLEARLY * power < exponential else Law.OPEN), None


def _growth(
    deviation: Float[Floats, "runs looks"],
    looks: Float[Floats, " looks"],
    first: int,
    chosen: Chosen,
) -> Estimate | None:
    """The power of the step with which the deviation grows from the look number ``first`` to the last one."""
    if len(deviation) < FEWEST or first == len(looks) - 1:
        return None
    middle, draws = np.median(deviation, axis=0), np.median(deviation[chosen], axis=1)
    if not (middle > 0).all() or not (draws > 0).all():
        return None
    span = np.log(looks[-1] / looks[first])
    value, resampled = np.log(middle[-1] / middle[first]) / span, np.log(draws[:, -1] / draws[:, first]) / span
    return bootstrap_interval(float(value), resampled, CONFIDENCE)


def _misfit(x: Floats, y: Floats) -> float:
    return float(((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2).sum())
