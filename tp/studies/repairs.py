"""What a repaired program has to do: restore what fails, and keep what holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.kind import claimed_quantities
from tp.studies.claims.evaluate import only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.faults import Fault
from tp.theory.regime import KERNEL, Kind

if TYPE_CHECKING:
    from tp.program import Program
    from tp.theory.analysis import Analysis

WRONG = (Kind.ILL_NORMALISED, Kind.UNSTABLE, Kind.UNDECIDED)


def restored(program: Program, analysis: Analysis, found: Sequence[Fault]) -> Callable[[Analysis], bool]:
    """Whether a changed program restores what ``found`` aims at, and keeps what holds, by a full analysis.

    All claims of ``program``, which hold or are aimed at, have to hold. So have the conditions of a properly normalised
    system that hold or are aimed at. F keeps the order 1 if it has it, arguments of activations on wide axes keep
    theirs, and the system stays stable.
    """
    found = [f for f in found if f.aim is not None]
    aims = {f.aim for f in found}
    limits: dict[str, Fraction] = {}
    for fault in found:
        for name, bound in fault.limits.items():
            limits[name] = min(bound, limits.get(name, bound))
    regime = analysis.known_regime
    all_conditions = () if regime is None else regime.conditions
    conditions = {c.text for c in all_conditions if c.holds or c.text in aims}
    features = analysis.normal_features or (regime is not None and regime.kind is Kind.ILL_NORMALISED)
    of_order_one = analysis.exponent("F") == 0 and "F" not in limits
    stable = (regime is not None and regime.kind not in WRONG) or bool(aims & STABLE)
    decay = any(f.decay for f in found)
    by_kernel = regime is not None and KERNEL in regime.grounds
    cheap = by_kernel and len(conditions) == len(all_conditions) and features

    def holds(changed: Analysis) -> bool:
        # The first tests are implied by the others, and cheap: most changed programs fail one of them.
        if cheap and not changed.normalised:
            return False
        if (of_order_one and changed.exponent("F") != 0) or not changed.within(limits):
            return False
        if not _claims_hold(replace(program, graph=changed.source), changed):
            return False
        if (features and not changed.normal_features) or (decay and not _decay(changed)):
            return False
        if regime is None:
            return True
        kept = {c.text for c in changed.regime.conditions if c.holds}
        return conditions <= kept and not (stable and changed.regime.kind in WRONG)

    return holds


STABLE = {"a stable system", "claim stable"}


def _decay(analysis: Analysis) -> bool:
    strength = analysis.weak[0]
    return strength is None or strength.power > 0


def _claims_hold(program: Program, analysis: Analysis) -> bool:
    output = only_output(program)
    prediction = analysis.prediction(claimed_quantities(program.claims, output), nodes=bool(program.claims))
    results = outcomes(program.claims, Theory(prediction, analysis), {}, output)
    return all(r.answer is Answer.YES for r in results)
