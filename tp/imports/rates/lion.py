"""β1 and β2 of Lion: where its moves change their direction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tp.imports.rates.moved import Array

ROUNDS, WIDEST = 48, 1e8
"""How often intervals are halved, from factors of 1 / :data:`WIDEST` to :data:`WIDEST` on."""


def betas(moves: Callable[[list[float]], float]) -> tuple[float, float] | None:
    """(β1, β2); ``moves`` has the sign of the last move along g for gradients g times the factors. None if none fit.

    After g, a gradient -κ g turns the move for κ > β1 (1 - β2)/(1 - β1), and for β2 times that after a step without
    gradient.
    """
    one, two = _turn(lambda k: moves([1.0, -k])), _turn(lambda k: moves([1.0, 0.0, -k]))
    if one is None or two is None:
        return None
    beta2 = two / one
    beta1 = one / (one + 1.0 - beta2)
    return (round(beta1, 7), round(beta2, 7)) if 0 <= beta2 < 1 else None


def _turn(moves: Callable[[float], float]) -> float | None:
    low, high = 1.0 / WIDEST, WIDEST
    if moves(low) == moves(high):
        return None
    for _ in range(ROUNDS):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if moves(middle) == moves(1.0 / WIDEST) else (low, middle)
    return float(np.sqrt(low * high))


def sign_along(update: Array, gradient: Array) -> float:
    """The sign of a move along the gradient, at the entry with the largest one."""
    place = int(np.argmax(np.abs(gradient)))
    return float(np.sign(update.flat[place] * gradient.flat[place]))
