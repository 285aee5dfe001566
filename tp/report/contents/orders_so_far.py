"""The report of ``tp orders`` where it was interrupted: the exponents that were derived until then."""

from __future__ import annotations

from tp.report.cells import Exponent, Text
from tp.report.contents.checks import interrupted_check, predicted_checks
from tp.report.contents.provenance import interrupted, title
from tp.report.document import Document, Section
from tp.report.fields import Field, table
from tp.studies.orders import OrdersSoFar


def document(result: OrdersSoFar) -> Document:
    return Document(
        title(result.provenance),
        (
            Section("", (table(fields(result), result.asked, "quantities", "exponents of n"),)),
            Section("", (interrupted(result.provenance),)),
        ),
        (
            *predicted_checks(result.prediction, result.asked, result.provenance.file),
            *interrupted_check(result.provenance),
        ),
    )


def fields(result: OrdersSoFar) -> tuple[Field[str], ...]:
    """The columns; the exponent of a quantity that was not derived yet is ``?``."""
    found = result.prediction

    def exponent(name: str) -> Exponent:
        return Exponent(found.exponents.get(name), name in found.exponents, found.exact.get(name, True))

    return (Field("quantity", "name", Text), Field("typical exponent of n", "typical", exponent))
