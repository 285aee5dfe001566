"""tp blame: which weights and nodes make a quantity too large, and which exponent would mend it."""

from __future__ import annotations

from typing import Annotated

import typer

from tp.cli.options import Files, Format, FormatOption, Output, Quantities, Set, emit, load_all, quantities

Repaired = Annotated[bool, typer.Option("--repair/--no-repair", help="Look for the smallest change that mends it.")]
Budget = Annotated[int, typer.Option("--budget", min=1, help="Changed programs to examine at most, for each program.")]


def blame(
    files: Files,
    sets: Set = None,
    names: Quantities = None,
    repaired: Repaired = True,
    budget: Budget = 200,
    form: FormatOption = Format.TEXT,
    output: Output = None,
) -> int:
    """Say which weights and nodes are to blame when a claim fails or correlations do not decay."""
    asked = quantities(names)
    found = [model.blame(asked, repaired=repaired, budget=budget) for model in load_all(files, sets)]
    if form is Format.JSON:
        from tp.report.blame import blame_json
        from tp.report.json import dumps

        emit(dumps([blame_json(f) for f in found]), output)
    else:
        from tp.report.blame import blame_text

        emit("\n\n".join(map(blame_text, found)), output)
    return 0
