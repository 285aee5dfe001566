"""Arguments that are programs, folders of programs, or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from tp.cli.option import argument
from tp.diagnostics.diagnostic import TpError, error

SOURCES = argument("FILE...", "Programs (.tp), folders of programs, or - for standard input.")
_MOST_FOLDERS = 1000


def listed(words: tuple[str, ...], problems: list[TpError], exclude: Sequence[str] = ()) -> Iterator[tuple[str, bool]]:
    """Each program, and whether a folder lists it. A folder that lists none is one of the ``problems``.

    Folders are searched without files and folders whose path fits one of the patterns ``exclude``.
    """
    for word in words:
        if not os.path.isdir(word):
            yield word, False
            continue
        try:
            for file in _below(word, exclude):
                yield file, True
        except TpError as problem:
            problems.append(problem)


def holds_functions_alone(problem: TpError) -> bool:
    """Whether nothing is wrong with a file but that it holds no program; functions are checked where they are used."""
    return [d.message for d in problem.diagnostics] == ["this file holds functions alone, no program"]


def _below(top: str, exclude: Sequence[str]) -> list[str]:
    """The files below a folder whose names end with .tp, without hidden ones. Raises TpError TP507 where are none."""
    found: list[str] = []
    for count, (folder, inner, names) in enumerate(os.walk(top), 1):
        if count > _MOST_FOLDERS:
            message = f"{top} holds more than {_MOST_FOLDERS} folders"
            raise error("TP507", message, hint="name the folder that has the programs")
        inner[:] = sorted(name for name in inner if not (name.startswith(".") or _fits(folder, name, exclude)))
        names = sorted(name for name in names if name.endswith(".tp") and not name.startswith("."))
        found += [os.path.join(folder, name) for name in names if not _fits(folder, name, exclude)]
    if not found:
        raise error("TP507", f"the folder {top} holds no programs", hint="their names end with .tp")
    return found


def _fits(folder: str, name: str, patterns: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase

    path = os.path.relpath(os.path.join(folder, name)) if patterns else ""
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def standard_input() -> bytes:
    """What standard input holds. Raises TpError TP601 where it is closed."""
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] None where file descriptor 0 is closed
        raise error("TP601", "cannot read standard input: it is closed")
    return sys.stdin.buffer.read()
