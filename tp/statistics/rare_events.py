"""Rare large draws: down to which probability a bound is supported, and whether some of them grow faster.

M = O(n^p) says that every quantile of |M_n| is O(n^p). The 64 draws of one width say nothing of the quantile at 99 %,
but the draws of all widths together do. Both tests compare the draws at smaller widths with those at larger ones. They
count the draws above a line C n^s:

- if the quantile at 1 - share grew as n^s, some line would have the fraction ``share`` of the draws of either part
  above it. :func:`supported_share` is the least share for which no line fits that;
- :func:`growing_share` looks for a line that significantly more of the draws at larger widths are above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from jaxtyping import Float

from tp.statistics.intervals import Floats
from tp.statistics.quantiles import unseen

NEEDED = 0.02
"""With many draws, a bound is confirmed only where it is supported down to events of this probability or less."""
MANY = 600
"""The least number of draws that count as many. With fewer, it is the highest quantile that they support."""
FASTER = 0.25
"""Support means that the quantile does not grow faster than the bound by this power of n, at least."""
NEXT = 0.75
"""The same as a fraction of the grid of exponents, where that is more: so no exponent of the grid is left out."""
SURELY = 0.125
"""Draws are reported as growing where they outgrow the bound by this power of n."""
SHARES = (0.25, 0.2, 0.15, 0.125, 0.1, 0.08, 0.066, 0.05, 0.04, 0.033, 0.025, 0.02, 0.0166, 0.0125, 0.01, 0.005, 0.0025)
"""Probabilities for which the support of a bound is looked at, from frequent to rare events."""
AGAINST = 2 * log(100)
"""A line does not fit where twice its log-likelihood falls short of the best one's by this: by chance in 1 of 100."""
FOR = 2 * log(70)
"""The same for draws that grow. Many lines are tried; at most one in a hundred samples has such draws by chance."""
FALLS = 2.33**2
"""The same for large draws that become fewer: by chance in 1 of 100."""
_FEWEST = 3
"""The fewest draws above a line that count as growing."""


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """Logarithms of draws at smaller and at larger widths, relative to n^s for the slope s that is asked for.

    ``logs`` are logs of |M_n| minus the log of its typical size, in increasing order, by width; ``x`` are logs of the
    widths minus their mean.
    """

    logs: tuple[Float[Floats, " draws"], ...]
    x: Float[Floats, " widths"]

    @property
    def middle(self) -> int:
        """The number of widths in the smaller part: the split for which the part with fewer draws has the most.

        It depends on numbers of draws alone, not on their values.
        """
        low = np.cumsum([values.size for values in self.logs])
        return 1 + int(np.argmax(np.minimum(low, low[-1] - low)[:-1]))

    def lines(self, slope: float) -> Floats:
        """Heights log C of lines C n^slope, from high to low: one through each draw."""
        heights = np.concatenate([values - slope * x for values, x in zip(self.logs, self.x, strict=True)])
        return np.unique(heights[np.isfinite(heights)])[::-1]

    def above(self, slope: float, lines: Floats) -> tuple[Floats, Floats, int, int]:
        """Numbers of draws on or above lines at smaller and at larger widths, and all draws there."""
        lifted = [values - slope * x for values, x in zip(self.logs, self.x, strict=True)]
        middle = self.middle
        low, high = np.sort(np.concatenate(lifted[:middle])), np.sort(np.concatenate(lifted[middle:]))
        counts = [values.size - np.searchsorted(values, lines, side="left") for values in (low, high)]
        return counts[0].astype(np.float64), counts[1].astype(np.float64), low.size, high.size


def tail(logs: Sequence[Float[Floats, " draws"]], typical: Floats, log_widths: Floats) -> Tail:
    """From ``logs`` of |M_n| in increasing order, by width, and logs of ``typical`` sizes."""
    centred = tuple(values - middle for values, middle in zip(logs, typical, strict=True))
    return Tail(centred, log_widths - log_widths.mean())


def supported_share(found: Tail, slope: float) -> float | None:
    """The least of :data:`SHARES` such that its quantile does not grow as n^slope times the typical size, or faster.

    It bounds all lower quantiles. None where there is no such share.
    """
    low, high, lows, highs = found.above(slope, found.lines(slope))
    # A line above all draws is one more possibility.
    low, high = np.append(0.0, low), np.append(0.0, high)
    for share in reversed(SHARES):
        # Counts rise from line to line. Only lines with too many draws below, or too few above, and their neighbours
        # can be the best; a line with neither fits.
        many = int(np.searchsorted(low, share * lows, side="right"))
        enough = int(np.searchsorted(high, share * highs, side="left"))
        if many > enough:
            continue
        near = slice(max(many - 1, 0), enough + 1)
        more = np.where(low[near] > share * lows, _deviance(low[near], lows, share), 0.0)
        fewer = np.where(high[near] < share * highs, _deviance(high[near], highs, share), 0.0)
        if float((more + fewer).min()) >= AGAINST:
            return share
    return None


def needed_share(found: Tail) -> float:
    """The probability of events down to which a bound must be supported, for as many draws as there are."""
    count = sum(values.size for values in found.logs)
    return NEEDED if count >= MANY else min(SHARES[0], unseen(count))


def growing_share(found: Tail, slope: float) -> float | None:
    """The fraction of the draws at the larger widths that outgrow n^slope times the typical size; None if none do.

    Draws that become fewer do not count: n^2 with probability 1/n, and 1 otherwise, is O(1). They are counted above
    half the height of the line, on the scale of logarithms.
    """
    lines = found.lines(slope)
    low, high, lows, highs = found.above(slope, lines)
    kept = (high >= _FEWEST) & (high <= SHARES[0] * highs) & (high * lows > low * highs)
    if not kept.any():
        return None
    lines, low, high = lines[kept], low[kept], high[kept]
    pooled = (low + high) / (lows + highs)
    gain = _deviance(low, lows, pooled) + _deviance(high, highs, pooled)
    best = int(gain.argmax())
    if gain[best] < FOR:
        return None
    few, fewer, _, _ = found.above(0.0, lines[best : best + 1] / 2)
    common = (few + fewer) / (lows + highs)
    falls = fewer * lows < few * highs and _deviance(few, lows, common) + _deviance(fewer, highs, common) >= FALLS
    return None if falls else float(high[best] / highs)


def _deviance(count: Floats, draws: int, share: Floats | float) -> Floats:
    """Twice the log-likelihood ratio of the observed fraction against ``share``, for binomial counts."""
    seen = count / draws
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(count > 0, seen * np.log(seen / share), 0.0)
        two = np.where(count < draws, (1 - seen) * np.log((1 - seen) / (1 - share)), 0.0)
    return 2 * draws * (one + two)
