"""A page as a whole: head, landmarks, an overview of several programs, and a part for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from tp.report.drawn.style import STYLE as CHARTS
from tp.report.page.elements import Markup, element, join
from tp.report.page.part import Part
from tp.report.page.sections import Made, made
from tp.report.page.split import counted
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
        element("header", element("p", f"tp {what}", class_="command"), element("h1", name), _end(parts)),
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
    return next((f.text for f in part.document.title.facts if f.key == "program"), part.document.title.text)


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


def _end(parts: Sequence[Part]) -> Markup:
    """What was found, in a line: the counts of verdicts of all programs."""
    counts: dict[str, dict[str, int]] = {}
    for part in parts:
        for kind, words in counted(part.document):
            total = counts.setdefault(kind, {})
            for word, number in words.items():
                total[word] = total.get(word, 0) + number
    return element("p", join([_counts(kind, words) for kind, words in counts.items()], " · "), class_="summary")


def _counts(kind: str, words: dict[str, int]) -> Markup:
    number = sum(words.values())
    each = [
        element("span", Markup(verdict(word)), f" {count}", class_=word if word in MARKS else None)
        for word, count in words.items()
    ]
    return join([f"{number} {kind if number == 1 else _PLURAL[kind]}: ", join(each, ", ")])


def _contents(parts: Sequence[Part], found: Sequence[Sequence[Made]]) -> Markup:
    """Links to all parts, or to the sections of the only one."""
    if len(parts) > 1:
        links = [(f"part-{number}", program(part)) for number, part in enumerate(parts, 1)]
    else:
        links = [(one.name, one.heading) for one in found[0]]
    items = [element("li", element("a", word, href=f"#{name}")) for name, word in links]
    return element("nav", element("ul", *items, role="list"), aria_label="contents")


def _several(parts: Sequence[Part], found: Sequence[Sequence[Made]]) -> list[Markup]:
    return [
        element(
            "section",
            element("h2", program(part), id=f"part-{number}-name"),
            _end([part]),
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
