"""tp blame: which weights and nodes make a quantity too large, and which exponent to change."""

from __future__ import annotations

from tp.cli.command import Command
from tp.cli.option import Given, Option, switch
from tp.cli.options import FILES, FORMAT, OUTPUT, QUANTITIES, SET, models, quantities, show
from tp.exit_code import ExitCode, worst
from tp.written import whole

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
    found = [model.blame(asked, repaired=given[REPAIR], budget=given[BUDGET]) for model in models(given)]
    show(found, given)
    return worst(one.exit_code for one in found)


COMMAND = Command(
    "blame",
    "Say which weights and nodes are to blame for what fails, and which change of one exponent would mend it.",
    blame,
    FILES,
    (SET, QUANTITIES, REPAIR, BUDGET, FORMAT, OUTPUT),
)
