"""The runs of commands that a store remembers: listed, printed again, and made into pages. Nothing is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tp.printable import Printable

if TYPE_CHECKING:
    from tp.api.remembered import Remembered
    from tp.report.page.about import About
    from tp.store.runs import Content, Entry, Run

MOST = 1000
"""The most runs that are listed: the newest files."""


@dataclass(frozen=True, slots=True)
class Row:
    """A run: its ``entry`` in the store, and its ``content``, None where it cannot be read because of ``problem``."""

    entry: Entry
    content: Content | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StoredRuns(Printable):
    """The runs in ``folder``. None: the store in the user's cache."""

    study = "runs"

    folder: str | Path | None = None

    @property
    def place(self) -> Path:
        """The folder of the store."""
        from tp.store.files import folder_of

        return folder_of(self.folder)

    def rows(self) -> list[Row]:
        """The newest runs, the last one first.

        Raises:
            TpError: TP715 where the folder cannot be read, TP524 where it has no runs.
        """
        found = [_row(entry) for entry in self._entries()[:MOST]]
        return sorted(found, key=_made, reverse=True)

    def find(self, run: str) -> Row:
        """The latest run about the program called ``run``, or the run whose hash begins with these characters.

        Raises:
            TpError: TP521 where there is none, TP522 where there are several, and those of :meth:`rows`.
        """
        from tp.diagnostics.diagnostic import error
        from tp.store.runs import LEAST

        every = self._entries()
        named = [_row(entry) for entry in every if run in entry.called]
        named = [row for row in named if row.content is None or row.content.program == run]
        if named:
            return max(named, key=_made)
        begun = [entry for entry in every if len(run) >= LEAST and entry.name.question.startswith(run.lower())]
        if len(begun) > 1:
            known = ", ".join(entry.name.question for entry in begun[:4])
            raise error("TP522", f"{len(begun)} runs begin with {run}", hint=f"write more of it: {known}")
        if not begun:
            raise error("TP521", f"no stored run is called {run}", hint="tp report lists them")
        return _row(begun[0])

    def _entries(self) -> list[Entry]:
        """All runs, the newest file first. Raises TpError as :meth:`rows`."""
        from tp.diagnostics.diagnostic import error
        from tp.store.runs import entries

        try:
            found = sorted(entries(self.place), key=_changed, reverse=True)
        except OSError as problem:
            raise error("TP715", f"cannot read the results in {self.place}: {problem.strerror or problem}") from problem
        if not found:
            raise error(
                "TP524",
                f"no runs are stored in {self.place}",
                hint="tp verify, tp orders and other commands store their runs",
            )
        return found


def report(row: Row) -> Remembered:
    """The report of a run as it was printed.

    Raises:
        TpError: TP523 where it cannot be read.
    """
    from tp.api.remembered import remembered
    from tp.diagnostics.diagnostic import error
    from tp.report.render.json import value

    if row.content is None:
        raise error("TP523", f"the stored run {row.entry.path} cannot be used: {row.problem}")
    try:
        found = remembered(row.content.answer)
        value(found.document)  # a document that was altered may have a key twice
        return found
    except (ValueError, KeyError, TypeError) as problem:
        raise error("TP523", f"the stored run {row.entry.path} cannot be used: {problem}") from problem


def stored_page(row: Row) -> str:
    """The page of a run. The program is that of the run, as its texts were then.

    Raises:
        TpError: TP523 where the report cannot be read.
    """
    from tp.report.page.part import Origin, Part
    from tp.report.page.whole import render

    found = report(row)
    run = found.run
    described, missing = (None, [MISSING]) if run is None else _described(found, run)
    made = "" if row.content is None else row.content.made
    origin = Origin((), made) if run is None else Origin(run.command, run.made, run.versions)
    part = Part(found.document, int(found.exit_code), origin, described, tuple(missing))
    return render([part], row.entry.name.about)


MISSING = (
    "An earlier version of tp kept this run, without the program, the command line and the versions: "
    "the same command with --html makes a whole page."
)


def _described(found: Remembered, run: Run) -> tuple[About | None, list[str]]:
    """What is known of the program of ``run``, and sentences on what else a reader has to know."""
    from tp.api.pages import Asked, describe, versions
    from tp.diagnostics.diagnostic import TpError

    asked = Asked(run.command, run.settings, run.optimizer, run.options)
    try:
        about = describe(found.document, asked.model(run.texts, run.file), asked, certified=True)
    except TpError as problem:
        said = problem.diagnostics[0].message
        return None, [f"This version of tp cannot read the program of the run: {said}."]
    now = versions().get("tp", "")
    if run.versions.get("tp") == now:
        return about, []
    return about, [
        f"The report is by the tp named above. Orders of values, graph, blame and certificate are by tp {now}."
    ]


def _changed(entry: Entry) -> float:
    """When the file of a run was written; 0 where another process has removed it since it was listed."""
    try:
        return entry.path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _made(row: Row) -> str:
    """When a run was made; those that are damaged come first."""
    return "" if row.content is None else row.content.made


def _row(entry: Entry) -> Row:
    from tp.store.answers import Unusable
    from tp.store.runs import content

    try:
        return Row(entry, content(entry))
    except (OSError, Unusable) as problem:
        return Row(entry, None, str(problem))
