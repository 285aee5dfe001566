"""tp train: losses of a program and of its linear model."""

from __future__ import annotations

from tp import Plan
from tp.api.model import TRAIN
from tp.cli.command import Command
from tp.cli.drawing import DATA, RESOURCES, data, options_of, plan, resources
from tp.cli.option import Given
from tp.cli.options import FILE, FORMAT, OUTPUT, PROGRESS, SET, models, show
from tp.cli.progress import progress_bar
from tp.cli.training import TRAINING, schedule
from tp.exit_code import ExitCode

PLAN = options_of(Plan, ("budget", "max_width"), **TRAIN)


def train(given: Given) -> ExitCode:
    """Print the losses."""
    (model,) = models(given)
    chosen = schedule(given)
    inputs = data(given, [model], str(chosen.cost))
    with resources(given) as means, progress_bar(model.name, given[PROGRESS]) as report:
        runs = model.train(chosen, data=inputs, progress=report, plan=plan(given), resources=means)
    show([runs], given)
    return runs.exit_code


COMMAND = Command(
    "train",
    "Train a program and its linear model on the same batches, and print losses and how far they are apart.",
    train,
    FILE,
    (SET, *PLAN, *TRAINING, *DATA, *RESOURCES, FORMAT, OUTPUT, PROGRESS),
)
