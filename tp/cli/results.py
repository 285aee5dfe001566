"""tp results: what was measured before."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tp.cli.options import Dtype, Engine, Format, FormatOption, Output, StoreFolder, Widths, emit
from tp.diagnostics.diagnostic import error

if TYPE_CHECKING:
    from tp.store.listing import Filters

DAY = 86400.0


def results(
    store: StoreFolder = None,
    program: Annotated[str | None, typer.Option("--program", help="Only of this program: its name or hash.")] = None,
    widths: Widths = None,
    engine: Annotated[Engine | None, typer.Option("--engine", help="Only of this engine.")] = None,
    dtype: Annotated[Dtype | None, typer.Option("--dtype", help="Only in this precision.")] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write all draws to a .csv or .nc (NetCDF) file.")
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what the other options select.")] = False,
    older: Annotated[
        float | None, typer.Option("--older", metavar="DAYS", min=0.0, help="Prune what is older.")
    ] = None,
    damaged: Annotated[bool, typer.Option("--damaged", help="Prune damaged files.")] = False,
    outdated: Annotated[bool, typer.Option("--outdated", help="Prune what other versions made.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Prune everything.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would be pruned.")] = False,
    form: FormatOption = Format.TEXT,
    output: Output = None,
) -> int:
    """List, export or prune the stored results."""
    from tp.sampling.reading import parse_widths
    from tp.store.listing import Filters
    from tp.store.store import default_folder

    folder = store or default_folder()
    filters = Filters(
        program,
        parse_widths(widths) if widths else (),
        engine.value if engine else None,
        dtype.value if dtype else None,
    )
    if prune:
        emit(
            _pruned(folder, filters, older, damaged=damaged, outdated=outdated, everything=everything, dry=dry), output
        )
        return 0
    if older is not None or damaged or outdated or everything or dry:
        raise error("TP500", "--older, --damaged, --outdated, --all and --dry-run belong to --prune")
    if export is not None:
        emit(_exported(folder, filters, export), output)
        return 0
    from tp.store.listing import rows

    found = rows(folder, filters)
    if form is Format.JSON:
        from tp.report.json import dumps
        from tp.report.results import results_json

        emit(dumps([results_json(found, folder)]), output)
    else:
        from tp.report.results import results_text

        emit(results_text(found, folder), output)
    return 0


def _pruned(
    folder: Path, filters: Filters, older: float | None, *, damaged: bool, outdated: bool, everything: bool, dry: bool
) -> str:
    from tp.store.listing import Filters
    from tp.store.prune import Selection, prune

    if filters == Filters() and older is None and not (damaged or outdated or everything):
        raise error("TP713", "--prune needs to know what", hint="for example --older 30, --program mlp, or --all")
    found = prune(folder, Selection(filters, older and older * DAY, damaged, outdated), dry=dry)
    verb = "would remove" if dry else "removed"
    return f"{verb} {found.files} file{'' if found.files == 1 else 's'}, {found.size / 2**20:.2f} MiB, from {folder}"


def _exported(folder: Path, filters: Filters, path: Path) -> str:
    from tp.diagnostics.text import render
    from tp.store.export import export, table
    from tp.store.listing import entries

    found = table(entries(folder, filters))
    if found.damaged:
        print(render(d.diagnostic for d in found.damaged), file=sys.stderr)
    export(found, path)
    return f"{len(found.rows)} draws in {path}"
