"""What a page says of a program beside a result: its texts, the orders of its values, its graph, and blame."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tp.graph.graph import Graph
from tp.optimizers import chosen
from tp.program import Program
from tp.report.contents import document
from tp.report.document import Document
from tp.report.page.split import Failing
from tp.studies.blame import Accusation, accuse, accused
from tp.studies.faults import Fault
from tp.studies.lines import Value, values
from tp.theory.analysis import Analysis
from tp.transform.two_sided import two_sided

MOST_VALUES = 250
"""The most nodes of a program whose values have their orders on a page."""
MOST_BLAMED, MOST_REFUTED = 80, 3
"""The most nodes of a program in which the cause of a failure is looked for, and the most refuted quantities."""
MOST_REPAIRED, REPAIRS = 32, 10
"""The most nodes of a program for which a repair is looked for, and the most changed programs that are examined."""
MOST_CERTIFIED = 24
"""The most nodes of a program whose derivations are written out. A certificate of so many takes about a second."""


@dataclass(frozen=True, slots=True)
class About:
    """A program in ``file``: its ``texts`` by name of the file, with those of the files that it imports.

    ``settings`` are those of the program by name, as text. ``words`` are the file and the options with which a command
    reads it again. ``values``, ``blame`` and ``certificate`` (JSON as text) are None where they are left out;
    ``blame`` is empty where nothing fails.
    """

    file: str
    texts: Mapping[str, str]
    settings: Mapping[str, str]
    words: Sequence[str]
    graph: Graph
    values: tuple[Value, ...] | None
    blame: tuple[Document, ...] | None
    certificate: str | None


def about(
    program: Program,
    words: Sequence[str],
    asked: Sequence[str],
    failing: Failing,
    *,
    certified: bool,
) -> About:
    """What a page says of ``program``; parts that take too long for its size are None.

    Blame is for what is ``failing``. With ``certified`` the derivations of the quantities that were ``asked`` for are
    added.
    """
    size = len(program.graph)
    return About(
        program.file,
        program.texts,
        program.settings,
        words,
        program.graph,
        values(program.graph) if size <= MOST_VALUES else None,
        () if failing == Failing() else _blame(program, failing) if size <= MOST_BLAMED else None,
        _certificate(program, asked) if certified and size <= MOST_CERTIFIED else None,
    )


def _blame(program: Program, failing: Failing) -> tuple[Document, ...]:
    """The blame for all that fails by the calculus, if a claim does, then for the exponents of what is refuted."""
    names = failing.refuted[:MOST_REFUTED]
    analysis = _analysis(program, names)
    repaired = len(program.graph) <= MOST_REPAIRED
    found: list[Accusation] = []
    if failing.claims:
        found.append(accuse(program, analysis, repaired=repaired, budget=REPAIRS))
    if names:
        blames = [Fault("", (analysis.blame(name),)) for name in names]
        found.append(accused(program, blames, (), analysis.optimizer))
    return tuple(document(one) for one in found if one.faults)


def _certificate(program: Program, asked: Sequence[str]) -> str:
    """The derivations as JSON with a line for each of its rows."""
    found = _analysis(program, asked).certificate(asked)
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {_rows(part)}" for key, part in found.items()) + "\n}"


def _rows(part: Any) -> str:
    if not isinstance(part, list) or not part:
        return json.dumps(part, separators=(",", ":"))
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in part) + "\n]"


def _analysis(program: Program, quantities: Sequence[str]) -> Analysis:
    mover = chosen(program.optimizers).of(two_sided(program.graph))
    return Analysis(program.graph, quantities, mover)
