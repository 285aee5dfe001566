"""Stored answers as runs of commands: what is kept beside a report, so that a page can be made of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tp.store.answers import Unusable, read
from tp.store.files import program_names
from tp.store.names import AnswerName, is_program, read_answer

SHOWN = 8
"""The characters of a hash that are shown."""
LEAST = 4
"""The least characters of a hash that name a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is kept beside a report.

    ``command`` has all words of the command line, ``made`` is the time of its end (UTC, ISO 8601), and ``versions``
    are those of tp, Python and libraries. The program is in ``file``, the first of its ``texts`` by file, and is read
    with ``settings`` by name, the text ``optimizer`` in place of its own (None: its own), and ``options`` of
    optimisers.
    """

    command: tuple[str, ...]
    made: str
    versions: dict[str, str]
    file: str
    texts: dict[str, str]
    settings: dict[str, str]
    optimizer: str | None
    options: dict[str, str | bool]

    def as_json(self) -> dict[str, Any]:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**found, "command": list(self.command)}


def run_of(found: Any) -> Run:
    """The inverse of :meth:`Run.as_json`. Raises ValueError for other JSON."""
    if not isinstance(found, dict) or set(found) != {one.name for one in fields(Run)}:
        raise ValueError("what is kept beside the report is not that of a run")
    command, made, file, optimizer = (found[name] for name in ("command", "made", "file", "optimizer"))
    texts = {name: _table(found[name], (str,)) for name in ("versions", "texts", "settings")}
    words = all(isinstance(word, str) for word in command) if isinstance(command, list) else False
    plain = isinstance(made, str) and isinstance(file, str) and isinstance(optimizer, str | None)
    if not (words and plain and file in texts["texts"]):
        raise ValueError("what is kept beside the report is not that of a run")
    return Run(
        tuple(command), made, texts["versions"], file, texts["texts"], texts["settings"], optimizer,
        _table(found["options"], (str, bool)),
    )  # fmt: skip


def _table(found: Any, kinds: tuple[type, ...]) -> dict[str, Any]:
    if not isinstance(found, dict) or not all(isinstance(value, kinds) for value in found.values()):
        raise ValueError("what is kept beside the report is not that of a run")
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored answer: its ``name``, the names that its program was ``called`` by, and its file."""

    name: AnswerName
    called: tuple[str, ...]
    path: Path

    @property
    def short(self) -> str:
        return self.name.question[:SHOWN]


@dataclass(frozen=True, slots=True)
class Content:
    """What the file of an entry holds: the ``answer``, the ``program`` and its ``file``, and its ``run``.

    ``run`` is None where an earlier version of tp kept the answer; then ``made`` is the time of the file.
    """

    answer: Mapping[str, Any] = field(repr=False)
    program: str
    file: str
    made: str
    run: Run | None


def entries(folder: Path) -> Iterator[Entry]:
    """All answers in ``folder``; none where there is no folder. Raises OSError where it cannot be read."""
    for program in sorted(filter(is_program, _listed(folder))):
        called: tuple[str, ...] | None = None
        for file in _listed(folder / program):
            name = read_answer(program, file)
            if name is not None and os.path.isfile(folder / program / file):
                called = tuple(program_names(folder / program)) if called is None else called
                yield Entry(name, called, folder / program / file)


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def content(entry: Entry) -> Content:
    """What the file of ``entry`` holds. Raises OSError, and Unusable where it is damaged."""
    question, answer = read(entry.path)
    try:
        details = question["details"]
        program, file = details["name"], details["file"]
        run = run_of(answer["run"]) if "run" in answer else None
        if not (isinstance(program, str) and isinstance(file, str)):
            raise ValueError("it does not say which program it is about")
    except (ValueError, KeyError, TypeError) as problem:
        raise Unusable(str(problem)) from None
    return Content(answer, program, file, _time(entry.path) if run is None else run.made, run)


def _time(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
