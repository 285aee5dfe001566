"""The script for zsh: a function for a folder of $fpath, which can be sourced as well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tp.cli.completions.values import ANY, FOLDERS, Completed, Values
from tp.cli.option import Option

_SCRIPT = """\
#compdef tp
# Completion of tp for zsh. Written by: tp completion zsh
_tp() {{
  local -a commands
  commands=(
{commands}
  )
  if ((CURRENT == 2)); then
    _describe -t commands 'command' commands
    _arguments '--help[{help}]' '--version[{version}]'
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{cases}
  esac
}}
if [[ $funcstack[1] == _tp ]]; then
  _tp "$@"
else
  compdef _tp tp
fi
"""


def script(commands: Iterable[Completed]) -> str:
    """The text of the script."""
    every = tuple(commands)
    listed = "\n".join(f"    '{one.command.name}:{_quoted(one.brief)}'" for one in every)
    return _SCRIPT.format(
        commands=listed,
        help="Show the commands and exit.",
        version="Show the version and stop.",
        cases="\n".join(map(_case, every)),
    )


def _case(one: Completed) -> str:
    specs = [_option(option, values) for option, values in one.options]
    argument = one.command.argument
    if argument is not None:
        many = "*" if argument.key.endswith("...") else "1"
        specs.append(f"'{many}:{_plain(argument.key)}:{_action(one.argument)}'")
    body = " \\\n        ".join(specs)
    return f"    {one.command.name})\n      _arguments -s \\\n        {body}\n      ;;"


def _option(option: Option[Any], values: Values | None) -> str:
    """The specification of an option: names that exclude each other, help, and what its value may be."""
    again = isinstance(option.default, tuple)
    names = [name + "=" if values is not None and name.startswith("--") else name for name in option.names]
    excluded = "*" if again else f"({' '.join(option.names)})"
    help = option.help.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    text = _quoted(f"[{help}]")
    if values is not None:
        text += f":{_quoted(_plain(option.metavar))}:{_action(values)}"
    if len(names) == 1:
        return f"'{excluded}{names[0]}{text}'"
    return f"'{excluded}'{{{','.join(names)}}}'{text}'"


def _action(values: Values) -> str:
    """How the values are found. A leading blank: the action takes no further arguments; a blank alone: no values."""
    words = f"({' '.join(values.words)})" if values.words else " "
    if not values.files:
        return words
    files = {FOLDERS: "_files -/", ANY: "_files"}.get(values.files, f'_files -g "{values.files}"')
    return f' _alternative "words\\:word\\:{words}" "files\\:file\\:{files}"' if values.words else files


def _plain(metavar: str) -> str:
    """``metavar`` without the signs that mean something here."""
    return "".join(c for c in metavar.replace("|", " or ") if c.isalnum() or c in " _.")


def _quoted(text: str) -> str:
    """``text`` inside of single quotes."""
    return text.replace("'", "'\\''")
