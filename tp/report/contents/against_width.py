"""A chart of one quantity against the width: its draws, their medians, the predicted power of n, and local slopes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import hypot, inf, log, sqrt

import numpy as np
from jaxtyping import Float

from tp.exponent import UNBOUNDED, power_of_n
from tp.ndarray import NDArray
from tp.report.chart import LEAST, MOST, Axis, Chart, Panel, Series, pieces
from tp.statistics.estimate import LEVEL
from tp.statistics.intervals import median_interval
from tp.statistics.quantiles import QUANTILES, quantile
from tp.studies.judging import QuantityResult

Floats = NDArray[np.float64]
SHOWN = 64
"""The most draws that are shown at a width: the first ones, which are as good as any others."""
FEWEST = 8
"""With fewer draws, not even all of them enclose the median with the probability LEVEL."""
WIDTH = Axis("width n", least=0.6)
SLOPE = Axis("slope between neighbouring widths", log=False, least=1.0)


@dataclass(frozen=True, slots=True)
class _Middle:
    """The ``median`` at width ``n`` with its interval, which is [0, inf] where draws are too few for any."""

    n: int
    median: float
    low: float
    high: float


def of_quantity(q: QuantityResult) -> tuple[Chart, ...]:
    """The chart of ``q``; none where it was not measured."""
    power = q.predicted if q.known and q.predicted is not None and q.predicted < UNBOUNDED / 2 else None
    return (against_width(q.name, q.draws, power, exact=q.exact),) if q.draws else ()


def of_quantities(found: Iterable[QuantityResult]) -> tuple[Chart, ...]:
    """The charts of all that was measured."""
    return tuple(chart for q in found for chart in of_quantity(q))


def against_width(
    name: str,
    draws: Mapping[int, Float[Floats, " draws"] | Sequence[float]],
    power: Fraction | None = None,
    *,
    exact: bool = True,
) -> Chart:
    """The chart of the quantity ``name`` with these ``draws`` by width; signs do not matter.

    The predicted ``power`` of n, an upper bound unless ``exact``, is dashed: through the median at the largest width,
    since only the exponent is predicted. Panel below: slopes of log medians, with intervals.
    """
    sizes = {n: np.abs(np.asarray(values, dtype=np.float64)) for n, values in sorted(draws.items())}
    size = Axis(f"|{name}|", least=1.0)
    middles = [
        found for n, values in sizes.items() if (found := _middle(n, values)) is not None and size.has(found.median)
    ]
    series = _series(size, sizes, middles, power, exact)
    slopes = _slopes(middles, power)
    return Chart(
        name,
        f"{name} against the width",
        " ".join(_described(name, sizes, middles, power, exact)),
        WIDTH,
        (Panel(size, series), *((Panel(SLOPE, slopes),) if slopes else ())),
        note="" if series else _nothing(sizes),
        remarks=tuple(_remarks(sizes)),
    )


def _middle(n: int, values: Float[Floats, " draws"]) -> _Middle | None:
    """None where values are not finite, as those of diverging runs: their median would hide that."""
    if not values.size or not np.isfinite(values).all():
        return None
    median = quantile(np.sort(values), QUANTILES[0])
    if values.size < FEWEST:
        return _Middle(n, median, 0.0, inf)
    found = median_interval(values, LEVEL)
    return _Middle(n, median, min(found.low, median), max(found.high, median))


def _series(
    size: Axis, sizes: Mapping[int, Floats], middles: Sequence[_Middle], power: Fraction | None, exact: bool
) -> tuple[Series, ...]:
    shown = [(n, value) for n, values in sizes.items() for value in values[:SHOWN].tolist()]
    most = max((values.size for values in sizes.values()), default=0)
    draws = f"first {SHOWN} draws at a width" if most > SHOWN else "draws"
    n, medians = [m.n for m in middles], [m.median for m in middles]
    low, high = [m.low for m in middles], [m.high for m in middles]
    bars = pieces("interval", WIDTH, size, n, low=low, high=high)
    named = f"median, {LEVEL:.0%} interval" if bars else "median"
    found = pieces("draws", WIDTH, size, *_columns(shown), name=draws) + bars
    found += pieces("median", WIDTH, size, n, medians, name=named)
    if power is None or not middles:
        return found
    last = middles[-1]
    ends = [(n, _times_power(last.median, n / last.n, power)) for n in dict.fromkeys((min(sizes), max(sizes)))]
    name = f"{_said(power, exact)}, through the last median"
    return found + (pieces("predicted", WIDTH, size, *_columns(ends), name=name) if len(ends) > 1 else ())


def _slopes(middles: Sequence[_Middle], power: Fraction | None) -> tuple[Series, ...]:
    """Slopes at the geometric means of neighbouring widths, and the predicted one; none with fewer than two widths."""
    if len(middles) < 2:
        return ()
    at: list[float] = []
    values: list[float] = []
    ends: list[tuple[float, float]] = []
    for one, other in pairwise(middles):
        step = log(other.n / one.n)
        slope = (log(other.median) - log(one.median)) / step
        at.append(sqrt(one.n * other.n))
        values.append(slope)
        ends.append((slope - _reach(other.median, other.low, one.median, one.high) / step,
                     slope + _reach(other.median, other.high, one.median, one.low) / step))  # fmt: skip
    low, high = zip(*ends, strict=True)
    found = pieces("interval", WIDTH, SLOPE, at, low=low, high=high)
    found += pieces("median", WIDTH, SLOPE, at, values)
    if power is not None:
        across = (middles[0].n, middles[-1].n)
        found += pieces("predicted", WIDTH, SLOPE, across, [float(power)] * 2)
    return found


def _reach(median: float, end: float, other: float, other_end: float) -> float:
    """How far the log of a ratio of medians reaches, where the medians reach to ``end`` and ``other_end``.

    Draws at different widths are independent, so squares of the reaches add up (Zou and Donner, "Construction of
    confidence limits about effect measures", 2008).
    """
    if not (0 < end < inf and 0 < other_end < inf):
        return inf
    return hypot(log(end) - log(median), log(other_end) - log(other))


def _times_power(value: float, ratio: float, power: Fraction) -> float:
    """``value`` times a power of ``ratio``; infinite where that is too large for a float."""
    try:
        return value * ratio ** float(power)
    except OverflowError:
        return inf


def _described(
    name: str, sizes: Mapping[int, Floats], middles: Sequence[_Middle], power: Fraction | None, exact: bool
) -> list[str]:
    said = [f"Absolute values of {name} against the width n, on logarithmic axes."]
    if middles:
        ends = dict.fromkeys(f"{m.median:.3g} at n = {m.n}" for m in (middles[0], middles[-1]))
        said.append(f"Medians over draws: {' to '.join(ends)}.")
    if power is not None:
        through = f" (dashed, through the median at n = {middles[-1].n})" if middles else ""
        said.append(f"{_said(power, exact).capitalize()}{through}.")
    more = {n: values.size for n, values in sizes.items() if values.size > SHOWN}
    if more:
        counts = " to ".join(map(str, dict.fromkeys((min(more.values()), max(more.values())))))
        said.append(
            f"Points are the first {SHOWN} draws at widths that have more ({counts}); medians are of all draws."
        )
    return said


def _remarks(sizes: Mapping[int, Floats]) -> Iterator[str]:
    zero = [n for n, values in sizes.items() if (values == 0).any()]
    wild = [n for n, values in sizes.items() if not np.isfinite(values).all()]
    far = [n for n, v in sizes.items() if (np.isfinite(v) & (v > 0) & ((v < LEAST) | (v > MOST))).any()]
    for what, widths, so in (
        ("Zero", zero, "left out"),
        ("Not finite", wild, "left out, and no median"),
        (f"Below {LEAST:g} or above {MOST:g}", far, "left out"),
    ):
        if widths:
            yield f"{what} at n = {', '.join(map(str, widths))}: {so}."
    few = [str(n) for n, values in sizes.items() if values.size < FEWEST]
    if few:
        yield f"Fewer than {FEWEST} draws give no interval: n = {', '.join(few)}."


def _said(power: Fraction, exact: bool) -> str:
    return f"predicted{'' if exact else ' at most'} {power_of_n(power)}"


def _nothing(sizes: Mapping[int, Floats]) -> str:
    every = np.concatenate([np.zeros(0), *sizes.values()])
    return "all values are zero" if every.size and not every.any() else "no value is positive and finite"


def _columns(points: Iterable[tuple[float, float]]) -> tuple[list[float], list[float]]:
    rows = list(points)
    return [x for x, _ in rows], [y for _, y in rows]
