"""Both sides of theorem 3.1 for one program: correlations at initialisation, and deviations after training."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tp.correlations.predict import Prediction
from tp.interpret.engine import materialised
from tp.measure.calls import in_turn
from tp.measure.claims import Measured
from tp.measure.judging import QuantityResult, judged, row, wanted
from tp.measure.plan import Plan
from tp.measure.room import within_memory
from tp.measure.runs import DEVIATION, GRADIENT, KERNEL, OUTPUT, Curve, Runs, Schedule, reparametrized, trainer_of
from tp.measure.sweep import Report, Samples, sweep
from tp.measure.verdict import Verdict
from tp.measure.verify import verify

if TYPE_CHECKING:
    from tp.correlations.regime import Regime
    from tp.measure.drawing import Means
    from tp.syntax.program import Program

CORRELATIONS = ("C[0,2]", "C[0,3]", "C[1,1]")
"""The left side: if these decay, so do all others that are measured (docs/calculus.md)."""


@dataclass(frozen=True, slots=True)
class Linearization:
    """Both sides, and whether they agree. ``diverged`` has the first step of a diverging run by width."""

    program: str
    file: str
    schedule: Schedule
    left: tuple[QuantityResult, ...]
    right: tuple[QuantityResult, ...]
    curves: tuple[Curve, ...]
    diverged: Mapping[int, int]
    assumptions: tuple[str, ...]
    widths: tuple[int, ...]
    dtype: str
    engines: Mapping[int, str]
    interrupted: bool

    @property
    def weak(self) -> bool | None:
        """Do the correlations decay? None where that is open."""
        return _decay(self.left)

    @property
    def linear(self) -> bool | None:
        """Do the deviations decay? None where that is open."""
        return _decay(self.right)

    @property
    def agreement(self) -> str:
        if self.weak is None or self.linear is None:
            return "undecided"
        return "agree" if self.weak == self.linear else "disagree"

    @property
    def exit_code(self) -> int:
        """0: both sides are decided and agree; 1: they disagree or a prediction is refuted; 3: undecided."""
        if self.agreement == "disagree" or any(
            q.judgement.verdict is Verdict.REFUTED for q in (*self.left, *self.right)
        ):
            return 1
        return 3 if self.interrupted or self.agreement == "undecided" else 0


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
    report: Report | None = None,
    means: Means | None = None,
) -> Linearization:
    """Measure the correlations of ``program``, train it and its linear model, and compare the two sides.

    Raises TpError TP501 to TP504 for settings and memory, TP512 for what cannot be trained, TP60x for data.
    """
    from tp.correlations.analysis import Analysis

    changed = reparametrized(program, schedule)
    left = verify(replace(changed, claims=()), plan, CORRELATIONS, data, means=means)
    found = Analysis(changed.graph).regime
    trainer = trainer_of(changed, schedule, data, plan.dtype, [f.name for f in found.features if f.width])
    prediction = _prediction(found, trainer.features, left.quantities)
    names = [DEVIATION, KERNEL, *(f"moved {name}" for name in trainer.features), GRADIENT]

    def rows(samples: Samples) -> dict[str, Measured]:
        return judged(names, prediction, samples, plan.dtype, OUTPUT)

    plan = within_memory(
        plan, lambda n: trainer.memory(n, plan.dtype, plan.engine), materialised(changed.graph.parameters)
    )
    watch = Runs(trainer, schedule, plan)
    drawn = sweep(
        plan,
        in_turn(watch.draw),
        lambda samples: wanted(rows(samples).values()),
        lambda n: trainer.cost(n, plan.engine),
        report,
    )
    measured = rows(drawn.samples)
    return Linearization(
        program=program.name,
        file=program.file,
        schedule=schedule,
        left=left.quantities,
        right=tuple(row(name, prediction, measured.get(name)) for name in names),
        curves=watch.curves(),
        diverged=dict(sorted(watch.diverged.items())),
        assumptions=left.assumptions,
        widths=drawn.widths,
        dtype=plan.dtype,
        engines={n: trainer.engine(n, plan.engine) for n in drawn.widths},
        interrupted=left.interrupted or drawn.interrupted,
    )


def _prediction(regime: Regime, features: Collection[str], left: Sequence[QuantityResult]) -> Prediction:
    """Exponents of the right side; gradients move as the first term of their series, which is of order C[1,1]."""
    exponents = {DEVIATION: regime.deviation, KERNEL: regime.drift}
    exponents |= {f"moved {f.name}": f.moved for f in regime.features if f.name in features}
    first = next(q.predicted for q in left if q.name == "C[1,1]")
    if first is not None:
        exponents[GRADIENT] = first
    return Prediction(exponents, (), (), dict.fromkeys(exponents, regime.exact))
