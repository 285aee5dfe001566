"""Critical learning rates of theorem 3.1 and corollary 4.0.1."""

from __future__ import annotations

from collections.abc import Iterable

from tp.report.cells import Interval, Shown
from tp.report.document import Section
from tp.report.fields import Field, table
from tp.studies.linearize.critical_rates import Critical

RATES: tuple[Field[Critical], ...] = (
    Field("n", "n", lambda c: Shown(str(c.n), c.n)),
    Field("eta_the", "eta_the", lambda c: Interval(c.the)),
    Field("binds", "binds", lambda c: Shown(c.binds or "", c.binds)),
    Field("eta_cor", "eta_cor", lambda c: Interval(c.cor)),
)


def critical_rates(found: Iterable[Critical], eta: float) -> Section:
    """A row for each width; ``eta`` is the learning rate of the runs."""
    heading = f"critical learning rates, in units of the program's (eta is {eta:g})"
    return Section(heading, (table(RATES, found, "critical_rates"),))
