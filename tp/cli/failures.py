"""Writing results and diagnostics, also where stdout or stderr is closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.exit_code import ExitCode

OF_CHECKS = ("junit", "sarif", "github")
"""The formats of services that run tests: what they read is written whatever happens."""


@dataclass(slots=True)
class Wanted:
    """The format that the command line asks for, and the file to write to; None: standard output."""

    form: str = "text"
    output: str | None = None

    @property
    def of_checks(self) -> bool:
        return self.form in OF_CHECKS


def complain(
    diagnostics: Sequence[Diagnostic], wanted: Wanted, sources: Mapping[str, str] | None = None, after: str = ""
) -> ExitCode:
    """Print ``diagnostics``, as text on stderr or in another format, and return CANNOT_RUN.

    ``sources`` has the texts that are in no file; ``after`` is a line that follows a text.
    """
    if wanted.of_checks:
        from tp.api.diagnosed import Diagnosed

        report([Diagnosed(diagnostics, sources=sources or {})], wanted)
    elif wanted.form == "json":
        from tp.diagnostics.json import render

        print(render(diagnostics))
    else:
        remark(diagnostics, sources, after)
    return ExitCode.CANNOT_RUN


def bug_diagnostic(bug: Exception) -> Diagnostic:
    """The diagnostic of an exception that nothing expects: TP599, or TP501. With TP_DEBUG=1 the ``bug`` is raised."""
    if os.environ.get("TP_DEBUG") == "1":
        raise bug
    if isinstance(bug, MemoryError):
        return Diagnostic("TP501", "out of memory", hint="use smaller --widths or fewer --quantities")
    reason = str(bug).splitlines()[0] if str(bug) else ""
    message = f"internal error: {type(bug).__name__}{': ' if reason else ''}{reason}"
    hint = "this is a bug in tp; please report it with the program and the output of the same command under TP_DEBUG=1"
    return Diagnostic("TP599", message, hint=hint)


def as_error(problem: Exception) -> TpError:
    """``problem`` as a TpError: a bug has the diagnostic of a bug. A closed stderr is no problem of a program."""
    if isinstance(problem, BrokenPipeError):
        raise problem
    return problem if isinstance(problem, TpError) else TpError(bug_diagnostic(problem))


def report(results: Sequence[Any], wanted: Wanted) -> None:
    """Write ``results`` in a format of checks: to the file that is asked for, or to stdout where that fails."""
    from tp.api.rendering import render

    text = render(results, wanted.form)
    if wanted.output is not None:
        try:
            with open(wanted.output, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text + "\n")
        except OSError as problem:
            remark([Diagnostic("TP508", f"cannot write {wanted.output}: {problem.strerror or problem}")])
        else:
            return
    print(text)


def remark(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None, after: str = "") -> None:
    """Print ``diagnostics`` as text on stderr, in colours where that is a terminal, and the line ``after``."""
    from tp.diagnostics.text import render

    try:
        text = render(diagnostics, sources, coloured=has_colours(sys.stderr))
        print(f"{text}\n\n{after}" if after else text, file=sys.stderr, flush=True)
    except OSError:  # stderr is closed
        _silence(sys.stderr)


def has_colours(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal with colours, and the user has not set NO_COLOR."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def deliver(text: str, code: ExitCode) -> ExitCode:
    """Write ``text`` to stdout and return ``code``; CLOSED or CANNOT_RUN where writing fails."""
    if not text:
        return code
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] None where file descriptor 1 is closed
        return complain([Diagnostic("TP508", "cannot write to standard output: it is closed")], Wanted())
    try:
        sys.stdout.write(_encodable(text, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
        return ExitCode.CLOSED
    except OSError as problem:
        _silence(sys.stdout)
        reason = problem.strerror or str(problem)
        return complain([Diagnostic("TP508", f"cannot write to standard output: {reason}")], Wanted())
    return code


def _encodable(text: str, encoding: str) -> str:
    """``text`` with escapes, as in JSON, for what ``encoding`` lacks, such as the bytes of a name that is no UTF-8."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(c if c.encode(encoding, "ignore") else _escape(c) for c in text)
    return text


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _silence(stream: TextIO) -> None:
    """Discard what ``stream`` still buffers; otherwise Python reports an error when it flushes at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
