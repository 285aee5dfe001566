"""From a log to verdicts: select steps, predict, fit, judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from tp.data.logs import Key, Log, Reading
from tp.diagnostics.diagnostic import error
from tp.optimizers import chosen
from tp.statistics.bound import LEAST_WIDTHS
from tp.statistics.few_draws import MANY, few_draws
from tp.statistics.fit import ROUNDING, Fit, fit
from tp.statistics.verdict import Judgement, Verdict
from tp.statistics.verdict_of_fit import judge
from tp.studies.coordinates.orders_of_values import Order, OrdersOfValues, unknown
from tp.studies.coordinates.result import Coordinate, Coordinates
from tp.transform.two_sided import two_sided

if TYPE_CHECKING:
    from tp.program import Program

SINGLE = 2.0**-24
"""The relative rounding error of the precision that runs are assumed to have, single precision."""

Predict = Callable[[Key, Reading], tuple[Order, str]]
"""The order that is predicted of a reading, and where the prediction comes from (empty: there is none)."""


def coordinates(
    log: Log,
    program: Program | None = None,
    *,
    match: Mapping[str, str] | None = None,
    steps: Sequence[int] | None = None,
) -> Coordinates:
    """Judge the sizes in ``log`` at ``steps`` (default: all) against values of ``program``, or the log's own column.

    ``match`` has by name in the log the name of a value of the program; other names are those of the program. Where the
    program has no such value, the column counts. Raises TpError TP912 for steps or names that do not exist.
    """
    readings = _selected(log, steps)
    predict = _by_column if program is None else _by_program(program, readings, match or {})
    predicted = {key: predict(key, reading) for key, reading in readings.items()}
    rounding = _rounding(readings)
    rows = tuple(
        _judged(key, reading, *predicted[key], rounding[key.step], len(readings)) for key, reading in readings.items()
    )
    known = {row.key.name for row in rows if row.source}
    names = dict.fromkeys(key.name for key in readings)
    return Coordinates(
        file=str(log.path),
        program="" if program is None else program.name,
        rows=rows,
        widths=log.widths,
        repeated=log.repeated,
        unmatched=tuple(name for name in names if name not in known) if known else (),
    )


def _selected(log: Log, steps: Sequence[int] | None) -> dict[Key, Reading]:
    """The readings at ``steps``; -1 is the last one. Changes at step 0 are none."""
    having = sorted({key.step for key in log.readings})
    wanted = having if steps is None else [having[-1] if step == -1 else step for step in steps]
    missing = [str(step) for step in wanted if step not in having]
    if missing:
        shown = having if len(having) <= 8 else [*having[:4], "...", *having[-3:]]
        hint = f"it has the steps {', '.join(map(str, shown))}"
        raise error("TP912", f"{log.path} has no step {', '.join(missing)}", hint=hint)
    found = log.readings.items()
    return {key: reading for key, reading in found if key.step in wanted and (key.step or key.kind == "value")}


def _by_column(key: Key, reading: Reading) -> tuple[Order, str]:
    said = reading.predicted
    return (unknown("no prediction"), "") if said is None else (Order(said.exponent, said.exact), "log")


def _by_program(program: Program, readings: Mapping[Key, Reading], match: Mapping[str, str]) -> Predict:
    last = max(key.step for key in readings)
    optimizer = chosen(program.optimizers).of(two_sided(program.graph))
    orders = OrdersOfValues(program.graph, optimizer, last)
    names = dict.fromkeys(key.name for key in readings)
    having = ", ".join(orders.named)
    for theirs, ours in match.items():
        if theirs not in names:
            raise error("TP912", f"the log has no name {theirs}", hint=f"it has {', '.join(list(names)[:12])}")
        if ours not in orders.named:
            raise error("TP912", f"{program.name} has no value {ours}", hint=f"it has {having}")
    by_name = {name: ours for name in names if (ours := match.get(name, name)) in orders.named}
    if not by_name and not any(reading.predicted for reading in readings.values()):
        message = f"no name of the log is that of a value of {program.name}: {', '.join(list(names)[:6])}"
        raise error("TP912", message, hint=f"say --match NAME=VALUE, where values are {having}")

    def predict(key: Key, reading: Reading) -> tuple[Order, str]:
        if key.name not in by_name:
            return _by_column(key, reading)
        return orders.order(by_name[key.name], key.kind, key.step), "program"

    return predict


def _rounding(readings: Mapping[Key, Reading]) -> dict[int, dict[int, float]]:
    """By step and width the rounding error of the largest value that the log has there."""
    found: dict[int, dict[int, float]] = {}
    for key, reading in readings.items():
        largest = found.setdefault(key.step, {})
        for n, seeds in reading.values.items():
            finite = [v for v in seeds.values() if isfinite(v)]
            largest[n] = max(largest.get(n, 0.0), SINGLE * max(finite, default=0.0))
    return found


def _judged(
    key: Key, reading: Reading, predicted: Order, source: str, rounding: Mapping[int, float], quantities: int
) -> Coordinate:
    found = fitted(reading.values, quantities)
    return Coordinate(key, found, predicted, source, _judgement(found, predicted, reading, rounding), reading.diverged)


def fitted(values: Mapping[int, Mapping[str, float]], quantities: int) -> Fit:
    """The fit of a size from its ``values`` by width and seed: as in ``tp verify`` where there are many seeds."""
    if min(len(seeds) for seeds in values.values()) < MANY:
        return few_draws(values, quantities)
    return fit({n: np.array(list(seeds.values())) for n, seeds in values.items()}, None, quantities)


def _judgement(found: Fit, predicted: Order, reading: Reading, rounding: Mapping[int, float]) -> Judgement:
    if reading.diverged:
        where = ", ".join(f"{count} of {total} at n = {n}" for n, (count, total) in reading.diverged.items())
        return Judgement(Verdict.UNDECIDED, f"values that are not finite: {where}")
    if not predicted.known:
        return Judgement(Verdict.UNDECIDED, predicted.reason)
    if predicted.exponent is None and not found.vanishes:
        tiny = all(max(seeds.values()) <= ROUNDING * rounding[n] for n, seeds in reading.values.items())
        if tiny:
            return Judgement(Verdict.UNDECIDED, "predicted to vanish; values are as small as rounding errors may be")
    judgement = judge(predicted.exponent, found, predicted.grid, exact=predicted.exact)
    contradicted = judgement.verdict in (Verdict.REFUTED, Verdict.LOOSE)
    if contradicted and max(found.widths, default=0) < predicted.above:
        reason = f"orders are those of widths above about n = {predicted.above:.1g}: {judgement.reason}"
        return Judgement(Verdict.UNDECIDED, reason)
    if judgement.verdict is Verdict.CONFIRMED and _on_a_logarithm(found, predicted.exponent):
        return Judgement(Verdict.UNDECIDED, "three widths do not tell a power of log n from another exponent")
    # A quantity that is smaller than its predicted order is not of that order.
    if judgement.verdict is Verdict.LOOSE and predicted.exact:
        return replace(judgement, verdict=Verdict.REFUTED)
    return judgement


def _on_a_logarithm(found: Fit, predicted: Fraction | None) -> bool:
    """Whether there are three widths only, whose interval lies above the prediction."""
    few = len(found.widths) <= LEAST_WIDTHS
    return few and predicted is not None and found.late is not None and found.late.overall.low > float(predicted)
