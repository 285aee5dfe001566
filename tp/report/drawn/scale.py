"""What an axis shows, from where to where, and where it has ticks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

from tp.report.chart import LEAST, MOST, Axis, Chart, Panel

PAD = 0.06
"""The part of the range that is left free at either end."""
ALONE = {True: 0.6, False: 1.0}
"""The range around a single value: in decades on a logarithmic axis (True), else in units."""
PLAIN = range(-2, 4)
"""Powers of ten that are written as numbers where an axis has no others."""
DOTS = 20
"""The most points of a curve that have dots."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from ``low`` to ``high``. Both are decimal logarithms where it is logarithmic (``log``)."""

    log: bool
    low: float
    high: float

    def at(self, value: float) -> float:
        """The place of ``value``: 0 at the low end, 1 at the high end."""
        return ((log10(value) if self.log else value) - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        """The value at a ``place``, the inverse of :meth:`at`."""
        value = self.low + place * (self.high - self.low)
        return min(max(LEAST, 10 ** min(max(value, -300.0), 300.0)), MOST) if self.log else value

    @property
    def ends(self) -> tuple[float, float]:
        """The values at both ends."""
        return self.value(0), self.value(1)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """(place from 0 to 1, label) of about ``most`` ticks, in increasing order."""
        found = _log_ticks(self.low, self.high, most) if self.log else _ticks(self.low, self.high, most)
        return [((at - self.low) / (self.high - self.low), label) for at, label in found]


def horizontal(chart: Chart) -> Scale:
    """The scale of the axis that all panels share."""
    every = [series for panel in chart.panels for series in panel.series]
    ends = (end for series in every if series.role == "best" for end in (*series.low, *series.high))
    return _scale(chart.x, [*(value for series in every for value in series.x), *ends])


def vertical(panel: Panel) -> Scale:
    """The scale of the vertical axis of ``panel``."""
    ends = (end for series in panel.series if series.role != "best" for end in (*series.low, *series.high))
    return _scale(panel.y, [*(value for series in panel.series for value in series.y), *ends])


def dotted(panel: Panel) -> bool:
    """Whether curves have dots at their points: where no curve of ``panel`` has many."""
    return all(len(series.x) <= DOTS for series in panel.series if series.role == "curve")


def _scale(axis: Axis, values: Iterable[float]) -> Scale:
    least, most = -MOST if axis.low is None else axis.low, MOST if axis.high is None else axis.high
    shown = (min(max(value, least), most) for value in values)
    found = [log10(value) if axis.log else value for value in shown] or [0.0]
    low, high = min(found), max(found)
    missing = max(axis.least - (high - low), 0.0) if high > low else max(axis.least, ALONE[axis.log])
    spare = missing / 2 + PAD * (high - low + missing)
    if high - low + 2 * spare <= 1e-9 * max(abs(low), abs(high)):  # equal to rounding, and ends would be equal
        spare = abs(high) / 100
    ends = (axis.low, low - spare), (axis.high, high + spare)
    low, high = (own if end is None else log10(end) if axis.log else end for end, own in ends)
    return Scale(axis.log, low, high if high > low else low + ALONE[axis.log])


def _log_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Powers of ten; also 2 and 5 times them where there are few."""
    powers = list(range(ceil(low - 1e-9), floor(high + 1e-9) + 1))
    plain = all(k in PLAIN for k in range(floor(low), floor(high) + 1))
    factors = (1, 2, 5) if len(powers) * 3 <= max(most, 4) or len(powers) < 2 else (1,)
    stride = ceil(len(powers) / most) if factors == (1,) else 1
    every = ((k, factor) for k in range(floor(low), floor(high) + 1) if k % stride == 0 for factor in factors)
    placed = ((k + log10(factor), _decimal(factor, k, plain)) for k, factor in every)
    found = [(at, label) for at, label in placed if low - 1e-9 <= at <= high + 1e-9]
    if len(found) > 1:
        return found
    return [(log10(at), label) for at, label in _ticks(10**low, 10**high, most) if at > 0]


def _decimal(factor: int, power: int, plain: bool) -> str:
    if plain:
        return f"{factor * 10.0**power:g}"
    raised = f"10{str(power).translate(_RAISED)}"
    return raised if factor == 1 else f"{factor}·{raised}"


def _ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    power = floor(log10((high - low) / most)) - 1
    steps = (factor * 10.0 ** (power + k) for k in range(4) for factor in (1, 2, 5))
    step, values = next((step, found) for step in steps if len(found := _multiples(step, low, high)) <= most)
    digits = max(0, -floor(log10(step) + 1e-9))
    large = max(map(abs, values), default=0.0) >= 1e5 or digits > 4
    return [(at, (f"{at:.3g}" if large else f"{at:z.{digits}f}").replace("-", "−")) for at in values]


def _multiples(step: float, low: float, high: float) -> list[float]:
    return [k * step for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
