"""Pictures for pages with a light or a dark background: transparent, in colours that both show.

Every colour has a contrast of at least 3 with white and with furo's dark background.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib

GREY = "#7d7d7d"
BLUE, ORANGE, GREEN, PINK, VIOLET = "#3f7fd6", "#d1661c", "#2f8f5b", "#d04a86", "#8a6be0"
COLOURS = (BLUE, ORANGE, GREEN, PINK, VIOLET)


def pyplot() -> Any:
    """matplotlib's pyplot, set up for these pictures. Text stays text, so that files are small."""
    matplotlib.use("svg")
    every = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "legend.labelcolor")
    matplotlib.rcParams.update(
        dict.fromkeys(every, GREY)
        | {"svg.hashsalt": "tp", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
        | {"savefig.transparent": True, "legend.frameon": False, "legend.fontsize": 8, "axes.titlesize": 9}
        | {"axes.spines.top": False, "axes.spines.right": False, "grid.color": GREY, "mathtext.default": "regular"}
        | {"axes.prop_cycle": matplotlib.cycler(color=COLOURS)}
    )
    from matplotlib import pyplot

    return pyplot


def save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    text = "\n".join(line.rstrip() for line in path.read_text(encoding="utf-8").splitlines())
    path.write_text(text + "\n", encoding="utf-8")


def finish(panel: Any) -> None:
    """The grid and the legend of a panel with all its lines."""
    panel.minorticks_off()
    panel.grid(alpha=0.3, lw=0.5)
    panel.legend(loc="best")


def against_width(panel: Any, cases: Mapping[str, Mapping[str, Sequence[float]]], exponents: Mapping[str, str]) -> None:
    """Typical sizes with their intervals against n; a dashed line has the predicted exponent, through the last size.

    A case is {width: [size, low end, high end, draws]}. A case without a predicted exponent gets no line.
    """
    for colour, (name, by_width) in zip(COLOURS, cases.items(), strict=False):
        widths = sorted(map(int, by_width))
        middle, low, high = zip(*(by_width[str(n)][:3] for n in widths), strict=True)
        below, above = ([abs(m - e) for m, e in zip(middle, ends, strict=True)] for ends in (low, high))
        panel.errorbar(widths, middle, [below, above], fmt="o", ms=3, lw=1, color=colour, label=name)
        if name in exponents:
            power = float(Fraction(exponents[name]))
            line = [middle[-1] * (n / widths[-1]) ** power for n in widths]
            panel.plot(widths, line, "--", lw=0.9, color=colour)
    panel.set(xscale="log", yscale="log", xlabel="width n")
    finish(panel)
