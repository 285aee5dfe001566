"""tp compare: two programs beside each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import tp
from tp import Plan
from tp.api.comparing import titled
from tp.cli.command import Command, usage
from tp.cli.drawing import RESOURCES, options_of, plan, resources
from tp.cli.live import VIEW, live
from tp.cli.option import Given, argument, flag, repeated, value
from tp.cli.options import FORMAT, MAPS, OUTPUT, QUANTITIES, SET, quantities, settings, show
from tp.cli.programs import read_program
from tp.cli.training import OPTIMIZER
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp import Model

PAIR = argument("FILE [FILE]", "One or two programs (.tp).")
AGAINST_SET = repeated("--against-set", "Set a value in the second program alone; repeatable.", metavar="NAME=VALUE")
AGAINST_OPTIMIZER = value(
    "--against-optimizer", str, "How weights of the second program move, as for --optimizer.", metavar="OPTIMISER"
)
MEASURE = flag("--measure", "Also measure both, and compare the measured exponents.")
DRAWN = options_of(Plan)


def compare(given: Given) -> ExitCode:
    """Print the orders of both programs, and mark what differs."""
    left, right = _pair(given)
    asked = quantities(given[QUANTITIES])
    names = titled(left, right)
    with live(" against ".join(names), given) as shown:
        work = partial(tp.compare, left, right, asked, names=names, progress=shown.report, watch=shown.watch)
        if given[MEASURE]:
            with resources(given) as means:
                found = work(measure=True, plan=plan(given), resources=means)
        else:
            found = work()
    show([found], given)
    return found.exit_code


def _pair(given: Given) -> tuple[Model, Model]:
    """Both programs with their settings and optimisers. Raises TpError TP500 where there is nothing to compare with."""
    first, *second = given[PAIR]
    against, mover = given[AGAINST_SET], given[AGAINST_OPTIMIZER]
    if not (second or against or mover is not None):
        raise usage(
            "there is nothing to compare with", "give a second FILE, --against-set NAME=VALUE or --against-optimizer"
        )
    common = settings(given[SET])
    left = read_program(first, common, given[MAPS])
    right = read_program(second[0] if second else first, {**common, **settings(against)}, given[MAPS])
    chosen = given[OPTIMIZER]
    return _moved(left, chosen), _moved(right, chosen if mover is None else mover)


def _moved(model: Model, text: str | None) -> Model:
    return model if text is None else model.with_optimizer(text)


COMMAND = Command(
    "compare",
    "Show the orders of two programs beside each other, or of one program with two settings.",
    compare,
    PAIR,
    (
        SET,
        AGAINST_SET,
        OPTIMIZER,
        AGAINST_OPTIMIZER,
        QUANTITIES,
        MEASURE,
        MAPS,
        *DRAWN,
        *RESOURCES,
        FORMAT,
        OUTPUT,
        *VIEW,
    ),
)
