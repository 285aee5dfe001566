"""From samples to the rows of a table: fits, judgements, and whether more seeds or widths would help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from tp.ndarray import NDArray
from tp.sampling.sweep import Samples
from tp.statistics.estimate import LEVEL
from tp.statistics.fit import Fit, fit
from tp.statistics.limit_of_mean import limit_of_mean
from tp.statistics.more import More
from tp.statistics.verdict import Judgement, Verdict
from tp.statistics.verdict_of_fit import coarse, judge, unpredicted
from tp.studies.claims.support import Measured

if TYPE_CHECKING:
    from tp.theory.predict import Prediction
    from tp.theory.predicted_size import PredictedSize

Floats = NDArray[np.float64]
T = TypeVar("T")

YARDSTICK = "kernel"
"""The quantity from which the rounding errors of all others are estimated."""


@dataclass(frozen=True, slots=True)
class QuantityResult:
    """One row of a table. ``predicted`` is an exponent of n; None: identically zero if ``known``, else unknown.

    ``draws`` are the values that the fit is made of, by width, in the order in which they were drawn.
    """

    name: str
    known: bool
    predicted: Fraction | None
    exact: bool
    fit: Fit | None
    judgement: Judgement
    size: PredictedSize | None = None
    """The predicted size; None where none is predicted."""
    draws: Mapping[int, Floats] = field(default_factory=dict[int, Floats], compare=False, repr=False)


def judged(
    names: Sequence[str],
    prediction: Prediction,
    samples: Samples,
    dtype: str,
    yardstick: str = YARDSTICK,
    roundings: float = 1.0,
) -> dict[str, Measured]:
    """The fit and the judgement of each of ``names`` with ``samples``; all intervals hold together (Bonferroni).

    ``samples`` are values [draws] by quantity and width, drawn in ``dtype``. The rounding error of each is
    taken to be ``roundings`` times the machine precision times the median of the ``yardstick`` at the same width.
    """
    floors = {n: roundings * floor for n, floor in rounding_floors(samples, dtype, yardstick).items()}
    found: dict[str, Measured] = {}
    for name in names:
        if samples.get(name):
            fitted = fit(samples[name], floors, len(names))
            known = name in prediction.exponents
            judgement = _judge(name, prediction, fitted) if known else unpredicted(fitted)
            found[name] = Measured(
                fitted, judgement, prediction.grid, limit_of_mean(samples[name], LEVEL), {**samples[name]}
            )
    return found


class Latest(Generic[T]):
    """What is made of samples; it is made anew where there are more of them than the last time."""

    def __init__(self, make: Callable[[Samples], T]) -> None:
        self._make = make
        self._count = -1
        self._made: T

    def of(self, samples: Samples) -> T:
        """What is made of ``samples``, to which draws are only ever added."""
        count = sum(values.size for by_width in samples.values() for values in by_width.values())
        if count != self._count:
            self._made, self._count = self._make(samples), count
        return self._made


def _judge(name: str, prediction: Prediction, fitted: Fit) -> Judgement:
    """The verdict. What contradicts a prediction is undecided below widths at which all constants count."""
    found = judge(prediction.exponents[name], fitted, prediction.grid, exact=prediction.exact.get(name, True))
    width = max((late.width for late in prediction.late), default=0.0)
    if found.verdict not in (Verdict.REFUTED, Verdict.LOOSE) or max(fitted.widths, default=0) >= width:
        return found
    return Judgement(Verdict.UNDECIDED, f"orders are those of widths above about n = {width:.1g}: {found.reason}")


def wanted(found: Iterable[Measured], reach: int) -> More:
    """Whether more seeds or widths would decide an open verdict, or shorten an interval that is too long.

    ``reach`` is the largest width that was asked for.
    """
    rows = list(found)
    more = reduce(or_, (m.judgement.more.cheapest for m in rows), More.NOTHING)
    return more | More.SEEDS if any(coarse(m.fit, reach) for m in rows) else more


def row(
    name: str, prediction: Prediction, measured: Measured | None, size: PredictedSize | None = None
) -> QuantityResult:
    """The row of ``name``, whether it was measured or not."""
    return QuantityResult(
        name=name,
        known=name in prediction.exponents,
        predicted=prediction.exponents.get(name),
        exact=prediction.exact.get(name, True),
        fit=measured.fit if measured else None,
        judgement=measured.judgement if measured else Judgement(Verdict.UNDECIDED, "not measured"),
        size=size,
        draws=measured.draws if measured else {},
    )


def rounding_floors(samples: Samples, dtype: str, yardstick: str = YARDSTICK) -> dict[int, float]:
    """The rounding error to expect at each width: the machine precision times the median of the ``yardstick`` there."""
    eps = float(np.finfo(dtype).eps)
    medians = {n: float(np.median(np.abs(values))) for n, values in samples.get(yardstick, {}).items()}
    return {n: eps * median for n, median in medians.items() if np.isfinite(median)}
