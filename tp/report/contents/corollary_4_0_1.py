"""Corollary 4.0.1: whether the linear model converges exponentially, and F - F_lin stays bounded."""

from __future__ import annotations

from collections.abc import Iterable

from tp.report.cells import Interval, Number, PlusMinus, Shown, Text, Verdict
from tp.report.document import Section
from tp.report.fields import Field, table
from tp.studies.linearize.corollary_4_0_1 import Decay

DECAY: tuple[Field[Decay], ...] = (
    Field("n", "n", lambda d: Shown(str(d.n), d.n)),
    Field("decay of |C'|", "law", lambda d: Text(d.law.value)),
    Field("T in steps", "time", lambda d: Interval(d.time)),
    Field("max |C''|", "curvature", lambda d: Number(d.curvature, ".3g")),
    Field("growth as s^p", "growth", lambda d: _growth(d)),
    Field(None, "between", lambda d: Shown("", list(d.between))),
    Field("outcome", "outcome", lambda d: Verdict(d.outcome, d.outcome)),
)


def corollary_4_0_1(found: Iterable[Decay]) -> Section:
    """A row for each width."""
    heading = "corollary 4.0.1: does |C'| of the linear model decay as e^(-s/T), and then |F - F_lin| stay bounded?"
    return Section(heading, (table(DECAY, found, "corollary"),))


def _growth(decay: Decay) -> Shown:
    """The power p of the step, and the steps between which it was measured."""
    power = PlusMinus(decay.growth)
    return Shown(f"{power.text} from step {decay.between[0]} to {decay.between[1]}", power.value)
