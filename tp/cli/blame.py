"""tp blame: which weights and nodes make a quantity too large, and which exponent to change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tp.cli.command import Command
from tp.cli.keeping import KEEPING, recalled, require
from tp.cli.option import Given, Option, switch
from tp.cli.options import FILES, FORMAT, OUTPUT, QUANTITIES, SET, models, quantities, show
from tp.cli.training import OPTIMIZER, optimized
from tp.exit_code import ExitCode, worst
from tp.written import whole

if TYPE_CHECKING:
    from tp import Model

REPAIR = switch("--repair", "Look for the smallest change of one exponent that suffices.")
BUDGET = Option(
    ("--budget",),
    200,
    "The largest number of changed programs to examine, for each program.",
    lambda _, word: whole(1)(word),
    "NUMBER",
)


def blame(given: Given) -> ExitCode:
    """Print who is to blame in each program."""
    asked = quantities(given[QUANTITIES])
    require(given)
    settings = {"quantities": asked, "repair": given[REPAIR], "budget": given[BUDGET]}

    def one(model: Model) -> Any:
        return recalled(
            model, "blame", settings, given, lambda: model.blame(asked, repaired=given[REPAIR], budget=given[BUDGET])
        )

    found = [one(model) for model in models(given, partial(optimized, given))]
    show(found, given)
    return worst(one.exit_code for one in found)


COMMAND = Command(
    "blame",
    "Say which weights and nodes are to blame for what fails, and which change of one exponent would mend it.",
    blame,
    FILES,
    (SET, QUANTITIES, OPTIMIZER, REPAIR, BUDGET, *KEEPING, FORMAT, OUTPUT),
)
