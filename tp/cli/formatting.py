"""tp format: programs in the one canonical layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp.cli.command import Command, usage
from tp.cli.failures import Wanted, complain
from tp.cli.files import SOURCES, listed, standard_input
from tp.cli.option import Given, Reach, flag
from tp.cli.options import OUTPUT, require, together
from tp.diagnostics.diagnostic import TpError
from tp.diagnostics.span import STANDARD_INPUT
from tp.diagnostics.text import readable
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp.api.formatting import Layout

CHECK = flag("--check", "Write nothing; name the files that would change, and exit with 1 where there are any.").within(
    Reach.OWN
)
DIFF = flag(
    "--diff", "Write nothing; print what would change as a unified diff, and exit with 1 if anything would."
).within(Reach.OWN)


def format_files(given: Given) -> ExitCode:
    """Rewrite programs in canonical layout; those with errors stay as they are, and the errors are printed."""
    dry = given[CHECK] or given[DIFF]
    output = given[OUTPUT]
    if output is not None and (dry or len(given[SOURCES]) > 1):
        raise usage("--output is for one file, without --check and --diff", "see tp format --help")
    problems: list[TpError] = []
    found: list[Layout] = []
    for file, _ in listed(given[SOURCES], problems, given.exclude):
        try:
            one = _layout(file)
            if output is not None:
                _write(one, output)
            elif not dry and one.file == STANDARD_INPUT:
                print(one.after.decode(), end="")
            elif not dry and one.changes:
                _write(one, one.file)
            found.append(one)
        except TpError as problem:
            problems.append(problem)
    changed = [one for one in found if one.changes]
    if given[DIFF]:
        print("".join(one.diff() for one in changed), end="")
    elif output is None and not (not dry and "-" in given[SOURCES]):
        _report(changed, len(found), "would format" if dry else "formatted")
    if problems:
        whole = together(problems)
        return complain(whole.diagnostics, Wanted(), whole.sources)
    return ExitCode.FAILS if dry and changed else ExitCode.HOLDS


def _layout(file: str) -> Layout:
    from tp.api.formatting import layout

    if file == "-":
        return layout(STANDARD_INPUT, standard_input())
    require(file)
    return layout(file)


def _write(one: Layout, file: str) -> None:
    from tp.api.writing import replace_file

    replace_file(file, one.after)


def _report(changed: list[Layout], every: int, verb: str) -> None:
    for one in changed:
        print(readable(f"{verb} {one.file}"))
    if every > 1:
        print(f"{verb} {len(changed)} of {every} files")


COMMAND = Command(
    "format",
    "Rewrite programs in canonical layout; those with errors stay as they are. - prints the layout of standard input.",
    format_files,
    SOURCES,
    (CHECK, DIFF, OUTPUT),
)
