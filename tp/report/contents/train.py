"""The report of ``tp train``: losses of a program and of its linear model, and how far they are apart."""

from __future__ import annotations

from tp.experiments.training.observables import LINEAR_LOSS, LOSS
from tp.report.cells import Number, Text
from tp.report.chart import Chart
from tp.report.contents.along_steps import along_steps
from tp.report.contents.curves import curves
from tp.report.contents.provenance import interrupted, meanings, title
from tp.report.contents.schedule import schedule
from tp.report.document import Document, Line, Section
from tp.report.fields import Field, table
from tp.studies.curves import Curve
from tp.studies.meaning import of_linear_model
from tp.studies.train import Runs

LOSSES: tuple[Field[tuple[Curve, int]], ...] = (
    Field("n", None, lambda row: Text(str(row[0].n))),
    Field("step", None, lambda row: Text(str(row[0].steps[row[1]]))),
    Field("loss", None, lambda row: Number(row[0].at[LOSS][row[1]], ".4g")),
    Field("loss of the linear model", None, lambda row: Number(row[0].at[LINEAR_LOSS][row[1]], ".4g")),
)


def document(result: Runs) -> Document:
    """Losses before step 0 and before each step after which probes are evaluated."""
    losses = [
        (c, i)
        for c in result.curves
        for i, step in enumerate(c.steps)
        if step in {0, *(look - 1 for look in c.looks[1:])}
    ]
    return Document(
        title(result.provenance),
        (
            Section("", (table(LOSSES, losses, caption="losses before a step, median over runs"),)),
            curves(result.curves, result.diverged),
            Section("along the steps", charts(result)),
            Section("", (interrupted(result.provenance),)),
            Section("", (Line((schedule(result.schedule),)),)),
            *meanings(result.provenance, of_linear_model),
        ),
    )


def charts(result: Runs) -> tuple[Chart, ...]:
    """Losses and deviations along the steps."""
    return along_steps(result.curves, result.diverged)
