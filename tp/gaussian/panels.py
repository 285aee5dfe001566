"""Nodes for integrals against a normal density of functions that change at known places.

The line is cut into panels, each with the nodes of Gauss and Legendre. Around each centre of a function panels grow by
factors of two from its scale on, so that a function with poles or kinks there is resolved at any standard deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tp.gaussian.normal import density, legendre

NODES = (10, 14, 20)
"""Nodes in a panel, by resolution."""
_STEPS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Edges on either side of a centre, in units of its scale; beyond them functions count as polynomials."""
LENGTH = 3.0
"""The longest panel, in standard deviations."""
SHORT = 1.0
"""The same where functions are multiplied by Hermite polynomials of high degree, which oscillate."""

Centre = tuple[Any, Any]
"""A place and a scale, in standard deviations from the mean: arrays or numbers."""


def panels(
    xp: Any, centres: Sequence[Centre], shape: tuple[int, ...], reach: float, resolution: int, length: float = LENGTH
) -> tuple[Any, Any]:
    """Nodes z and weights [*shape, nodes]: the sum of weights · f(z) is E[f(z)] for a standard normal z.

    Places and scales have shapes that broadcast to ``shape``. The density is cut off at ``reach``.
    """
    count = round(2 * reach / length)
    base = np.linspace(-reach, reach, count + 1)
    edges = [xp.broadcast_to(xp.asarray(base), (*shape, count + 1))]
    steps = np.asarray([-s for s in reversed(_STEPS)] + [0.0, *_STEPS])
    for place, scale in centres:
        found = xp.asarray(place)[..., None] + xp.asarray(scale)[..., None] * steps
        edges.append(xp.broadcast_to(xp.clip(found, -reach, reach), (*shape, len(steps))))
    together = xp.sort(xp.concatenate(edges, axis=-1), axis=-1)
    lower, upper = together[..., :-1, None], together[..., 1:, None]
    nodes, weights = legendre(NODES[resolution])
    half = 0.5 * (upper - lower)
    z = 0.5 * (upper + lower) + half * nodes
    w = half * weights * density(z)
    return z.reshape((*shape, -1)), w.reshape((*shape, -1))
