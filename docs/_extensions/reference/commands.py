"""A page for every command: what ``--help`` prints."""

from __future__ import annotations

from collections.abc import Iterable

from reference.entry import Entry, Kind, fenced
from reference.prose import inline
from tp.cli import commands
from tp.cli.help import command_help


def entries() -> Iterable[Entry]:
    for command in commands.every():
        yield Entry(
            command.name,
            inline(command.help),
            inline(command.help),
            (
                ("Help", fenced(f"$ tp {command.name} --help\n{command_help(command)}")),
                ("More", "Files, formats and exit codes are described with [all commands](../../commands.md)."),
            ),
            title=f"`tp {command.name}`",
        )


KIND = Kind("commands", "Commands", "What `tp COMMAND --help` prints, for every command.", entries)
