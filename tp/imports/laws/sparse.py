"""Weights with a mask of random bits of its own: each entry is a number of a law with a probability, else zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tp.imports.laws.pointwise import Formula
from tp.imports.laws.quantiles import fitted, grid, precision, width_of
from tp.imports.laws.seen import Seen
from tp.ndarray import NDArray

Bits = NDArray[np.unsignedinteger]
Values = Callable[[Sequence[Bits]], NDArray[np.float64]]

CHECKED = 4096
"""At how many points functions are evaluated at once."""


def masked(formula: Formula, random: np.random.Generator) -> Seen | None:
    """What is seen of a weight of two sources that is zero where one of them, the mask, is on one side of a threshold.

    None where it is no such weight.
    """
    import jax

    if len(formula.sources) != 2:
        return None
    function, widths = jax.jit(formula.values), [width_of(source) for source in formula.sources]

    def values(bits: Sequence[Bits]) -> NDArray[np.float64]:
        return np.asarray(function(list(bits)), float)

    start = _nonzero(values, [_random(random, width) for width in widths])
    if start is None:
        return None
    for mask in (0, 1):
        try:
            found = _split(values, widths, mask, start, random)
        except _NoMask:
            continue
        if found is not None:
            law, share = found
            error = precision(formula.node.dtype, widths[mask]).fineness / min(share, 1.0 - share)
            fits = fitted(law, precision(formula.node.dtype, widths[1 - mask]))
            return Seen(formula.node.shape, tuple(fits), share=(share, error))
    return None


def _split(
    values: Values, widths: Sequence[int], mask: int, start: Sequence[Bits], random: np.random.Generator
) -> tuple[NDArray[np.float64], float] | None:
    """Values of the source that is no mask at its grid, and the share of entries that are not zero.

    ``mask`` is the number of the source that is the mask. ``start`` are bits of each where the weight is not zero.
    """
    value = values(_put(start, mask, np.repeat(start[mask], CHECKED)))[0]

    def opened(bits: Bits) -> NDArray[np.bool_]:
        found = values(_put(start, mask, bits))
        if not np.isin(found, (0.0, value)).all():
            raise _NoMask
        return found == value

    points = _between(0, 2 ** widths[mask] - 1, widths[mask])
    first = bool(opened(points)[0])
    while True:
        edges = np.flatnonzero(np.diff(opened(points)))
        if len(edges) != 1:
            return None
        low, high = int(points[edges[0]]), int(points[edges[0] + 1])
        if high - low == 1:
            break
        points = _between(low, high, widths[mask])
    below = high / 2.0 ** widths[mask]
    bits = [_random(random, width) for width in widths]
    expected = values(_put(start, 1 - mask, bits[1 - mask])) * opened(bits[mask])
    if not (values(bits) == expected).all():
        return None
    points = grid(widths[1 - mask])
    filled = np.concatenate([points, np.repeat(points[-1:], CHECKED - len(points))])
    return values(_put(start, 1 - mask, filled))[: len(points)], below if first else 1.0 - below


class _NoMask(Exception):
    """A source that changes more than whether the weight is zero."""


def _between(low: int, high: int, width: int) -> Bits:
    """:data:`CHECKED` bits from ``low`` to ``high``, both included."""
    found = [low + (high - low) * k // (CHECKED - 1) for k in range(CHECKED)]
    return np.array(found, f"uint{width}")


def _nonzero(values: Values, bits: Sequence[Bits]) -> list[Bits] | None:
    """Bits of each source where the weight is not zero; None where it nowhere is zero."""
    found = values(bits)
    if (found == 0.0).all() or (found != 0.0).all():
        return None
    place = int(np.flatnonzero(found)[0])
    return [one[place : place + 1] for one in bits]


def _random(random: np.random.Generator, width: int) -> Bits:
    return random.integers(0, 2**width - 1, CHECKED, f"uint{width}", endpoint=True)


def _put(start: Sequence[Bits], place: int, bits: Bits) -> list[Bits]:
    """``bits`` of the source number ``place``, and the same ones of the other."""
    return [bits if number == place else np.repeat(one, len(bits)) for number, one in enumerate(start)]
