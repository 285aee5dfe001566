"""The best learning rate at every width, its drift, and what is predicted of it."""

from __future__ import annotations

from fractions import Fraction
from math import log2

from tp.exponent import power_of_n
from tp.optimizers import Groups
from tp.report.cells import Interval, Number, Shown, Text, strict
from tp.report.chart import Chart
from tp.report.contents.provenance import drawn, interrupted, title, unfinished
from tp.report.contents.rate_curves import rate_curves
from tp.report.contents.schedule import schedule
from tp.report.document import Data, Document, Fact, Line, Section, Table
from tp.report.fields import Field, table
from tp.statistics.estimate import LEVEL, Estimate
from tp.statistics.optimum import Drift
from tp.studies.transfer.result import Optimum, RateCurve, Transfer
from tp.theory.stable_rate import MOST, StableRate


def _fields(rate: str) -> tuple[Field[Optimum], ...]:
    """The columns; ``rate`` is what the best rates are called."""
    return (
        Field("n", "n", lambda o: Shown(str(o.n), o.n)),
        Field(rate, "rate", lambda o: Interval(o.rate)),
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
            Section("", (*_drift(result), *_predictions(result))),
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
    """The best rate and the loss there at each width, with intervals.

    Of several optimisers the rate is a multiple of the ``eta`` of each.
    """
    after = f"after {result.schedule.steps} steps, with {LEVEL:.0%} intervals over seeds"
    what = "best multiple of the eta of each optimiser" if _several(result) else "best learning rate eta"
    found = table(_fields(f"best {rate_in_words(result)}"), result.optima, "optima")
    return Section(f"{what} {after}; eta is in units of {unit(result)}", (found,))


def rate_in_words(result: Transfer) -> str:
    """What rates are called."""
    return "multiple of eta" if _several(result) else "eta"


def unit(result: Transfer) -> str:
    """What learning rates are multiples of."""
    rho = result.schedule.rho
    return f"the program's rates{f' times {power_of_n(rho)}' if rho else ''}"


def _several(result: Transfer) -> bool:
    return isinstance(result.schedule.mover, Groups)


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


def _drift(result: Transfer) -> tuple[Line, Line]:
    limit = result.limit
    beyond = "" if limit is None else f"at large n, with corrections of order n^(-1/2) allowed for: {_power(limit)}"
    verdict = Fact(in_words(result), "verdict", result.verdict.value)
    return (
        Line((verdict, Fact("", "drift", _estimate(result.drift)), Fact("", "margin", result.margin))),
        Line((Fact(beyond, "limit", _estimate(limit)),)),
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
    unit = "these rates" if result.schedule.rho else "the program's"
    parts = [_stability(found, unit)]
    if found.idle:
        parts.append("no stable rate moves F")
    elif found.trivial is not None and found.trivial == found.onset:
        parts.append(f"it moves F at rates of {_order(found.trivial, unit)} and larger")
    elif found.trivial is not None:
        parts.append(f"it does not move F at rates below {_order(found.trivial, unit)}")
    if result.expected is not None:
        parts.append(f"so the best rate should {_as(result.expected)}, unless unstable training does better")
    return "; ".join(parts)


def _order(power: Fraction, unit: str) -> str:
    """The order of the rates called ``unit`` times a power of n."""
    return f"order {power_of_n(power)} times {unit}" if power else f"the order of {unit}"


def _as(power: Fraction) -> str:
    if not power:
        return "be the same at all widths"
    return f"{'rise' if power > 0 else 'fall'} as {power_of_n(power)}"


def _stability(found: StableRate, unit: str) -> str:
    """Powers of n are those that the rates called ``unit`` are multiplied with."""
    stable, unstable = found.stable, found.unstable
    if stable == MOST:
        return "training is stable at all rates"
    if stable is not None and stable == unstable:
        return f"training is stable up to rates of {_order(stable, unit)}"
    known = [f"stable up to rates of {_order(stable, unit)}"] if stable is not None else []
    known += [f"unstable beyond {_order(unstable, unit)}"] if unstable is not None else []
    return f"training is {' and '.join(known)}; only bounds are known"


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
    blocks = (_losses(result), *charts(result), Data("curves", [_curve(c) for c in result.curves]))
    return Section("loss after training, median over seeds", blocks)


def charts(result: Transfer) -> tuple[Chart, ...]:
    """Losses over learning rates."""
    rates = (
        "multiple of the eta of each optimiser" if _several(result) else f"learning rate, in units of {unit(result)}"
    )
    return rate_curves(result, in_words(result), rates)


def _losses(result: Transfer) -> Table:
    """A row for each factor of 2 of the learning rate, a column for each width."""
    eta = result.schedule.mover.eta
    by_rate = {c.n: dict(zip(c.rates, c.losses, strict=True)) for c in result.curves}
    rates = sorted({rate for c in result.curves for rate in c.rates if log2(rate / eta).is_integer()})
    fields: tuple[Field[float], ...] = (
        Field(rate_in_words(result), None, _rate),
        *(
            Field(f"n = {n}", None, lambda rate, losses=losses: _loss(losses.get(rate)))
            for n, losses in by_rate.items()
        ),
    )
    return table(fields, rates, caption="losses after training by learning rate and width")


def _rate(rate: float) -> Number:
    return Number(rate, ".4g")


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
