"""tp blame: which weights and nodes make a quantity too large, and which exponent to change."""

from __future__ import annotations

from functools import partial
from typing import Any

from tp import Model
from tp.cli.command import Command
from tp.cli.failures import as_error
from tp.cli.files import SOURCES
from tp.cli.keeping import KEEPING, recalled, require
from tp.cli.option import Given, Option, Reach, switch
from tp.cli.options import FORMAT, OUTPUT, QUANTITIES, SET, quantities
from tp.cli.programs import Programs, show_all
from tp.cli.training import OPTIMIZER, optimized
from tp.exit_code import ExitCode, worst
from tp.written import whole

REPAIR = switch("--repair", "Look for the smallest change of one exponent that suffices.")
BUDGET = Option(
    ("--budget",),
    200,
    "The largest number of changed programs to examine, for each program.",
    lambda _, word: whole(1)(word),
    "NUMBER",
).within(Reach.OWN)


def blame(given: Given) -> ExitCode:
    """Print who is to blame in each program."""
    asked = quantities(given[QUANTITIES])
    require(given)
    settings = {"quantities": asked, "repair": given[REPAIR], "budget": given[BUDGET]}

    def one(model: Model) -> Any:
        def derive() -> Any:
            return model.blame(asked, repaired=given[REPAIR], budget=given[BUDGET])

        try:
            return recalled(model, "blame", settings, given, derive)
        except Exception as problem:
            return found.fails(model, as_error(problem))

    found = Programs(given, partial(optimized, given))
    results = [one(case) if isinstance(case, Model) else case for case in found.found]
    show_all(results, given)
    return worst(result.exit_code for result in results)


COMMAND = Command(
    "blame",
    "Say which weights and nodes are to blame for what fails, and which change of one exponent would mend it.",
    blame,
    SOURCES,
    (SET, QUANTITIES, OPTIMIZER, REPAIR, BUDGET, *KEEPING, FORMAT, OUTPUT),
)
