"""The report of ``tp verify``: predictions against measurements, and the claims."""

from __future__ import annotations

from tp.report.chart import Chart
from tp.report.check import Check
from tp.report.contents.against_width import of_quantities
from tp.report.contents.assumptions import assumptions
from tp.report.contents.checks import claim_checks, interrupted_check
from tp.report.contents.claims import claims
from tp.report.contents.declared import FACT
from tp.report.contents.needed_widths import needed_widths
from tp.report.contents.provenance import drawn, interrupted, meanings, title, unfinished
from tp.report.contents.quantities import CAPTION, QUANTITY, quantity_checks
from tp.report.document import Data, Document, Fact, Line, Section
from tp.report.fields import table
from tp.statistics.estimate import LEVEL
from tp.studies.verify import Verification


def document(result: Verification) -> Document:
    return Document(
        title(result.provenance),
        (
            Section("", (table(QUANTITY, result.quantities, "quantities", CAPTION),)),
            Section("size against width", charts(result)),
            *needed_widths(result.quantities, result.tolerance),
            Section("", (_drawn(result), _together(len(result.quantities)))),
            Section("", (claims(result.claims, result.provenance.file),)),
            *((Section("", (table(FACT, result.declared, "declared"),)),) if result.declared else ()),
            Section(
                "",
                (
                    interrupted(result.provenance),
                    unfinished(result.provenance, result.undecided),
                    Data("exit_code", int(result.exit_code)),
                ),
            ),
            *meanings(result.provenance),
            assumptions(result.assumptions),
        ),
        _checks(result),
    )


def _checks(result: Verification) -> tuple[Check, ...]:
    file = result.provenance.file
    return (
        *claim_checks(result.claims, file),
        *quantity_checks(result.quantities, file),
        *interrupted_check(result.provenance),
    )


def charts(result: Verification) -> tuple[Chart, ...]:
    """A chart of each quantity that was measured."""
    return of_quantities(result.quantities)


def _drawn(result: Verification) -> Line:
    """Widths, seeds at a width, and how they were drawn."""
    seeds = sorted({s for q in result.quantities if q.fit for s in q.fit.seeds})
    count = " to ".join(map(str, dict.fromkeys((seeds[0], seeds[-1])))) if seeds else "no"
    widths = Fact(f"widths {', '.join(map(str, result.provenance.widths))}", "widths", list(result.provenance.widths))
    return Line((widths, Fact(f"{count} seeds each"), *drawn(result.provenance)))


def _together(count: int) -> Line:
    """The joint confidence of all ``count`` intervals, and that of each (Bonferroni)."""
    each = 1 - (1 - LEVEL) / max(1, count)
    said = f"the {count} intervals hold together at {LEVEL:.0%} (Bonferroni: each at {100 * each:.4g}%)"
    value = {"together": LEVEL, "quantities": count, "correction": "Bonferroni"}
    return Line((Fact(said if count > 1 else "", "confidence", value),))
