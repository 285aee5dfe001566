"""A chart of losses over learning rates, a curve for each width, with the best rate of each."""

from __future__ import annotations

from math import inf

from tp.report.chart import Axis, Chart, Panel, Series, ending, pieces, shades
from tp.studies.transfer.result import Transfer

WILD = 10.0
"""Losses above this many times the largest one at the smallest rates are cut off: training diverges there."""


def rate_curves(result: Transfer, verdict: str, rates: str) -> tuple[Chart, ...]:
    """None without curves. ``verdict`` is that on the drift, in words; ``rates`` says what rates are."""
    if not result.curves:
        return ()
    x = Axis(rates)
    losses = Axis(f"loss after {result.schedule.steps} steps", least=0.5)
    y, cut = ending(losses, [curve.losses for curve in result.curves], WILD)
    best = {optimum.n: optimum for optimum in result.optima}
    bands: list[Series] = []
    curves: list[Series] = []
    dots: list[Series] = []
    for c, shade in zip(result.curves, shades(len(result.curves)), strict=True):
        bands += pieces("band", x, y, c.rates, low=c.low, high=c.high, shade=shade)
        curves += pieces("curve", x, y, c.rates, c.losses, name=f"n = {c.n}", shade=shade)
        o = best.get(c.n)
        if o is not None and o.rate is not None and o.loss is not None:
            rate, loss = o.rate, o.loss.value
            dots += pieces("best", x, y, [rate.value], [loss], [rate.low], [rate.high], "best rate", shade)
    found = [f"{o.rate.value:.3g} at n = {o.n}" for o in result.optima if o.rate is not None]
    said = [
        "Median losses over learning rates, on logarithmic axes, a curve for each width, with quartiles over seeds.",
        f"Best rates, with intervals: {', '.join(found)}." if found else "",
    ]
    diverging = any(loss == inf for curve in result.curves for loss in curve.losses)
    ends = ("A curve ends where at least half of the runs diverge.",) if diverging else ()
    title = f"losses over learning rates: {verdict}"
    return (
        Chart(
            "loss",
            title,
            " ".join(filter(None, said)),
            x,
            (Panel(y, (*bands, *curves, *dots)),),
            "" if curves else "all runs diverge",
            (*cut, *ends),
        ),
    )
