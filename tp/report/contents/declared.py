"""Declared facts of maps, and whether numbers contradict them."""

from __future__ import annotations

from tp.report.cells import Number, Shown, Text
from tp.report.fields import Field
from tp.studies.declared import DeclaredFact


def _declared(fact: DeclaredFact) -> Shown:
    shown = "" if fact.declared is None else str(fact.declared)
    return Shown(shown, shown or None)


FACT: tuple[Field[DeclaredFact], ...] = (
    Field("map", "map", lambda f: Text(f.map)),
    Field("line", "line", lambda f: Shown("" if f.line is None else str(f.line), f.line)),
    Field("declared fact", "fact", lambda f: Text(f.fact)),
    Field("exponent of n", "declared", _declared),
    Field("seen", "measured", lambda f: Number(f.measured, ".2g" if f.declared is None else "z.2f")),
    Field("outcome", "holds", lambda f: Shown("not contradicted" if f.holds else "contradicted", f.holds)),
)
