"""Checking a certificate against the program that it carries, or against another one.

The lines are replayed by the rules. The graphs are made anew from the program by its transformations and followed
through these lines, so nothing is taken from the author but the choice of what to state and how to show it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tp.activations.facts import facts
from tp.graph.graph import Graph
from tp.graph.text import parse_graph, print_graph
from tp.interpret.followed import FollowedCalculus, Following
from tp.interpret.subject import Statement, Subject
from tp.orders.facts import Function
from tp.orders.proof.encoding import Json
from tp.orders.proof.replay import Rejected, replay
from tp.primitives import known as operations
from tp.primitives.law_facts import widths_of
from tp.printable import Printable
from tp.theory.certificate import FORMAT, described, digest, standard
from tp.theory.grounds import grounds
from tp.theory.subjects import Choices, subjects


@dataclass(frozen=True, slots=True, repr=False)
class Checked(Printable):
    """What a certificate proves: statements, and the facts that they rest on, both as sentences.

    ``program`` is the SHA-256 digest of the text of the program. ``compared`` says whether this text was compared with
    that of a given program. ``lines`` is the number of lines that were replayed.
    """

    study = "certify"

    statements: tuple[str, ...]
    grounds: tuple[str, ...]
    lines: int
    program: str
    compared: bool


def check(certificate: Json, program: Graph | None = None) -> Checked:
    """Check ``certificate``, and that it is about ``program`` where one is given.

    Raises :class:`Rejected` with the first thing that does not follow.
    """
    try:
        return _checked(certificate, program)
    except Rejected:
        raise
    except Exception as problem:
        # A malformed certificate can raise any exception in the rules. It proves nothing.
        raise Rejected(f"malformed: {type(problem).__name__}: {problem}") from problem


def _checked(certificate: Json, program: Graph | None) -> Checked:
    body = {key: value for key, value in certificate.items() if key != "digest"}
    if certificate.get("format") != FORMAT:
        raise Rejected(f"not a certificate of the format {FORMAT}")
    if certificate.get("digest") != digest(body):
        raise Rejected("the digest does not fit the contents")
    text: str = body["program"]
    if program is not None and print_graph(standard(program)) != text:
        raise Rejected("it is about another program")
    about = _about(text, Choices.read(body["choices"]))
    if about.described != body["subjects"]:
        raise Rejected("the graphs are not those of the program")
    lines = replay(body, widths_of(about.program), _function)
    following = Following(lines)
    statements = list(_followed(about.subjects, FollowedCalculus(lines), following))
    if [s.json for s in statements] != body["statements"]:
        raise Rejected("the statements are not those that the lines prove")
    return Checked(
        tuple(dict.fromkeys(s.sentence for s in statements)),
        tuple(grounds(about.program, [s.graph for s in about.subjects], lines.used, following.reasons)),
        len(lines.lines),
        hashlib.sha256(text.encode()).hexdigest(),
        program is not None,
    )


def _followed(about: tuple[Subject, ...], calculus: FollowedCalculus, following: Following) -> Iterator[Statement]:
    for subject in about:
        try:
            yield from subject.statements(calculus, following)
        except Rejected as problem:
            raise Rejected(f"{subject.name}: {problem}") from problem


@dataclass(frozen=True, slots=True)
class _About:
    program: Graph
    subjects: tuple[Subject, ...]
    described: list[Json]


@lru_cache(maxsize=4)
def _about(text: str, choices: Choices) -> _About:
    """The program, and what the choices are about."""
    program = parse_graph(text, operations())
    if print_graph(standard(program)) != text:
        raise Rejected("the program is not written in its standard form")
    about = tuple(subjects(program, choices))
    return _About(program, about, described(about))


def _function(name: str) -> Function | None:
    try:
        return facts(name)
    except (KeyError, ValueError):
        return None
