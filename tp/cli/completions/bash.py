"""The script for bash, of version 3.2 on."""

from __future__ import annotations

from collections.abc import Iterable

from tp.cli.command import HELP, VERSION
from tp.cli.completions.values import FOLDERS, Completed, Values

_SCRIPT = """\
# Completion of tp for bash. Written by: tp completion bash
_tp_words() {{
  COMPREPLY+=($(compgen -W "$1" -- "$cur"))
}}
_tp_files() {{
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -f -X "!$1" -- "$cur"; compgen -d -- "$cur"))
}}
_tp_folders() {{
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -d -- "$cur"))
}}
_tp() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}} options
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _tp_words "{commands}"
    return
  fi
  # bash takes --format=json for three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $before == = ]]; then
    before=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  case "$command $before" in
{values}
  esac
  case $command in
{options}
  esac
  if [[ $cur == -* ]]; then
    _tp_words "$options"
    return
  fi
  case $command in
{arguments}
  esac
}}
complete -F _tp tp
"""


def script(commands: Iterable[Completed]) -> str:
    """The text of the script."""
    every = tuple(commands)
    names = " ".join([*(one.command.name for one in every), *HELP.names, *VERSION.names])
    places: dict[Values, list[str]] = {}
    for one in every:
        for option, values in one.options:
            if values is not None:
                places.setdefault(values, []).extend(f'"{one.command.name} {name}"' for name in option.names)
    values = [f"    {' | '.join(where)})\n      {_calls(what)}return\n      ;;" for what, where in places.items()]
    options = [
        f'    {one.command.name}) options="{" ".join(name for option, _ in one.options for name in option.names)}" ;;'
        for one in every
    ]
    arguments = [f"    {one.command.name}) {_calls(one.argument)};;" for one in every if any(one.argument)]
    return _SCRIPT.format(
        commands=names, values="\n".join(values), options="\n".join(options), arguments="\n".join(arguments)
    )


def _calls(values: Values) -> str:
    """The calls that offer ``values``, each with a semicolon behind it."""
    words = f'_tp_words "{" ".join(values.words)}"; ' if values.words else ""
    if not values.files:
        return words
    files = "_tp_folders; " if values.files == FOLDERS else f'_tp_files "{values.files}"; '
    return words + files
