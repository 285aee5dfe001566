"""The widths from which quantities stay below a tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from tp.answer import Answer
from tp.report.cells import Shown, Text, strict
from tp.report.document import Section
from tp.report.fields import Field, table
from tp.studies.judging import QuantityResult
from tp.studies.needed_width import NeededWidth, needed_width

KEY = "needed_widths"
TINY = 1e-3
"""A width may be too large by this much from rounding."""


def needed_widths(found: Sequence[QuantityResult], tolerance: float | None) -> tuple[Section, ...]:
    """A row for each quantity; nothing where no tolerance is given."""
    if tolerance is None:
        return ()
    fields: tuple[Field[NeededWidth], ...] = (
        Field("quantity", "name", lambda w: Text(w.quantity)),
        Field(f"size below {tolerance:g} from n =", "width", _width),
        Field("remark", "reason", lambda w: Text(w.reason)),
        Field(None, "answer", lambda w: Shown("", w.answer.value)),
        Field(None, "tolerance", lambda w: Shown("", w.tolerance)),
        Field(None, "measured", lambda w: Shown("", w.inside if w.width else None)),
    )
    rows = [needed_width(q, tolerance) for q in found]
    return (Section("", (table(fields, rows, KEY, "how wide it must be"),)),)


def _width(needed: NeededWidth) -> Shown:
    width = needed.width
    if width is None:
        words = {Answer.YES: "any", Answer.NO: "never", Answer.UNDECIDED: "undecided"}
        return Shown(words[needed.answer], None)
    value, low, high = (ceil(end - TINY) for end in (width.value, width.low, width.high))
    text = f"{value} or less" if needed.below else f"{value} [{low}, {high}]"
    return Shown(text, {name: strict(getattr(width, name)) for name in ("value", "low", "high")})
