"""How both sides of the paper's theorems are found: correlations at initialisation, and deviations after training."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.diagnostics.diagnostic import error
from tp.experiments.training.observables import (
    DEVIATION,
    GRADIENT,
    HESSIAN_DRIFT,
    KERNEL,
    OUTPUT,
    RATIO,
    SEEN,
    Records,
    looked_at,
    moved,
    recorded,
)
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.rounds import within
from tp.sampling.sweep import Report, Sweep, sweep
from tp.statistics.estimate import Estimate
from tp.statistics.fit import fit
from tp.studies.claims.evaluate import ClaimResult, only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.claims.support import Measured
from tp.studies.curves import curves, diverged, roundings, seen_after
from tp.studies.judging import QuantityResult, judged, row, wanted
from tp.studies.linearize.corollary_4_0_1 import decays
from tp.studies.linearize.critical_rates import critical
from tp.studies.linearize.expected import AFTER, BEFORE, SECOND, Expected, expected
from tp.studies.linearize.linearization import Linearization
from tp.studies.linearize.theorem_3_2 import Reparametrised, Strong, supported
from tp.studies.provenance import Provenance, provenance
from tp.studies.train import trainer_of
from tp.studies.verify import verify

if TYPE_CHECKING:
    from tp.program import Program
    from tp.theory.analysis import Analysis

CORRELATIONS = ("kernel", "C[0,2]", "C[0,3]", "C[1,1]")
"""The left side: if these decay, the kernel apart, so do all others that are measured (docs/calculus.md)."""
TRAINING = ("linearizes", "lazy", "feature_learning", "stable")


def linearize(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | None = None,
    *,
    second: bool = True,
    rhos: Sequence[Fraction] = (),
    report: Report | None = None,
    means: Means | None = None,
) -> Linearization:
    """Measure the correlations of ``program``, train it and its linear model, and compare the two sides.

    With ``second`` derivatives of second order are followed, too, in runs of their own. With ``rhos`` theorem 3.2 is
    checked as well, under these powers of n beside the schedule's own. Each of these has the budget of ``plan``. Raises
    TpError TP501 to TP504 for settings and memory, TP512 and TP513 for what cannot be trained, TP60x for data.
    """
    from tp.theory.analysis import Analysis

    if rhos and (schedule.rho or schedule.scale):
        raise error("TP513", "theorem 3.2 is checked for the program as it is", hint="leave rho and scale at 0")
    means = means or Means()
    changed = reparametrized(program, schedule)
    analysis = Analysis(changed.graph, SECOND, schedule.optimizer)
    expects = expected(analysis, schedule, second)
    # What cannot be trained is refused before anything is drawn.
    trainer = trainer_of(changed, schedule, data, plan.dtype, [f.name for f in expects.regime.features if f.width])
    left = verify(replace(changed, claims=()), plan, CORRELATIONS, data, report=report, means=means)
    names = [DEVIATION, SEEN, KERNEL, *(moved(name) for name in trainer.features), GRADIENT]

    def rows(records: Records) -> dict[str, Measured]:
        last = seen_after(records, [*names, OUTPUT], schedule.steps)
        return judged(names, expects.prediction, last, plan.dtype, OUTPUT, roundings(schedule))

    if left.provenance.interrupted:
        drawn = Sweep(interrupted=True)
    else:
        drawn = sweep(trainer, plan, means, lambda s: wanted(rows(recorded(s)).values()), report)
    records = recorded(drawn.samples)
    measured = rows(records)
    right = [row(name, expects.prediction, measured.get(name)) for name in names]
    hessian: list[QuantityResult] = []
    known = provenance(changed, plan, drawn).also(left.provenance)
    wild = diverged(records)
    if second and not known.interrupted:
        curved = _second(changed, plan, schedule, data, expects, means, report)
        right, hessian = [*right, curved.drift], curved.ratios
        wild = {**curved.diverged, **wild}
        known = known.also(curved.provenance)
    strong = None
    if rhos and not known.interrupted:
        at_zero = Reparametrised(schedule.rho, schedule.steps, right[0])
        rows_, more = _reparametrised(program, plan, schedule, data, at_zero, rhos, means, report)
        strong = _strong(analysis, expects, schedule, left.quantities, rows_)
        known = known.also(*more)
    return Linearization(
        schedule=schedule,
        left=left.quantities,
        right=tuple(right),
        hessian=tuple(hessian),
        premises=expects.regime.conditions,
        by_step=_by_step(records, names, schedule),
        curves=curves(records, trainer.path, looked_at(trainer)),
        critical=critical(left.quantities, records),
        corollary=decays(records, trainer.path, schedule.optimizer.eta, plan.dtype),
        strong=strong,
        claims=_claims(changed, schedule, analysis, expects, measured),
        diverged=wild,
        assumptions=left.assumptions,
        provenance=known,
    )


@dataclass(frozen=True, slots=True)
class _Curved:
    drift: QuantityResult
    ratios: list[QuantityResult]
    diverged: Mapping[int, int]
    provenance: Provenance


def _second(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | None,
    expects: Expected,
    means: Means,
    report: Report | None,
) -> _Curved:
    """Runs that are looked at with second derivatives, which take many gradients: no widths are added to the ``plan``.

    The largest are left out where a first round would not fit into the budget.
    """
    trainer = trainer_of(program, schedule, data, plan.dtype, curved=True)
    names = [HESSIAN_DRIFT, BEFORE, AFTER]

    def rows(records: Records) -> dict[str, Measured]:
        last = seen_after(records, [HESSIAN_DRIFT, RATIO, OUTPUT], schedule.steps)
        ends = {BEFORE: seen_after(records, [RATIO], 0)[RATIO], AFTER: last[RATIO]}
        found = {HESSIAN_DRIFT: last[HESSIAN_DRIFT], OUTPUT: last[OUTPUT], **ends}
        return judged(names, expects.prediction, found, plan.dtype, OUTPUT, roundings(schedule))

    plan = replace(plan, max_width=None)
    if plan.seeds is None:
        affordable = within(plan.widths, lambda n: trainer.cost(plan.at(n)), plan.most_seeds, plan.time_limit)
        plan = replace(plan, widths=affordable)
    drawn = sweep(trainer, plan, means, lambda s: wanted(rows(recorded(s)).values()), report)
    measured = rows(recorded(drawn.samples))
    drift, *ratios = (row(name, expects.prediction, measured.get(name)) for name in names)
    return _Curved(drift, ratios, diverged(recorded(drawn.samples)), provenance(program, plan, drawn))


def _reparametrised(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | None,
    own: Reparametrised,
    rhos: Collection[Fraction],
    means: Means,
    report: Report | None,
) -> tuple[tuple[Reparametrised, ...], list[Sweep]]:
    """F - F_lin under ``rhos`` beside the ``own`` row, until the user breaks off, and what was drawn for it."""
    rows, drawn = {own.rho: own}, list[Sweep]()
    for rho in sorted({*rhos} - {own.rho}):
        here = replace(schedule, rho=rho, steps=schedule.steps if rho <= 0 else 1)
        deviation, more = _deviation(program, plan, here, data, means, report)
        rows[rho] = Reparametrised(rho, here.steps, deviation)
        drawn.append(more)
        if more.interrupted:
            break
    return tuple(rows[rho] for rho in sorted(rows)), drawn


def _strong(
    analysis: Analysis,
    expects: Expected,
    schedule: Schedule,
    left: Sequence[QuantityResult],
    rows: tuple[Reparametrised, ...],
) -> Strong:
    """Theorem 3.2 from the correlations on the ``left`` and from ``rows``."""
    strength = analysis.weak[1]
    speaks = not schedule.optimizer.shrinks and all(c.holds for c in expects.regime.conditions)
    if strength is None:
        return Strong(None, None, None, supported(left), rows, speaks)
    binding = None if strength.binding is None else "C[{},{}]".format(*strength.binding)
    return Strong(strength.power, strength.most, binding, supported(left), rows, speaks)


def _deviation(
    program: Program, plan: Plan, schedule: Schedule, data: str | None, means: Means, report: Report | None
) -> tuple[QuantityResult, Sweep]:
    """F - F_lin alone."""
    from tp.theory.analysis import Analysis

    changed = reparametrized(program, schedule)
    expects = expected(Analysis(changed.graph, optimizer=schedule.optimizer), schedule, second=False)
    trainer = trainer_of(changed, schedule, data, plan.dtype)

    def rows(records: Records) -> dict[str, Measured]:
        last = seen_after(records, [DEVIATION, OUTPUT], schedule.steps)
        return judged([DEVIATION], expects.prediction, last, plan.dtype, OUTPUT, roundings(schedule))

    drawn = sweep(trainer, plan, means, lambda s: wanted(rows(recorded(s)).values()), report)
    return row(DEVIATION, expects.prediction, rows(recorded(drawn.samples)).get(DEVIATION)), drawn


def _by_step(records: Records, names: Sequence[str], schedule: Schedule) -> dict[str, tuple[Estimate | None, ...]]:
    """The exponent of every quantity after every look but the first."""

    def exponent(name: str, step: int) -> Estimate | None:
        values = seen_after(records, [name], step)[name]
        found = fit(values) if values else None
        return found.late.overall if found is not None and found.late is not None else None

    return {name: tuple(exponent(name, step) for step in schedule.looks[1:]) for name in names}


def _claims(
    program: Program,
    schedule: Schedule,
    analysis: Analysis,
    expects: Expected,
    measured: Mapping[str, Measured],
) -> tuple[ClaimResult, ...]:
    """The claims about training, with what was measured of them; none where the program is reparametrised."""
    if schedule.rho or schedule.scale:
        return ()
    output = only_output(program)
    chosen = [c for c in program.claims if c.kind in TRAINING]
    return outcomes(chosen, Theory(expects.prediction, analysis, expects.regime), measured, output)
