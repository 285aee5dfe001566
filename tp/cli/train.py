"""tp train: losses of a program and of its linear model."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tp import Plan
from tp.api.model import TRAIN
from tp.cli.command import Command
from tp.cli.drawing import DATA, RESOURCES, data, measured, options_of, plan, resources
from tp.cli.each import each
from tp.cli.live import VIEW, Live
from tp.cli.option import Given
from tp.cli.options import FILE, FORMAT, MAPS, OUTPUT, SET, model_of, show
from tp.cli.training import TRAINING, optimized, schedule
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp import Model

PLAN = options_of(Plan, ("budget", "max_width"), **TRAIN)


def train(given: Given) -> ExitCode:
    """Print the losses."""
    found = [model_of(given, partial(optimized, given))]
    chosen, drawn = schedule(given), plan(given)
    inputs = data(given, found, str(chosen.cost))
    with resources(given) as means:

        def one(model: Model, live: Live) -> Any:
            measure = partial(model.train, chosen, data=inputs, progress=live.report, watch=live.watch, plan=drawn)
            return measured(model, "train", inputs, given, means, measure)

        results, code = each(found, given, one)
    show(results, given)
    return code


COMMAND = Command(
    "train",
    "Train a program and its linear model on the same batches, and print losses and how far they are apart.",
    train,
    FILE,
    (SET, MAPS, *PLAN, *TRAINING, *DATA, *RESOURCES, FORMAT, OUTPUT, *VIEW),
)
