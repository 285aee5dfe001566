"""Second derivatives along a run: their drift, and the Hessian over the gradient (Liu, Zhu and Belkin)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tp.experiments.training.observables import HESSIAN_DRIFT, RATIO, Observable
from tp.experiments.training.schedule import Schedule
from tp.sampling.rounds import within
from tp.studies.linearize.deviations import Deviations, Drawing, Watch, after_all, deviations
from tp.studies.linearize.expected import AFTER, BEFORE
from tp.studies.train import trainer_of

if TYPE_CHECKING:
    from tp.program import Program
    from tp.theory.predict import Prediction


def second_derivatives(
    program: Program, schedule: Schedule, prediction: Prediction, drawing: Drawing, watch: Watch | None = None
) -> Deviations:
    """Rows of the drift of the Hessian, and of its norm over that of the gradient before and after the run.

    These runs take many gradients. So no widths are added to the plan, and without a given number of seeds the largest
    are left out where a first round would not fit into the budget.
    """
    plan = replace(drawing.plan, max_width=None)
    trainer = trainer_of(program, schedule, drawing.data, plan.dtype, curved=True)
    if plan.seeds is None:
        cost = {n: trainer.cost(plan.at(n)) for n in plan.widths}
        before = {n: trainer.compilation(plan.at(n)) for n in plan.widths}
        fitting = within(plan.widths, cost.__getitem__, plan.most_seeds, plan.time_limit, before.__getitem__)
        plan = replace(plan, widths=fitting)
    ratios = {BEFORE: Observable(RATIO, 0), AFTER: Observable(RATIO, schedule.steps)}
    quantities = {**after_all(schedule, HESSIAN_DRIFT), **ratios}
    return deviations(trainer, schedule, quantities, prediction, replace(drawing, plan=plan), watch=watch)
