"""The texts of a program, with the orders of the values of a line and the verdict on a claim beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from tp.graph.graph import Graph
from tp.report.page.about import About
from tp.report.page.elements import Markup, element, folded, join, text
from tp.report.page.orders import exponent, named, steps
from tp.report.render.html import MARKS, verdict
from tp.studies.lines import Value

MOST_LINES = 2000
"""The most lines of a text that are shown."""
LONGEST = 500
"""The most characters of a line that are shown."""
MOST_DERIVED = 60
"""The most values of a program whose steps are shown."""
EACH = 2
"""The most values of one order on one line whose steps are shown."""


def listing(about: About, verdicts: Mapping[int, str], place: str) -> list[Markup]:
    """The file of the program, then the functions of other files that it uses.

    ``verdicts`` are those on claims, by line of the program. Places of lines begin with ``place``.
    """
    used = _used(about.graph)
    budget = iter(range(MOST_DERIVED))
    found: list[Markup] = []
    for number, (file, source) in enumerate(about.texts.items(), 1):
        own = file == about.file
        lines = source.split("\n")
        while lines and not lines[-1].strip():
            lines.pop()
        places = range(1, len(lines) + 1) if own else _functions(lines, used.get(file, set()))
        by_line: dict[int, list[Value]] = {}
        for value in about.values or ():
            if value.span.file == file:
                by_line.setdefault(value.span.line, []).append(value)
        rows = [
            _line(
                lines[at - 1], at, by_line.get(at, []), verdicts.get(at, "") if own else "", f"{place}-{number}", budget
            )
            for at in places[:MOST_LINES]
        ]
        if rows:
            rows = list(_with_gaps(rows, places))
            left = len(places) - MOST_LINES
            more = [element("p", f"{left} further lines are left out")] if left > 0 else []
            body = element("ol", *rows, role="list")
            found.append(element("figure", element("figcaption", element("code", file)), body, *more, class_="listing"))
    return found


def _with_gaps(rows: list[Markup], places: Iterable[int]) -> Iterator[Markup]:
    """``rows`` with a mark where lines of the text are left out."""
    yield rows[0]
    for row, (before, after) in zip(rows[1:], pairwise(places), strict=False):
        if after != before + 1:
            yield element("li", "⋮", class_="gap", aria_label="lines left out")
        yield row


def _used(graph: Graph) -> dict[str, set[int]]:
    """The lines from which nodes and weights of ``graph`` come, by file."""
    found: dict[str, set[int]] = {}
    for one in (*graph.nodes, *graph.parameters.values()):
        if one.span is not None:
            found.setdefault(one.span.file, set()).add(one.span.line)
    return found


def _functions(lines: list[str], used: set[int]) -> list[int]:
    """The lines of the functions that hold those that are ``used``, with comments right above."""
    starts = [at for at, line in enumerate(lines, 1) if line.startswith("def ")]
    shown: list[int] = []
    for start, end in pairwise([*starts, len(lines) + 1]):
        if any(start <= at < end for at in used):
            first, last = start, end - 1
            while first > 1 and lines[first - 2].startswith("#"):
                first -= 1
            while last > start and (not lines[last - 1].strip() or lines[last - 1].startswith("#")):
                last -= 1
            shown += range(first, last + 1)
    return shown


def _line(source: str, at: int, values: list[Value], outcome: str, place: str, budget: Iterator[int]) -> Markup:
    groups: dict[str, list[Value]] = {}
    for value in values:
        groups.setdefault(exponent(value.exponent, value.exact), []).append(value)
    beside = [_order(size, group, budget) for size, group in groups.items()]
    if outcome:
        known = outcome if outcome in MARKS else None
        beside.append(element("span", Markup(verdict(outcome)), class_=" ".join(filter(None, ("outcome", known)))))
    return element(
        "li",
        element("span", str(at), class_="at", aria_hidden="true"),
        element("code", _coloured(source)),
        *beside,
        id=f"{place}-{at}",
    )


def _order(size: str, group: list[Value], budget: Iterator[int]) -> Markup:
    """The names of values of one order, and on demand how it was derived."""
    head = join(
        [named(group), element("span", element("span", " exponent of n: ", class_="unseen"), size, class_="size")], " "
    )
    tables = [steps(value) for value, _ in zip(group[:EACH], budget, strict=False) if len(value.steps) > 1]
    if not tables:
        return element("span", head, class_="order")
    return folded(head, *tables, class_="order")


def _coloured(source: str) -> Markup:
    """A line with its comment in a paler colour."""
    source = source.expandtabs(4)
    if len(source) > LONGEST:
        source = source[: LONGEST - 1] + "…"
    before, mark, after = source.partition("#")
    return join([text(before), element("span", mark + after, class_="comment")]) if mark else text(source)
