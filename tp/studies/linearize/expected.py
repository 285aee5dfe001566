"""Predicted orders of what runs measure: deviations, moves and second derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.activations import Smoothness, find
from tp.experiments.training.observables import GRADIENT, HESSIAN_DRIFT, KERNEL, RATIO, moved
from tp.experiments.training.schedule import Schedule
from tp.graph.graph import Graph
from tp.primitives.traits import function_of
from tp.quantities.definitions import DEVIATION, SEEN
from tp.studies.meaning import descends
from tp.theory.predict import Prediction
from tp.theory.regime import DRIFTS, UNSEEN

if TYPE_CHECKING:
    from tp.theory.analysis import Analysis
    from tp.theory.regime import Regime

SECOND = ("hessian", "C[2,1]", "C[2,2]")
"""The quantities whose orders give those of second derivatives along a run."""
BEFORE, AFTER = f"{RATIO}, before", f"{RATIO}, after"


@dataclass(frozen=True, slots=True)
class Expected:
    """The regime, and the ``prediction`` of what runs measure, by name of the observable."""

    regime: Regime
    prediction: Prediction


def expected(analysis: Analysis, schedule: Schedule, second: bool) -> Expected:
    """The exponents of n of all deviations, as far as known, and with ``second`` of second derivatives.

    ``analysis`` is that of the program after its reparametrisation, under the optimiser of ``schedule``. Raises TpError
    TP514 where the orders after its steps are not known.
    """
    found = analysis.known_regime or analysis.regime_after(schedule.steps)
    exponents: dict[str, Fraction | None] = {}
    exact: dict[str, bool] = {}
    # Where orders change from step to step, none is that of a longer run. What follows an argument that grows has none.
    grown = any(f.moved is not None and f.moved > 0 for f in found.features)
    if found.settled or schedule.steps < found.steps + (not grown):
        exponents, exact = _after(analysis.regime_after(schedule.steps), schedule)
    if second:
        exponents |= _second_orders(analysis, schedule)
    return Expected(found, Prediction(exponents, (), (), exact, grid=analysis.trained_grid))


def _after(found: Regime, schedule: Schedule) -> tuple[dict[str, Fraction | None], dict[str, bool]]:
    """Exponents of n after a run, and whether they are attained.

    Where steps cross kinks, more than one step on a sample moves the outputs at all inputs as much as at the sample.
    """
    exponents: dict[str, Fraction | None] = {moved(f.name): f.moved for f in found.features}
    exponents |= {DEVIATION: found.deviation, SEEN: found.deviation, KERNEL: found.drift, GRADIENT: found.gradient}
    exact = dict.fromkeys(exponents, all(ground.value.exact for ground in found.grounds.values()))
    grounds = {DEVIATION: DEVIATION, SEEN: DEVIATION, GRADIENT: "squared change of the gradient"}
    if schedule.steps == 1:
        exponents[DEVIATION] = found.unseen
        grounds |= {DEVIATION: UNSEEN} if UNSEEN in found.grounds else {}
    exact |= {name: found.grounds[ground].value.exact for name, ground in grounds.items() if ground in found.grounds}
    exact |= {moved(f.name): f.sharp for f in found.features}
    exact[KERNEL] = found.sharp(found.drift, *DRIFTS)
    return exponents, exact


def _second_orders(analysis: Analysis, schedule: Schedule) -> dict[str, Fraction | None]:
    """Orders of second derivatives before and after a run.

    None are known after a run that is no gradient descent. With kinks none are known at all: second derivatives jump
    where a step crosses one.
    """
    found = analysis.prediction(["kernel", *SECOND]).exponents
    kernel, hessian = found["kernel"], found["hessian"]
    drifts = [e for name in SECOND[1:] if (e := found[name]) is not None]
    drift = max(drifts, default=None)
    if kernel is None or _kinked(analysis.program):
        return {}

    def over(exponent: Fraction | None) -> Fraction | None:
        return None if exponent is None else exponent - kernel / 2

    known = {BEFORE: over(hessian)}
    if not descends(schedule.mover):
        return known
    last = max((e for e in (hessian, drift) if e is not None), default=None)
    return {**known, HESSIAN_DRIFT: drift, AFTER: over(last)}


def _kinked(program: Graph) -> bool:
    """Whether some activation is not analytic."""
    operations = (program[i].operation for i in program.needed(list(program.outputs.values())))
    used = {function.activation for o in operations if (function := function_of(o)) is not None}
    return any(find(name).smoothness is not Smoothness.ANALYTIC for name in used)
