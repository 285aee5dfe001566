"""tp linearize: both sides of the paper's theorems."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tp import Plan
from tp.cli.command import Command
from tp.cli.drawing import DATA, RESOURCES, TOLERANCE, data_of, measured, options_of, plan, resources
from tp.cli.each import each, go_on
from tp.cli.files import SOURCES
from tp.cli.live import VIEW, Live
from tp.cli.option import Given, switch, value
from tp.cli.options import ANY_FORMAT, HTML, MAPS, OUTPUT, SET
from tp.cli.page import publish
from tp.cli.programs import Programs
from tp.cli.training import TRAINING, optimized, schedule
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp import Model

SECOND = switch("--second", "Also measure second derivatives, in further runs.")
STRONG = value(
    "--strong", str, "Check theorem 3.2 under these powers of n, such as -1/2,1/4, or 'usual'.", metavar="POWERS"
)


def linearize(given: Given) -> ExitCode:
    """Print correlations and deviations of each program beside each other."""
    chosen, drawn = schedule(given), plan(given)
    strong = given[STRONG]
    rhos = () if strong is None else "usual" if strong == "usual" else [word.strip() for word in strong.split(",")]
    found = Programs(given, partial(optimized, given))
    inputs = data_of(given, found, str(chosen.cost))
    with resources(given) as means:

        def one(model: Model, live: Live) -> Any:
            measure = partial(
                model.linearize,
                chosen,
                second=given[SECOND],
                rhos=rhos,
                data=inputs,
                tolerance=given[TOLERANCE],
                progress=live.report,
                watch=live.watch,
                plan=drawn,
            )
            return measured(model, "linearize", inputs, given, means, measure)

        results, code = each(found.found, given, one, found.fails)
    publish("linearize", results, found.found, given)
    go_on("linearize", given, results)
    return code


COMMAND = Command(
    "linearize",
    "Compare how correlations decay with how far training is from that of the linear model.",
    linearize,
    SOURCES,
    (
        SET,
        MAPS,
        *options_of(Plan),
        *TRAINING,
        SECOND,
        STRONG,
        TOLERANCE,
        *DATA,
        *RESOURCES,
        ANY_FORMAT,
        OUTPUT,
        HTML,
        *VIEW,
    ),
)
