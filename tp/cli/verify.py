"""tp verify: predictions against measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp import Plan
from tp.cli.command import Command
from tp.cli.drawing import DATA, EQUAL_INPUTS, PROGRESS, RESOURCES, data, options_of, plan, resources
from tp.cli.option import Given
from tp.cli.options import FILES, FORMAT, OUTPUT, QUANTITIES, SET, models, quantities, show
from tp.cli.progress import progress_bar
from tp.exit_code import ExitCode, worst

if TYPE_CHECKING:
    from tp import Verification


def verify(given: Given) -> ExitCode:
    """Print the verdicts on the quantities and claims of each program."""
    asked = quantities(given[QUANTITIES])
    results: list[Verification] = []
    found = models(given)
    inputs = data(given, found)
    with resources(given) as means:
        for model in found:
            with progress_bar(model.name, given[PROGRESS]) as report:
                result = model.verify(
                    quantities=asked,
                    data=inputs,
                    equal_inputs=given[EQUAL_INPUTS],
                    progress=report,
                    plan=plan(given),
                    resources=means,
                )
            results.append(result)
            if result.provenance.interrupted:
                break
    show(results, given)
    return ExitCode.UNDECIDED if results[-1].provenance.interrupted else worst(result.exit_code for result in results)


COMMAND = Command(
    "verify",
    "Measure every quantity, compare it with its prediction, and decide the claims of the program.",
    verify,
    FILES,
    (SET, *options_of(Plan), *DATA, EQUAL_INPUTS, QUANTITIES, *RESOURCES, FORMAT, OUTPUT, PROGRESS),
)
