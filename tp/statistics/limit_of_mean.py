"""The number that the mean of a quantity tends to, from samples at several widths."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import numpy as np

from tp.statistics.bound import LEAST_WIDTHS
from tp.statistics.corrections import fits
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import Floats, deviations
from tp.statistics.size import weighted

FADING = (0.5, 1.0, 2.0)
"""Powers of 1/n with which the difference to the limit may fade."""
_CHANCE = 0.99
"""How often no width is left out where a line does fit."""


def limit_of_mean(samples: Mapping[int, Floats], confidence: float) -> Estimate | None:
    """C of the lines C + B n^-q through the means of ``samples[n]`` [draws], for q = 1/2, 1 and 2.

    Lines are fitted by least squares with weights 1 / variance. The interval has every C that some of these lines fits
    about as well as the best one. Widths are left out from the smallest on while none fits. None where fewer than
    :data:`~tp.statistics.bound.LEAST_WIDTHS` widths have two draws, or where no line fits so many widths.
    """
    widths = [n for n in sorted(samples) if samples[n].size > 1 and np.isfinite(samples[n]).all()]
    means = np.array([float(np.mean(samples[n])) for n in widths])
    errors = np.array([float(np.std(samples[n], ddof=1)) / samples[n].size ** 0.5 for n in widths])
    # Draws that agree to rounding have no scatter to go by.
    errors = np.maximum(errors, np.finfo(np.float32).eps * np.abs(means).max(initial=0.0))
    for first in range(len(widths) - LEAST_WIDTHS + 1):
        if not errors[first:].all():
            return None
        found = _limit(np.asarray(widths[first:], dtype=np.float64), means[first:], errors[first:], confidence)
        if found is not None:
            return found
    return None


def _limit(n: Floats, means: Floats, errors: Floats, confidence: float) -> Estimate | None:
    """The limit from all of these widths; None where no line fits."""
    lines = [weighted(n, power, means, errors**2) for power in FADING]
    best = min(lines, key=lambda line: line.misfit)
    if not fits(best.misfit, len(n) - 2, _CHANCE):
        return None
    reach, ends = deviations(confidence) ** 2, list[float]()
    for line in lines:
        left = reach - (line.misfit - best.misfit)
        if left >= 0:
            limit, error = line.at(inf)
            ends += (limit - error * left**0.5, limit + error * left**0.5)
    return Estimate(best.at(inf)[0], min(ends), max(ends), confidence)
