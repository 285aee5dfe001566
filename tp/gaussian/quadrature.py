"""Means by quadrature: over one variable, and over two, the inner one given the outer one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tp.gaussian import closed
from tp.gaussian.function import Function
from tp.gaussian.normal import least, rest
from tp.gaussian.panels import LENGTH, Centre, panels
from tp.gaussian.terms import closed as has_closed_form
from tp.namespace import namespace

_ENTRIES = 1 << 20
"""About the most function values at once."""


def single(function: Function, mean: Any, variance: Any, resolution: int) -> Any:
    """E[f(u)] for each entry."""

    def made(m: Any, s: Any) -> Any:
        return _single(function, m, s, resolution)

    return blockwise(made, (mean, variance), _ENTRIES >> 9)


def _single(function: Function, mean: Any, variance: Any, resolution: int) -> Any:
    """The same for arrays of one shape, all at once."""
    xp = namespace(mean, variance)
    sd = xp.sqrt(xp.maximum(variance, 0.0))
    z, weights = nodes(function, mean, sd, function.reach, resolution)
    return (weights * function.value(mean[..., None] + sd[..., None] * z)).sum(axis=-1)


def nodes(
    function: Function, mean: Any, sd: Any, reach: float, resolution: int, length: float = LENGTH
) -> tuple[Any, Any]:
    """Nodes and weights [*shape, nodes] for standard normal z and functions of f(mean + sd z)."""
    xp = namespace(mean, sd)
    return panels(xp, _centres(xp, function, mean, sd), mean.shape, reach, resolution, length)


def _centres(xp: Any, function: Function, mean: Any, sd: Any) -> list[Centre]:
    safe = xp.maximum(sd, least(sd) ** 0.5)  # its inverse must not overflow
    return [((place - mean) / safe, 1.0 / safe) for place in function.centres]


def double(one: Function, other: Function, law: Sequence[Any], resolution: int) -> Any:
    """E[f(u) g(v)] for arrays of one shape: means and variances of u and v, and the covariance."""
    if has_terms(one) and not has_terms(other):
        m, n, s, t, c = law
        return double(other, one, (n, m, t, s, c), resolution)
    return blockwise(lambda *x: _double(one, other, x, resolution), law, block(other))


def parallel(one: Function, other: Function, law: Sequence[Any], resolution: int) -> Any:
    """E[f(u) g(v)] where v is a linear function of u."""
    m, n, s, t, c = law
    xp = namespace(*law)
    sd, slope = (xp.sqrt(xp.maximum(x, 0.0)) for x in (s, t))
    slope = xp.where(c < 0, -slope, slope)
    steep = xp.maximum(abs(slope), least(sd) ** 0.5)
    sign = xp.where(slope < 0, -1.0, 1.0)
    centres = _centres(xp, one, m, sd) + [(sign * (place - n) / steep, 1.0 / steep) for place in other.centres]
    z, weights = panels(xp, centres, m.shape, max(one.reach, other.reach), resolution)
    values = one.value(m[..., None] + sd[..., None] * z) * other.value(n[..., None] + slope[..., None] * z)
    return (weights * values).sum(axis=-1)


def block(inner: Function) -> int:
    """How many pairs :func:`double` has in memory at once."""
    return _ENTRIES >> 9 if has_terms(inner) else _ENTRIES >> 17


def has_terms(function: Function) -> bool:
    """Whether its mean over one variable has a closed form."""
    return function.terms is not None and has_closed_form(function.terms)


def _double(one: Function, other: Function, law: Sequence[Any], resolution: int) -> Any:
    m, n, s, t, c = law
    xp = namespace(*law)
    sd, other_sd = (xp.sqrt(xp.maximum(x, 0.0)) for x in (s, t))
    correlation = xp.clip(c / xp.maximum(sd * other_sd, least(sd)), -1.0, 1.0)
    gap = rest(correlation)
    slope = correlation * other_sd
    left = other_sd * xp.sqrt(gap)
    steep = xp.maximum(abs(slope), least(sd) ** 0.5)
    centres = _centres(xp, one, m, sd)
    sign = xp.where(slope < 0, -1.0, 1.0)
    if other.breaks:
        centres += [(sign * (place - n) / steep, left / steep) for place in other.breaks]
    if not other.piecewise:
        centres += [(sign * (place - n) / steep, (1.0 + left) / steep) for place in other.centres]
    reach = max(one.reach, other.reach)
    z, weights = panels(xp, centres, m.shape, reach, resolution)
    outer = one.value(m[..., None] + sd[..., None] * z)
    given, variance = n[..., None] + slope[..., None] * z, xp.broadcast_to((t * gap)[..., None], z.shape)
    if has_terms(other):
        assert other.terms is not None
        inner = closed.single(other.terms, given, variance)
    else:
        inner = _single(other, given, variance, resolution)
    return (weights * outer * inner).sum(axis=-1)


def blockwise(function: Callable[..., Any], arrays: Sequence[Any], size: int) -> Any:
    """``function`` of arrays that broadcast to one shape, on at most ``size`` entries at a time.

    It maps arrays [entries] to an array [entries, ...].
    """
    xp = namespace(*arrays)
    shape = np.broadcast_shapes(*(x.shape for x in arrays))
    flat = [xp.broadcast_to(x, shape).reshape(-1) for x in arrays]
    count = flat[0].shape[0]
    if count <= size:
        made = xp.asarray(function(*flat))
        return made.reshape((*shape, *made.shape[1:]))
    if xp is np:
        made = np.concatenate([function(*(x[i : i + size] for x in flat)) for i in range(0, count, size)])
        return made.reshape((*shape, *made.shape[1:]))
    import jax

    blocks = -(-count // size)

    def one(part: Sequence[Any]) -> Any:
        return function(*part)

    padded = [xp.pad(x, (0, blocks * size - count), mode="edge").reshape(blocks, size) for x in flat]
    made = jax.lax.map(one, tuple(padded))
    return made.reshape((-1, *made.shape[2:]))[:count].reshape((*shape, *made.shape[2:]))


Repair = Callable[..., Any]
"""Maps the entries of arrays at some places to values."""


def repaired(
    value: Any, wrong: Any, easy: Any, arrays: Sequence[Any], repairs: tuple[Repair, Repair], size: int
) -> Any:
    """``value`` with new values in those places that are ``wrong``: by the first repair where it is ``easy``.

    The second one is right everywhere. ``arrays`` have as many axes as ``value``, some of size 1 where they do not
    depend on an index. ``size`` places are repaired at once.
    """
    xp = namespace(value, *arrays)
    shape, count = value.shape, int(np.prod(value.shape))
    if not shape:
        return repaired(value[None], wrong[None], easy[None], [x[None] for x in arrays], repairs, size)[0]
    simple, general = repairs

    def at(flat: Any) -> list[Any]:
        """The entries of all arrays at these places of the common shape."""
        index = xp.unravel_index(flat, shape)
        return [x[tuple(i if n > 1 else 0 * i for i, n in zip(index, x.shape, strict=True))] for x in arrays]

    if xp is np:
        found = value.reshape(-1)
        for repair, where in ((simple, wrong & easy), (general, wrong & ~easy)):
            (places,) = np.nonzero(where.reshape(-1))
            if len(places):
                found[places] = blockwise(repair, at(places), size)
        return found.reshape(shape)
    import jax

    def all_blocks(value: Any) -> Any:
        order = xp.argsort(xp.where(wrong, xp.where(easy, 0, 1), 2).reshape(-1))  # the easy ones first
        order = xp.concatenate([order, xp.full(-count % size, count, order.dtype)])
        needed, early = wrong.sum(), (wrong & easy).sum()

        def one_block(i: Any, found: Any) -> Any:
            here = jax.lax.dynamic_slice_in_dim(order, i * size, size)
            given = at(xp.minimum(here, count - 1))
            made = jax.lax.cond((i + 1) * size <= early, simple, general, *given)
            right = i * size + xp.arange(size) < needed
            return found.at[xp.where(right, here, count)].set(made, mode="drop")

        blocks = (needed + size - 1) // size
        return jax.lax.fori_loop(0, blocks, one_block, value.reshape(-1)).reshape(shape)

    return jax.lax.cond(wrong.any(), all_blocks, _same, value)


def _same(value: Any) -> Any:
    return value
