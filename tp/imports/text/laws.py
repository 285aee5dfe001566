"""Initial laws as the language writes them."""

from __future__ import annotations

from collections.abc import Mapping

from tp.imports.axes.labels import Label
from tp.imports.laws.initial import Initial
from tp.imports.text.declared import DeclaredWeight
from tp.imports.text.numbers import written_number
from tp.imports.traced.sizes import Number


def law_text(initial: Initial | None, weight: DeclaredWeight, axes: Mapping[Label, str]) -> str:
    """The law of a weight, such as ``normal(0, 1/sqrt(n))``; without one it is ``normal(0, 1)``."""
    if initial is None:
        return "normal(0, 1)"
    mean = written_number(initial.mean)[0]
    if initial.law == "constant" or initial.deviation is None:
        return f"constant({mean})"
    deviation = written_number(initial.deviation)[0]
    extra = [written_number(Number(each))[0] for each in initial.extra]
    if initial.law == "orthogonal":
        return f"orthogonal({deviation})"
    return f"{initial.law}({', '.join([mean, deviation, *extra])})"
