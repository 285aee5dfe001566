"""The sections of one result on a page, under headings of one level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import join as shell

from tp.graph.text import print_graph
from tp.pictures.captions import drawn
from tp.pictures.svg import to_svg
from tp.report.document import Group, Section
from tp.report.page.about import About
from tp.report.page.elements import Markup, code, element, folded, join, scrolled
from tp.report.page.listing import listing
from tp.report.page.part import Part
from tp.report.page.split import claimed, drawn_numbers, split
from tp.report.render.html import sections as of_report

OPEN, MOST_NODES = 60, 250
"""A graph of at most so many nodes is shown; one of at most so many nodes can be unfolded; larger ones are left out."""
MOST_TEXT = 600_000
"""The most characters of a certificate, and of the picture and the text of a graph."""


@dataclass(frozen=True, slots=True)
class Made:
    """A section with its ``heading``; ``name`` is its place on the page."""

    name: str
    heading: str
    content: Sequence[Markup]


def made(part: Part, place: str, level: int, numbers: Iterator[int]) -> Iterator[Made]:
    """The sections of ``part`` that are not empty, in their order on the page. Names begin with ``place``.

    ``numbers`` are those of charts, which differ on the whole page.
    """
    report = split(part.document)
    yield from _one(place, "verdicts", "Verdicts", _report(report.verdicts, level, numbers))
    about = part.about
    if about is not None:
        yield from _one(place, "program", "Program", _program(part, about, f"{place}-line"))
        yield from _one(place, "graph", "Graph", _graph(about))
    yield from _one(place, "charts", "Charts", _report(report.charts, level, numbers))
    yield from _one(place, "more", "Further results", _report(report.rest, level, numbers))
    found = [] if about is None else _blame(about, level, numbers)
    yield from _one(place, "blame", "Blame", found or _report(report.blame, level, numbers))
    yield from _one(place, "grounds", "What this rests on", _report(report.grounds, level, numbers))
    if about is not None:
        yield from _one(place, "certificate", "Certificate", _certificate(about))
    yield from _one(place, "again", "To repeat this", _again(part))


def _one(place: str, name: str, heading: str, content: Sequence[Markup]) -> Iterator[Made]:
    if content:
        yield Made(f"{place}-{name}", heading, content)


def _report(found: Sequence[Section | Group], level: int, numbers: Iterator[int]) -> list[Markup]:
    return [Markup(line) for line in of_report(found, level + 1, numbers)]


def said(*words: Markup | str) -> Markup:
    return element("p", *words)


def command(words: Sequence[str]) -> Markup:
    """A command line as it can be copied."""
    return code(shell(words))


def _program(part: Part, about: About, place: str) -> list[Markup]:
    intro = (
        "Beside a line stand its values with the exponent of n of a typical entry at initialisation. "
        "Open a value to see the operations that make it, and the rules that give its exponent."
    )
    first = said(intro) if about.values else said(
        "The orders of the values are left out for a program of this size; ",
        command(["tp", "orders", *about.words, "--nodes"]),
        " prints them.",
    )  # fmt: skip
    return [first, *listing(about, claimed(part.document), place)]


def _graph(about: About) -> list[Markup]:
    graph = about.graph
    size = len(drawn(graph))
    picture, as_text = ["tp", "graph", *about.words, "--format", "svg"], ["tp", "graph", *about.words]
    if size > MOST_NODES:
        return [said(f"The graph has {size} nodes and is left out; ", command(picture), " draws it.")]
    drawing, lines = to_svg(graph), print_graph(graph)
    return [
        _unless_long(drawing, picture, _picture(drawing, size)),
        _unless_long(
            lines,
            as_text,
            folded(
                join(["The graph as text, as ", command(as_text), " prints it"]),
                scrolled("the graph as text", element("pre", code(lines))),
            ),
        ),
    ]


def _picture(drawing: str, size: int) -> Markup:
    svg = scrolled(f"graph of {size} nodes", Markup(drawing), class_="scroll graph")
    return svg if size <= OPEN else folded(f"The graph, {size} nodes", svg)


def _unless_long(found: str, write: Sequence[str], shown: Markup) -> Markup:
    """``shown``, or the command that does ``write`` what was ``found`` where that is long."""
    if len(found) <= MOST_TEXT:
        return shown
    return said(f"{len(found):,} characters are left out here; ", command(write), " prints them.")


def _blame(about: About, level: int, numbers: Iterator[int]) -> list[Markup]:
    if about.blame is None:
        return [
            said("The cause of what fails is left out for a program of this size; ",
                 command(["tp", "blame", *about.words]), " prints it."),
        ]  # fmt: skip
    return [line for document in about.blame for line in _report(document.sections, level, numbers)]


def _certificate(about: About) -> list[Markup]:
    write = ["tp", "orders", *about.words, "--certificate", "proof.json"]
    found = about.certificate
    if found is None or len(found) > MOST_TEXT:
        why = "The derivations of all orders are left out here, for their length or the time that they take; "
        return [
            said(why, command(write), " writes them, and ", command(["tp", "certify", "proof.json"]), " checks them.")
        ]
    check = said(
        "If this is saved as ", code("proof.json"), ", ", command(["tp", "certify", "proof.json"]), " checks it."
    )
    body = scrolled("the certificate", element("pre", code(found)))
    return [folded(f"The derivations of all orders, {len(found):,} characters of JSON", check, body)]


def _again(part: Part) -> list[Markup]:
    origin, about = part.origin, part.about
    rows: list[tuple[str, Markup | str]] = []
    if origin.command:
        rows.append(("command", element("pre", command(origin.command), tabindex="0")))
    if origin.made:
        rows.append(("made", element("time", origin.made, datetime=origin.made)))
    rows.append(("exit code", f"{part.exit_code}: {ENDS.get(part.exit_code, '')}"))
    if numbers := drawn_numbers(part.document):
        rows.append(("numbers", numbers))
    if about is not None and about.settings:
        rows.append(("settings", join([code(f"{name}={value}") for name, value in about.settings.items()], ", ")))
    rows += [(name, version) for name, version in origin.versions.items()]
    found = [element("dl", *(one for name, value in rows for one in (element("dt", name), element("dd", value))))]
    if part.missing:
        found.append(element("ul", *(element("li", sentence) for sentence in part.missing)))
    return found


ENDS = {
    0: "every claim holds, and nothing is refuted",
    1: "a claim fails, a measurement refutes a prediction, or a run diverged",
    2: "the program could not run",
    3: "a claim or a quantity is undecided, or the command was interrupted",
}
"""What exit codes mean."""
