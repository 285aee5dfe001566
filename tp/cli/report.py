"""tp report: list stored runs, print the report of one again, or write its page."""

from __future__ import annotations

from tp.cli.command import Command, usage
from tp.cli.keeping import STORE
from tp.cli.option import Given, argument
from tp.cli.options import FORMAT, HTML, OUTPUT, show
from tp.exit_code import ExitCode

RUN = argument("[RUN]", "A program's name (its latest run), or the start of a run's hash.")
PAGE = HTML.by_default(None, "Write the page of the run to this file, and print nothing.")


def report(given: Given) -> ExitCode:
    """List the stored runs; or print the report of one, or write its page."""
    from tp.api.runs import StoredRuns, stored_page
    from tp.api.runs import report as printed

    stored, words, file = StoredRuns(given[STORE]), given[RUN], given[PAGE]
    if not words:
        if file is not None:
            raise usage("a page shows one run: name it", "tp report lists runs; then tp report RUN --html FILE.html")
        show([stored], given)
        return ExitCode.HOLDS
    found = stored.find(words[0])
    if file is None:
        show([printed(found)], given)
        return ExitCode.HOLDS
    from tp.api.pages import save_page

    save_page(stored_page(found), file)
    return ExitCode.HOLDS


COMMAND = Command(
    "report",
    "List the stored runs, print the report of one again, or make its page. Nothing is drawn.",
    report,
    RUN,
    (STORE, PAGE, FORMAT, OUTPUT),
)
