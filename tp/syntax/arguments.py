"""What the functions of the language ask of their arguments."""

from __future__ import annotations

from collections.abc import Sequence

from tp.diagnostics.diagnostic import error
from tp.graph.axes import names
from tp.syntax import tree as t
from tp.syntax.evaluate import Evaluator


def positional(node: t.Call, at_least: int, at_most: int | None, usage: str) -> list[t.Expression]:
    """The arguments of a call that takes no named ones. Raises TP105 with the ``usage``."""
    name = usage.partition("(")[0]
    for argument in node.arguments:
        if argument.name is not None:
            message = f"{name} has no argument called {argument.name}"
            raise error("TP105", message, argument.span, f"axes go by name and have their places: {usage}")
        if argument.last is not None:
            raise error("TP105", "a range is not an argument", argument.span, f"usage: {usage}")
    count = len(node.arguments)
    if count < at_least or (at_most is not None and count > at_most):
        most = "or more" if at_most is None else "" if at_most == at_least else f"or {at_most}"
        message = f"{name} takes {' '.join(filter(None, (str(at_least), most)))} argument(s), not {count}"
        raise error("TP105", message, node.span, f"usage: {usage}")
    return [a.value for a in node.arguments]


def axes_in(evaluator: Evaluator, node: int, given: Sequence[t.Expression]) -> list[str]:
    """Names of the ``given`` axes, which ``node`` must have."""
    found: list[str] = []
    for expression in given:
        axis = evaluator.axis(expression)
        have = evaluator.build.graph.type(node)
        if axis.name not in names(have):
            shown = ", ".join(map(str, have)) or "no axes"
            raise error("TP202", f"the value has no axis {axis.name}", expression.span, f"it has {shown}")
        if axis.name in found:
            raise error("TP202", f"the axis {axis.name} is named twice", expression.span, "name it once")
        found.append(axis.name)
    return found
