"""What training does to a program, from exponents of n alone."""

from __future__ import annotations

from fractions import Fraction

from tp.quantities.definitions import DEVIATION
from tp.report.cells import Exponent, Shown, Text
from tp.report.document import Data, Fact, Line, Notes, Section
from tp.report.fields import Field, table
from tp.theory.movers import Mover, useless
from tp.theory.regime import DRIFTS, UNSEEN, Condition, Feature, Regime

CONDITION: tuple[Field[Condition], ...] = (
    Field(None, "text", lambda c: Text(c.text)),
    Field(None, "typical", lambda c: _sized(c)),
    Field(None, "exact", lambda c: Shown("", c.exact)),
    Field(None, "holds", lambda c: Shown("", c.holds)),
)
Sized = tuple[str, Exponent, str]
"""A quantity or a condition, the exponent of n that decides it, and whether it holds."""
SIZED: tuple[Field[Sized], ...] = (
    Field("properly normalised", None, lambda s: Text(s[0])),
    Field("exponent of n", None, lambda s: s[1]),
    Field("", None, lambda s: Text(s[2])),
)
_HOLDS = {True: "yes", False: "no", None: "not known"}
FEATURE: tuple[Field[Feature], ...] = (
    Field(None, "name", lambda f: Text(f.name)),
    Field(None, "line", lambda f: Shown("", f.span.line if f.span else None)),
    Field(None, "initial", lambda f: Exponent(f.initial)),
    Field(None, "moved", lambda f: Exponent(f.moved)),
)
WEIGHT: tuple[Field[Mover], ...] = (
    Field("weight", "name", lambda m: Text(m.name)),
    Field("line", "line", lambda m: Shown(str(m.span.line), m.span.line) if m.span else Shown("", None)),
    Field(
        "exponent of n: move of its first value / max(1, size)",
        "relative",
        lambda m: Exponent(m.lead, exact=m.exact, known=not m.beyond),
    ),
    Field("", "verdict", lambda m: Text(_verdict(m))),
    Field("from step", "from_step", lambda m: Shown("" if m.since is None else str(m.since), m.since)),
    Field(None, "moved", lambda m: Exponent(m.moved, known=not m.beyond)),
    Field(None, "size", lambda m: Exponent(m.size)),
)


def regime(found: Regime) -> tuple[Section, Section]:
    """The conditions that the regime follows from, and how far each weight moves the first values that it enters."""
    unstable = found.unstable_from is not None
    sized: list[Sized] = [(c.text, _sized(c), _HOLDS[c.holds]) for c in found.conditions]
    # What grows from step to step has no exponent.
    if not unstable:
        exact = found.settled and found.grounds[DEVIATION].value.exact
        sharp = found.settled and found.sharp(found.drift, *DRIFTS)
        sized += [
            (DEVIATION, _useful(found.deviation, exact=exact), ""),
            ("drift of the kernel", _useful(found.drift, exact=sharp), ""),
        ]
        if UNSEEN in found.grounds:
            known = found.grounds[UNSEEN].value.exact
            sized.insert(-1, ("at an unseen input, one step", Exponent(found.unseen, exact=known), ""))
    conditions = (
        Line((Fact("", "kind", found.kind.value), Fact("", "reason", found.reason), Fact("", "exact", found.exact))),
        table(SIZED, sized),
        table(CONDITION, found.conditions, "conditions"),
        Data("deviation", None if unstable else Exponent(found.deviation).value),
        Data("deviation_unseen_one_step", None if unstable else Exponent(found.unseen).value),
        Data("drift", None if unstable else Exponent(found.drift).value),
        table(FEATURE, found.features, "features"),
    )
    weights = table(WEIGHT, found.movers, "weights", "exponents of n of what updates of each weight move")
    steps = (
        Fact(_followed(found)),
        Fact("", "steps", found.steps),
        Fact("", "settled", found.settled),
        Fact("", "unstable_from", found.unstable_from),
    )
    return (
        Section(f"regime: {found.kind.value} ({found.reason})", conditions, "regime"),
        Section("", (weights, Line(steps), *((Notes(found.remarks, "remarks"),) if found.remarks else ())), "regime"),
    )


def _useful(exponent: Fraction | None, *, exact: bool) -> Exponent:
    return Exponent(exponent, exact=exact, known=not useless(exponent, exact=exact))


def _sized(condition: Condition) -> Exponent:
    return Exponent(condition.exponent, exact=condition.exact, known=not condition.beyond)


def _verdict(mover: Mover) -> str:
    """How far a weight moves what it makes, as far as that is known."""
    if mover.known:
        return mover.verdict
    return "at most maximally" if mover.lead == 0 else "not known"


def _followed(found: Regime) -> str:
    """How many symbolic steps of training the exponents are from."""
    steps = "1 step" if found.steps == 1 else f"{found.steps} steps"
    if found.unstable_from is not None:
        return f"exponents after {steps} of training; from then on they grow"
    if not found.settled:
        return f"exponents after {steps} of training; later ones are not known"
    return f"exponents after {steps} of training; later ones change none"
