"""Charts of training runs along their steps: losses, and how far a network is from its linear model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tp.experiments.training.observables import LINEAR_LOSS, LOSS
from tp.quantities.definitions import DEVIATION
from tp.report.chart import Axis, Chart, Panel, Series, ending, pieces, shades
from tp.studies.curves import Curve

WILD = 30.0
"""Losses above this many times the largest first one are cut off: they are of runs that diverge."""
AT = Axis("step", log=False)
AFTER = Axis("steps", least=0.6)
DISTANCE = Axis(f"|{DEVIATION}|", least=1.0)


def along_steps(found: Sequence[Curve], diverged: Mapping[int, int]) -> tuple[Chart, ...]:
    """Losses before each step, and |F - F_lin| after some; medians over runs, none without runs.

    ``diverged`` has the first step of a diverging run, by width.
    """
    wild = tuple(f"At n = {n} a run diverged in step {step}." for n, step in diverged.items())
    return (_losses(found, wild), _distances(found, wild)) if found else ()


def _losses(found: Sequence[Curve], wild: tuple[str, ...]) -> Chart:
    every = [c.at[name] for c in found for name in (LOSS, LINEAR_LOSS)]
    axis, cut = ending(Axis("loss", least=1.0), every, WILD)
    series: list[Series] = []
    for c, shade in zip(found, shades(len(found)), strict=True):
        series += pieces("curve", AT, axis, c.steps, c.at[LOSS], name=f"n = {c.n}", shade=shade)
    for c, shade in zip(found, shades(len(found)), strict=True):
        series += pieces("predicted", AT, axis, c.steps, c.at[LINEAR_LOSS], name="linear model", shade=shade)
    ends = (f"{c.at[LOSS][0]:.3g} to {c.at[LOSS][-1]:.3g} at n = {c.n}" for c in found)
    said = f"Losses before each step, medians over runs, a line for each width; dashed: the linear model. {_list(ends)}"
    return Chart("loss", "losses along the steps", said, AT, (Panel(axis, tuple(series)),), remarks=(*cut, *wild))


def _distances(found: Sequence[Curve], wild: tuple[str, ...]) -> Chart:
    """Without step 0, where distances are zero: a logarithmic axis cannot show it."""
    series = [
        piece
        for c, shade in zip(found, shades(len(found)), strict=True)
        for piece in pieces(
            "curve", AFTER, DISTANCE, c.looks[1:], c.after[DEVIATION][1:], name=f"n = {c.n}", shade=shade
        )
    ]
    last = (f"{c.after[DEVIATION][-1]:.3g} at n = {c.n}" for c in found)
    said = f"|{DEVIATION}| after steps, medians over runs, a line for each width. After the last step: {_list(last)}"
    return Chart(
        f"{DEVIATION} along the steps",
        f"{DEVIATION} along the steps",
        said,
        AFTER,
        (Panel(DISTANCE, tuple(series)),),
        "" if series else "no value is positive and finite",
        wild,
    )


def _list(parts: Iterable[str]) -> str:
    return f"{', '.join(parts)}."
