"""A picture of an activation with its derivative, as the package draws charts."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from tp.activations import Activation
from tp.report.chart import Axis, Chart, Panel, Role, Series
from tp.report.drawn.style import STYLE as _STYLE
from tp.report.drawn.svg import svg

_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{ (\.tp-chart) (\{.*?\}) \}", flags=re.DOTALL)
STYLE = ".tp-plot { max-width: 30em; margin: 1em 0; }\n" + _DARK.sub(
    r"""@media (prefers-color-scheme: dark) { body:not([data-theme="light"]) \1 \2 }
body[data-theme="dark"] \1 \2""",
    _STYLE,
)
"""The look of charts; the reader may choose light or dark beside what the system has."""
_LINES: tuple[tuple[int, Role, str], ...] = ((0, "curve", ""), (1, "predicted", "its derivative"))
"""What is drawn: the order of the derivative, how, and its name; empty for that of the function."""
_ENDS = 3.0
_HIGH = 3.5
"""Values beyond it are cut off."""


def picture(activation: Activation, name: str) -> str:
    """A figure: ``activation`` as a line, its derivative dashed; both are cut where they jump or are not defined."""
    cuts = [-_ENDS, *(at for at in activation.breaks() if abs(at) < _ENDS), _ENDS]
    series: list[Series] = []
    for k, role, label in _LINES:
        for low, high in pairwise(cuts):
            x = np.linspace(low, high, 1 + round(40 * (high - low)))[1:-1]
            with np.errstate(all="ignore"):
                y = np.broadcast_to(np.asarray(activation.lower(k, x), float), x.shape)
            seen = np.isfinite(y) & (np.abs(y) < 2 * _HIGH)
            if seen.any():
                points = zip(x[seen].tolist(), y[seen].tolist(), strict=True)
                xs, ys = zip(*((round(a, 3), round(b, 4)) for a, b in points), strict=True)
                series.append(Series(role, xs, ys, name=label or name, shade=0.8 - 0.4 * k))
    ys = [value for one in series for value in one.y]
    axis = Axis("", log=False, low=max(min(*ys, 0.0), -_HIGH) - 0.1, high=min(max(ys), _HIGH) + 0.1)
    across = Axis("x", log=False, low=-_ENDS, high=_ENDS)
    about = f"{name} and its derivative for x from -3 to 3"
    return f'<div class="tp-plot">{svg(Chart(name, name, about, across, (Panel(axis, tuple(series)),)))}</div>'
