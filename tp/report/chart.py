"""Charts of results: what is drawn on which axes. Renderers in ``tp/report/drawn`` draw them.

A chart is a block of a document. HTML shows it as a picture. Text and JSON leave it out, since tables have its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

Role = Literal["draws", "median", "interval", "predicted", "curve", "band", "best"]
ROLES: tuple[str, ...] = get_args(Role)
RANGES = ("interval", "band")
"""Roles that have ``low`` and ``high`` in place of ``y``."""
LEAST, MOST = 1e-300, 1e300
"""The least number on a logarithmic axis, and the largest absolute value on any."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis with its ``label``; logarithmic if ``log``.

    It shows all values, and a range of at least ``least``: in decades if logarithmic, else in units of the axis. If
    ``low`` or ``high`` is given, the axis ends there, and what lies beyond is cut off.
    """

    label: str
    log: bool = True
    least: float = 0.0
    low: float | None = None
    high: float | None = None

    def has(self, value: float) -> bool:
        """Whether ``value`` has a place on this axis: it is finite, and positive if the axis is logarithmic."""
        return LEAST <= value <= MOST if self.log else -MOST <= value <= MOST


@dataclass(frozen=True, slots=True)
class Series:
    """Points (``x``, ``y``) that are drawn alike.

    =============  ==========================================================================
    ``draws``      faint points
    ``median``     points
    ``interval``   vertical bars from ``low`` to ``high``, without ``y``
    ``predicted``  a dashed line
    ``curve``      a line
    ``band``       the area between ``low`` and ``high``, without ``y``
    ``best``       points with horizontal bars from ``low`` to ``high``
    =============  ==========================================================================

    ``name`` is that in the legend (empty: not listed); series with the same name are listed once. ``shade`` is a
    position on a scale of colours, from 0 to 1; None: the colour of the role.
    """

    role: Role
    x: tuple[float, ...]
    y: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    name: str = ""
    shade: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Series above one another on a vertical axis."""

    y: Axis
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels from top to bottom over one horizontal axis ``x``.

    ``name`` distinguishes it from other charts of a result. The ``description`` says in words what it shows, and
    ``remarks`` say what is left out. The ``note`` is written into the first panel if that has no series. Raises
    ValueError for numbers that cannot be shown on their axes, series of unequal lengths, and unknown roles.
    """

    name: str
    title: str
    description: str
    x: Axis
    panels: tuple[Panel, ...]
    note: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for panel in self.panels:
            for series in panel.series:
                _require(series, self.x, panel.y)


def _require(series: Series, x: Axis, y: Axis) -> None:
    count = len(series.x)
    ranges = {len(series.low), len(series.high)}
    expected = {0} if series.role not in (*RANGES, "best") else {count}
    if series.role not in ROLES or ranges != expected or len(series.y) != (0 if series.role in RANGES else count):
        raise ValueError(f"no series of a chart: {series.role} with {count} points")
    ends = x if series.role == "best" else y
    placed = all(map(x.has, series.x)) and all(map(y.has, series.y))
    if not (placed and all(map(ends.has, (*series.low, *series.high)))):
        raise ValueError(f"a number of the series {series.name or series.role} has no place on its axis")
    if series.shade is not None and not 0 <= series.shade <= 1:
        raise ValueError(f"the shade {series.shade} lies outside [0, 1]")


def pieces(
    role: Role,
    x_axis: Axis,
    y_axis: Axis,
    x: Iterable[float],
    y: Iterable[float] = (),
    low: Iterable[float] = (),
    high: Iterable[float] = (),
    name: str = "",
    shade: float | None = None,
) -> tuple[Series, ...]:
    """Series of those points that the axes can show; lines and bands are interrupted at the others.

    Numbers are rounded to five digits: three can be seen in a chart, and stored documents stay small.
    """
    columns = [tuple(map(_short, column)) for column in (x, y, low, high)]
    ends = x_axis if role == "best" else y_axis
    found: list[list[int]] = [[]]
    for k in range(len(columns[0])):
        whole = all(
            axis.has(column[k]) for axis, column in zip((x_axis, y_axis, ends, ends), columns, strict=True) if column
        )
        if whole:
            found[-1].append(k)
        elif role in ("curve", "predicted", "band"):
            found.append([])
    parts = ([tuple(column[k] for k in chosen if column) for column in columns] for chosen in found if chosen)
    return tuple(Series(role, *part, name=name, shade=shade) for part in parts)


def _short(value: float) -> float:
    """``value`` with five digits; whole numbers, such as widths and steps, as they are."""
    return int(value) if abs(value) < 1e12 and value == int(value) else float(f"{value:.5g}")


def ending(axis: Axis, curves: Iterable[Sequence[float]], factor: float) -> tuple[Axis, tuple[str, ...]]:
    """``axis``, cut at ``factor`` times the largest first value of all ``curves`` if one rises above that.

    Also a remark that says so, if it is cut.
    """
    found = list(curves)
    end = factor * max((curve[0] for curve in found if curve and axis.has(curve[0])), default=MOST)
    if all(value <= end for curve in found for value in curve if axis.has(value)):
        return axis, ()
    return replace(axis, high=float(f"{end:.3g}")), (f"Values above {end:.3g} are cut off.",)


def shades(count: int) -> Iterator[float]:
    """``count`` positions on the scale of colours, far from each other."""
    return (k / (count - 1) if count > 1 else 0.5 for k in range(count))
