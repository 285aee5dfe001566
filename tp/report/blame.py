"""Blame and repair as text and as JSON."""

from __future__ import annotations

from typing import Any

from tp.exponent import show
from tp.report.table import table
from tp.studies.blame import Accusation
from tp.theory.diagnosis.blame import Blame, Culprit

Json = dict[str, Any]


def blame_text(found: Accusation) -> str:
    """The culprits of every quantity, at their lines, and the smallest changes that would mend it."""
    lines = [f"{found.program} ({found.file})"]
    if not found.blames:
        return "\n".join(
            [
                *lines,
                "  nothing to blame: no quantity is larger than claimed, and correlations decay",
            ]
        )
    return "\n".join([*lines, *culprits(found), *_repair(found)])


def culprits(found: Accusation) -> list[str]:
    """What is to blame, a table for each quantity."""
    lines: list[str] = []
    for one in found.blames:
        rows = [(c.kind, c.name, place(c), _exponent(c)) for c in (*one.nodes, *one.parameters)]
        lines += ["", f"  {one.quantity} is of order n^({show(one.exponent)}) because of"]
        lines += table(("", "name", "line", "alone gives"), rows)
    return lines


def _repair(found: Accusation) -> list[str]:
    if found.repair is None:
        return []
    target = ", ".join(f"{name} = O(n^({bound}))" for name, bound in found.target.items() if bound is not None)
    return [
        "",
        f"  smallest change of one exponent for {target}, with F = O(1) and a kernel of order 1",
        f"    {found.repair.text}",
    ]


def place(culprit: Culprit) -> str:
    return "" if culprit.span is None else str(culprit.span.line)


def _exponent(culprit: Culprit) -> str:
    return f"n^({show(culprit.exponent)})" if culprit.alone else f"n^({show(culprit.exponent)}) with others"


def blame_json(found: Accusation) -> Json:
    """The value of ``tp blame``."""
    return {
        "program": found.program,
        "file": found.file,
        "quantities": [_blame(b) for b in found.blames],
        "repair": None
        if found.repair is None
        else {
            "target": {name: str(bound) for name, bound in found.target.items() if bound is not None},
            "complete": found.repair.complete,
            "changes": [
                {
                    "kind": c.kind,
                    "name": c.name,
                    "line": c.line,
                    "before": str(c.before),
                    "after": str(c.after),
                    "text": c.text,
                }
                for c in found.repair.changes
            ],
        },
    }


def _blame(one: Blame) -> Json:
    return {
        "name": one.quantity,
        "typical": show(one.exponent),
        "culprits": [
            {
                "kind": c.kind,
                "name": c.name,
                "line": None if c.span is None else c.span.line,
                "typical": show(c.exponent),
            }
            for c in (*one.nodes, *one.parameters)
        ],
    }
