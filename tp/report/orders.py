"""The answer of ``tp orders`` as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from tp.exponent import show, shown
from tp.report.blame import blame_json, culprits
from tp.report.table import table
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.orders import Orders
from tp.theory.laws import Law
from tp.theory.regime import Regime
from tp.theory.weak_correlations import Strength

Json = dict[str, Any]


def orders_text(result: Orders) -> str:
    """The tables of ``tp orders``: both answers, all orders, the regime, the claims, what it all rests on."""
    found = result.prediction
    rows = [
        (
            q,
            shown(q in found.exponents, found.exponents.get(q), found.exact.get(q, True)),
            shown(q in result.bounds, result.bounds.get(q)),
        )
        for q in result.asked
    ]
    lines = [f"{result.program} ({result.file})", *table(("quantity", "typical", "bound"), rows)]
    lines += ["", *_laws(result.laws), *_weak(result), "", *_regime(result.regime)]
    if found.nodes:
        nodes = [(n.name, "" if n.line is None else str(n.line), shown(True, n.exponent)) for n in found.nodes]
        lines += ["", *table(("node", "line", "exponent of n"), nodes)]
    if result.claims:
        claims = [(str(c.line or ""), c.text, c.outcome, c.reason) for c in result.claims]
        lines += ["", *table(("line", "claim", "outcome", "reason"), claims)]
    if result.accusation is not None:
        lines += culprits(result.accusation)
    notes = ["", "  premises", *(f"    {p}" for p in result.premises)] if result.premises else []
    lines += [*notes, "", "  assumptions", *(f"    {a}" for a in _assumed(result)), f"    {BOUND}"]
    return "\n".join(lines)


def _assumed(result: Orders) -> list[str]:
    """The assumptions, without those that the premises have said."""
    return [a for a in result.prediction.assumptions if a not in result.premises]


BOUND = "bounds use no cancellation beyond zero means of weights; they hold for every law with the stated moments"


def _laws(laws: Iterable[Law]) -> list[str]:
    rows = [(law.family, _form(law), "attained" if law.attained else "upper bound") for law in laws]
    return (
        table(("for all orders", "exponent of n", ""), rows) if rows else ["  no closed form for all orders was found"]
    )


def _form(law: Law) -> str:
    words = str(law.constant) if law.constant or not (law.along or law.free) else ""
    for slope, variable in ((law.along, "d"), (law.free, "D")):
        if slope:
            sign = "-" if slope > 0 else "+"
            size = "" if abs(slope) == 1 else f"{abs(slope)} "
            words = f"{words} {sign} {size}{variable}" if words else f"{'-' if slope > 0 else ''}{size}{variable}"
    return words


def _weak(result: Orders) -> list[str]:
    rows = [
        (name, _strength(typical), _strength(bound, lower=True))
        for name, typical, bound in zip(("m, fixed", "m, power"), result.weak, result.weak_bound, strict=True)
    ]
    return ["", *table(("weak correlations", "typical", "from bounds"), rows)]


def _strength(found: Strength | None, *, lower: bool = False) -> str:
    if found is None:
        return "any (all vanish)"
    place = "large d" if found.binding is None else "C[{},{}]".format(*found.binding)
    checked = f", checked for {found.checked}" if found.checked else ""
    if found.most <= 0 and not lower:
        return f"none: {place} does not decay{checked}"
    if found.power <= 0:
        return "not known" if not lower else "none"
    about = "" if found.exact or lower else f" at least, n^({found.most}) at most"
    return f"{'>= ' if lower else ''}n^({found.power}){about}, {place} binds{checked}"


def _regime(regime: Regime) -> list[str]:
    lines = [f"  regime: {regime.kind.value} ({regime.reason})"]
    rows = [(c.text, shown(True, c.exponent), "yes" if c.holds else "no") for c in regime.conditions]
    rows += [
        ("F - F_lin", shown(True, regime.deviation, regime.grounds["F - F_lin"].value.exact), ""),
        ("drift of the kernel", shown(True, regime.drift), ""),
    ]
    lines += table(("properly normalised", "exponent of n", ""), rows)
    moves = [
        (m.name, "" if m.span is None else str(m.span.line), shown(True, m.moved), m.verdict) for m in regime.movers
    ]
    return [*lines, "", *table(("weight", "line", "moves what it makes by", ""), moves)] if moves else lines


# JSON ------------------------------------------------------------------------------------------------


def orders_json(result: Orders) -> Json:
    """The value of ``tp orders``; ``typical`` is null where there is no prediction."""
    found = result.prediction
    return {
        "program": result.program,
        "file": result.file,
        "quantities": [
            {
                "name": q,
                "typical": shown(True, found.exponents[q]) if q in found.exponents else None,
                "exact": found.exact.get(q, True),
                "bound": shown(True, result.bounds[q]) if q in result.bounds else None,
            }
            for q in result.asked
        ],
        "all_orders": [
            {
                "family": law.family,
                "constant": str(law.constant),
                "slope_d": str(-law.along),
                "slope_D": str(-law.free),
                "attained": law.attained,
            }
            for law in result.laws
        ],
        "weak_correlations": {
            name: {"typical": _strength_json(typical), "bound": _strength_json(bound)}
            for name, typical, bound in zip(("fixed", "power"), result.weak, result.weak_bound, strict=True)
        },
        "regime": _regime_json(result.regime),
        "nodes": [{"name": n.name, "line": n.line, "typical": shown(True, n.exponent)} for n in found.nodes],
        "blame": None if result.accusation is None else blame_json(result.accusation)["quantities"],
        "claims": [claim_json(c) for c in result.claims],
        "premises": list(result.premises),
        "assumptions": [*_assumed(result), BOUND],
    }


def _strength_json(found: Strength | None) -> Json | None:
    if found is None:
        return None
    return {
        "m": str(found.power),
        "at_most": str(found.most),
        "binding": None if found.binding is None else list(found.binding),
        "checked": found.checked,
    }


def _regime_json(regime: Regime) -> Json:
    return {
        "kind": regime.kind.value,
        "reason": regime.reason,
        "exact": regime.exact,
        "conditions": [
            {"text": c.text, "typical": shown(True, c.exponent), "holds": c.holds} for c in regime.conditions
        ],
        "deviation": _shown(regime.deviation),
        "drift": _shown(regime.drift),
        "features": [
            {
                "name": f.name,
                "line": f.span.line if f.span else None,
                "initial": _shown(f.initial),
                "moved": _shown(f.moved),
            }
            for f in regime.features
        ],
        "weights": [
            {"name": m.name, "line": m.span.line if m.span else None, "moved": _shown(m.moved), "verdict": m.verdict}
            for m in regime.movers
        ],
    }


def _shown(value: Fraction | None) -> str:
    return show(value)


def claim_json(claim: ClaimResult) -> Json:
    """One claim with its outcome."""
    return {
        "text": claim.text,
        "line": claim.line,
        "outcome": claim.outcome,
        "confirmed": claim.confirmed,
        "reason": claim.reason,
        "involved": list(claim.involved),
    }
