"""Both sides of the paper's theorems for one program: correlations at initialisation, and deviations after training."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.asymptotics.verdict import Estimate
from tp.correlations.predict import Prediction
from tp.measure.claims import ClaimResult, Measured, evaluate, only_output
from tp.measure.corollary import Decay, decays
from tp.measure.critical import Critical, critical
from tp.measure.curves import Curve, curves, diverged, seen_after
from tp.measure.drawing import Means
from tp.measure.fit import fit
from tp.measure.judging import QuantityResult, judged, row, wanted
from tp.measure.outcome import Outcome
from tp.measure.plan import Plan
from tp.measure.runs import draw_runs, trainer_of
from tp.measure.schedule import Schedule, reparametrized
from tp.measure.strong import Reparametrised, Strong, supported
from tp.measure.sweep import Report, Samples
from tp.measure.verdict import Verdict
from tp.measure.verify import verify
from tp.training.numbers import DEVIATION, GRADIENT, HESSIAN_DRIFT, KERNEL, OUTPUT, RATIO, SEEN, looked_at, moved

if TYPE_CHECKING:
    from tp.correlations.analysis import Analysis
    from tp.correlations.regime import Regime
    from tp.syntax.program import Program

CORRELATIONS = ("kernel", "C[0,2]", "C[0,3]", "C[1,1]")
"""The left side: if these decay, the kernel apart, so do all others that are measured (docs/calculus.md)."""
SECOND = ("hessian", "C[2,1]", "C[2,2]")
"""What the orders of second derivatives along a run are made of."""
BEFORE, AFTER = f"{RATIO}, before", f"{RATIO}, after"
TRAINING = ("linearizes", "lazy", "feature_learning", "stable")


@dataclass(frozen=True, slots=True)
class Linearization:
    """Both sides, and whether they agree.

    ``left`` are correlations, ``right`` deviations after training, ``hessian`` the norm of ∇²F over that of ∇F before
    and after (Liu, Zhu and Belkin). ``by_step`` has exponents of n after every look but the first. ``diverged`` has the
    first step of a diverging run by width.
    """

    program: str
    file: str
    schedule: Schedule
    left: tuple[QuantityResult, ...]
    right: tuple[QuantityResult, ...]
    hessian: tuple[QuantityResult, ...]
    by_step: Mapping[str, tuple[Estimate | None, ...]]
    curves: tuple[Curve, ...]
    critical: tuple[Critical, ...]
    corollary: tuple[Decay, ...]
    strong: Strong | None
    claims: tuple[ClaimResult, ...]
    diverged: Mapping[int, int]
    assumptions: tuple[str, ...]
    widths: tuple[int, ...]
    dtype: str
    engines: Mapping[int, str]
    interrupted: bool
    cells: int
    stored: int

    @property
    def weak(self) -> bool | None:
        """Do the correlations decay? None where that is open."""
        return _decay([q for q in self.left if q.name != "kernel"])

    @property
    def linear(self) -> bool | None:
        """Do the deviations decay? None where that is open.

        Norms of second derivatives have logarithms of n in them, and their slopes are open for long: where they are,
        the others decide (:attr:`examined` says so).
        """
        return _decay([q for q in self.right if q.name != HESSIAN_DRIFT or _decay([q]) is not None])

    @property
    def examined(self) -> int:
        """Up to which D deviations of ∇^D F count in :attr:`linear`."""
        return 2 if any(q.name == HESSIAN_DRIFT and _decay([q]) is not None for q in self.right) else 1

    @property
    def agreement(self) -> str:
        if self.weak is None or self.linear is None:
            return "undecided"
        return "agree" if self.weak == self.linear else "disagree"

    @property
    def exit_code(self) -> int:
        """0: both sides are decided and agree; 1: they disagree, a prediction is refuted, a claim fails; 3: undecided."""
        agreements = [self.agreement, *([] if self.strong is None else [self.strong.agreement])]
        outcomes = [c.outcome for c in self.claims]
        rows = (*self.left, *self.right, *self.hessian)
        refuted = any(q.judgement.verdict is Verdict.REFUTED for q in rows)
        if "disagree" in agreements or refuted or Outcome.FAILS in outcomes:
            return 1
        return 3 if self.interrupted or "undecided" in agreements or Outcome.UNDECIDED in outcomes else 0


def _decay(rows: Sequence[QuantityResult]) -> bool | None:
    """True where every quantity is confirmed to decay, False where one is confirmed, or shown, not to."""
    decided = [q for q in rows if q.known and q.judgement.verdict in (Verdict.CONFIRMED, Verdict.LOOSE)]
    if any(q.judgement.verdict is Verdict.CONFIRMED and q.predicted is not None and q.predicted >= 0 for q in decided):
        return False
    return True if len(decided) == len(rows) else None


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
    from tp.correlations.analysis import Analysis

    means = means or Means()
    changed = reparametrized(program, schedule)
    analysis = Analysis(changed.graph, SECOND)
    expected = _expected(analysis, schedule, second)
    # What cannot be trained is refused before anything is drawn.
    trainer = trainer_of(changed, schedule, data, plan.dtype, [f.name for f in expected.regime.features if f.width])
    left = verify(replace(changed, claims=()), plan, CORRELATIONS, data, report=report, means=means)
    names = [DEVIATION, SEEN, KERNEL, *(moved(name) for name in trainer.features), GRADIENT]

    def rows(samples: Samples) -> dict[str, Measured]:
        last = seen_after(samples, [*names, OUTPUT], schedule.steps)
        return judged(names, expected.prediction, last, plan.dtype, OUTPUT)

    drawn = draw_runs(changed, trainer, schedule, plan, means, lambda s: wanted(rows(s).values()), report)
    measured = rows(drawn.samples)
    right = [row(name, expected.prediction, measured.get(name)) for name in names]
    interrupted = left.interrupted or drawn.interrupted
    hessian: list[QuantityResult] = []
    cells, stored = left.cells + drawn.calls, left.stored + drawn.stored
    if second and not interrupted:
        curved = _second(changed, plan, schedule, data, expected, means, report)
        right, hessian = [*right, curved.drift], curved.ratios
        interrupted, cells, stored = curved.interrupted, cells + curved.cells, stored + curved.stored
    strong = None
    if rhos and not interrupted:
        at_zero = Reparametrised(schedule.rho, schedule.steps, right[0])
        strong = _strong(program, analysis, plan, schedule, data, left.quantities, at_zero, rhos, means, report)
    return Linearization(
        program=program.name,
        file=program.file,
        schedule=schedule,
        left=left.quantities,
        right=tuple(right),
        hessian=tuple(hessian),
        by_step=_by_step(drawn.samples, names, schedule),
        curves=curves(drawn.samples, trainer.path, looked_at(trainer)),
        critical=critical(left.quantities, drawn.samples),
        corollary=decays(drawn.samples, trainer.path, schedule.eta),
        strong=strong,
        claims=_claims(changed, analysis, expected, measured),
        diverged=diverged(drawn.samples),
        assumptions=left.assumptions,
        widths=drawn.widths,
        dtype=plan.dtype,
        engines={n: trainer.engine(n, plan.engine) for n in drawn.widths},
        interrupted=interrupted,
        cells=cells,
        stored=stored,
    )


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the calculus says of a run."""

    regime: Regime
    prediction: Prediction


