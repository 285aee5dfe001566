"""Both sides of theorem 3.2: power weak correlations, and F - F_lin under reparametrisations."""

from __future__ import annotations

from fractions import Fraction

from tp.report.cells import Shown, Text
from tp.report.contents.quantities import QUANTITY, interval, measured, predicted, verdict
from tp.report.document import Data, Fact, Line, Section
from tp.report.fields import Field, table, value
from tp.statistics.estimate import LEVEL
from tp.studies.linearize.theorem_3_2 import Reparametrised, Theorem32

ROW: tuple[Field[Reparametrised], ...] = (
    Field("rho", "rho", lambda r: Text(str(r.rho))),
    Field("steps", "steps", lambda r: Shown(str(r.steps), r.steps)),
    Field("F - F_lin predicted", None, lambda r: predicted(r.deviation)),
    Field("measured", None, lambda r: measured(r.deviation)),
    Field(f"{LEVEL:.0%} interval", None, lambda r: interval(r.deviation)),
    Field("verdict", None, lambda r: verdict(r.deviation)),
    Field("largest m", None, lambda r: Text(power(r.power))),
    Field("", None, lambda r: Text("" if r.rho <= 0 else "beyond eta_the: does not count")),
    Field(None, "deviation", lambda r: Shown("", value(QUANTITY, r.deviation))),
)


def theorem_3_2(found: Theorem32 | None) -> Section:
    if found is None:
        return Section("", (Data("strong", None),))
    binding = f" ({found.binding} allows no more)" if found.binding else ""
    sides = (
        Fact(f"correlations: m = {power(found.power)}{binding}", "power", _data(found.power)),
        Fact(f"linearity: m = {power(found.linear)}", "linear", _data(found.linear)),
        Fact(f"theorem 3.2: {found.outcome}", "agreement", found.outcome),
        Fact("", "binding", found.binding),
    )
    return Section(
        "theorem 3.2: F - F_lin under eta -> n^rho eta, against n^rho / m",
        (table(ROW, found.rows, "rows"), Line(sides)),
        "strong",
    )


def power(found: Fraction | None) -> str:
    """The largest m as a power of n."""
    return "any" if found is None else f"n^({found})"


def _data(power: Fraction | None) -> str:
    return "inf" if power is None else str(power)
