"""Where loops begin to count: as the user counts layers, or from the entry that a step in time takes."""

from __future__ import annotations

from tp.imports.text.families import Family, of_loop
from tp.imports.text.series import Loop


def settled(loop: Loop) -> list[Family]:
    """Indices of everything in ``loop``, and its weights as families."""
    steps = [position.first for position in loop.positions if position.step == 1]
    families = [of_loop(series) for series in loop.weights]
    named = [family.first for family in families if family.natural and family.first is not None]
    loop.base = (steps or named or [1])[0]
    for series in loop.weights:
        series.first = loop.base
    families = [of_loop(series) for series in loop.weights]
    for series, family in zip(loop.weights, families, strict=True):
        series.first = family.first if family.first is not None else loop.base
    for series in loop.values:
        series.first = loop.base
    for series in loop.carried:
        # What comes before the first iteration is a member too, and no index is negative.
        series.first = max(loop.base - 1, 0)
    return families
