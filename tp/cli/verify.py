"""tp verify: predictions against measurements."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tp import Plan
from tp.cli.command import Command
from tp.cli.drawing import DATA, EQUAL_INPUTS, RESOURCES, TOLERANCE, data_of, measured, options_of, plan, resources
from tp.cli.each import each, go_on
from tp.cli.files import SOURCES
from tp.cli.live import VIEW, Live
from tp.cli.option import Given
from tp.cli.options import ANY_FORMAT, HTML, MAPS, OUTPUT, QUANTITIES, SET, quantities
from tp.cli.page import publish
from tp.cli.programs import Programs
from tp.cli.training import OPTIMIZER, optimized
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp import Model


def verify(given: Given) -> ExitCode:
    """Print the verdicts on the quantities and claims of each program."""
    asked, chosen = quantities(given[QUANTITIES]), plan(given)
    found = Programs(given, partial(optimized, given))
    inputs = data_of(given, found)
    with resources(given) as means:

        def one(model: Model, live: Live) -> Any:
            measure = partial(
                model.verify,
                quantities=asked,
                data=inputs,
                equal_inputs=given[EQUAL_INPUTS],
                tolerance=given[TOLERANCE],
                progress=live.report,
                watch=live.watch,
                plan=chosen,
            )
            return measured(model, "verify", inputs, given, means, measure)

        results, code = each(found.found, given, one, found.fails)
    publish("verify", results, found.found, given)
    go_on("verify", given, results)
    return code


COMMAND = Command(
    "verify",
    "Measure every quantity, compare it with its prediction, and decide the claims of the program.",
    verify,
    SOURCES,
    (
        SET,
        MAPS,
        *options_of(Plan),
        *DATA,
        EQUAL_INPUTS,
        QUANTITIES,
        OPTIMIZER,
        TOLERANCE,
        *RESOURCES,
        ANY_FORMAT,
        OUTPUT,
        HTML,
        *VIEW,
    ),
)
