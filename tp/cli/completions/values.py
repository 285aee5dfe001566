"""Which values an option or an argument may have, from the form that help shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tp.cli.command import HELP, Command
from tp.cli.commands import ENTRIES, every
from tp.cli.option import Option

ANY = "*"
FOLDERS = "/"
_CHOICES = re.compile(r"\[([\w.|-]+)\]")
_ENDING = re.compile(r"FILE(\.\w+)")
_ARGUMENTS = {"FILE": "*.tp", "FILE...": "*.tp", "FILE [FILE]": "*.tp", "CERTIFICATE": "*.json", "MODULE": "*.py"}


class Values(NamedTuple):
    """``words``, and files: ``""`` none, ``"*"`` any, ``"*.tp"`` those with an ending, ``"/"`` folders alone."""

    words: tuple[str, ...] = ()
    files: str = ""


class Completed(NamedTuple):
    """A command, what its argument may be, and its options, each with what may be its value (None: it has none)."""

    command: Command
    brief: str
    argument: Values
    options: tuple[tuple[Option[Any], Values | None], ...]


def completed() -> Iterator[Completed]:
    """All commands, in the order of help."""
    for command in every():
        options = tuple((option, _of_option(option)) for option in (*command.options, HELP))
        yield Completed(command, ENTRIES[command.name].brief, _of_argument(command.argument), options)


def _of_option(option: Option[Any]) -> Values | None:
    if not option.metavar:
        return None
    if option.key == "--optimizer":
        from tp import optimizer_names

        return Values(tuple(optimizer_names()))
    if choices := _CHOICES.fullmatch(option.metavar):
        return Values(tuple(choices[1].split("|")))
    *words, last = option.metavar.split("|")
    if ending := _ENDING.fullmatch(last):
        return Values(tuple(words), "*" + ending[1])
    return Values(tuple(words), {"FILE": ANY, "FOLDER": FOLDERS}.get(last, ""))


def _of_argument(argument: Option[tuple[str, ...]] | None) -> Values:
    if argument is None or argument.key == "NAME":
        return Values()
    if choices := _CHOICES.fullmatch(argument.key):
        return Values(tuple(choices[1].split("|")))
    if argument.key == "CODE":
        from tp.diagnostics.codes import codes

        return Values(tuple(codes()))
    return Values((), _ARGUMENTS.get(argument.key, ANY))
