"""The whole path for one program: predict, measure, fit, judge, decide the claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.kind import claimed_quantities
from tp.exit_code import ExitCode
from tp.experiments.experiment import Experiment
from tp.optimizers import Optimizer, chosen
from tp.printable import Printable
from tp.quantities.definitions import DEFAULT, alike
from tp.sampling.means import Means
from tp.sampling.memory_limit import require_memory
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report, Samples, Sweep, sweep
from tp.statistics.corrections import BEGUN
from tp.statistics.more import More
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.claims.evaluate import ClaimResult, only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.claims.support import Measured
from tp.studies.correlations import correlations_of
from tp.studies.declared import DeclaredFact, contradiction, declared_facts, require_functions
from tp.studies.judging import YARDSTICK, Latest, QuantityResult, judged, row, wanted
from tp.studies.provenance import Provenance, provenance
from tp.studies.size_agreement import beside_size, predicted_sizes
from tp.theory.analysis import Analysis
from tp.theory.predict import Prediction
from tp.transform.two_sided import two_sided

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.program import Program
    from tp.theory.predicted_size import PredictedSize


@dataclass(frozen=True, slots=True, repr=False)
class Verification(Printable):
    """Everything that ``tp verify`` says about one program."""

    study = "verify"

    quantities: tuple[QuantityResult, ...]
    claims: tuple[ClaimResult, ...]
    assumptions: tuple[str, ...]
    provenance: Provenance
    declared: tuple[DeclaredFact, ...] = ()
    """The declared facts of maps, tested at small widths."""
    tolerance: float | None = None
    """The size that quantities should stay below, where the width that this needs is asked for."""

    @property
    def undecided(self) -> tuple[str, ...]:
        """The quantities whose measurement is undecided."""
        return tuple(q.name for q in self.quantities if q.judgement.verdict is Verdict.UNDECIDED)

    @property
    def next_budget(self) -> str:
        """A budget to go on with, such as "5m", where this one ended with something undecided; else empty."""
        return self.provenance.next_budget(self.undecided)

    @property
    def exit_code(self) -> ExitCode:
        """HOLDS: all claims hold and nothing is refuted; FAILS: a claim fails or a quantity is refuted; else UNDECIDED.

        An undecided quantity counts only if some claim involves it and its interval does not lie within the upper bound
        that is claimed; if there are no claims, every one counts.
        """
        verdicts = {q.name: q.judgement.verdict for q in self.quantities}
        if Verdict.REFUTED in verdicts.values() or any(c.answer is Answer.NO for c in self.claims):
            return ExitCode.FAILS
        involved = {name for c in self.claims for name in c.open} if self.claims else set(verdicts)
        open_ = any(verdicts.get(name) is Verdict.UNDECIDED for name in involved)
        undecided = self.provenance.interrupted or open_ or any(c.answer is Answer.UNDECIDED for c in self.claims)
        return ExitCode.UNDECIDED if undecided else ExitCode.HOLDS


Watch = Callable[[Verification], None]
"""A function of what is known so far: what an interrupt would leave at that moment."""


def verify(
    program: Program,
    plan: Plan,
    quantities: Sequence[str] | None = None,
    data: str | Data | None = None,
    *,
    optimizer: Optimizer | None = None,
    equal_inputs: bool = False,
    report: Report | None = None,
    means: Means | None = None,
    watch: Watch | None = None,
) -> Verification:
    """Predict and measure ``quantities`` (default: :data:`DEFAULT` and those with a claim about their order).

    Claims about training are about that with ``optimizer``; None: that of the program. ``watch`` is called with what is
    known so far: before every prediction, before the first draw, then as draws come in. Raises TpError TP501 to TP511
    for settings and memory, TP60x for data.
    """
    names = measured_quantities(program, quantities)
    # Functions, data and memory are looked at before anything is computed.
    require_functions(program, plan.widths[0])
    experiments = [
        correlations_of(program, [*group, YARDSTICK], data, equal_inputs=equal_inputs, dtype=plan.dtype)
        for group in alike(names)
    ]
    for experiment in experiments:
        require_memory(experiment, plan)
    facts = declared_facts(program, data)
    if report is not None:
        report(0.0, 0.0, "predicting")
    optimizer = (optimizer or chosen(program.optimizers)).of(two_sided(program.graph))
    wanted = [*names, *claimed_quantities(program.claims, only_output(program))]
    theory = Analysis(program.graph, wanted, optimizer)
    sizes = predicted_sizes(program.graph, names, experiments, theory.prediction(names))
    if watch is not None:
        for count in range(len(names)):
            watch(_undecided(program, names, theory.prediction(names[:count]), plan, optimizer))

    def seen(now: Verification) -> None:
        if watch is not None:
            watch(resting_on(now, facts))

    return resting_on(compared(program, names, theory, experiments, plan, means, report, seen, sizes), facts)


def resting_on(found: Verification, facts: tuple[DeclaredFact, ...]) -> Verification:
    """``found`` with the declared facts of maps. Where numbers contradict one, nothing is decided."""
    wrong = [fact for fact in facts if not fact.holds]
    if not wrong:
        return replace(found, declared=facts)
    reason = contradiction(wrong)
    return replace(
        found,
        declared=facts,
        quantities=tuple(replace(q, judgement=Judgement(Verdict.UNDECIDED, reason)) for q in found.quantities),
        claims=tuple(replace(c, answer=Answer.UNDECIDED, confirmed=False, reason=reason) for c in found.claims),
    )


def measured_quantities(program: Program, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The quantities that are ``asked`` for (default: :data:`DEFAULT`), and those with a claim about their order."""
    ordered = claimed_quantities((c for c in program.claims if c.kind in ("order", "limit")), only_output(program))
    return tuple(dict.fromkeys([*(DEFAULT if asked is None else asked), *ordered]))


