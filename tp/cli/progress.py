"""Progress with the time left, on stderr, where that is a terminal or progress was asked for."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tp.api.model import Progress


@contextmanager
def progress_bar(name: str, wanted: bool) -> Generator[Progress | None]:
    """A function to report to; None where stderr is no terminal and progress was not ``wanted``."""
    if not (wanted or sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            """Leave a closed stderr to the entry point; rich would take stdout, too, for closed."""
            raise BrokenPipeError

    console = Plain(stderr=True, force_terminal=True if wanted and not sys.stderr.isatty() else None)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("at most"),
        TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def report(done: float, total: float, what: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{name}: {what}")

        yield report
