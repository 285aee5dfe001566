"""tp transfer: whether the best learning rate is the same at every width."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tp import Plan
from tp.api.model import TRANSFER
from tp.cli.command import Command
from tp.cli.drawing import DATA, RESOURCES, data, measured, options_of, plan, resources
from tp.cli.each import each, go_on
from tp.cli.live import VIEW, Live
from tp.cli.option import Given
from tp.cli.options import FIGURE, FILE, FORMAT, HTML, MAPS, OUTPUT, SET, model_of
from tp.cli.page import publish
from tp.cli.training import BATCH, SAMPLES, STEPS, TRAINING, optimized, schedule
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp import Model

PLAN = options_of(Plan, ("max_width",), **TRANSFER)
_USUAL = {
    STEPS.key: STEPS.by_default(5),
    BATCH.key: BATCH.by_default(None, "Samples of one step.  [default: all samples]"),
    SAMPLES.key: SAMPLES.by_default(6, "Samples to train on. The loss is their mean cost."),
}
TRAINED = tuple(_USUAL.get(option.key, option) for option in TRAINING)


def transfer(given: Given) -> ExitCode:
    """Print the best learning rate at every width, and its drift."""
    figure = given[FIGURE]
    if figure is not None:
        from tp.api.figures import require_figure

        require_figure(figure)
    found = [model_of(given, partial(optimized, given))]
    chosen, drawn = schedule(given), plan(given)
    inputs = data(given, found, str(chosen.cost))
    with resources(given) as means:

        def one(model: Model, live: Live) -> Any:
            measure = partial(model.transfer, chosen, data=inputs, progress=live.report, watch=live.watch, plan=drawn)
            return measured(model, "transfer", inputs, given, means, measure)

        results, code = each(found, given, one)
    publish("transfer", results, found, given)
    if figure is not None:
        from tp.api.figures import save_figure

        for result in results:
            save_figure(result, figure)
    go_on("transfer", given, results)
    return code


COMMAND = Command(
    "transfer",
    "Find the best learning rate at every width, and say whether it transfers or drifts with n.",
    transfer,
    FILE,
    (SET, MAPS, *PLAN, *TRAINED, *DATA, *RESOURCES, FIGURE, FORMAT, OUTPUT, HTML, *VIEW),
)
