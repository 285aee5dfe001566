"""Predicted sizes beside measured ones: what agreement in size, and disagreement, says of a predicted exponent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tp.experiments.correlations import Correlations
from tp.experiments.experiment import Experiment
from tp.quantities.definitions import parse
from tp.statistics.estimate import ROUNDING, Estimate
from tp.statistics.more import More
from tp.statistics.size import size, written
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.claims.support import Measured
from tp.theory.predict import Prediction

if TYPE_CHECKING:
    from tp.graph.graph import Graph
    from tp.theory.predicted_size import PredictedSize

CLOSE = 0.25
"""Agreement in size settles the doubt about a floor where the interval reaches no farther than this share of it."""


def predicted_sizes(
    program: Graph, names: Iterable[str], experiments: Sequence[Experiment], prediction: Prediction
) -> dict[str, PredictedSize]:
    """The sizes of quantities whose attained exponent is that of the limit, at the inputs of the experiments."""
    from tp.theory.predicted_size import predicted_size  # loads JAX where the limit needs it

    found: dict[str, PredictedSize] = {}
    for name in names:
        drawn = next((e for e in experiments if name in e.quantities), None)
        exponent = prediction.exponents.get(name)
        if not isinstance(drawn, Correlations) or exponent is None or not prediction.exact.get(name, True):
            continue
        one = predicted_size(program, parse(name), drawn.inputs)
        if one is not None and one.exponent == exponent:
            found[name] = one
    return found


def beside_size(measured: Measured, predicted: PredictedSize | None) -> Measured:
    """``measured`` with a judgement that heeds the predicted size.

    A confirmed exponent whose size is another one is undecided. Where the size agrees, and is known well, a floor with
    a small prefactor is no longer a doubt: at the measured widths the predicted term is all that there is.
    """
    fit, before = measured.fit, measured.judgement
    if predicted is None or fit.moments is None or fit.late is None:
        return measured
    slope, power = fit.late.overall, float(predicted.exponent)
    found = size(fit.moments, power, slope.confidence)
    if found is None or not found.squares:
        return measured
    estimate, expected = found.coefficient, predicted.root_mean_square
    agrees = estimate.low <= expected * (1 + predicted.error) and expected * (1 - predicted.error) <= estimate.high
    within = slope.low - ROUNDING <= power <= slope.high + ROUNDING
    if before.verdict is Verdict.CONFIRMED and not agrees:
        sizes = f"{expected:.4g} is predicted, measured {written(estimate)}"
        reason = f"the exponent agrees, but the size does not: {sizes}"
        return replace(measured, judgement=replace(before, verdict=Verdict.UNDECIDED, reason=reason, more=More.SEEDS))
    if before.verdict is Verdict.CONFIRMED:
        return replace(measured, judgement=replace(before, reason=f"{before.reason}; size as predicted"))
    if before.floor_only and agrees and within and _close(estimate, expected):
        reason = f"size as predicted, {expected:.4g}: a floor would have to lie far below it"
        return replace(measured, judgement=Judgement(Verdict.CONFIRMED, reason, More.REACH, before.unseen))
    return measured


def _close(found: Estimate, expected: float) -> bool:
    return found.within((1 - CLOSE) * expected, (1 + CLOSE) * expected)
