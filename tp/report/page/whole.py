"""A page as a whole: its head, its landmarks for screen readers, a table of several programs, and a part for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from tp.report.drawn.style import STYLE as CHARTS
from tp.report.page.elements import Markup, element, join, scrolled
from tp.report.page.part import Part
from tp.report.page.sections import ENDS, Made, made
from tp.report.page.split import answers, counted
from tp.report.render.html import MARKS, STYLE, verdict

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Nothing is loaded, and nothing is run."""
_PLURAL = {"claim": "claims", "quantity": "quantities"}


def render(parts: Sequence[Part], what: str) -> str:
    """One file of HTML with a part for each result of the command called ``what``. Raises ValueError without any."""
    if not parts:
        raise ValueError("a page has at least one result")
    several = len(parts) > 1
    level = 3 if several else 2
    charts = count()
    found = [list(made(part, f"part-{number}", level, charts)) for number, part in enumerate(parts, 1)]
    name = f"{len(parts)} programs" if several else program(parts[0])
    body = [
        element("a", "Skip to the verdicts", href="#verdicts", class_="skip"),
        element("header", element("p", f"tp {what}", class_="command"), element("h1", name), _summary(parts)),
        _contents(parts, found),
        element("main", *(_several(parts, found) if several else _sections(found[0], 2)), id="verdicts", tabindex="-1"),
        element("footer", element("p", "This page is complete in itself: it loads nothing and runs nothing.")),
    ]
    return str(
        join(
            [
                Markup("<!DOCTYPE html>"),
                element("html", _head(f"{name}: tp {what}"), element("body", *body, class_="tp-report"), lang="en"),
                Markup(""),
            ],
            "\n",
        )
    )


def program(part: Part) -> str:
    """The name of the program that ``part`` is about."""
    return next((f.text for f in part.document.title.facts if f.key == "program" and f.text), part.document.title.text)


def _head(title: str) -> Markup:
    css = Path(__file__).with_name("page.css").read_text("utf-8")
    return element(
        "head",
        element("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("link", rel="icon", href="data:,"),
        element("style", Markup(STYLE + CHARTS + css)),
    )


def _summary(parts: Sequence[Part]) -> Markup:
    """What was found, in a line: the counts of verdicts of all programs, and answers in words."""
    totals: dict[str, Counter[str]] = {}
    for part in parts:
        for kind, words in counted(part.document):
            totals.setdefault(kind, Counter()).update(words)
    counts = [_counts(kind, words) for kind, words in totals.items()]
    said = answers(parts[0].document) if len(parts) == 1 else []
    return element("p", join([*counts, *said], " · "), class_="summary")


def _counts(kind: str, words: Counter[str]) -> Markup:
    number = words.total()
    return join([f"{number} {kind if number == 1 else _PLURAL[kind]}: ", _each(words)])


def _each(words: Counter[str]) -> Markup:
    """How often each verdict is given."""
    each = (
        element("span", Markup(verdict(word)), f" {number}", class_=word if word in MARKS else None)
        for word, number in words.items()
    )
    return join(each, ", ")


def _contents(parts: Sequence[Part], found: Sequence[Sequence[Made]]) -> Markup:
    """Links to the sections of the only part; or a table of the programs, with links to their parts."""
    if len(parts) > 1:
        return element("nav", _programs(parts), aria_label="programs")
    items = [element("li", element("a", one.heading, href=f"#{one.name}")) for one in found[0]]
    return element("nav", element("ul", *items, role="list"), aria_label="contents")


def _programs(parts: Sequence[Part]) -> Markup:
    heads = (element("th", head, scope="col") for head in ("program", "claims", "quantities", "exit code"))
    rows: list[Markup] = []
    for number, part in enumerate(parts, 1):
        words = dict(counted(part.document))
        cells = [
            *(_each(words.get(kind, Counter())) for kind in _PLURAL),
            f"{part.exit_code}: {ENDS.get(part.exit_code, '')}",
        ]
        link = element("a", program(part), href=f"#part-{number}")
        rows.append(element("tr", element("th", link, scope="row"), *(element("td", cell) for cell in cells)))
    head = element("thead", element("tr", *heads))
    return scrolled("programs", element("table", element("caption", "programs"), head, element("tbody", *rows)))


def _several(parts: Sequence[Part], found: Sequence[Sequence[Made]]) -> list[Markup]:
    return [
        element(
            "section",
            element("h2", program(part), id=f"part-{number}-name"),
            _summary([part]),
            *_sections(sections, 3),
            id=f"part-{number}",
            class_="part",
            aria_labelledby=f"part-{number}-name",
        )
        for number, (part, sections) in enumerate(zip(parts, found, strict=True), 1)
    ]


def _sections(found: Sequence[Made], level: int) -> list[Markup]:
    return [
        element(
            "section",
            element(f"h{level}", one.heading, id=f"{one.name}-head"),
            *one.content,
            id=one.name,
            aria_labelledby=f"{one.name}-head",
        )
        for one in found
    ]
