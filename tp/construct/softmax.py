"""Softmax along an axis, stable and with an optional mask; the largest entries along an axis."""

from __future__ import annotations

from fractions import Fraction

from tp.construct.construction import Combination, Construction, single
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale, Type, Width
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.largest import Largest
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted
from tp.primitives.rank import Rank
from tp.primitives.shorthand import spread, total

_FAR_BELOW = -1e30


def softmax(build: Construction, x: int, over: str, mask: Constant | None, span: Span | None) -> Combination:
    """exp(x - M) / Σ exp(x - M) over the axis ``over``; with ``mask``, only the entries count where it is 1, not 0.

    M counts as constant in derivatives. It is the maximum over the axis, so no exponential overflows. With ``mask``,
    M at an allowed entry is the maximum of the allowed entries only, so the allowed ones do not all underflow.
    A single entry has all of the weight, and its softmax is the constant 1.
    """
    (along,) = (a for a in build.graph.type(x) if a.name == over)
    if along.size == 1:
        return single(spread(build.graph, build.node(build.constant(ONE)), build.graph.type(x)))
    if along.wide:
        still = build.graph.add(Peak(over), x)
    elif mask is None:
        still = build.graph.add(Detach(), build.node(maximum(build, x, over, span)))
    else:
        allowed, axes = mask.numbers, mask.axes
        floor = build.table([0.0 if a else _FAR_BELOW for a in allowed], axes)
        pushed = build.node(build.sum([single(x), floor], span))
        inside = build.product(maximum(build, pushed, over, span), build.table(allowed, axes), span)
        forbidden = [1.0 - a for a in allowed]
        outside = build.product(maximum(build, x, over, span), build.table(forbidden, axes), span)
        still = build.graph.add(Detach(), build.node(build.sum([inside, outside], span)))
    powers = build.activation("exp", build.sum([single(x), single(still, -ONE)], span), span)
    if mask is not None:
        powers = build.product(powers, build.table(mask.numbers, mask.axes), span)
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


def causal(build: Construction, axes: Type, query: str, span: Span | None) -> Constant:
    """The mask over the two ``axes`` that is 1 where s <= t, else 0, for t along ``query`` and s along the other."""
    rows, columns = (a.at(1) for a in axes)
    build.entries(rows * columns, span)
    if axes[0].name == query:
        return Constant(tuple(float(s <= t) for t in range(rows) for s in range(columns)), axes)
    return Constant(tuple(float(s <= t) for s in range(rows) for t in range(columns)), axes)
