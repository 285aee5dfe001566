"""A page for every rule that lines of a certificate name, with the theorems that state and prove it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reference.entry import Entry, Kind, sections
from reference.prose import docstring, inline, prose, theorem
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.bounds.rules import THEOREMS as NORM_THEOREMS
from tp.orders.typical.rules import RULES, THEOREMS
from tp.primitives import known
from tp.primitives.interpretations import bounds, typical

_TYPICAL = "Typical orders: its value is a set of terms."
_BOUNDS = "Bounds: its value is a table of norms, for all numbers of contracted and free slots at once."
_REPLAYED = "`tp certify` applies it to the values of the premises of a line, and compares the line with the result."


def file_of(name: str) -> str:
    """The name of the page of a rule, without its ending."""
    return Entry(name, name, name).file


def _users() -> dict[str, list[str]]:
    """The primitives whose meaning names a rule, by the name of the rule."""
    found: dict[str, list[str]] = {}
    for keyword, kind in known().items():
        for interpretation in (typical, bounds):
            if kind in interpretation.rules:
                for name in set(re.findall(r"``([\w. ]+)``", docstring(interpretation.rules[kind]))):
                    found.setdefault(name, []).append(f"[`{keyword}`](../primitives/{keyword}.md)")
    return found


def entries() -> Iterable[Entry]:
    users = _users()
    for name, rule in {**RULES, **NORM_RULES}.items():
        of_typical = name in RULES
        numbers = (THEOREMS if of_typical else NORM_THEOREMS)[name]
        proved = ", ".join(theorem(number, f"theorem {number}") for number in numbers)
        about = docstring(rule)
        code = f"`{rule.__module__}.{rule.__name__}`"
        yield Entry(
            name,
            inline(about.split("\n\n")[0].replace("\n", " ")),
            prose(about),
            (
                ("Theorem", f"Stated and proved as {proved} of the calculus."),
                ("Calculus", _TYPICAL if of_typical else _BOUNDS),
                *sections(("Primitives", ", ".join(users.get(name, ())))),
                ("Code", f"{code}. {_REPLAYED}"),
            ),
        )


KIND = Kind(
    "rules",
    "Rules of the calculus",
    "The rules that the lines of a certificate name, with the theorems behind them.",
    entries,
)
