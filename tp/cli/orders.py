"""tp orders: predicted exponents."""

from __future__ import annotations

from typing import Annotated

import typer

from tp.cli.options import Files, Format, FormatOption, Output, Quantities, Set, emit, load_all, quantities

Nodes = Annotated[bool, typer.Option("--nodes", help="Also the exponent of every named node, with its line.")]


def orders(
    files: Files,
    nodes: Nodes = False,
    sets: Set = None,
    names: Quantities = None,
    form: FormatOption = Format.TEXT,
    output: Output = None,
) -> int:
    """Predict how quantities scale with the width n, without running anything."""
    asked = quantities(names)
    results = [model.orders(asked, nodes=nodes) for model in load_all(files, sets)]
    if form is Format.JSON:
        from tp.report.json import dumps, orders_json

        emit(dumps([orders_json(r) for r in results]), output)
    else:
        from tp.report.text import orders_text

        emit("\n\n".join(map(orders_text, results)), output)
    return 0
