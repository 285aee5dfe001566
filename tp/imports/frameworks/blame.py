"""Exceptions of the user's code as diagnostics that name the user's own line."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.diagnostics.span import Span
from tp.imports.frameworks.supported import missing
from tp.imports.traced.places import is_users

_LONGEST = 300

_HINTS = {
    "TracerArrayConversionError": "write it with jax.numpy in place of numpy",
    "ConcretizationTypeError": "use jax.numpy.where or jax.lax.cond in place of an if on the entries of an array",
    "TracerBoolConversionError": "use jax.numpy.where or jax.lax.cond in place of an if on the entries of an array",
    "InvalidRngError": "switch off what draws random numbers, such as dropout: deterministic=True",
    "ScopeParamNotFoundError": "weights must not depend on whether the module is initialised or applied",
}


@contextmanager
def blamed(what: str) -> Generator[None]:
    """Code of the user runs inside. Its exceptions become TpError TP905, or TP906 where a framework is missing."""
    try:
        yield
    except TpError:
        raise
    except (Exception, SystemExit) as problem:
        if isinstance(problem, ModuleNotFoundError) and (absent := missing(problem)) is not None:
            raise absent from problem
        place = users_line(problem)
        hints = [hint for kind in type(problem).__mro__ if (hint := _HINTS.get(kind.__name__))]
        raise TpError(
            Diagnostic("TP905", f"{what} raised {said(problem)}", place, hint=hints[0] if hints else None)
        ) from problem


def guarded(function: Callable[..., Any], what: str) -> Callable[..., Any]:
    """``function`` of the user, whose exceptions are TpError TP905."""

    @functools.wraps(function, updated=())
    def called(*arguments: Any) -> Any:
        with blamed(what):
            return function(*arguments)

    return called


def said(problem: BaseException) -> str:
    """The last line of the traceback of ``problem``, at a readable length."""
    first = next((line.strip() for line in str(problem).splitlines() if line.strip()), "")
    if len(first) > _LONGEST:
        first = first[: _LONGEST - 3] + "..."
    return f"{type(problem).__name__}: {first}" if first else type(problem).__name__


def users_line(problem: BaseException) -> Span | None:
    """The innermost line of the traceback that is neither Python's own, nor of an installed package, nor of tp."""
    if isinstance(problem, SyntaxError) and problem.filename and problem.lineno:
        column = problem.offset or 1
        return Span(problem.lineno, column, problem.lineno, column + 1, shown(problem.filename))
    frames = [
        f for f in traceback.extract_tb(problem.__traceback__) if is_users(f.filename) and f.filename != sys.argv[0]
    ]
    if not frames or frames[-1].lineno is None:
        return None
    last = frames[-1]
    number: int = frames[-1].lineno
    column = (last.colno or 0) + 1
    end = (last.end_colno or 0) + 1 if last.end_lineno == last.lineno else column + len((last.line or "").strip())
    return Span(number, column, number, max(end, column + 1), shown(last.filename))


def shown(file: str) -> str:
    """The name of ``file`` as seen from the working folder, where it lies below it."""
    try:
        near = os.path.relpath(file)
    except ValueError:  # another drive
        return file
    return file if near.startswith(os.pardir) else near
