"""The entry point: runs a command and turns whatever goes wrong into a diagnostic and an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from itertools import pairwise

import typer

from tp.cli.failures import CLOSED, complain, deliver
from tp.diagnostics.diagnostic import Diagnostic, TpError

_Usage: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
"""The base of all usage errors, wherever this version of typer keeps it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``tp`` with ``arguments`` (default: those of the process) and return the exit code.

    0: fine, all claims hold; 1: a claim or a check failed; 2: could not run; 3: undecided or interrupted;
    141: whoever read the output closed it.
    """
    printed = io.StringIO()
    with redirect_stdout(printed):
        code = _answer(list(sys.argv[1:] if arguments is None else arguments))
    return deliver(printed.getvalue(), code)


def _answer(words: list[str]) -> int:
    """Runs the command, or prints what went wrong, and returns the exit code."""
    as_json = _wants_json(words)
    try:
        return _run(words)
    except TpError as failure:
        return complain(failure.diagnostics, as_json)
    except _Usage as usage:
        return complain([_usage_diagnostic(usage)], as_json)
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        return 3
    except (SystemExit, BrokenPipeError):  # stderr was closed while it showed progress; typer exits for that
        return CLOSED
    except Exception as bug:
        return complain([_bug_diagnostic(bug)], as_json)


def _run(words: list[str]) -> int:
    from tp.cli.app import app

    result = typer.main.get_command(app).main(words, prog_name="tp", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _wants_json(words: Sequence[str]) -> bool:
    return "--format=json" in words or ("--format", "json") in pairwise(words)


def _usage_diagnostic(usage: Exception) -> Diagnostic:
    message = str(getattr(usage, "message", "")) or str(usage)
    if type(usage).__name__ == "NoArgsIsHelpError":
        message = "no command given"
    first = message[:1].lower() + message[1:]
    return Diagnostic("TP500", first.rstrip(".") or "wrong usage", hint="see tp --help")


def _bug_diagnostic(bug: Exception) -> Diagnostic:
    if os.environ.get("TP_DEBUG") == "1":
        raise bug
    if isinstance(bug, MemoryError):
        return Diagnostic("TP501", "out of memory", hint="use smaller --widths or fewer --quantities")
    reason = str(bug).splitlines()[0] if str(bug) else ""
    message = f"internal error: {type(bug).__name__}{': ' if reason else ''}{reason}"
    hint = "this is a bug in tp; please report it with the program and the output of the same command under TP_DEBUG=1"
    return Diagnostic("TP599", message, hint=hint)
