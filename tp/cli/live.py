"""The table while a command is at work, on stderr: rewritten in place on a terminal, lines elsewhere.

A thread shows what is known once a second. What is done at once shows nothing. Nothing stays on a terminal, since the
command prints its result in the end.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from tp.cli.keeping import NO_STORE
from tp.cli.option import Given, flag
from tp.cli.view import View

if TYPE_CHECKING:
    from rich.live import Live as Display

    from tp.printable import Printable

PROGRESS = flag("--progress", "Show the whole table even where stderr is no terminal.")
QUIET = flag("--quiet", "Show nothing while at work.", short="-q")
VIEW = (PROGRESS, QUIET)

EVERY = 1.0
"""Seconds between two pictures."""
LOG = 10.0
"""Seconds between two lines of a log in which only the work left is new."""


class Screen(Protocol):
    """Where views are shown, from ``first`` seconds after the start."""

    first: float

    def show(self, view: View, elapsed: float) -> None: ...
    def close(self) -> None: ...


class Live:
    """The view of the work on one program, kept up to date by :meth:`report` and :meth:`watch`."""

    def __init__(self, view: View, screen: Screen | None) -> None:
        self.view = view
        self._screen = screen
        self._start = time.monotonic()
        self._closed = threading.Event()
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        if screen is not None:
            self._thread.start()

    def report(self, done: float, total: float, what: str) -> None:
        """``what`` is being done now, after ``done`` of ``total`` seconds of work."""
        self._raise()
        self.view = replace(self.view, done=done, total=total, what=what)

    def watch(self, result: Printable) -> None:
        """``result`` is known so far."""
        self._raise()
        self.view = replace(self.view, result=result)

    def close(self) -> None:
        """Remove the view. Raises BrokenPipeError where nobody reads it."""
        self._closed.set()
        if self._screen is not None:
            self._thread.join()
            with suppress(BrokenPipeError):
                self._screen.close()
        self._raise()

    def _run(self) -> None:
        screen = self._screen
        assert screen is not None
        wait = screen.first
        while not self._closed.wait(wait):
            wait = EVERY
            try:
                screen.show(self.view, time.monotonic() - self._start)
            except OSError as problem:
                self._problem = problem
                return

    def _raise(self) -> None:
        if isinstance(self._problem, BrokenPipeError):
            problem, self._problem = self._problem, None
            raise problem


class InPlace:
    """A terminal, on which every picture takes the place of the one before."""

    first = 0.5

    def __init__(self) -> None:
        self._display: Display | None = None

    def show(self, view: View, elapsed: float) -> None:
        if self._display is None:
            self._display = _display()
            self._display.start()
        self._display.update(view.frame(elapsed), refresh=True)

    def close(self) -> None:
        if self._display is not None:
            self._display.stop()


def _display() -> Display:
    from rich.console import Console
    from rich.live import Live as Display

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            """Leave a closed stderr to the entry point; rich would take stdout, too, for closed."""
            raise BrokenPipeError

    return Display(console=Plain(stderr=True), auto_refresh=False, transient=True, redirect_stdout=False)


class Log:
    """A stream that is no terminal: a line for each new result, or with ``tables`` the whole table."""

    first = 2.0

    def __init__(self, *, tables: bool = False) -> None:
        self._tables = tables
        self._result: object = None
        self._next = 0.0

    def show(self, view: View, elapsed: float) -> None:
        if view.result is self._result and elapsed < self._next:
            return
        new = view.result is not self._result
        self._result, self._next = view.result, elapsed + LOG
        print(_picture(view, elapsed) if new and self._tables else view.line, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Nothing is to be removed."""


def _picture(view: View, elapsed: float) -> str:
    """The view as plain text."""
    from rich.console import Console

    console = Console(width=200, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(view.frame(elapsed))
    return "\n".join(text.rstrip() for text in captured.get().splitlines())


@contextmanager
def live(name: str, given: Given) -> Generator[Live]:
    """The view of the work on the program ``name``; nothing is shown where the user wants it quiet."""
    keeps = NO_STORE in given and not given[NO_STORE]
    shown = Live(View(name, keeps=keeps), None if given[QUIET] else _screen(tables=given[PROGRESS]))
    try:
        yield shown
    except BaseException:
        with suppress(BrokenPipeError):
            shown.close()
        raise
    shown.close()


def _screen(*, tables: bool) -> Screen:
    on_terminal = sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    return InPlace() if on_terminal else Log(tables=tables)
