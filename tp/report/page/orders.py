"""Exponents of n on a page, and the steps by which the calculus finds that of a value."""

from __future__ import annotations

from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.report.page.elements import Markup, element, join, scrolled
from tp.studies.lines import Step, Value

MOST_STEPS = 40
"""The most steps of one value that are shown: the last ones."""


def exponent(found: Fraction | None, exact: bool) -> str:
    """As tables of reports have it, with the signs of printed text."""
    if found is None:
        return "−∞"
    if found > UNBOUNDED / 2:
        return "∞"
    return f"{'' if exact else '≤ '}{found}".replace("-", "−")


def steps(value: Value) -> Markup:
    """A row for each step to ``value``: what is done, to what, and the exponent after it."""
    shown = value.steps[-MOST_STEPS:]
    numbers = {step.node: place for place, step in enumerate(value.steps, 1)}
    heads = ("step", "operation", "of", "exponent of n", "axes", "rules")
    rows = [_row(step, numbers, value) for step in shown]
    left = len(value.steps) - len(shown)
    caption = f"steps to {value.name}" + (f", the last {len(shown)} of {len(value.steps)}" if left else "")
    return scrolled(
        caption,
        element(
            "table",
            element("caption", caption),
            element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
            element("tbody", *rows),
        ),
    )


def _row(step: Step, numbers: dict[int, int], value: Value) -> Markup:
    own = value.steps[-1].node

    def called(node: int) -> str:
        if node in value.known and node != own:
            return value.known[node]
        return f"({numbers[node]})"

    return element(
        "tr",
        element("th", f"({numbers[step.node]})", scope="row"),
        element("td", element("code", step.operation)),
        element("td", element("code", ", ".join(map(called, step.operands)))),
        element("td", exponent(step.exponent, step.exact), class_="number"),
        element("td", element("code", step.type)),
        element("td", ", ".join(step.rules) or "none: the order of an operand"),
    )


def named(values: list[Value]) -> Markup:
    """The names of ``values`` of one order: all of a few, the ends of many."""
    names = [element("code", value.name) for value in values]
    if len(names) <= 3:
        return join(names, ", ")
    return join([names[0], ", ", names[1], ", …, ", names[-1], f" ({len(names)} values)"])
