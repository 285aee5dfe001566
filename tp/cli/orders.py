"""tp orders: predicted exponents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tp.cli.options import Files, Format, FormatOption, Output, Quantities, Set, emit, load_all, quantities
from tp.diagnostics.diagnostic import error

CertificateOption = Annotated[
    Path | None, typer.Option("--certificate", help="Write the derivations to this file, for tp certify.")
]
Nodes = Annotated[bool, typer.Option("--nodes", help="Also the exponent of every named node, with its line.")]


def orders(
    files: Files,
    nodes: Nodes = False,
    sets: Set = None,
    names: Quantities = None,
    certificate: CertificateOption = None,
    form: FormatOption = Format.TEXT,
    output: Output = None,
) -> int:
    """Predict how quantities scale with the width n, without running anything."""
    asked = quantities(names)
    models = load_all(files, sets)
    if certificate is not None and len(models) > 1:
        raise error("TP506", "one certificate is about one program", hint="give one FILE with --certificate")
    results = [model.orders(asked, nodes=nodes, certified=certificate is not None) for model in models]
    if certificate is not None:
        import json

        emit(json.dumps(results[0].certificate, separators=(",", ":")), certificate)
    if form is Format.JSON:
        from tp.report.json import dumps
        from tp.report.orders import orders_json

        emit(dumps([orders_json(r) for r in results]), output)
    else:
        from tp.report.orders import orders_text

        emit("\n\n".join(map(orders_text, results)), output)
    return max(r.exit_code for r in results)
