"""How the theorems are checked for one program: correlations at initialisation, then runs of training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims import known
from tp.diagnostics.diagnostic import error
from tp.experiments.training.observables import GRADIENT, HESSIAN_DRIFT, KERNEL, looked_at, moved
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.quantities.definitions import DEVIATION, SEEN
from tp.sampling.means import Means
from tp.sampling.memory_limit import require_memory
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report, Sweep
from tp.studies.claims.evaluate import ClaimResult, only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.claims.support import Measured
from tp.studies.curves import diverged
from tp.studies.declared import require_declared, require_functions
from tp.studies.judging import QuantityResult, row
from tp.studies.linearize.along import AlongRuns
from tp.studies.linearize.deviations import Deviations, Drawing, after_all, deviations
from tp.studies.linearize.expected import AFTER, BEFORE, SECOND, expected
from tp.studies.linearize.linearization import Linearization
from tp.studies.linearize.second_derivatives import second_derivatives
from tp.studies.linearize.theorem_3_1 import CORRELATIONS, Theorem31, speaks
from tp.studies.linearize.theorem_3_2 import reparametrised, theorem_3_2
from tp.studies.provenance import provenance
from tp.studies.train import trainer_of
from tp.studies.verify import Verification, verify
from tp.theory.predict import Prediction

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.program import Program
    from tp.theory.analysis import Analysis

Watch = Callable[[Linearization], None]
"""A function of what is known so far: what an interrupt would leave at that moment."""


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
    watch: Watch | None = None,
) -> Linearization:
    """Measure the correlations of ``program``, train it and its linear model, and compare the two sides.

    ``second``: also measure second derivatives, in further runs. ``rhos``: also check theorem 3.2, with learning rates
    times n^rho for each, besides the runs with rho = 0. Each part has the budget of ``plan``. ``watch`` is called with
    what is known so far: the predictions before the first draw, then as draws come in. Raises TpError
    TP501 to TP504 for settings and memory, TP512 and TP513 for what cannot be trained, TP514 for an optimiser
    without known orders, TP60x for data.
    """
    from tp.theory.analysis import Analysis

    if rhos and (schedule.rho or schedule.scale):
        raise error("TP513", "theorem 3.2 is checked for the program as it is", hint="leave rho and scale at 0")
    schedule = schedule.of(program)
    drawing = Drawing(plan, data, means or Means(), report)
    changed = reparametrized(program, schedule)
    require_functions(program, plan.widths[0])
    require_declared(program, data)
    # What cannot be trained, data that do not fit and too little memory are refused before anything is computed.
    require_memory(trainer_of(changed, schedule, data, plan.dtype), plan)
    if report is not None:
        report(0.0, 0.0, "predicting")
    analysis = Analysis(changed.graph, SECOND, schedule.mover)
    expects = expected(analysis, schedule, second)
    prediction, premises = expects.prediction, expects.regime.conditions
    trainer = trainer_of(changed, schedule, data, plan.dtype, [f.name for f in expects.regime.features if f.width])
    names = (DEVIATION, SEEN, KERNEL, *map(moved, trainer.features), GRADIENT)
    open_ = tuple(row(name, prediction, None) for name in (*names, *((HESSIAN_DRIFT,) if second else ())))
    found = Linearization(
        schedule=schedule,
        theorem_3_1=Theorem31((), open_, premises, speaks(premises, schedule.mover)),
        hessian=tuple(row(name, prediction, None) for name in (BEFORE, AFTER)) if second else (),
        theorem_3_2=None,
        claims=(),
        diverged={},
        assumptions=(),
        provenance=provenance(changed, plan, Sweep(), schedule.mover),
    )

    def with_left(left: Verification) -> Linearization:
        both = replace(found.theorem_3_1, left=left.quantities)
        drawn = replace(left.provenance, optimizer=schedule.mover)
        return replace(found, theorem_3_1=both, assumptions=left.assumptions, provenance=drawn)

    def with_right(runs: Deviations) -> Linearization:
        rest = found.theorem_3_1.right[len(runs.rows) :]
        return replace(
            found,
            theorem_3_1=replace(found.theorem_3_1, right=(*runs.rows, *rest)),
            along=AlongRuns(
                runs.records, trainer.path, looked_at(trainer), names, found.theorem_3_1.left, schedule, plan.dtype
            ),
            diverged=diverged(runs.records),
            provenance=provenance(changed, plan, runs.drawn, schedule.mover).part("correlations", found.provenance),
        )

    def with_second(curved: Deviations) -> Linearization:
        drift, *ratios = curved.rows
        return replace(
            found,
            theorem_3_1=replace(found.theorem_3_1, right=(*found.theorem_3_1.right[:-1], drift)),
            hessian=tuple(ratios),
            diverged={**diverged(curved.records), **found.diverged},
            provenance=found.provenance.part("second derivatives", curved.drawn),
        )

    def claimed(part: Linearization) -> Linearization:
        rows = (*part.theorem_3_1.left, *part.theorem_3_1.right, *part.hessian)
        return replace(part, claims=_claims(changed, schedule, analysis, rows))

    def seen(part: Linearization) -> None:
        if watch is not None:
            watch(claimed(part))

    seen(found)
    unclaimed, means = replace(changed, claims=()), drawing.means
    found = with_left(
        verify(unclaimed, plan, CORRELATIONS, data, report=report, means=means, watch=lambda v: seen(with_left(v)))
    )
    skip = found.provenance.interrupted
    after = after_all(schedule, *names)
    found = with_right(
        deviations(trainer, schedule, after, prediction, drawing, skip=skip, watch=lambda d: seen(with_right(d)))
    )
    if second and not found.provenance.interrupted:
        found = with_second(
            second_derivatives(changed, schedule, prediction, drawing, watch=lambda d: seen(with_second(d)))
        )
    if rhos and not found.provenance.interrupted:
        rows, more = reparametrised(program, schedule, found.theorem_3_1.right[0], rhos, drawing)
        strong = theorem_3_2(analysis.weak[1], found.theorem_3_1.left, rows, found.theorem_3_1.speaks)
        found = replace(found, theorem_3_2=strong, provenance=found.provenance.also(*more))
    return claimed(found)


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
