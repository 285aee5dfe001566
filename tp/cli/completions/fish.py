"""The script for fish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tp.cli.completions.values import Completed, Values
from tp.cli.option import Option

_HEAD = """\
# Completion of tp for fish. Written by: tp completion fish
function __tp_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = $argv[1]
end
function __tp_no_command
    test (count (commandline -opc)) -eq 1
end
complete -c tp -f
complete -c tp -n __tp_no_command -s h -l help -d 'Show the commands and exit.'
complete -c tp -n __tp_no_command -l version -d 'Show the version and stop.'
"""


def script(commands: Iterable[Completed]) -> str:
    """The text of the script."""
    lines: list[str] = []
    for one in commands:
        lines.append(f"complete -c tp -n __tp_no_command -a {one.command.name} -d {_quoted(one.brief)}")
        condition = f"complete -c tp -n '__tp_command {one.command.name}'"
        for option, values in one.options:
            lines += [f"{condition} {text}" for text in _option(option, values)]
        if any(one.argument):
            lines.append(f"{condition} {_offered(one.argument)}")
    return _HEAD + "\n".join(lines) + "\n"


def _option(option: Option[Any], values: Values | None) -> Iterator[str]:
    """A definition for the names of an option; those of a switch, such as ``--no-resume``, stand for themselves."""
    short = [name[1:] for name in option.names if not name.startswith("--")]
    long = [name[2:] for name in option.names if name.startswith("--")]
    spelled = [f"-l {name}" for name in long]
    if short:
        spelled[0] += f" -s {short[0]}"
    for names in spelled:
        taken = "" if values is None else f" -r {_offered(values)}"
        yield f"{names}{taken} -d {_quoted(option.help)}"


def _offered(values: Values) -> str:
    """Options of ``complete`` that offer ``values``."""
    words = " ".join(values.words)
    match values.files:
        case "":
            return f"-f -a {_quoted(words)}" if words else "-f"
        case "*":
            return f"-F -a {_quoted(words)}" if words else "-F"
        case "/":
            return "-f -a '(__fish_complete_directories (commandline -ct))'"
        case pattern:
            files = f"(__fish_complete_suffix {pattern[1:]})"
            return f"-f -k -a {_quoted(f'{words} {files}'.strip())}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
