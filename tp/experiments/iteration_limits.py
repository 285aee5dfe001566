"""Limits of power iterations, and what their steps ask of weights."""

from __future__ import annotations

from tp.interpret.cost.work import questions
from tp.quantities.hessian import HessianStep

TOLERANCE = 1e-3
"""The relative change of the norm over ten steps at which an iteration counts as converged."""
STEPS = 400
"""The most steps of one iteration."""
LEARNED_STEPS = 120
"""The most steps where weights are matrix-free: all steps have to be remembered."""
USUAL_STEPS = 100
"""A usual number of evaluations of a step, both starts together."""
STARTS = 2
"""Random starts of which the largest result counts."""
FIRST = 2
"""Steps before the first norm that is compared."""
ROOM = STARTS * (LEARNED_STEPS + FIRST)
"""The most evaluations of a step that are remembered."""


def vectors_asked(step: HessianStep, n: int) -> dict[str, tuple[int, int]]:
    """The vectors that one evaluation multiplies each weight with at width ``n``, and its transpose."""
    found = questions([(step.graph, step.roots)], n)
    return {name: (q.vectors(False), q.vectors(True)) for name, q in found.items()}
