"""Names of values: those of the user's variables where there are any."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tp.imports.text.declared import Assigned
from tp.imports.text.naming import Names, name_of
from tp.imports.text.series import Item, Loop, Series

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def wish_names(statements: Sequence[Assigned]) -> None:
    """What values would like to be called.

    Of the statements that one line of the user makes, the last is the variable that the line assigns. Those before it
    are called after the module that they belong to, and so are those of modules that are called inside of the line.
    """
    outermost: dict[tuple[str, int], int] = {}
    last = {_line(statement): statement for statement in statements}
    for statement in statements:
        depth = len(statement.place.scope)
        outermost[_line(statement)] = min(depth, outermost.get(_line(statement), depth))
    for place, statement in enumerate(statements):
        later = statements[place + 1] if place + 1 < len(statements) else None
        scope = statement.place.scope
        inner = (later is not None and _line(later) == _line(statement)) or len(scope) > outermost[_line(statement)]
        variable = statement.place.name
        module = _module(scope[-1]) if scope else None
        wishes = (module, variable) if inner and last[_line(statement)] is not statement else (variable, module)
        statement.wish = next((wish for wish in wishes if wish), "z")


def _line(statement: Assigned) -> tuple[str, int]:
    return statement.place.file, statement.place.line


def _module(word: str) -> str:
    """``LayerNorm_0`` as ``layer_norm``."""
    return _CAPITAL.sub("_", re.sub(r"_?\d+$", "", name_of(word))).lower()


def name_values(items: Sequence[Item], names: Names) -> None:
    """Names for values. Those outside of loops that wish the same one become a family: ``h[1]``, ``h[2]``.

    What a loop hands on chooses first.
    """
    loops = [item for item in items if isinstance(item, Loop)]
    carried = [series for loop in loops for series in loop.carried]
    held = {member for series in carried for member in series.members}
    for series in carried:
        series.settle(names.new(name_of(_wish(series))))
    flat = [item for item in items if isinstance(item, Assigned) and item not in held]
    wished = Counter(name_of(each.wish) for each in flat)
    families: dict[str, Series] = {}
    for item in items:
        if isinstance(item, Loop):
            for series in item.values:
                series.settle(names.new(name_of(_wish(series))))
        elif item not in held:
            wish = name_of(item.wish)
            if wished[wish] == 1:
                item.name = names.new(wish)
                continue
            if wish not in families:
                families[wish] = Series((), 1)
                families[wish].name = names.new(wish)
            families[wish].members.append(item)
    for family in families.values():
        family.settle(family.name)


def _wish(series: Series) -> str:
    """The wish of the last member, which is in the loop."""
    last = series.members[-1]
    return last.wish or "z"
