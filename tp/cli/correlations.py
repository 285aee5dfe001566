"""tp correlations: measurements alone."""

from __future__ import annotations

from functools import partial

from tp import Plan
from tp.api.model import CORRELATIONS
from tp.cli.command import Command
from tp.cli.drawing import DATA, EQUAL_INPUTS, RESOURCES, data, measured, options_of, plan, resources
from tp.cli.live import VIEW, live
from tp.cli.option import Given
from tp.cli.options import FILE, FORMAT, MAPS, OUTPUT, QUANTITIES, SET, model_of, quantities, show
from tp.exit_code import ExitCode

PLAN = options_of(Plan, ("budget", "max_width"), **CORRELATIONS)


def correlations(given: Given) -> ExitCode:
    """Print the samples."""
    asked, chosen = quantities(given[QUANTITIES]), plan(given)
    model = model_of(given)
    inputs = data(given, [model])
    with resources(given) as means, live(model.name, given) as view:
        measure = partial(
            model.correlations,
            quantities=asked,
            data=inputs,
            equal_inputs=given[EQUAL_INPUTS],
            progress=view.report,
            plan=chosen,
        )
        result = measured(model, "correlations", inputs, given, means, measure)
    show([result], given)
    return result.exit_code


COMMAND = Command(
    "correlations",
    "Sample the quantities at every width, without prediction or verdict.",
    correlations,
    FILE,
    (SET, MAPS, *PLAN, *DATA, EQUAL_INPUTS, QUANTITIES, *RESOURCES, FORMAT, OUTPUT, *VIEW),
)
