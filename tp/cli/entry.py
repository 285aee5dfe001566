"""The entry point: runs a command and turns whatever goes wrong into a diagnostic and an exit code."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from tp.cli import commands
from tp.cli.command import HELP, VERSION, Command, unknown
from tp.cli.failures import OF_CHECKS, Wanted, bug_diagnostic, complain, deliver, report
from tp.diagnostics.diagnostic import TpError
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp.cli.configured import Configured
    from tp.cli.option import Given


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``tp`` with ``arguments`` (default: those of the process) and return the exit code, see ``ExitCode``."""
    # Most objects live until the command ends, so frequent garbage collection is useless: up to a fifth of the time.
    gc.set_threshold(500_000, 20, 20)
    printed = io.StringIO()
    with _terminable(), redirect_stdout(printed):
        code = _answer(list(sys.argv[1:] if arguments is None else arguments))
    ended = deliver(printed.getvalue(), code)
    if arguments is None and ended == ExitCode.UNDECIDED and "jax" in sys.modules:
        _leave(ended)
    if arguments is None:
        # The process ends here, so that its last search for garbage, a fifth of the time of `tp orders`, is useless.
        gc.freeze()
    return ended


def _leave(code: ExitCode) -> None:
    """End the process now. After an interrupt JAX may be at work still, and Python crashes where it takes JAX down."""
    with suppress(OSError, AttributeError):  # a closed stream is None
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


@contextmanager
def _terminable() -> Generator[None]:
    """SIGTERM, which batch systems send, ends a command as Ctrl-C does: what is known is printed, workers end."""
    if threading.current_thread() is not threading.main_thread():  # then signals cannot be handled here
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _answer(words: list[str]) -> ExitCode:
    """Runs the command, or prints what went wrong, and returns the exit code."""
    wanted = Wanted(_format(words))
    try:
        return _run(words, wanted)
    except TpError as failure:
        return complain(failure.diagnostics, wanted, failure.sources)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        if wanted.of_checks:
            from tp.api.diagnosed import Unfinished

            report([Unfinished()], wanted)
        return ExitCode.UNDECIDED
    except BrokenPipeError:  # stderr was closed while it showed progress
        return ExitCode.CLOSED
    except Exception as bug:
        return complain([bug_diagnostic(bug)], wanted)


def _format(words: list[str]) -> str:
    """The format that ``words`` ask for, also where they cannot be read otherwise."""
    asked = [f"{name}={value}" for name, value in pairwise([*words, ""])]
    found = [form for form in ("json", *OF_CHECKS) if f"--format={form}" in (*words, *asked)]
    return found[0] if found else "text"


def _run(words: list[str], wanted: Wanted) -> ExitCode:
    """Runs the command that ``words`` name. Raises TpError TP500 for words that are no command.

    ``wanted`` becomes what the words say, once they are read.
    """
    if not words or words[0] in HELP.names:
        from tp.cli.help import overview

        print(overview(commands.ENTRIES))
        return ExitCode.HOLDS if words else ExitCode.CANNOT_RUN
    name, *rest = words
    if name in VERSION.names:
        from tp import __version__

        print(f"tp {__version__}")
        return ExitCode.HOLDS
    if name.startswith("-"):
        raise unknown("option", name, (*HELP.names, *VERSION.names))
    command = commands.find(name)
    if command is None:
        raise unknown("command", name, commands.NAMES)
    given = command.read(rest, partial(_project, command))
    if given[HELP]:
        from tp.cli.help import command_help

        print(command_help(command))
        return ExitCode.HOLDS
    wanted.form, wanted.output = given.named("--format", wanted.form), given.named("--output", None)
    _refuse(command, given, wanted)
    return command.run(given)


def _refuse(command: Command, given: Given, wanted: Wanted) -> None:
    """Raises TpError TP508 where a file would be written over one that is read; errors are not written there."""
    from tp.cli.overwriting import refuse

    try:
        refuse(command, given)
    except TpError:
        wanted.output = None
        raise


def _project(command: Command) -> Configured | None:
    """What the configuration of the project says about ``command``. Raises TpError TP515 to TP518."""
    if not command.options:
        return None
    from tp.cli.configuration import find

    found = find(commands.NAMES)
    if found is None:
        return None
    from tp.cli.configured import configured

    return configured(found, command)
