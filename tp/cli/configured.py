"""The settings of a project as words of a command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import join
from typing import Any

from tp.cli.command import Command
from tp.cli.commands import NAMES, every
from tp.cli.configuration import Configuration
from tp.cli.option import Option, Reach
from tp.diagnostics.diagnostic import TpError
from tp.diagnostics.text import readable

PROGRAMS, EXCLUDE = "programs", "exclude"
"""Keys that are no options: the files of a command that is called without any, and what is left out of folders."""
RIVALS = (("--store", "--no-store"), ("--jobs", "--scheduler"))
"""Pairs of options that exclude each other."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of an ``option``, as ``words`` of a command line; ``table`` and ``key`` say where it is set."""

    option: Option[Any]
    words: tuple[str, ...]
    table: str
    key: str

    @property
    def spelled(self) -> list[str]:
        """The option with its words, as on a command line."""
        if not self.option.metavar:
            return list(self.words)
        return [part for word in self.words for part in (self.option.names[0], word)]


@dataclass(frozen=True, slots=True)
class Configured:
    """The settings of one command in a project. ``programs`` and ``exclude`` are paths from the working directory."""

    configuration: Configuration
    settings: tuple[Setting, ...] = ()
    programs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def say(self, words: Sequence[str]) -> None:
        """Print on stderr which ``words`` of the command line the configuration adds, if any."""
        if words:
            print(readable(f"settings of {self.configuration.file}: {join(words)}"), file=sys.stderr, flush=True)

    def fill(self, values: dict[str, Any], seen: set[str]) -> list[str]:
        """Put settings that the command line does not give into ``values``, and return them as words of a command line.

        ``seen`` are the keys of options on the command line. Raises TpError TP519 for a value that is refused.
        """
        used = [setting for setting in self.settings if not seen & self._instead(setting)]
        for setting in used:
            option, given = setting.option, values[setting.option.key]
            found = option.default
            try:
                for word in self._left(setting, given):
                    found = option.take(found, word)
            except (ValueError, TpError) as problem:
                raise self._refused(setting, problem) from problem
            values[option.key] = (*found, *given) if option.repeats else found
        return [word for setting in used for word in setting.spelled]

    def _instead(self, setting: Setting) -> set[str]:
        """The keys of options that, given on the command line, replace ``setting``."""
        rivals = {key for pair in RIVALS if setting.option.key in pair for key in pair}
        return rivals if setting.option.repeats else rivals | {setting.option.key}

    def _left(self, setting: Setting, given: Any) -> list[str]:
        """The words of ``setting`` without those for names that have another value on the command line."""
        if not setting.option.repeats:
            return list(setting.words)
        names = {word.partition("=")[0].strip() for word in given}
        return [word for word in setting.words if word.partition("=")[0].strip() not in names]

    def _refused(self, setting: Setting, problem: ValueError | TpError) -> TpError:
        """The error about a value that its option does not accept."""
        why = problem.diagnostics[0].message if isinstance(problem, TpError) else problem
        hint = f"the value is read as that of {setting.option.names[0]} on the command line"
        message = f"has the invalid value {', '.join(setting.words)!r}: {why}"
        return self.configuration.wrong("TP519", message, setting.table, setting.key, hint)


def configured(found: Configuration, command: Command) -> Configured:
    """What a configuration says about ``command``. Raises TpError TP516 to TP518."""
    tables = [("tool.tp", found.common), (f"tool.tp.{command.name}", found.own.get(command.name, {}))]
    chosen: dict[str, Setting] = {}
    files: dict[str, tuple[str, ...]] = {}
    for table, values in tables:
        for key, value in values.items():
            if key in (PROGRAMS, EXCLUDE):
                files[key] = tuple(_here(found, name) for name in _strings(found, table, key, value))
                continue
            option = _option(found, command, table, key)
            if option is not None:
                for other in (key for pair in RIVALS if option.key in pair for key in pair):
                    if other in chosen and chosen[other].table != table:
                        del chosen[other]
                chosen[option.key] = Setting(option, _words(found, option, table, key, value), table, key)
    return Configured(found, tuple(chosen.values()), files.get(PROGRAMS, ()), files.get(EXCLUDE, ()))