def compared(
    program: Program,
    names: Sequence[str],
    theory: Analysis,
    experiments: Sequence[Experiment],
    plan: Plan,
    means: Means | None = None,
    report: Report | None = None,
    watch: Watch | None = None,
    sizes: Mapping[str, PredictedSize] | None = None,
) -> Verification:
    """What ``theory`` says of ``names`` against draws of ``experiments``: each of them has some, and the kernel.

    Every experiment has the whole budget, so a dear quantity takes nothing from the cheap ones. Rounding errors are
    estimated from the kernel. ``watch`` is called with what is known so far; ``sizes`` are predicted ones. Raises what
    :func:`sweep` raises.
    """
    output = only_output(program)
    predicted = dict.fromkeys([*names, *claimed_quantities(program.claims, output)])
    prediction = theory.prediction(list(predicted), nodes=bool(program.claims))
    evidence, known_sizes = Theory(prediction, theory), sizes or {}

    def known(part: _Drawn) -> Verification:
        return Verification(
            quantities=tuple(row(name, prediction, part.measured.get(name), known_sizes.get(name)) for name in names),
            claims=outcomes(program.claims, evidence, part.measured, output, known_sizes),
            assumptions=(*prediction.assumptions, *_unseen(part.reach)),
            provenance=provenance(program, plan, part.sweep, theory.optimizer),
        )

    def more(before: _Drawn, experiment: Experiment) -> _Drawn:
        asked = [name for name in names if name in experiment.quantities and name not in before.measured]

        def judge(samples: Samples) -> dict[str, Measured]:
            found = judged(names, prediction, samples, plan.dtype)
            return {name: beside_size(found[name], known_sizes.get(name)) for name in asked if name in found}

        rows = Latest(judge)

        def seen(part: Sweep) -> None:
            if watch is not None:
                watch(known(before.also(part, rows.of(part.samples))))

        def more_wanted(samples: Samples) -> More:
            return wanted(rows.of(samples).values(), plan.widths[-1])

        found = sweep(experiment, plan, means, more_wanted, report, seen)
        return before.also(found, rows.of(found.samples))

    so_far = _Drawn(Sweep(), {})
    if watch is not None:
        watch(known(so_far))
    for experiment in experiments:
        so_far = more(so_far, experiment)
        if so_far.sweep.interrupted:
            break
    return known(so_far)


def _undecided(
    program: Program, names: Sequence[str], prediction: Prediction, plan: Plan, optimizer: Optimizer
) -> Verification:
    """What is known while ``names`` are predicted: the ``prediction`` of some of them, and no outcome of any claim."""
    undecided = ClaimResult("", None, Answer.UNDECIDED, False, "not looked at yet")
    return Verification(
        quantities=tuple(row(name, prediction, None) for name in names),
        claims=tuple(
            replace(undecided, text=claim.text, line=claim.span.line, column=claim.span.column)
            for claim in program.claims
        ),
        assumptions=prediction.assumptions,
        provenance=provenance(program, plan, Sweep(), optimizer),
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What was ``measured`` in all sweeps so far, as one; ``reach`` are the widths of the one that reached least."""

    sweep: Sweep
    measured: Mapping[str, Measured]
    reach: tuple[int, ...] | None = None

    def also(self, sweep: Sweep, measured: Mapping[str, Measured]) -> _Drawn:
        reach = sweep.widths if self.reach is None else min(self.reach, sweep.widths, key=lambda widths: widths[-1:])
        return _Drawn(self.sweep.also(sweep), {**self.measured, **measured}, reach)


def _unseen(widths: Sequence[int] | None) -> tuple[str, ...]:
    """What the measurement takes for granted about widths beyond the largest."""
    if widths is None or len(widths) < 3:
        return ()
    reach = widths[0] * (widths[-1] / widths[0]) ** BEGUN
    return (f"no term of higher order begins beyond n = {reach:.0f}: larger widths would be needed to see it",)
