"""The report of ``tp compare``: the orders of two programs beside each other, and what was measured of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tp.answer import Answer
from tp.report.cells import Cell, Exponent, Shown, Text
from tp.report.contents.claims import word
from tp.report.contents.orders import strength, strength_value
from tp.report.document import Data, Document, Fact, Line, Section, Table
from tp.report.fields import Field, table
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.compare import (
    Comparison,
    Known,
    claims_of,
    exponent_of,
    outcomes_differ,
    regimes_differ,
    strengths_differ,
)
from tp.studies.orders import Orders

MARKS = {Answer.YES: "differs", Answer.UNDECIDED: "not known"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in both programs, and whether it differs."""

    name: str
    left: Cell
    right: Cell
    differs: Answer


def document(found: Comparison) -> Document:
    return Document(
        Line((Fact(found.names[0]), Fact("against"), Fact(found.names[1])), " "),
        (
            Section("", (Data("programs", [_program(*one) for one in zip(found.names, found.orders, strict=True)]),)),
            Section("", (compared(found, "typical exponent of n", _exponents(found), "quantities"),)),
            Section("", (compared(found, "training", _training(*found.orders), "training"),)),
            Section("", (compared(found, "claim", _claims(found), "claims"),)),
            _measured(found),
            Section("", (_ended(found), Data("exit_code", int(found.exit_code)))),
        ),
    )


def _ended(found: Comparison) -> Line:
    said = "interrupted: this is what was known so far" if found.interrupted else ""
    return Line((Fact(said, "interrupted", found.interrupted),))


def compared(found: Comparison, heading: str, rows: Iterator[Row], key: str) -> Table:
    """A column for each program; JSON has ``differs`` as true, false, or null where it is not known."""
    left, right = found.names
    fields: tuple[Field[Row], ...] = (
        Field(heading, "name", lambda row: Text(row.name)),
        Field(left, "left", lambda row: row.left),
        Field(right, "right", lambda row: row.right),
        Field("", "differs", lambda row: Shown(MARKS.get(row.differs, ""), row.differs.truth)),
    )
    return table(fields, rows, key, heading)


def _program(name: str, found: Orders) -> dict[str, str]:
    return {"name": name, "program": found.provenance.program, "file": found.provenance.file}


def _exponents(found: Comparison) -> Iterator[Row]:
    left, right = found.orders
    for name in left.asked:
        sides = exponent_of(left, name), exponent_of(right, name)
        yield Row(name, _cell(sides[0]), _cell(sides[1]), sides[0].differs(sides[1]))


def _cell(found: Known) -> Exponent:
    return Exponent(found.exponent, found.known, found.exact)


def _training(left: Orders, right: Orders) -> Iterator[Row]:
    """The regimes, and m(n) for fixed and for power weak correlations."""
    yield Row("regime", _regime(left), _regime(right), regimes_differ(left, right))
    for name, *pair in zip(("m, fixed", "m, power"), left.weak, right.weak, strict=True):
        cells = [Shown(strength(one), strength_value(one)) for one in pair]
        yield Row(name, cells[0], cells[1], strengths_differ(*pair))


def _regime(found: Orders) -> Text:
    return Text("not known" if found.regime is None else found.regime.kind.value)


def _claims(found: Comparison) -> Iterator[Row]:
    for text, left, right in claims_of(found):
        yield Row(text, _outcome(left), _outcome(right), outcomes_differ(left, right))


def _outcome(claim: ClaimResult | None) -> Cell:
    return Shown("not claimed", None) if claim is None else Text(word(claim))


def _measured(found: Comparison) -> Section:
    """Measured exponents with their intervals; what needs arrays is not loaded otherwise."""
    if found.measured is None:
        return Section("", (Data("measured", None),))
    from tp.report.contents.measured_exponents import measured_exponents

    return measured_exponents(found, found.measured)
