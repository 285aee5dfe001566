"""Quantities and claims while draws come in: the verdict so far, and why it is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tp.report.cells import Text
from tp.report.contents.claims import word
from tp.report.contents.quantities import interval, measured, predicted, verdict
from tp.report.document import Fact, Line, Table
from tp.report.fields import Field, table
from tp.statistics.estimate import LEVEL
from tp.statistics.verdict import Verdict
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.judging import QuantityResult

SETTLED = (Verdict.CONFIRMED, Verdict.CONSISTENT)


def _why(q: QuantityResult) -> str:
    """Why a quantity is open, refuted or loose; empty where the prediction is supported."""
    return "" if q.judgement.verdict in SETTLED else q.judgement.reason


ROW: tuple[Field[QuantityResult], ...] = (
    Field("quantity", "name", lambda q: Text(q.name)),
    Field("predicted", "predicted", predicted),
    Field("measured", "measured", measured),
    Field(f"{LEVEL:.0%} interval", "interval", interval),
    Field("so far", "verdict", verdict),
    Field("why", "reason", lambda q: Text(_why(q))),
)


def rows(found: Sequence[QuantityResult]) -> Table:
    """A row for each quantity."""
    return table(ROW, found)


def verdicts(found: Iterable[QuantityResult]) -> str:
    """The predictions while nothing is measured; then quantities by verdict, with the reasons of the open ones."""
    every = list(found)
    if all(q.fit is None for q in every):
        return "predicted: " + ", ".join(f"{q.name} {predicted(q).text}" for q in every)
    by_verdict: dict[tuple[str, str], list[str]] = {}
    for q in every:
        by_verdict.setdefault((q.judgement.verdict.value, _why(q)), []).append(q.name)
    return "; ".join(
        f"{verdict}: {', '.join(names)}{f' ({why})' if why else ''}" for (verdict, why), names in by_verdict.items()
    )


def claims(found: Sequence[ClaimResult]) -> Line:
    """How many claims have which outcome, and the reasons of those that fail or are undecided."""
    if not found:
        return Line(())
    words = [word(claim) for claim in found]
    counts = ", ".join(f"{words.count(one)} {_plural(one, words.count(one))}" for one in dict.fromkeys(words))
    doubts = [f"{claim.text}: {claim.reason}" for claim in found if word(claim) in ("fails", "undecided")]
    return Line((Fact(f"claims: {counts}"), *map(Fact, doubts)))


def _plural(outcome: str, count: int) -> str:
    """``holds`` and ``fails`` are verbs."""
    return outcome.removesuffix("s") if count > 1 and outcome in ("holds", "fails") else outcome
