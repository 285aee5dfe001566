"""tp run: forward values."""

from __future__ import annotations

from tp import Plan
from tp.api.model import FORWARD
from tp.cli.command import Command
from tp.cli.drawing import DATA, data, options_of, plan
from tp.cli.option import Given
from tp.cli.options import FILE, FORMAT, MAPS, OUTPUT, SET, model_of, show
from tp.exit_code import ExitCode

PLAN = options_of(Plan, ("budget", "max_width"), **FORWARD)


def run(given: Given) -> ExitCode:
    """Print the outputs."""
    model = model_of(given)
    inputs = data(given, [model], single=True)
    found = model.forward(plan=plan(given), data=inputs)
    show([found], given)
    return found.exit_code


COMMAND = Command(
    "run",
    "Print the outputs of a program for one input and fresh weights.",
    run,
    FILE,
    (SET, MAPS, *PLAN, *DATA, FORMAT, OUTPUT),
)
