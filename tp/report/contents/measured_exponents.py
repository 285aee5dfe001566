"""Measured exponents of n of two programs beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from tp.report.cells import Shown
from tp.report.contents.compare import Row, compared
from tp.report.document import Fact, Line, Section
from tp.statistics.estimate import LEVEL
from tp.statistics.fit import Fit
from tp.studies.compare import Comparison, fits_differ, fits_of
from tp.studies.verify import Verification

TOGETHER = 1 - 2 * (1 - LEVEL)
"""The probability with which the intervals of both programs hold: each table holds at the level of ``tp verify``."""


def measured_exponents(found: Comparison, measured: tuple[Verification, Verification]) -> Section:
    """A row for each quantity that was measured in both programs, and what its intervals mean."""
    said = (
        f"slopes at these widths; the intervals of both programs hold together at {TOGETHER:.0%}, "
        "and slopes differ where they do not meet"
    )
    rows = compared(found, "measured exponent of n", _rows(measured), "measured")
    return Section("", (rows, Line((Fact(said, "together", TOGETHER), *_widths(measured)))))


def _rows(measured: tuple[Verification, Verification]) -> Iterator[Row]:
    for name, left, right in fits_of(measured):
        yield Row(name, _cell(left), _cell(right), fits_differ(left, right))


def _cell(fit: Fit | None) -> Shown:
    """The exponent with its interval; ``-inf`` where the quantity is zero up to rounding."""
    found = None if fit is None else fit.overall
    if found is None:
        vanishes = fit is not None and fit.vanishes
        return Shown("-inf", "-inf") if vanishes else Shown("?", None)
    value = {"value": found.value, "low": found.low, "high": found.high}
    return Shown(f"{found.value:z.2f} [{found.low:z.2f}, {found.high:z.2f}]", value)


def _widths(measured: tuple[Verification, Verification]) -> Iterator[Fact]:
    both = [list(one.provenance.widths) for one in measured]
    for widths in both if both[0] != both[1] else both[:1]:
        yield Fact(f"widths {', '.join(map(str, widths))}")
    yield Fact("", "widths", both)
