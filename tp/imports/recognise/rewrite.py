"""All rewritings of equations, in their order."""

from __future__ import annotations

from collections.abc import Mapping

from tp.imports.laws.initial import Initial
from tp.imports.recognise.activations import with_activations
from tp.imports.recognise.dilations import without_dilations
from tp.imports.recognise.neutral import without_neutral
from tp.imports.recognise.parts_of_weights import with_parts_of_weights
from tp.imports.recognise.shifts import without_shifts
from tp.imports.recognise.softmax import with_softmax
from tp.imports.recognise.variance import with_central_variances
from tp.imports.traced.equation import Traced

_STEPS = (
    without_dilations,
    without_shifts,
    without_neutral,
    with_central_variances,
    without_neutral,
    with_softmax,
    with_activations,
)


def recognised(traced: Traced, initials: Mapping[tuple[str, ...], Initial]) -> Traced:
    """The same function with groups of equations replaced by what they are in the language.

    Weights are cut where the module cuts them, and where their initial law changes.
    """
    traced = with_parts_of_weights(traced, initials)
    for step in _STEPS:
        traced = step(traced)
    return traced
