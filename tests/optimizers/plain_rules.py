"""Update rules written plainly in NumPy, for measurements that share no code with what they measure.

A rule is made for a weight at a width by ``rule(n, outs)``, where the weight is a matrix of as many rows as its first
``outs`` axes have entries (a vector is one column). The result is called with a gradient and the weight, step by step,
and gives the update u; training moves the weight by -η Λ u.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Step = Callable[[Array, Array], Array]
Rule = Callable[[int, int], Step]
"""From the width n and the number of output axes."""

TINY = 1e-10
"""Singular values below this share of the largest one are rounding."""


@dataclass(frozen=True)
class Power:
    """The number ``factor`` * n ** ``exponent``."""

    factor: float
    exponent: float = 0.0

    def at(self, n: int) -> float:
        return self.factor * n**self.exponent


NOTHING = Power(0.0)


def sgd(momentum: float = 0.0, nesterov: bool = False) -> Rule:
    def make(n: int, outs: int) -> Step:
        velocity: Any = 0.0

        def step(g: Array, w: Array) -> Array:
            nonlocal velocity
            velocity = momentum * velocity + g
            return g + momentum * velocity if nesterov else velocity

        return step

    return make


def sign() -> Rule:
    return lambda n, outs: lambda g, w: np.sign(g)


def lion(beta1: float = 0.9, beta2: float = 0.99) -> Rule:
    def make(n: int, outs: int) -> Step:
        mean: Any = 0.0

        def step(g: Array, w: Array) -> Array:
            nonlocal mean
            u = np.sign(beta1 * mean + (1 - beta1) * g)
            mean = beta2 * mean + (1 - beta2) * g
            return u

        return step

    return make


def adam(beta1: float = 0.9, beta2: float = 0.999, eps: Power = NOTHING, decay: Power = NOTHING) -> Rule:
    """With ``decay`` in the gradient (L2)."""

    def make(n: int, outs: int) -> Step:
        first: Any = 0.0
        second: Any = 0.0
        count = 0

        def step(g: Array, w: Array) -> Array:
            nonlocal first, second, count
            g = g + decay.at(n) * w
            count += 1
            first = beta1 * first + (1 - beta1) * g
            second = beta2 * second + (1 - beta2) * g * g
            below = np.sqrt(second / (1 - beta2**count)) + eps.at(n)
            return first / (1 - beta1**count) / np.where(below > 0, below, 1.0)

        return step

    return make


def lamb(eps: Power = NOTHING) -> Rule:
    """Adam's update with the norm of the weight."""

    def make(n: int, outs: int) -> Step:
        inner = adam(eps=eps)(n, outs)

        def step(g: Array, w: Array) -> Array:
            u = inner(g, w)
            norms = np.linalg.norm(w), np.linalg.norm(u)
            return u * norms[0] / norms[1] if min(norms) > 0 else u

        return step

    return make


def adafactor(clip: float = 1.0, power: float = 0.8) -> Rule:
    """Second moments of rows and columns; vectors keep all of them. The root mean square of u is at most ``clip``."""

    def make(n: int, outs: int) -> Step:
        rows: Any = 0.0
        columns: Any = 0.0
        count = 0

        def step(g: Array, w: Array) -> Array:
            nonlocal rows, columns, count
            count += 1
            kept = 1 - count**-power
            matrix = _matrix(g, outs)
            squared = matrix**2
            if outs == g.ndim:
                rows = kept * rows + (1 - kept) * squared
                second = rows
            else:
                rows = kept * rows + (1 - kept) * squared.mean(1)
                columns = kept * columns + (1 - kept) * squared.mean(0)
                second = np.outer(rows, columns) / max(rows.mean(), 1e-300)
            u = matrix / np.sqrt(np.where(second > 0, second, 1.0))
            u /= max(1.0, np.sqrt(np.mean(u**2)) / clip)
            return u.reshape(g.shape)

        return step

    return make


