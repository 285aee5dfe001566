"""``tp orders`` so far."""

from __future__ import annotations

from tp.report.cells import Exponent
from tp.report.contents.orders_so_far import fields
from tp.report.document import Section
from tp.report.fields import table
from tp.studies.orders import OrdersSoFar


def sections(result: OrdersSoFar) -> tuple[Section, ...]:
    return (Section("", (table(fields(result), result.asked),)),)


def line(result: OrdersSoFar) -> str:
    found = result.prediction
    known = ((name, Exponent(power, exact=found.exact.get(name, True))) for name, power in found.exponents.items())
    return "derived: " + ", ".join(f"{name} {exponent.text}" for name, exponent in known)
