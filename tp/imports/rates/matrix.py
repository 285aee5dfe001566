"""Muon: whole matrices that move along polar factors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from tp.imports.rates.moved import Array, Moved
from tp.optimizers.registry import make

MOMENTA = (0.95, 0.9, 0.0, 0.8, 0.85, 0.98, 0.99)
ITERATIONS = (5, 6, 4, 3, 8, 10)
EPS = (1e-8, 1e-7, 1e-6)
"""Settings that are tried, the usual ones first."""


def muon(gradients: Sequence[Array], updates: Sequence[Array]) -> Moved | None:
    """Muon with the settings that explain the ``updates`` of a matrix of zeros; None where none of those tried do."""
    if gradients[0].ndim != 2:
        return None
    for nesterov, iterations, eps in product((True, False), ITERATIONS, EPS):
        # The first move does not depend on the momentum.
        if _rate({"nesterov": nesterov, "iterations": iterations, "eps": eps}, gradients[:1], updates[:1]) is None:
            continue
        for momentum in MOMENTA:
            settings = {"momentum": momentum, "nesterov": nesterov, "iterations": iterations, "eps": eps}
            if (rate := _rate(settings, gradients, updates)) is not None:
                return Moved("muon", rate, settings)
    return None


def _rate(settings: dict[str, float | bool], gradients: Sequence[Array], updates: Sequence[Array]) -> float | None:
    """The learning rate with which ``settings`` explain ``updates``."""
    optimizer = make("muon", {"eta": 1.0, **settings})
    weights = {"W": np.zeros_like(gradients[0])}
    state = optimizer.init(weights)
    rate: float | None = None
    for step, (gradient, update) in enumerate(zip(gradients, updates, strict=True)):
        found, state = optimizer.step({"W": gradient}, state, weights, {"W": 1.0}, step)
        if rate is None:
            rate = float((found["W"] * update).sum() / (found["W"] ** 2).sum())
        if rate <= 0 or np.abs(rate * found["W"] - update).max() > 1e-7 * np.abs(update).max():
            return None
    return rate
