"""Corollary 4.0.1: where C' of the linear model decays exponentially, the deviation stays bounded along the steps.

Its premise is checked on the runs: an exponential and a power of the step are fitted to the largest |C'| of all samples
(90 % quantile over runs) along the last seven eighths of the steps, and the better one is named where it is clearly
better. The conclusion is the growth of |F - F_lin| over the last looks, as a power of the step. Intervals are resampled
over runs, at 99 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from tp.asymptotics.verdict import Estimate
from tp.experiments.training.observables import CURVATURE, DEVIATION, DIVERGED, FASTEST, SIGNAL, SLOWEST, kept_steps
from tp.experiments.training.path import Path
from tp.sampling.sweep import Samples
from tp.studies.curves import along, through

Floats = npt.NDArray[np.float64]

QUANTILE = 0.9
RESAMPLES = 400
CONFIDENCE = 0.99
CLEARLY = 2.0
"""The sum of squares of the other law must be so many times as large."""
FEWEST = 8
"""Steps, and runs, below which nothing is said."""
LEVEL_GROWTH = 0.25
"""The power of the step that still counts as staying bounded, with its whole interval."""
ROUNDINGS = 1e4
"""Of the first |C'|, in units of the precision: below it there is rounding only."""
LONG = 5.0
"""In so many times of relaxation |C'| should have decayed if it does."""
SINGULAR = 1e3
"""An eigenvalue of the kernel that is so small, in units of the precision and of the largest one, is none."""
SETTLED = 3.0
"""After so many times T the deviation should have stopped to grow, if it does."""


class Law(Enum):
    EXPONENTIAL = "exponential"
    POWER = "a power of the step"
    NONE = "none"
    OPEN = "undecided"


class Bounded(Enum):
    YES = "bounded"
    NO = "grows"
    OPEN = "undecided"


@dataclass(frozen=True, slots=True)
class Decay:
    """At width ``n``: how |C'| decays, by e in ``time`` steps if exponentially; ``curvature`` is the largest |C''|.

    ``growth`` is the power of the step that |F - F_lin| grows with over the looks ``between``.
    """

    n: int
    law: Law
    time: Estimate | None
    curvature: float
    growth: Estimate | None
    between: tuple[int, int]

    @property
    def bounded(self) -> Bounded:
        if self.growth is None:
            return Bounded.OPEN
        if self.growth.high <= LEVEL_GROWTH:
            return Bounded.YES
        early = self.time is not None and self.between[0] < SETTLED * self.time.high
        return Bounded.NO if self.growth.low > LEVEL_GROWTH and not early else Bounded.OPEN

    @property
    def outcome(self) -> str:
        """What the corollary says of this width, and whether it is so."""
        if self.law is Law.OPEN:
            return "undecided"
        if self.law is not Law.EXPONENTIAL:
            return "premise fails"
        return {Bounded.YES: "holds", Bounded.NO: "fails", Bounded.OPEN: "undecided"}[self.bounded]


def decays(samples: Samples, path: Path, eta: float, dtype: str) -> tuple[Decay, ...]:
    """By width, in increasing order; widths with a diverged run are left out: they are no evidence."""
    found: list[Decay] = []
    for n, wild in sorted(samples.get(DIVERGED, {}).items()):
        if not wild.any():
            found.append(_decay(samples, path, eta, float(np.finfo(dtype).eps), n))
    return tuple(found)


def _decay(samples: Samples, path: Path, eta: float, eps: float, n: int) -> Decay:
    steps = np.array(kept_steps(path), dtype=np.float64)
    signal = along(samples, SIGNAL, kept_steps(path), n)
    looks = path.looks[1:]
    deviation = through(samples, DEVIATION, looks, n)
    chosen = np.random.default_rng(0).integers(len(signal), size=(RESAMPLES, len(signal)))
    law, time = _law(signal, steps, chosen, ROUNDINGS * eps)
    curvature = float(along(samples, CURVATURE, kept_steps(path), n).max())
    if law is Law.NONE and not _long_enough(samples, path, eta * curvature, eps, n):
        law = Law.OPEN
    first = next(i for i, s in enumerate(looks) if 4 * s >= looks[-1])
    growth = _growth(deviation, np.array(looks, dtype=np.float64), first, chosen)
    return Decay(n, law, time, curvature, growth, (looks[first], looks[-1]))


def _long_enough(samples: Samples, path: Path, rate: float, eps: float, n: int) -> bool:
    """Would the slowest mode of the kernel have decayed by now, at a learning ``rate`` times C''?

    It takes samples / (rate times its eigenvalue) steps; with an eigenvalue of zero it never does.
    """
    count = path.samples - path.unseen
    slowest, fastest = (float(np.median(samples[name][n])) for name in (SLOWEST, FASTEST))
    return slowest <= SINGULAR * eps * fastest or path.steps * rate * slowest >= LONG * count


def _law(signal: Floats, steps: Floats, chosen: npt.NDArray[np.int64], floor: float) -> tuple[Law, Estimate | None]:
    """The law of decay, and its time where it is exponential."""
    typical = np.quantile(signal, QUANTILE, axis=0)
    late = (8 * steps >= steps[-1]) & (typical > floor * typical[0])
    if late.sum() < FEWEST or len(signal) < FEWEST:
        return Law.OPEN, None
    at = steps[late]
    draws = np.log(np.quantile(signal[chosen][:, :, late], QUANTILE, axis=1))
    rate = _estimate(-np.polyfit(at, np.log(typical[late]), 1)[0], -np.polyfit(at, draws.T, 1)[0])
    span = float(at[-1] - at[0])
    if rate.low * span < 1:  # not known to have decayed by a factor of e
        return (Law.NONE if rate.high * span < 1 else Law.OPEN), None
    exponential, power = (_misfit(x, np.log(typical[late])) for x in (at, np.log1p(at)))
    if CLEARLY * exponential < power:
        return Law.EXPONENTIAL, Estimate(1 / rate.value, 1 / rate.high, 1 / rate.low, CONFIDENCE)
    return (Law.POWER if CLEARLY * power < exponential else Law.OPEN), None


def _growth(deviation: Floats, looks: Floats, first: int, chosen: npt.NDArray[np.int64]) -> Estimate | None:
    """The power of the step between the looks number ``first`` and last."""
    if len(deviation) < FEWEST or first == len(looks) - 1:
        return None
    middle, draws = np.median(deviation, axis=0), np.median(deviation[chosen], axis=1)
    if not (middle > 0).all() or not (draws > 0).all():
        return None
    span = np.log(looks[-1] / looks[first])
    return _estimate(float(np.log(middle[-1] / middle[first]) / span), np.log(draws[:, -1] / draws[:, first]) / span)


def _misfit(x: Floats, y: Floats) -> float:
    return float(((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2).sum())


def _estimate(value: float, draws: Floats) -> Estimate:
    low, high = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(value), min(float(low), float(value)), max(float(high), float(value)), CONFIDENCE)