def _option(found: Configuration, command: Command, table: str, key: str) -> Option[Any] | None:
    """The option of ``command`` that ``key`` sets; None if only other commands have it. Raises TP516 to TP518."""
    common = table == "tool.tp"
    having = {one.name: option for one in (command,) if (option := _named(one, key)) is not None}
    if not having and common:
        having = {one.name: option for one in every() if (option := _named(one, key)) is not None}
    if not having:
        raise _unknown(found, command, table, key)
    reach = max(option.reach for option in having.values())
    if reach is Reach.NOWHERE:
        hint = "give it on the command line; what is run, written or removed is named there only"
        raise found.wrong("TP518", "cannot be set in a file", table, key, hint)
    if common and reach is Reach.OWN:
        tables = [f"[tool.tp.{name}]" for name in having]
        hint = f"set it in {' or '.join(tables) if len(tables) < 4 else 'the table of a command, such as ' + tables[0]}"
        raise found.wrong("TP516", "has another meaning for each command", table, key, hint)
    return having.get(command.name)


def _unknown(found: Configuration, command: Command, table: str, key: str) -> TpError:
    from difflib import get_close_matches

    if key in NAMES:
        return found.wrong("TP517", "must be a table", table, key, f"write [{table}.{key}]")
    having = every() if table == "tool.tp" else (command,)
    known = [_key(option) for one in having for option in one.options if option.reach is not Reach.NOWHERE]
    close = get_close_matches(key[:60], [*known, PROGRAMS, EXCLUDE, *NAMES], n=1)
    hint = f"did you mean {close[0]}?" if close else f"keys are options without dashes: see tp {command.name} --help"
    return found.wrong("TP516", "is not a setting", table, key, hint)


def _named(command: Command, key: str) -> Option[Any] | None:
    return next((option for option in command.options if _key(option) == key), None)


def _key(option: Option[Any]) -> str:
    """What ``option`` is called in a configuration: its first long name without dashes."""
    return next(name for name in option.names if name.startswith("--"))[2:]


def _words(found: Configuration, option: Option[Any], table: str, key: str, value: Any) -> tuple[str, ...]:
    """``value`` as words that ``option`` takes. Raises TpError TP517 for a value of another type."""
    if not option.metavar:
        if not isinstance(value, bool):
            raise found.wrong("TP517", "must be true or false", table, key, f"for example {key} = true")
        if value:
            return (option.names[0],)
        negated = [name for name in option.names[1:] if name.startswith("--no-")]
        return tuple(negated)
    if isinstance(value, Mapping) and option.repeats:
        return tuple(f"{name}={_scalar(found, table, key, one)}" for name, one in value.items())
    if isinstance(value, list):
        parts = [_scalar(found, table, key, one) for one in value]
        return tuple(parts) if option.repeats else (",".join(parts),)
    word = _scalar(found, table, key, value)
    named = option.metavar.split("|")
    is_path = any("FILE" in name or "FOLDER" in name for name in named) and word not in named
    return (_here(found, word) if is_path else word,)


def _scalar(found: Configuration, table: str, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)) or "\0" in str(value):
        raise found.wrong("TP517", "must be a text, a number or a list of these", table, key, f"for example {key} = 8")
    return str(value)


def _strings(found: Configuration, table: str, key: str, value: Any) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and "\0" not in one for one in value):
        raise found.wrong("TP517", "must be a list of texts", table, key, f'for example {key} = ["programs"]')
    yield from value


def _here(found: Configuration, name: str) -> str:
    """A path that the file names, from the working directory."""
    return os.path.normpath(os.path.join(found.folder, name))
