"""The best learning rate at every width, its drift, and what is predicted of it."""

from __future__ import annotations

from math import log2

from tp.exponent import power_of_n
from tp.report.cells import Interval, Number, Shown, Text, strict
from tp.report.contents.provenance import drawn, interrupted, title, unfinished
from tp.report.contents.schedule import schedule
from tp.report.document import Data, Document, Fact, Line, Section, Table
from tp.report.fields import Field, table
from tp.statistics.estimate import LEVEL, Estimate
from tp.statistics.optimum import Drift
from tp.studies.transfer.result import Optimum, RateCurve, Transfer
from tp.theory.stable_rate import MOST, StableRate

OPTIMA: tuple[Field[Optimum], ...] = (
    Field("n", "n", lambda o: Shown(str(o.n), o.n)),
    Field("best rate", "rate", lambda o: Interval(o.rate)),
    Field("loss there", "loss", lambda o: Interval(o.loss)),
    Field("seeds", "seeds", lambda o: Shown(str(o.seeds), o.seeds)),
    Field("", "problem", lambda o: Shown(o.problem, o.problem or None)),
)


def document(result: Transfer) -> Document:
    """The optima, the drift with its verdict, the prediction, and the curves."""
    return Document(
        title(result.provenance),
        (
            optima(result),
            Section("", (_drift(result), *_predictions(result))),
            curves(result),
            Section(
                "",
                (
                    interrupted(result.provenance, "measured"),
                    unfinished(result.provenance, ["the drift"] if result.verdict is Drift.UNDECIDED else []),
                ),
            ),
            Section("", (Line((*drawn(result.provenance), schedule(result.schedule, looks=False))),)),
        ),
    )


def optima(result: Transfer) -> Section:
    """The best rate and the loss there at each width, with intervals."""
    return Section(
        f"best learning rate after {result.schedule.steps} steps, with {LEVEL:.0%} intervals over seeds",
        (table(OPTIMA, result.optima, "optima"),),
    )


def in_words(result: Transfer) -> str:
    """The verdict on the drift."""
    found = result.drift
    if found is None:
        return "undecided: fewer than two widths have a best rate"
    power = _power(found)
    if result.verdict is Drift.TRANSFERS:
        return f"transfers over these widths: the best rate behaves as {power}, within n^(±{result.margin:g})"
    if result.verdict is Drift.DRIFTS:
        return f"drifts like {power} over these widths"
    if any(optimum.problem for optimum in result.optima):
        return "undecided: some widths have no best rate"
    if not result.complete:
        return f"undecided: the search is not complete; so far the best rate behaves as {power}"
    if not found.low <= 0 <= found.high:
        return f"undecided: the best rate behaves as {power} over these widths; that may be due to small n"
    return f"undecided: the best rate behaves as {power}"


def _drift(result: Transfer) -> Line:
    limit = result.limit
    beyond = "" if limit is None else f"at large n, with corrections of order n^(-1/2) allowed for: {_power(limit)}"
    return Line(
        (
            Fact(in_words(result), "verdict", result.verdict.value),
            Fact("", "drift", _estimate(result.drift)),
            Fact(beyond, "limit", _estimate(limit)),
            Fact("", "margin", result.margin),
        )
    )


def _estimate(found: Estimate | None) -> dict[str, float | str] | None:
    return None if found is None else {name: strict(getattr(found, name)) for name in ("value", "low", "high")}


def _power(found: Estimate) -> str:
    return f"n^({found.value:z.2f} ± {found.half_width:.2f})"


def _predictions(result: Transfer) -> tuple[Line, ...]:
    found = result.disagreement
    said_so = f"this disagrees with what is predicted: {found}" if found else ""
    return (
        Line((Fact(said_so, "disagreement", found or None),)),
        Line((Fact(f"predicted: {said(result)}", "predicted", _data(result)),)),
    )


def said(result: Transfer) -> str:
    """What the calculus says of larger learning rates, in words."""
    found = result.predicted
    if found is None:
        return f"nothing, since {result.unknown}"
    if found.reason:
        return f"nothing, since {found.reason}"
    parts = [_stability(found)]
    if found.idle:
        parts.append("no stable rate moves F")
    elif found.trivial is not None and found.trivial == found.onset:
        parts.append(f"F moves from {power_of_n(found.trivial)} on")
    elif found.trivial is not None:
        parts.append(f"F does not move below {power_of_n(found.trivial)}")
    if result.expected is not None:
        parts.append(f"so the best rate behaves as {power_of_n(result.expected)}, unless unstable training does better")
    return "; ".join(parts)


def _stability(found: StableRate) -> str:
    """Powers of n are those that the rates of the program are multiplied with."""
    stable, unstable = found.stable, found.unstable
    if stable == MOST:
        return "training is stable at all rates"
    if stable is not None and stable == unstable:
        return f"the largest stable rate is {power_of_n(stable)} times that of the program"
    known = [f"stable up to {power_of_n(stable)}"] if stable is not None else []
    known += [f"unstable beyond {power_of_n(unstable)}"] if unstable is not None else []
    return f"training is {' and '.join(known)}, times the rates of the program; only bounds are known"


def _data(result: Transfer) -> dict[str, str | bool | int | None]:
    found = result.predicted
    if found is None or found.reason:
        return {"reason": result.unknown if found is None else found.reason}
    powers = {name: getattr(found, name) for name in ("stable", "unstable", "trivial", "learns")}
    exponents = {name: None if power is None else str(power) for name, power in powers.items()}
    expected = None if result.expected is None else str(result.expected)
    return {**exponents, "unstable_from": found.steps, "idle": found.idle, "drift": expected}


def curves(result: Transfer) -> Section:
    """Median losses by rate and width; in JSON at all rates, with quartiles and the share of runs that diverged."""
    blocks = (_losses(result), Data("curves", [_curve(c) for c in result.curves]))
    return Section("loss after training, median over seeds", blocks)


def _losses(result: Transfer) -> Table:
    """A row for each factor of 2 of the learning rate, a column for each width."""
    eta, by_rate = (
        result.schedule.mover.eta,
        {c.n: dict(zip(c.rates, c.losses, strict=True)) for c in result.curves},
    )
    rates = sorted({rate for c in result.curves for rate in c.rates if log2(rate / eta).is_integer()})
    fields: tuple[Field[float], ...] = (
        Field("rate", None, lambda rate: Number(rate, ".4g")),
        *(
            Field(f"n = {n}", None, lambda rate, losses=losses: _loss(losses.get(rate)))
            for n, losses in by_rate.items()
        ),
    )
    return table(fields, rates, caption="losses after training by learning rate and width")


def _loss(loss: float | None) -> Text | Number:
    if loss is None:
        return Text("")
    return Text("diverges") if loss == float("inf") else Number(loss, ".3g")


def _curve(c: RateCurve) -> dict[str, object]:
    return {
        "n": c.n,
        "rates": list(c.rates),
        **{name: [strict(v) for v in getattr(c, name)] for name in ("losses", "low", "high", "diverged")},
        "seeds": list(c.seeds),
    }
