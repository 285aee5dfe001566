"""A page for every rule that lines of a certificate name, with the theorems that state and prove it."""

from __future__ import annotations

from collections.abc import Iterable

from reference.entry import Entry, Kind
from reference.prose import docstring, inline, prose, theorem
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.bounds.rules import THEOREMS as NORM_THEOREMS
from tp.orders.typical.rules import RULES, THEOREMS

_TYPICAL = "Typical orders: its value is a set of terms."
_BOUNDS = "Bounds: its value is a table of norms, for all numbers of contracted and free slots at once."
_REPLAYED = "`tp certify` applies it to the values of the premises of a line, and compares the line with the result."


def file_of(name: str) -> str:
    """The name of the page of a rule, without its ending."""
    return Entry(name, name, name).file


def entries() -> Iterable[Entry]:
    for name, rule in {**RULES, **NORM_RULES}.items():
        typical = name in RULES
        numbers = (THEOREMS if typical else NORM_THEOREMS)[name]
        proved = ", ".join(theorem(number, f"theorem {number}") for number in numbers)
        about = docstring(rule)
        code = f"`{rule.__module__}.{rule.__name__}`"
        yield Entry(
            name,
            inline(about.split("\n\n")[0].replace("\n", " ")),
            prose(about),
            (
                ("Theorem", f"Stated and proved as {proved} of the calculus."),
                ("Calculus", _TYPICAL if typical else _BOUNDS),
                ("Code", f"{code}. {_REPLAYED}"),
            ),
        )


KIND = Kind(
    "rules",
    "Rules of the calculus",
    "The rules that the lines of a certificate name, with the theorems behind them.",
    entries,
)
