"""``tp transfer`` so far."""

from __future__ import annotations

from tp.report.contents.transfer import curves, in_words, optima
from tp.report.document import Section
from tp.studies.transfer.result import Transfer


def sections(result: Transfer) -> tuple[Section, ...]:
    return (optima(result), curves(result))


def line(result: Transfer) -> str:
    rates = ", ".join(f"{o.rate.value:.3g} at n = {o.n}" for o in result.optima if o.rate is not None)
    return f"best rate {rates}; {in_words(result)}" if rates else ""
