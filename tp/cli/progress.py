"""Progress with the time left, on stderr, where that is a terminal or progress was asked for."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tp.api.model import Progress


@contextmanager
def progress_bar(name: str, wanted: bool) -> Generator[Progress | None]:
    """A function to report to; None where stderr is no terminal and progress was not ``wanted``.

    Where the work is not known, as for predictions, all work is reported as 0, and no time left is shown.
    """
    if not (wanted or sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Left(ProgressColumn):
        """The time left at the speed so far; empty while nothing is known of it."""

        def render(self, task: Task) -> Text:
            left = None if task.total is None or task.finished else task.time_remaining
            return Text("" if left is None else f"at most {timedelta(seconds=int(left))} left")

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            """Leave a closed stderr to the entry point; rich would take stdout, too, for closed."""
            raise BrokenPipeError

    console = Plain(stderr=True, force_terminal=True if wanted and not sys.stderr.isatty() else None)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), Left())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def report(done: float, total: float, what: str) -> None:
            bar.update(task, completed=done, description=f"{name}: {what}")
            bar.tasks[0].total = total or None  # update() takes None for no change

        yield report
