"""The report of ``tp blame``: weights and nodes that make a quantity large, and the smallest change that suffices."""

from __future__ import annotations

from collections.abc import Sequence

from tp.exponent import in_words
from tp.report.cells import Exponent, Power, Shown, Text
from tp.report.contents.provenance import meanings, title
from tp.report.document import Data, Document, Fact, Group, Line, Notes, Section
from tp.report.fields import Field, table
from tp.studies.blame import Accusation
from tp.theory.diagnosis.culprits import Blame, Culprit
from tp.theory.diagnosis.repair import Change

CULPRIT: tuple[Field[Culprit], ...] = (
    Field("", "kind", lambda c: Text(c.kind)),
    Field("name", "name", lambda c: Text(c.name)),
    Field("line", "line", lambda c: Shown("" if c.line is None else str(c.line), c.line)),
    Field("alone gives", "typical", lambda c: Shown(_alone(c), Exponent(c.exponent).value)),
)
CHANGE: tuple[Field[Change], ...] = (
    Field(None, "kind", lambda c: Text(c.kind)),
    Field(None, "name", lambda c: Text(c.name)),
    Field(None, "line", lambda c: Shown("", c.line)),
    Field(None, "before", lambda c: Text(str(c.before))),
    Field(None, "after", lambda c: Text(str(c.after))),
    Field(None, "text", lambda c: Text(c.text)),
)
UNKNOWN = "no claim fails, and correlations decay; of training nothing is known, and so not of normalisation"
NOBODY = "nothing to blame: no claim fails, the system is properly normalised, and correlations decay"


def document(found: Accusation) -> Document:
    said = tuple(f.text for f in found.faults if f.text)
    nobody = Section("", (Line((Fact("" if found.faults else NOBODY if found.known else UNKNOWN),)),))
    fails = Section("what fails", (Notes(said, "faults"),))
    return Document(
        title(found.provenance),
        (
            nobody,
            fails,
            culprits(found.blames, "quantities"),
            _repair(found),
            _parts(found),
            *meanings(found.provenance),
        ),
    )


def culprits(blames: Sequence[Blame], key: str) -> Group:
    """A table of culprits for each quantity."""
    return Group(key, tuple(_culprits(one) for one in blames))


def _culprits(one: Blame) -> Section:
    exponent = Exponent(one.exponent)
    return Section(
        f"{one.quantity} is {in_words(one.exponent, one.exact)} because of",
        (
            Data("name", one.quantity),
            Data("typical", exponent.value),
            table(CULPRIT, (*one.nodes, *one.parameters), "culprits"),
        ),
    )


def _alone(culprit: Culprit) -> str:
    power = Power(culprit.exponent).text
    return power if culprit.alone else f"{power} with others"


def _repair(found: Accusation) -> Section:
    if found.repair is None:
        return Section("", (Data("repair", None),))
    return Section(
        f"smallest change of one exponent that restores {' and '.join(found.aims)}, and keeps what holds",
        (
            Notes((found.repair.text,)),
            Data("aims", list(found.aims)),
            Data("complete", found.repair.complete),
            table(CHANGE, found.repair.changes, "changes"),
        ),
        "repair",
    )


def _parts(found: Accusation) -> Group:
    """Repairs of single faults, where none restores all."""
    return Group(
        "repairs_of_parts",
        tuple(
            Section(
                f"smallest change of one exponent that restores {' and '.join(part.aims)} alone, and keeps what holds",
                (
                    Notes((part.repair.text,)),
                    Data("aims", list(part.aims)),
                    table(CHANGE, part.repair.changes, "changes"),
                ),
            )
            for part in found.parts
        ),
    )