def _expected(analysis: Analysis, schedule: Schedule, second: bool) -> _Expected:
    from tp.correlations.regime import regime

    found = regime(analysis.program, analysis.calculus, decays=True) if schedule.decay else analysis.regime
    exponents: dict[str, Fraction | None] = dict.fromkeys((DEVIATION, SEEN), found.deviation)
    exponents |= {KERNEL: found.drift, GRADIENT: found.gradient}
    exponents |= {moved(f.name): f.moved for f in found.features}
    grounds = {DEVIATION: "F - F_lin", SEEN: "F - F_lin", GRADIENT: "squared change of the gradient"}
    exact = dict.fromkeys(exponents, found.exact)
    exact |= {name: found.grounds[ground].value.exact for name, ground in grounds.items() if ground in found.grounds}
    if second:
        exponents |= _second_orders(analysis, schedule)
    return _Expected(found, Prediction(exponents, (), (), exact))


def _second_orders(analysis: Analysis, schedule: Schedule) -> dict[str, Fraction | None]:
    """Orders of second derivatives before and after a run; with weight decay, none are known after."""
    found = analysis.prediction(["kernel", *SECOND]).exponents
    kernel, hessian = found["kernel"], found["hessian"]
    drifts = [e for name in SECOND[1:] if (e := found[name]) is not None]
    drift = max(drifts, default=None)
    if kernel is None:
        return {}

    def over(exponent: Fraction | None) -> Fraction | None:
        return None if exponent is None else exponent - kernel / 2

    known = {BEFORE: over(hessian)}
    if schedule.decay:
        return known
    last = max((e for e in (hessian, drift) if e is not None), default=None)
    return {**known, HESSIAN_DRIFT: drift, AFTER: over(last)}


