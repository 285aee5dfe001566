"""All rewritings of equations, in their order."""

from __future__ import annotations

from tp.imports.traced.equation import Traced


def recognised(traced: Traced) -> Traced:
    """The same function with groups of equations replaced by what they are in the language."""
    return traced
