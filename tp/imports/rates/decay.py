"""Weight decay: what a weight that is not zero adds to its moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tp.imports.rates.moved import SAME, Array, Moved, Tried

ROUNDS = 200
"""Halvings of an interval: beyond all digits."""


def with_decay(moved: Moved, tried: Tried) -> Moved | None:
    """``moved`` with the decay that it has. None where the weight changes moves in a way that is not known."""
    if moved.name == "none":
        return moved
    second, third = (tried.decayed[k] - tried.turned[k] for k in (1, 2))
    size = float(np.abs(tried.turned[1]).max())
    later = float(np.abs(third).max()) > SAME * size
    if float(np.abs(second).max()) <= SAME * size and not later:
        return moved
    if later:
        return _coupled(moved, tried)
    if moved.name == "adam" and (found := _ratio(moved, tried)) is not None:
        return found
    share = float(np.median(-second / tried.weight))
    apart = np.abs(second + share * tried.weight).max() <= 1e-6 * np.abs(second).max()
    return replace(moved, share=share) if apart and share > 0 else None


def _ratio(moved: Moved, tried: Tried) -> Moved | None:
    """LAMB: the move is as long as the weight times the rate."""
    move = tried.decayed[1]
    if abs(float(np.linalg.norm(move) / np.linalg.norm(tried.weight)) / moved.rate - 1.0) > 1e-6:
        return None
    plain = -tried.turned[1] / moved.rate
    if len(move) == 1:
        return replace(moved, name="lamb")
    found = np.linalg.lstsq(np.stack([plain, tried.weight], 1), move, rcond=None)[0]
    inside = max(float(found[1] / found[0]), 0.0)
    return replace(moved, name="lamb", inside=_digits(inside))


def _coupled(moved: Moved, tried: Tried) -> Moved | None:
    """λ where it is a part of the gradient: the second one is -(1 + λ) g, because the weight is -g."""
    if moved.name == "sgd":
        momentum, ahead = float(moved.settings["momentum"]), bool(moved.settings["nesterov"])
        per = 1.0 + momentum if ahead else 1.0
        inside = (tried.decayed[1] - tried.turned[1]) / (moved.rate * per * tried.gradient)
        return replace(moved, inside=_digits(float(np.median(inside))))
    if moved.name != "adam":
        return None
    beta1, beta2, eps = (float(moved.settings[key]) for key in ("beta1", "beta2", "eps"))
    size = np.abs(tried.gradient)
    wanted = tried.decayed[1] / (moved.rate * -np.sign(tried.gradient))

    def ahead_of(share: Array) -> Array:
        """The move for the second gradient -(1 + share) g. It falls as the share rises."""
        second = -(1.0 + share)
        mean, square = (beta1 + second) / (1.0 + beta1), (beta2 + second**2) / (1.0 + beta2)
        return mean * size / (np.sqrt(square) * size + eps) - wanted

    low, high = np.zeros_like(size), np.full_like(size, 1e6)
    for _ in range(ROUNDS):
        middle = (low + high) / 2.0
        above = ahead_of(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return replace(moved, inside=_digits(float(np.median(low))))


def _digits(value: float) -> float:
    return float(f"{value:.6g}") if abs(float(f"{value:.6g}") - value) <= 1e-5 * abs(value) else value
