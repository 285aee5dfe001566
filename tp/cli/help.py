"""What ``--help`` prints."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from tp.cli.command import HELP, Command
from tp.cli.commands import Entry
from tp.cli.option import Option

WIDTH = 80
_MOST = 30
"""Columns of the names of options; longer ones stand on a line of their own."""


def command_help(command: Command) -> str:
    """The help of one command: usage, what it does, its argument and its options."""
    argument = command.argument
    parts = [f"Usage: tp {command.name} [OPTIONS]", _indented(command.help)]
    if argument is not None:
        parts[0] += f" {argument.key}"
        parts.append("Arguments:\n" + _table([(argument.key, argument.help)]))
    return "\n\n".join([*parts, _options((*command.options, HELP))])


def overview(entries: Mapping[str, Entry]) -> str:
    """The help of ``tp`` itself: a line for each command, and for each group its name. It fits a screen of 80 x 24."""
    head = max(len(entry.group) for entry in entries.values())
    names = max(map(len, entries))
    lines = ["Usage: tp COMMAND [OPTIONS] FILE...  (tp COMMAND --help has the options)"]
    group = ""
    for name, entry in entries.items():
        lines.append(f"{'' if entry.group == group else entry.group:<{head}}  {name:<{names}}  {entry.brief}")
        group = entry.group
    return "\n".join(lines)


def _options(options: Sequence[Option[Any]]) -> str:
    return "Options:\n" + _table([(_spelling(o), o.help + _default(o)) for o in options])


def _spelling(option: Option[Any]) -> str:
    short = [name for name in option.names if not name.startswith("--")]
    long = [name for name in option.names if name.startswith("--")]
    return " ".join(filter(None, (", ".join([*short, " / ".join(long)]), option.metavar)))


def _default(option: Option[Any]) -> str:
    if isinstance(option.default, bool):
        negated = [name for name in option.names[1:] if name.startswith("--no-")]
        return f"  [default: {option.names[0 if option.default else 1].strip('-')}]" if negated else ""
    return "" if option.default in (None, (), {}) else f"  [default: {option.default}]"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    column = min(_MOST, max(len(head) for head, _ in rows))
    lines: list[str] = []
    for head, text in rows:
        first, *rest = textwrap.wrap(text, WIDTH - column - 4)
        if len(head) > column:
            lines.append("  " + head)
            head = ""
        lines += [f"  {head:<{column}}  {first}", *(" " * (column + 4) + line for line in rest)]
    return "\n".join(lines)


def _indented(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
