"""Limits of power iterations, and the products with weights that their steps need."""

from __future__ import annotations

from tp.interpret.cost.work import questions
from tp.quantities.hessian import HessianStep

TOLERANCE = 1e-3
"""The relative change of the norm over ten steps at which an iteration counts as converged."""
STEPS = 400
"""The most steps of one iteration."""
LEARNED_STEPS = 120
"""The most steps where weights are matrix-free: the products of all steps are kept."""
USUAL_STEPS = 100
"""The usual number of evaluations of a step, both starts together."""
SLOWEST = 2
"""The usual number of steps of the slowest of several draws side by side, as a multiple of those of one."""
STARTS = 2
"""The number of random starts. The largest of their results is the norm."""
FIRST = 2
"""The number of steps before the first norm that is compared with later ones."""
ROOM = STARTS * (LEARNED_STEPS + FIRST)
"""The most evaluations of a step whose products are kept."""


def vectors_asked(step: HessianStep, n: int) -> dict[str, tuple[int, int]]:
    """By weight: how many vectors one evaluation at width ``n`` multiplies it with, and its transpose with."""
    found = questions([(step.graph, step.roots)], n)
    return {name: (q.vectors(False), q.vectors(True)) for name, q in found.items()}
