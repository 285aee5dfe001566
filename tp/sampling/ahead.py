"""Compiling for the next width in a thread, while one draws at this one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread

from tp.experiments.at import At
from tp.experiments.experiment import Experiment
from tp.sampling.calls import Call
from tp.sampling.plan import Plan


class Ahead:
    """Prepares widths of ``plan`` for ``experiment``, one at a time."""

    def __init__(self, experiment: Experiment, plan: Plan) -> None:
        self.experiment, self.plan = experiment, plan
        self._seen: set[int] = set()
        """Widths that are compiled, or about to be, or need not be."""
        self._thread: Thread | None = None

    def of(self, calls: Sequence[Call]) -> None:
        """Says that ``calls`` are made in this order, now.

        If no other width is being compiled, the first later one that needs it, and was not seen before, is begun.
        """
        first, *later = calls
        self._seen.add(first.n)
        if self._thread is not None and self._thread.is_alive():
            return
        for n in (call.n for call in later if call.n not in self._seen):
            self._seen.add(n)
            if self.experiment.compilation(self.plan.at(n)) > 0.0:
                self._thread = Thread(target=self._prepare, args=(self.plan.at(n),))
                self._thread.start()
                return

    def _prepare(self, at: At) -> None:
        # What goes wrong here goes wrong at the first draw as well, which says so.
        with suppress(Exception):
            self.experiment.prepare(at)
