"""Medians over runs of training, by width and step, and the runs that diverged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tp.quantities.definitions import DEVIATION
from tp.report.cells import Json, Number, Shown, strict
from tp.report.document import Data, Fact, Line, Section
from tp.report.fields import Field, table
from tp.studies.curves import Curve


def curves(found: Sequence[Curve], diverged: Mapping[int, int]) -> Section:
    """|F - F_lin| by width and step; in JSON all quantities that are looked at."""
    looks = found[0].looks[1:] if found else ()
    fields: tuple[Field[Curve], ...] = (
        Field("n", "n", lambda c: Shown(str(c.n), c.n)),
        *(Field(str(s), None, lambda c, i=i: Number(c.after[DEVIATION][i], ".2e")) for i, s in enumerate(looks, 1)),
        Field(None, "looks", lambda c: Shown("", list(c.looks))),
        Field(None, "after", lambda c: Shown("", _numbers(c.after))),
        Field(None, "steps", lambda c: Shown("", list(c.steps))),
        Field(None, "at", lambda c: Shown("", _numbers(c.at))),
    )
    wild = [f"at n = {n} a run diverged in step {step}: no evidence for anything" for n, step in diverged.items()]
    return Section(
        "|F - F_lin| after steps, median over runs",
        (
            table(fields, found, "curves"),
            *(Line((Fact(line),)) for line in wild),
            Data("diverged", {str(n): step for n, step in diverged.items()}),
        ),
    )


def _numbers(found: Mapping[str, Sequence[float]]) -> Json:
    return {name: [strict(value) for value in values] for name, values in found.items()}
