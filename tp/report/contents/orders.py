"""The report of ``tp orders``: exponents of n, laws for all orders, the regime, claims, premises and assumptions."""

from __future__ import annotations

from collections.abc import Sequence

from tp.exponent import show
from tp.report.cells import Exponent, Json, Shown, Text
from tp.report.contents.assumptions import assumptions
from tp.report.contents.blame import culprits
from tp.report.contents.checks import claim_checks, predicted_checks
from tp.report.contents.claims import claims
from tp.report.contents.provenance import meanings, title
from tp.report.contents.regime import regime
from tp.report.document import Data, Document, Fact, Group, Line, Notes, Section, Table
from tp.report.fields import Field, table
from tp.studies.meaning import meaning, without_orders
from tp.studies.orders import Orders
from tp.theory.laws import Law
from tp.theory.predict import NodeOrder
from tp.theory.weak_correlations import Strength

BOUND = "bounds use no cancellation beyond zero means of weights; they hold for every law with the stated moments"

LAW: tuple[Field[Law], ...] = (
    Field("for all orders", "family", lambda law: Text(law.family)),
    Field("exponent of n", None, lambda law: Text(_form(law))),
    Field(None, "constant", lambda law: Shown("", None if law.constant is None else str(law.constant))),
    Field(None, "slope_d", lambda law: Text(str(-law.along))),
    Field(None, "slope_D", lambda law: Text(str(-law.free))),
    Field("", "attained", lambda law: Shown("attained" if law.attained else "upper bound", law.attained)),
)
NODE: tuple[Field[NodeOrder], ...] = (
    Field("node", "name", lambda n: Text(n.name)),
    Field("line", "line", lambda n: Shown("" if n.line is None else str(n.line), n.line)),
    Field("exponent of n", "typical", lambda n: Exponent(n.exponent, exact=n.exact)),
    Field(None, "exact", lambda n: Shown("", n.exact)),
)
Weak = tuple[str, Strength | None, Strength | None]
"""The kind, and m(n) from typical orders and from bounds; None: all correlations vanish."""
WEAK: tuple[Field[Weak], ...] = (
    Field("weak correlations", "kind", lambda w: Shown(f"m, {w[0]}", w[0])),
    Field("typical", "typical", lambda w: Shown(strength(w[1]), strength_value(w[1]))),
    Field("from bounds", "bound", lambda w: Shown(strength(w[2], lower=True), strength_value(w[2]))),
)


def document(result: Orders) -> Document:
    found = result.prediction
    weak = list(zip(("fixed", "power"), result.weak, result.weak_bound, strict=True))
    assumed = [a for a in found.assumptions if a not in result.premises]
    return Document(
        title(result.provenance),
        (
            Section("", (table(_quantity(result), result.asked, "quantities", "exponents of n"),)),
            Section("", _laws(result.laws)),
            Section("", (table(WEAK, weak, "weak_correlations", "m(n) of weak correlations", indexed=True),)),
            *_regime(result),
            Section("", (table(NODE, found.nodes, "nodes", "exponents of nodes"),)),
            Section("", (claims(result.claims),)),
            _blame(result),
            *meanings(result.provenance, without_orders if result.regime is None else meaning),
            Section("premises", (Notes(result.premises, "premises"),)),
            assumptions((*assumed, BOUND)),
        ),
        (
            *claim_checks(result.claims, result.provenance.file),
            *predicted_checks(found, result.asked, result.provenance.file),
        ),
    )


def _regime(result: Orders) -> tuple[Section, ...]:
    if result.regime is not None:
        return regime(result.regime)
    said = f"regime: not known, since {result.unknown}"
    return (Section("", (Line((Fact(said, "kind", "not known"), Fact("", "reason", result.unknown))),), "regime"),)


def _quantity(result: Orders) -> tuple[Field[str], ...]:
    found = result.prediction
    return (
        Field("quantity", "name", Text),
        Field(
            "typical exponent of n",
            "typical",
            lambda q: Exponent(found.exponents.get(q), q in found.exponents, found.exact.get(q, True)),
        ),
        Field(None, "exact", lambda q: Shown("", found.exact.get(q, True))),
        Field("bound", "bound", lambda q: Exponent(result.bounds.get(q), q in result.bounds)),
    )


def _laws(laws: Sequence[Law]) -> tuple[Line | Table, ...]:
    none = "" if laws else "no closed form for all orders was found"
    return (table(LAW, laws, "all_orders", "all orders"), Line((Fact(none),)))


def _blame(result: Orders) -> Section | Group:
    if result.accusation is None:
        return Section("", (Data("blame", None),))
    return culprits(result.accusation.blames, "blame")


def _form(law: Law) -> str:
    """The exponent as a form in d and D: ``1/2 - 1/2 d``; ``-inf`` for identically zero."""
    if law.constant is None:
        return show(None)
    words = str(law.constant) if law.constant or not (law.along or law.free) else ""
    for slope, variable in ((law.along, "d"), (law.free, "D")):
        if slope:
            sign = "-" if slope > 0 else "+"
            size = "" if abs(slope) == 1 else f"{abs(slope)} "
            words = f"{words} {sign} {size}{variable}" if words else f"{'-' if slope > 0 else ''}{size}{variable}"
    return words


def strength(found: Strength | None, *, lower: bool = False) -> str:
    """m(n) in words; a ``lower`` bound is marked as such."""
    if found is None:
        return "any (all vanish)"
    place = "large d" if found.binding is None else "C[{},{}]".format(*found.binding)
    checked = f", checked for {found.checked}" if found.checked else ""
    if found.most is not None and found.most <= 0:
        return f"none: {place} does not decay{checked}"
    if found.power <= 0:
        return "not known" if not lower else "none"
    if found.exact:
        return f"n^({found.power}), {place} binds{checked}"
    above = "" if found.most is None else f", n^({found.most}) at most"
    return f">= n^({found.power}){above}, {place} binds{checked}"


def strength_value(found: Strength | None) -> Json:
    """m(n) for programs."""
    if found is None:
        return None
    binding = None if found.binding is None else list(found.binding)
    return {
        "m": str(found.power),
        "at_most": None if found.most is None else str(found.most),
        "binding": binding,
        "checked": found.checked,
    }
