"""The number that the mean of a quantity tends to, from samples at several widths."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tp.ndarray import NDArray
from tp.statistics.bound import LEAST_WIDTHS
from tp.statistics.estimate import Estimate
from tp.statistics.intervals import deviations

FADING = (0.5, 1.0, 2.0)
"""Powers of 1/n with which the difference to the limit may fade."""


def limit_of_mean(samples: Mapping[int, NDArray[np.float64]], confidence: float) -> Estimate | None:
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


def _limit(
    n: NDArray[np.float64],
    means: NDArray[np.float64],
    errors: NDArray[np.float64],
    confidence: float,
) -> Estimate | None:
    """The limit from all of these widths; None where no line fits."""
    from scipy.special import chdtri  # loaded when something is measured: it takes 0.3 s

    lines: list[tuple[float, float, float]] = []
    for power in FADING:
        design = np.stack([np.ones_like(n), n**-power], axis=1) / errors[:, None]
        inverse = np.linalg.pinv(design)
        ends = inverse @ (means / errors)
        rest = means / errors - design @ ends
        lines.append((float(rest @ rest), float(ends[0]), float(np.linalg.norm(inverse[0]))))
    least, value, _ = min(lines)
    if least > float(chdtri(max(len(n) - 2, 1), _CHANCE)):
        return None
    reach = deviations(confidence) ** 2
    spans = [(c, e * max(0.0, reach - (misfit - least)) ** 0.5) for misfit, c, e in lines if misfit - least <= reach]
    return Estimate(value, min(c - e for c, e in spans), max(c + e for c, e in spans), confidence)


_CHANCE = 0.01
"""How often widths are left out where a line does fit."""
