"""tp orders: predicted exponents of n."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tp.cli.command import Command
from tp.cli.each import each
from tp.cli.files import SOURCES
from tp.cli.keeping import KEEPING, recalled, require
from tp.cli.live import VIEW, Live
from tp.cli.option import Given, Reach, flag, value
from tp.cli.options import ANY_FORMAT, HTML, OUTPUT, QUANTITIES, SET, emit, quantities, writable
from tp.cli.page import publish
from tp.cli.programs import Programs
from tp.cli.training import OPTIMIZER, optimized
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp import Model, Orders

NODES = flag("--nodes", "Also the exponent of every named node, with its line.")
CERTIFICATE = value(
    "--certificate", writable, "Write the derivations to this file, for tp certify.", metavar="FILE"
).within(Reach.NOWHERE)


def orders(given: Given) -> ExitCode:
    """Print the exponents of quantities, and write their derivations where that is asked for."""
    asked = quantities(given[QUANTITIES])
    certificate = given[CERTIFICATE]
    found = Programs(given, partial(optimized, given))
    if certificate is not None and len(found.found) > 1:
        raise error("TP506", "one certificate is about one program", hint="give one FILE with --certificate")

    require(given)
    settings = {"quantities": asked, "nodes": given[NODES]}

    def one(model: Model, live: Live) -> Any:
        def derive() -> Orders:
            return model.orders(
                asked, nodes=given[NODES], certified=certificate is not None, progress=live.report, watch=live.watch
            )

        return derive() if certificate is not None else recalled(model, "orders", settings, given, derive)

    results, code = each(found.found, given, one, found.fails)
    if certificate is not None and (derived := getattr(results[0], "certificate", None)) is not None:
        import json

        emit(json.dumps(derived, separators=(",", ":")), certificate)
    publish("orders", results, found.found, given)
    return code


COMMAND = Command(
    "orders",
    "Predict how quantities scale with the width n, without running anything.",
    orders,
    SOURCES,
    (NODES, SET, QUANTITIES, OPTIMIZER, CERTIFICATE, *KEEPING, ANY_FORMAT, OUTPUT, HTML, *VIEW),
)
