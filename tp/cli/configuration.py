"""The table [tool.tp] of a pyproject.toml: the settings of a project. It is data; nothing in it is run.

The file is looked for in the working directory and above it, up to the root of the repository or the home folder.
Outside both only the working directory is searched, since other users may write to folders such as /tmp.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.span import Span

FILE = "pyproject.toml"
_TOOL = re.compile(rb"\btool\s*\.\s*[\"']?tp\b|^\s*\[\s*[\"']?tool[\"']?\s*\]", re.MULTILINE)
"""Files without a match cannot have the table. They are not parsed, which takes as long as reading a program does."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in ``file``. Their paths are relative to ``folder``, which is relative to the working directory.

    ``common`` are settings of all commands; ``own`` are settings of one command, by its name. ``text`` is the whole
    file.
    """

    file: str
    folder: str
    text: str
    common: Mapping[str, Any] = field(default_factory=dict[str, Any])
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])

    def wrong(self, code: str, message: str, table: str, key: str, hint: str) -> TpError:
        """An error about a ``key`` of a ``table``, at its line."""
        return error(code, f"{table}.{key} {message}", self._place(table, key), hint)

    def _place(self, table: str, key: str) -> Span | None:
        """Where ``key`` is set, found by a search for its line: the parser of TOML keeps no places."""
        header, name = "", re.escape(key)
        for number, line in enumerate(self.text.splitlines(), 1):
            if match := re.match(r"\s*\[\s*([^\[\]]*?)\s*\]\s*(#.*)?$", line):
                header = re.sub(r"[\s\"']", "", match[1])
                if header == f"{table}.{key}":
                    return Span(number, match.start(1) + 1, number, match.end(1) + 1, self.file)
            elif header == table and (match := re.match(rf"\s*([\"']?{name}[\"']?)\s*[=.]", line)):
                return Span(number, match.start(1) + 1, number, match.end(1) + 1, self.file)
        return None


def find(commands: tuple[str, ...]) -> Configuration | None:
    """The nearest configuration; tables with the names of ``commands`` are theirs. Raises TpError TP515, TP517."""
    try:
        start = os.getcwd()
    except FileNotFoundError:  # the working directory was removed
        return None
    for folder in _folders(start):
        file = os.path.join(folder, FILE)
        try:
            with open(file, "rb") as stream:
                data = stream.read()
        except FileNotFoundError:
            continue
        except OSError as problem:
            raise error("TP515", f"cannot read {_shown(file)}: {problem.strerror or problem}") from problem
        if _TOOL.search(data) and (found := _parsed(data, _shown(file), commands)) is not None:
            return found
    return None


def _folders(start: str) -> Iterator[str]:
    """The folders that are searched, the nearest first."""
    home = os.path.realpath(os.path.expanduser("~"))
    above = [start]
    while not (os.path.exists(os.path.join(above[-1], ".git")) or os.path.realpath(above[-1]) == home):
        parent = os.path.dirname(above[-1])
        if parent == above[-1]:
            return iter((start,))
        above.append(parent)
    return iter(above)


def _shown(file: str) -> str:
    return os.path.relpath(file)


def _parsed(data: bytes, file: str, commands: tuple[str, ...]) -> Configuration | None:
    import tomllib

    try:
        text = data.decode("utf-8")
        whole = tomllib.loads(text)
    except UnicodeDecodeError as problem:
        raise error("TP515", f"{file} is not UTF-8", hint="save it as UTF-8") from problem
    except tomllib.TOMLDecodeError as problem:
        raise error("TP515", f"{file} is not valid TOML: {problem}", _reported(str(problem), file)) from problem
    tool = whole.get("tool")
    table = tool.get("tp") if isinstance(tool, dict) else None
    if table is None:
        return None
    found = Configuration(file, os.path.dirname(file), text)
    if not isinstance(table, dict):
        raise found.wrong("TP517", "must be a table", "tool", "tp", "write [tool.tp]")
    # A command and an option may have one name, such as format.
    own = {key: value for key, value in table.items() if key in commands and isinstance(value, dict)}
    common = {key: value for key, value in table.items() if key not in own}
    return Configuration(file, found.folder, text, common, own)


def _reported(message: str, file: str) -> Span | None:
    """The place that a message about TOML names."""
    match = re.search(r"at line (\d+), column (\d+)", message)
    return None if match is None else Span(int(match[1]), int(match[2]), int(match[1]), int(match[2]) + 1, file)