@dataclass(frozen=True, slots=True)
class _Curved:
    drift: QuantityResult
    ratios: list[QuantityResult]
    interrupted: bool
    cells: int
    stored: int


def _second(
    program: Program,
    plan: Plan,
    schedule: Schedule,
    data: str | None,
    expected: _Expected,
    means: Means,
    report: Report | None,
) -> _Curved:
    """Runs that are looked at with second derivatives, at the widths of ``plan`` alone: they take many gradients."""
    trainer = trainer_of(program, schedule, data, plan.dtype, curved=True)
    names = [HESSIAN_DRIFT, BEFORE, AFTER]

    def rows(samples: Samples) -> dict[str, Measured]:
        last = seen_after(samples, [HESSIAN_DRIFT, RATIO, OUTPUT], schedule.steps)
        ends = {BEFORE: seen_after(samples, [RATIO], 0)[RATIO], AFTER: last[RATIO]}
        found = {HESSIAN_DRIFT: last[HESSIAN_DRIFT], OUTPUT: last[OUTPUT], **ends}
        return judged(names, expected.prediction, found, plan.dtype, OUTPUT)

    drawn = draw_runs(
        program, trainer, schedule, replace(plan, max_width=None), means, lambda s: wanted(rows(s).values()), report
    )
    measured = rows(drawn.samples)
    drift, *ratios = (row(name, expected.prediction, measured.get(name)) for name in names)
    return _Curved(drift, ratios, drawn.interrupted, drawn.calls, drawn.stored)


def _strong(
    program: Program,
    analysis: Analysis,
    plan: Plan,
    schedule: Schedule,
    data: str | None,
    left: Sequence[QuantityResult],
    own: Reparametrised,
    rhos: Collection[Fraction],
    means: Means,
    report: Report | None,
) -> Strong:
    """Theorem 3.2 under ``rhos`` beside the reparametrisation of the ``schedule``."""
    rows = {own.rho: own}
    for rho in sorted({*rhos} - {own.rho}):
        here = replace(schedule, rho=rho, steps=schedule.steps if rho <= 0 else 1)
        rows[rho] = Reparametrised(rho, here.steps, _deviation(program, plan, here, data, means, report))
    strength = analysis.weak[1]
    power = None if strength is None else strength.power
    binding = None if strength is None or strength.binding is None else "C[{},{}]".format(*strength.binding)
    return Strong(power, binding, supported(left), tuple(rows[rho] for rho in sorted(rows)))


def _deviation(
    program: Program, plan: Plan, schedule: Schedule, data: str | None, means: Means, report: Report | None
) -> QuantityResult:
    """F - F_lin alone."""
    from tp.correlations.analysis import Analysis

    changed = reparametrized(program, schedule)
    expected = _expected(Analysis(changed.graph), schedule, second=False)
    trainer = trainer_of(changed, schedule, data, plan.dtype)

    def rows(samples: Samples) -> dict[str, Measured]:
        last = seen_after(samples, [DEVIATION, OUTPUT], schedule.steps)
        return judged([DEVIATION], expected.prediction, last, plan.dtype, OUTPUT)

    drawn = draw_runs(changed, trainer, schedule, plan, means, lambda s: wanted(rows(s).values()), report)
    return row(DEVIATION, expected.prediction, rows(drawn.samples).get(DEVIATION))


def _by_step(samples: Samples, names: Sequence[str], schedule: Schedule) -> dict[str, tuple[Estimate | None, ...]]:
    """The exponent of every quantity after every look but the first."""

    def exponent(name: str, step: int) -> Estimate | None:
        values = seen_after(samples, [name], step)[name]
        found = fit(values) if values else None
        return found.late.overall if found is not None and found.late is not None else None

    return {name: tuple(exponent(name, step) for step in schedule.looks[1:]) for name in names}


def _claims(
    program: Program, analysis: Analysis, expected: _Expected, measured: Mapping[str, Measured]
) -> tuple[ClaimResult, ...]:
    """The claims about training, with what was measured of them."""
    output = only_output(program)
    chosen = [c for c in program.claims if c.kind in TRAINING]
    return tuple(evaluate(c, expected.prediction, measured, output, analysis) for c in chosen)
