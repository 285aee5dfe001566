"""How the theorems are checked for one program: correlations at initialisation, then runs of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims import known
from tp.diagnostics.diagnostic import error
from tp.experiments.training.observables import GRADIENT, KERNEL, looked_at, moved
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.quantities.definitions import DEVIATION, SEEN
from tp.sampling.means import Means
from tp.sampling.memory_limit import require_memory
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report
from tp.studies.claims.evaluate import ClaimResult, only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.claims.support import Measured
from tp.studies.curves import curves, diverged, exponents_by_step
from tp.studies.judging import QuantityResult
from tp.studies.linearize.corollary_4_0_1 import decays
from tp.studies.linearize.critical_rates import critical
from tp.studies.linearize.deviations import Drawing, after_all, deviations
from tp.studies.linearize.expected import SECOND, expected
from tp.studies.linearize.linearization import Linearization
from tp.studies.linearize.second_derivatives import second_derivatives
from tp.studies.linearize.theorem_3_1 import CORRELATIONS, Theorem31, speaks
from tp.studies.linearize.theorem_3_2 import reparametrised, theorem_3_2
from tp.studies.provenance import provenance
from tp.studies.train import trainer_of
from tp.studies.verify import verify
from tp.theory.predict import Prediction

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.program import Program
    from tp.theory.analysis import Analysis


def linearize(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | Data | None = None,
    *,
    second: bool = True,
    rhos: Sequence[Fraction] = (),
    report: Report | None = None,
    means: Means | None = None,
) -> Linearization:
    """Measure the correlations of ``program``, train it and its linear model, and compare the two sides.

    ``second``: also measure second derivatives, in further runs. ``rhos``: also check theorem 3.2, with learning rates
    times n^rho for each, besides the runs with rho = 0. Each part has the budget of ``plan``. Raises
    TpError TP501 to TP504 for settings and memory, TP512 and TP513 for what cannot be trained, TP514 for an optimiser
    without known orders, TP60x for data.
    """
    from tp.theory.analysis import Analysis

    if rhos and (schedule.rho or schedule.scale):
        raise error("TP513", "theorem 3.2 is checked for the program as it is", hint="leave rho and scale at 0")
    schedule = schedule.of(program)
    drawing = Drawing(plan, data, means or Means(), report)
    changed = reparametrized(program, schedule)
    # What cannot be trained, data that do not fit and too little memory are refused before anything is computed.
    require_memory(trainer_of(changed, schedule, data, plan.dtype), plan)
    if report is not None:
        report(0.0, 0.0, "predicting")
    analysis = Analysis(changed.graph, SECOND, schedule.optimizer)
    expects = expected(analysis, schedule, second)
    prediction, premises = expects.prediction, expects.regime.conditions
    trainer = trainer_of(changed, schedule, data, plan.dtype, [f.name for f in expects.regime.features if f.width])
    left = verify(replace(changed, claims=()), plan, CORRELATIONS, data, report=report, means=drawing.means)
    names = (DEVIATION, SEEN, KERNEL, *map(moved, trainer.features), GRADIENT)
    runs = deviations(
        trainer, schedule, after_all(schedule, *names), prediction, drawing, skip=left.provenance.interrupted
    )
    drawn = provenance(changed, plan, runs.drawn).part("correlations", left.provenance)
    right, hessian, wild = runs.rows, tuple[QuantityResult, ...](), diverged(runs.records)
    if second and not drawn.interrupted:
        curved = second_derivatives(changed, schedule, prediction, drawing)
        drift, *ratios = curved.rows
        right, hessian, wild = (*right, drift), tuple(ratios), {**diverged(curved.records), **wild}
        drawn = drawn.part("second derivatives", curved.drawn)
    strong = None
    if rhos and not drawn.interrupted:
        rows, more = reparametrised(program, schedule, right[0], rhos, drawing)
        strong = theorem_3_2(analysis.weak[1], left.quantities, rows, speaks(premises, schedule.optimizer))
        drawn = drawn.also(*more)
    return Linearization(
        schedule=schedule,
        theorem_3_1=Theorem31(left.quantities, right, premises, speaks(premises, schedule.optimizer)),
        hessian=hessian,
        by_step=exponents_by_step(runs.records, names, schedule.looks[1:]),
        curves=curves(runs.records, trainer.path, looked_at(trainer)),
        critical=critical(left.quantities, runs.records),
        corollary=decays(runs.records, trainer.path, schedule.optimizer.eta, plan.dtype),
        theorem_3_2=strong,
        claims=_claims(changed, schedule, analysis, (*left.quantities, *right, *hessian)),
        diverged=wild,
        assumptions=left.assumptions,
        provenance=drawn,
    )


def _claims(
    program: Program, schedule: Schedule, analysis: Analysis, rows: Sequence[QuantityResult]
) -> tuple[ClaimResult, ...]:
    """The claims about training, beside all ``rows`` that were measured; none where the program is reparametrised."""
    if schedule.rho or schedule.scale:
        return ()
    chosen = [c for c in program.claims if known()[c.kind].trains]
    exponents = {q.name: q.predicted for q in rows if q.known}
    theory = Theory(Prediction(exponents, (), (), {q.name: q.exact for q in rows}), analysis)
    measured = {q.name: Measured(q.fit, q.judgement, analysis.trained_grid) for q in rows if q.fit is not None}
    return outcomes(chosen, theory, measured, only_output(program))