def muon(momentum: float = 0.95, nesterov: bool = True, iterations: int = 5, adjust: str = "none") -> Rule:
    """The polar factor of the (Nesterov) momentum, exactly where ``iterations`` is 0, else by Newton and Schulz."""

    def make(n: int, outs: int) -> Step:
        inner = sgd(momentum, nesterov)(n, outs)

        def step(g: Array, w: Array) -> Array:
            matrix = _matrix(inner(g, w), outs)
            out, into = matrix.shape
            factor = {
                "none": 1.0,
                "spectral": (out / into) ** 0.5,
                "original": max(1.0, out / into) ** 0.5,
                "match_rms_adamw": 0.2 * max(out, into) ** 0.5,
            }[adjust]
            return factor * polar(matrix, iterations).reshape(g.shape)

        return step

    return make


def polar(matrix: Array, iterations: int = 0) -> Array:
    """The polar factor; with ``iterations`` the quintic map a s + b s^3 + c s^5 of singular values instead."""
    left, right = _range([matrix]), _range([matrix.T])
    if not left.shape[1]:
        return matrix
    u, s, v = np.linalg.svd(left.T @ matrix @ right, full_matrices=False)
    if iterations:
        s = s / np.sqrt(np.sum(s**2))
        for _ in range(iterations):
            s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    else:
        s = np.where(s > TINY * s.max(), 1.0, 0.0)
    return left @ ((u * s) @ v) @ right.T


def shampoo(eps: Power = NOTHING, averaged: float | None = None) -> Rule:
    """L^(-1/4) G R^(-1/4) with L and R the sums over steps of G G' and G' G, or averages that keep a share."""

    def make(n: int, outs: int) -> Step:
        seen: list[Array] = []

        def step(g: Array, w: Array) -> Array:
            seen.append(_matrix(g, outs))
            left, right = _range(seen), _range([m.T for m in seen])
            if not left.shape[1]:
                return g
            small = [left.T @ m @ right for m in seen]
            shares = [1.0] * len(small)
            if averaged is not None:
                shares = [averaged ** (len(small) - 1 - i) * (1 - averaged) for i in range(len(small))]
            above = sum(c * m @ m.T for c, m in zip(shares, small, strict=True))
            below = sum(c * m.T @ m for c, m in zip(shares, small, strict=True))
            u = _root(above, eps.at(n)) @ small[-1] @ _root(below, eps.at(n))
            return (left @ u @ right.T).reshape(g.shape)

        return step

    return make


def _root(matrix: Any, eps: float) -> Array:
    """The power -1/4, on the range."""
    values, vectors = np.linalg.eigh(matrix)
    values = np.maximum(values, 0)
    known = values > TINY**2 * values.max()
    powers = np.where(known | (eps > 0), (np.where(known, values, 0) + eps + (~known) * (eps <= 0)) ** -0.25, 0.0)
    return (vectors * powers) @ vectors.T


def _matrix(g: Array, outs: int) -> Array:
    return g.reshape(int(np.prod(g.shape[:outs])), -1)


def _range(matrices: list[Array], most: int = 40) -> Array:
    """Orthonormal columns whose span has the columns of all ``matrices``, for matrices of low rank or few columns."""
    parts: list[Array] = []
    for m in matrices:
        if np.any(m):
            few = m if m.shape[1] <= most else m @ np.random.default_rng(1).standard_normal((m.shape[1], most))
            parts.append(few / np.linalg.norm(few))
    if not parts:
        return np.zeros((matrices[0].shape[0], 0))
    u, s, _ = np.linalg.svd(np.concatenate(parts, 1), full_matrices=False)
    kept = u[:, s > TINY * s[0]]
    for m in matrices:
        if np.linalg.norm(m - kept @ (kept.T @ m)) > 1e-6 * np.linalg.norm(m):
            return np.linalg.qr(np.concatenate(matrices, 1))[0]
    return kept
