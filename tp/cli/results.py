"""tp results: what was measured before."""

from __future__ import annotations

import sys

from tp import Stored
from tp.cli.command import Command
from tp.cli.drawing import plan_option
from tp.cli.keeping import STORE
from tp.cli.option import Given, Reach, flag, value
from tp.cli.options import FORMAT, OUTPUT, emit, show
from tp.diagnostics.diagnostic import error
from tp.diagnostics.text import readable, render
from tp.exit_code import ExitCode
from tp.written import number

PROGRAM = value("--program", str, "Only of this program: its name, or the start of its hash.", metavar="NAME").within(
    Reach.OWN
)
WIDTHS = plan_option("widths").within(Reach.OWN)
ENGINE = plan_option("engine", "Only of this engine.").within(Reach.OWN)
DTYPE = plan_option("dtype", "Only in this precision.").within(Reach.OWN)
EXPORT = value("--export", str, "Write all draws to a .csv or .nc (NetCDF) file.", metavar="FILE").within(Reach.NOWHERE)
PRUNE = flag("--prune", "Remove what the other options select.").within(Reach.NOWHERE)
OLDER = value("--older", number(0), "Prune what is older than this.", metavar="DAYS").within(Reach.NOWHERE)
DAMAGED = flag("--damaged", "Prune damaged files.").within(Reach.NOWHERE)
OUTDATED = flag("--outdated", "Prune what other versions made.").within(Reach.NOWHERE)
ALL = flag("--all", "Prune everything.").within(Reach.NOWHERE)
DRY_RUN = flag("--dry-run", "Only say what would be pruned.").within(Reach.NOWHERE)


def results(given: Given) -> ExitCode:
    """List the stored results, or export or prune them."""
    stored = Stored(given[STORE], given[PROGRAM], given[WIDTHS] or (), given[ENGINE], given[DTYPE])
    if given[PRUNE]:
        emit(readable(_pruned(stored, given)), given[OUTPUT])
    elif given[OLDER] is not None or any(given[option] for option in (DAMAGED, OUTDATED, ALL, DRY_RUN)):
        raise error("TP500", "--older, --damaged, --outdated, --all and --dry-run belong to --prune")
    elif (path := given[EXPORT]) is not None:
        emit(readable(_exported(stored, path)), given[OUTPUT])
    else:
        show([stored], given)
    return ExitCode.HOLDS


def _pruned(stored: Stored, given: Given) -> str:
    dry = given[DRY_RUN]
    found = stored.prune(
        older=given[OLDER], damaged=given[DAMAGED], outdated=given[OUTDATED], everything=given[ALL], dry=dry
    )
    verb, size = "would remove" if dry else "removed", found.size / 2**20
    return f"{verb} {found.files} file{'' if found.files == 1 else 's'}, {size:.2f} MiB, from {stored.place}"


def _exported(stored: Stored, path: str) -> str:
    found = stored.export(path)
    if found.damaged:
        print(render(damaged.diagnostic for damaged in found.damaged), file=sys.stderr)
    return f"{len(found.rows)} draws in {path}"


COMMAND = Command(
    "results",
    "List, export or prune the stored results.",
    results,
    None,
    (
        STORE, PROGRAM, WIDTHS, ENGINE, DTYPE, EXPORT, PRUNE, OLDER, DAMAGED, OUTDATED, ALL, DRY_RUN, FORMAT, OUTPUT,
    ),
)  # fmt: skip
