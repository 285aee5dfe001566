"""tp completion: a script with which a shell completes commands, options and values of ``tp``."""

from __future__ import annotations

from importlib import import_module

from tp.cli.command import Command, usage
from tp.cli.option import Given, argument
from tp.exit_code import ExitCode
from tp.written import choices

_SHELLS = ("bash", "zsh", "fish")
SHELL = argument(choices(_SHELLS), "The shell that reads the script.")


def completion(given: Given) -> ExitCode:
    """Print the script of a shell."""
    from tp.cli.completions.values import completed

    (shell,) = given[SHELL]
    if shell not in _SHELLS:
        raise usage(f"no script for the shell {shell!r}", f"there are scripts for {', '.join(_SHELLS)}")
    print(import_module(f"tp.cli.completions.{shell}").script(completed()), end="")
    return ExitCode.HOLDS


COMMAND = Command(
    "completion",
    "Print a script that completes commands, options, values and files. docs/commands.md says where to write it.",
    completion,
    SHELL,
)
