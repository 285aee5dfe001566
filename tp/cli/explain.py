"""tp explain: what a diagnostic code means."""

from __future__ import annotations

from tp.cli.command import Command
from tp.cli.option import Given, argument
from tp.exit_code import ExitCode

CODE = argument("CODE", "For example TP501.")


def explain(given: Given) -> ExitCode:
    """Print the page of a code."""
    from tp.diagnostics.codes import explain

    print(explain(given[CODE][0]))
    return ExitCode.HOLDS


COMMAND = Command("explain", "Explain a diagnostic code.", explain, CODE)
