"""Losses over learning rates, one curve a width, with the best rate of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tp.exponent import power_of_n
from tp.optimizers import Groups
from tp.report.contents.transfer import in_words
from tp.studies.transfer.result import Transfer

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(result: Transfer, figure: Figure) -> None:
    """Curves from light to dark as n grows; bands are quartiles over seeds, dots best rates with their intervals."""
    import matplotlib

    axes = figure.add_subplot()
    shades = matplotlib.colormaps["viridis_r"](np.linspace(0.15, 0.95, max(len(result.curves), 1)))
    best = {optimum.n: optimum for optimum in result.optima}
    for curve, shade in zip(result.curves, shades, strict=True):
        rates, losses, low, high = (np.array(a) for a in (curve.rates, curve.losses, curve.low, curve.high))
        shown = np.isfinite(losses) & (losses > 0)
        axes.plot(rates[shown], losses[shown], color=shade, linewidth=1.4, label=f"n = {curve.n}")
        band = shown & np.isfinite(high)
        axes.fill_between(rates[band], low[band], high[band], color=shade, alpha=0.12, linewidth=0)
        found = best.get(curve.n)
        if found is not None and found.rate is not None and found.loss is not None:
            rate = found.rate
            reach = [[rate.value - rate.low], [rate.high - rate.value]]
            axes.errorbar(
                [rate.value], [found.loss.value], xerr=reach, color=shade, marker="o", markersize=5, linewidth=1.2
            )
    axes.set_xscale("log")
    axes.set_yscale("log")
    _limited(result, axes)
    axes.set_xlabel(_rates(result))
    axes.set_ylabel(f"loss after {result.schedule.steps} steps")
    axes.set_title(
        f"{result.provenance.program}: the best rate {in_words(result).replace('the best rate ', '')}", fontsize=9
    )
    axes.grid(visible=True, which="major", linewidth=0.4, alpha=0.5)
    if result.curves:
        axes.legend(frameon=False)


def _rates(result: Transfer) -> str:
    if isinstance(result.schedule.mover, Groups):
        return "multiple of the eta of each optimiser"
    rho = result.schedule.rho
    return f"learning rate, in units of the program's{f' times {power_of_n(rho)}' if rho else ''}"


def _limited(result: Transfer, axes: object) -> None:
    """Losses far above those at small rates are cut off: they are of runs that diverge."""
    finite = [loss for c in result.curves for loss in c.losses if 0 < loss < float("inf")]
    first = [c.losses[0] for c in result.curves if 0 < c.losses[0] < float("inf")]
    if finite and first:
        axes.set_ylim(min(finite) / 2, 10 * max(first))  # type: ignore[attr-defined]
