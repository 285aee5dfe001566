"""One quantity in a row: its predicted exponent of n, the measured one, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tp.report.cells import Exponent, Number, Shown, Text, Verdict, strict
from tp.report.check import QUANTITY as RULE
from tp.report.check import Check
from tp.report.contents.size import PredictedCell, SizeCell
from tp.report.fields import Field
from tp.statistics.estimate import LEVEL
from tp.studies.judging import QuantityResult
from tp.studies.sizes import sized

CAPTION = f"exponents of n: predicted, and measured with a {LEVEL:.0%} interval"


def predicted(q: QuantityResult) -> Exponent:
    return Exponent(q.predicted, q.known, q.exact)


def measured(q: QuantityResult) -> Shown | Number:
    """The slope of the typical value against n; -inf for a quantity that is zero to rounding errors."""
    if q.fit is not None and q.fit.vanishes:
        return Shown("-inf", "-inf")
    found = None if q.fit is None else q.fit.overall
    return Number(None if found is None else found.value, "z.2f")


def interval(q: QuantityResult) -> Shown:
    found = None if q.fit is None else q.fit.overall
    if found is None:
        return Shown("", None)
    return Shown(f"[{found.low:z.2f}, {found.high:z.2f}]", [found.low, found.high])


def size(q: QuantityResult) -> SizeCell:
    return SizeCell(sized(q))


def verdict(q: QuantityResult) -> Verdict:
    word = q.judgement.verdict.value
    return Verdict(word, word)


def quantity_checks(found: Iterable[QuantityResult], file: str, when: str = "") -> Iterator[Check]:
    """A check for each quantity, with its exponents of n in the message; ``when`` follows its name."""
    for q in found:
        seen = " ".join(filter(None, (measured(q).text, interval(q).text)))
        numbers = f"predicted exponent of n {predicted(q).text}, measured {seen}"
        verdict = q.judgement.verdict.value
        yield Check(f"{q.name}{when}", verdict, f"{numbers}: {q.judgement.reason}", RULE, file)


def _local(q: QuantityResult) -> list[float] | None:
    """The slopes over the smaller and over the larger widths."""
    late = None if q.fit is None else q.fit.late
    return None if late is None else [late.lower.value, late.upper.value]


QUANTITY: tuple[Field[QuantityResult], ...] = (
    Field("quantity", "name", lambda q: Text(q.name)),
    Field("predicted exponent of n", "predicted", predicted),
    Field("measured", "measured", measured),
    Field(f"{LEVEL:.0%} interval", "interval", interval),
    Field("size", "size", size),
    Field("predicted size", "predicted_size", lambda q: PredictedCell(q.size)),
    Field("verdict", "verdict", verdict),
    Field("reason", "reason", lambda q: Text(q.judgement.reason)),
    Field(None, "typical", predicted),
    Field(None, "exact", lambda q: Shown("", q.exact)),
    Field(None, "widths", lambda q: Shown("", list(q.fit.widths) if q.fit else [])),
    Field(None, "seeds", lambda q: Shown("", list(q.fit.seeds) if q.fit else [])),
    Field(None, "medians", lambda q: Shown("", [strict(m) for m in q.fit.medians] if q.fit else [])),
    Field(None, "local", lambda q: Shown("", _local(q))),
)
