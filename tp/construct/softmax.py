"""Softmax along an axis, stable and with an optional causal mask; the largest entries along an axis."""

from __future__ import annotations

from fractions import Fraction

from tp.construct.construction import Combination, Construction, single
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale, Type, Width
from tp.primitives.detach import Detach
from tp.primitives.largest import Largest
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted
from tp.primitives.rank import Rank
from tp.primitives.shorthand import spread, total

_FAR_BELOW = -1e30


def softmax(build: Construction, x: int, over: str, query: str | None, span: Span | None) -> Combination:
    """exp(x - M) / Σ exp(x - M) over the axis ``over``; with ``query``, entry (t, s) counts where s <= t.

    M counts as constant in derivatives. It is the maximum over the axis, so no exponential overflows. With ``query``,
    M at an allowed entry is the maximum of the allowed entries only, so the allowed ones do not all underflow.
    A single entry has all of the weight, and its softmax is the constant 1.
    """
    (along,) = (a for a in build.graph.type(x) if a.name == over)
    if along.size == 1:
        return single(spread(build.graph, build.node(build.constant(ONE)), build.graph.type(x)))
    mask: Combination | None = None
    if along.wide:
        still = build.graph.add(Peak(over), x)
    elif query is None:
        still = build.graph.add(Detach(), build.node(maximum(build, x, over, span)))
    else:
        axes = tuple(a for a in build.graph.type(x) if a.name in (query, over))
        allowed = _causal(build, axes, query, over, span)
        mask = build.table(allowed, axes)
        floor = build.table([0.0 if a else _FAR_BELOW for a in allowed], axes)
        pushed = build.node(build.sum([single(x), floor], span))
        inside = build.product(maximum(build, pushed, over, span), mask, span)
        forbidden = [1.0 - a for a in allowed]
        outside = build.product(maximum(build, x, over, span), build.table(forbidden, axes), span)
        still = build.graph.add(Detach(), build.node(build.sum([inside, outside], span)))
    powers = build.activation("exp", build.sum([single(x), single(still, -ONE)], span), span)
    if mask is not None:
        powers = build.product(powers, mask, span)
    # Over a wide axis the mean is of order 1, as exponentials are.
    share = Scale.of(along.size, Fraction(-1)) if isinstance(along.size, Width) else ONE
    norm = single(total(build.graph, build.node(powers), [over]), share)
    return build.scaled(build.product(powers, build.activation("power(-1)", norm, span), span), share)


def maximum(build: Construction, x: int, over: str, span: Span | None) -> Combination:
    """The largest entry of ``x`` along the axis ``over``; its derivative is the derivative of that entry."""
    return build.product(single(x), single(build.graph.add(Largest(over), x)), span, [over])


def top(build: Construction, x: int, count: Scale, over: str, span: Span | None) -> Combination:
    """The ``count`` largest entries of ``x`` along the axis ``over``, with 0 in place of all others."""
    return build.product(single(x), single(build.graph.add(Largest(over, count), x)), span)


def ranks(build: Construction, x: int, over: str) -> Combination:
    """The ranks of the entries of ``x`` along the axis ``over``, over their number."""
    return single(build.graph.add(Rank(over), x))


def sort(build: Construction, x: int, over: str) -> Combination:
    """The entries of ``x`` in ascending order along the axis ``over``."""
    return single(build.graph.add(Permuted(over), build.node(ranks(build, x, over)), x))


def _causal(build: Construction, axes: Type, query: str, over: str, span: Span | None) -> list[float]:
    """1 where s <= t, else 0, for s along ``over`` and t along ``query``; row-major in the two ``axes``."""
    rows, columns = (a.at(1) for a in axes)
    build.entries(rows * columns, span)
    if axes[0].name == query:
        return [float(s <= t) for t in range(rows) for s in range(columns)]
    return [float(s <= t) for s in range(rows) for t in range(columns)]
