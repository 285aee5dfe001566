"""Means by brute force: panels of equal length, cut at kinks, in one and in two dimensions."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from tp.gaussian.function import Function

_REACH = 11.0
_FAR = 20.0
"""As far for functions that grow like exponentials."""
_LENGTH = 0.8
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def rule(cuts: np.ndarray, *functions: Function) -> tuple[np.ndarray, np.ndarray]:
    """Nodes z and weights [..., nodes] of the normal law, with panels that also end at ``cuts`` [..., number]."""
    reach = _FAR if any(f.explodes for f in functions) else _REACH
    base = np.linspace(-reach, reach, round(2 * reach / _LENGTH) + 1)
    everywhere = np.broadcast_to(base, (*cuts.shape[:-1], len(base)))
    edges = np.sort(np.concatenate([everywhere, np.clip(cuts, -reach, reach)], axis=-1), axis=-1)
    half, middle = 0.5 * np.diff(edges), 0.5 * (edges[..., 1:] + edges[..., :-1])
    z = middle[..., None] + half[..., None] * _NODES
    w = half[..., None] * _WEIGHTS * np.exp(-0.5 * z * z) / sqrt(2.0 * pi)
    return z.reshape((*cuts.shape[:-1], -1)), w.reshape((*cuts.shape[:-1], -1))


def _cuts(function: Function, mean: np.ndarray, slope: float) -> np.ndarray:
    places = [(b - mean) / slope if slope else 0.0 * mean for b in (0.0, *function.breaks)]
    return np.stack(np.broadcast_arrays(*places), axis=-1)


def one(f: Function, mean: float, variance: float) -> float:
    """E[f(u)]."""
    sd = sqrt(variance)
    z, w = rule(_cuts(f, np.asarray(mean), sd), f)
    return float((w * f.value(mean + sd * z)).sum())


def two(f: Function, g: Function, means: tuple[float, float], law: tuple[float, float, float]) -> float:
    """E[f(u) g(v)], u first, then v given u. ``law`` has the variances of u and v and the covariance."""
    s, t, c = law
    sd = sqrt(s)
    slope = c / sd if s else 0.0
    left = max(t - slope * slope, 0.0)
    cuts = [_cuts(f, np.asarray(means[0]), sd), _cuts(g, np.asarray(means[1]), slope)]
    z, w = rule(np.concatenate(cuts), f, g)
    given = means[1] + slope * z
    outer = w * f.value(means[0] + sd * z)
    if left < 1e-13 * t:
        return float((outer * g.value(given)).sum())
    root = sqrt(left)
    x, v = rule(_cuts(g, given, root), g)
    return float((outer * (v * g.value(given[:, None] + root * x)).sum(axis=-1)).sum())
