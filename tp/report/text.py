"""Results as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from tp.exponent import shown
from tp.report.table import table
from tp.statistics.estimate import LEVEL
from tp.statistics.fit import Fit
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.correlations import Numbers
from tp.studies.judging import QuantityResult
from tp.studies.provenance import Provenance
from tp.studies.verify import Verification

HEADER = ("quantity", "predicted", "measured", f"{LEVEL:.0%} interval", "verdict", "reason")
"""Of a table of :func:`quantity_row`."""


def verification_text(result: Verification) -> str:
    """The table of ``tp verify``, the claims and the assumptions."""
    known = result.provenance
    lines = [f"{known.program} ({known.file})", *table(HEADER, [quantity_row(q) for q in result.quantities])]
    seeds = sorted({s for q in result.quantities if q.fit for s in q.fit.seeds})
    drawn = " to ".join(map(str, dict.fromkeys((seeds[0], seeds[-1])))) if seeds else "no"
    widths = ", ".join(map(str, known.widths))
    lines += [
        "",
        f"  widths {widths}; {drawn} seeds each; {drawn_text(known)}",
        *_together(len(result.quantities)),
    ]
    if result.claims:
        lines += ["", *claims_text(known.file, result.claims)]
    if known.interrupted:
        lines += ["", "  interrupted: this is what was known so far"]
    return "\n".join([*lines, *assumptions_text(result.assumptions)])


def numbers_text(result: Numbers) -> str:
    """Median and upper quantile of every quantity at every width."""
    rows = [
        (name, str(cell.n), str(len(cell.values)), f"{cell.median:.6g}", f"{cell.quantile:.6g}")
        for name, cells in result.quantities.items()
        for cell in cells
    ]
    known = result.provenance
    lines = [f"{known.program} ({known.file})", *table(("quantity", "n", "seeds", "median", "90% quantile"), rows)]
    lines += ["", f"  {drawn_text(known)}"]
    if known.interrupted:
        lines += ["", "  interrupted: this is what was drawn so far"]
    return "\n".join(lines)


def claims_text(file: str, claims: Sequence[ClaimResult]) -> list[str]:
    """A table of what became of claims."""
    rows = [(_line(file, c), c.text, claim_word(c), c.reason) for c in claims]
    return table(("line", "claim", "outcome", "reason"), rows)


def _together(count: int) -> list[str]:
    """How many intervals and verdicts were corrected for being looked at together."""
    if count < 2:
        return []
    each = 1 - (1 - LEVEL) / count
    return [f"  the {count} intervals hold together at {LEVEL:.0%} (Bonferroni: each at {100 * each:.4g}%)"]


def drawn_text(known: Provenance) -> str:
    """The dtype, which engines drew at which widths, and how much is from earlier runs, if anything is."""
    stored = f"; {known.stored} of {known.cells} cells from the store" if known.stored else ""
    return f"{known.dtype}; {engines_text(known.engines)}{stored}"


def engines_text(engines: Mapping[int, str]) -> str:
    """Which interpreter drew at which widths, in increasing order; one word where it was the same at every width."""
    runs = [(name, list(widths)) for name, widths in groupby(engines, key=engines.__getitem__)]
    if len(runs) == 1:
        return runs[0][0]
    (first, small), *between, (last, large) = runs
    middle = (f"{name} from n = {widths[0]} to {widths[-1]}" for name, widths in between)
    return ", ".join([f"{first} up to n = {small[-1]}", *middle, f"{last} from n = {large[0]} on"])


def claim_word(claim: ClaimResult) -> str:
    """The outcome of a claim in one word; a claim that holds by the calculus alone is not confirmed."""
    return "confirmed" if claim.confirmed else claim.outcome


def quantity_row(q: QuantityResult) -> tuple[str, ...]:
    """Name, prediction, measurement, interval, verdict and reason."""
    measured, interval = _measured(q.fit)
    predicted = shown(q.known, q.predicted, q.exact)
    return (q.name, predicted, measured, interval, q.judgement.verdict.value, q.judgement.reason)


def _measured(fit: Fit | None) -> tuple[str, str]:
    if fit is not None and fit.vanishes:
        return "-inf", ""
    if fit is None or fit.late is None:
        return "?", ""
    found = fit.late.overall
    return f"{found.value:z.2f}", f"[{found.low:z.2f}, {found.high:z.2f}]"


def _line(file: str, claim: ClaimResult) -> str:
    return file if claim.line is None else f"{file}:{claim.line}"


def assumptions_text(found: Sequence[str]) -> list[str]:
    """What a result rests on, if on anything."""
    return ["", "  assumptions", *(f"    {a}" for a in found)] if found else []
