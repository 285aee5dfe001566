"""Softmax over a finite axis, stable and with an optional causal mask."""

from __future__ import annotations

from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale, Type
from tp.primitives.constant import Constant as Leaf
from tp.primitives.detach import Detach
from tp.primitives.largest import Largest
from tp.primitives.shorthand import total
from tp.syntax.build import Build
from tp.syntax.values import Tensor

_FAR_BELOW = -1e30


def softmax(build: Build, x: int, over: str, query: str | None, span: Span) -> Tensor:
    """exp(x - M) / Σ exp(x - M) over the axis ``over``; with ``query``, entry (t, s) counts only where s <= t.

    M is constant to derivatives and at least x everywhere, so nothing overflows. Where entries are forbidden it
    is the maximum of all entries there, and of the allowed ones elsewhere: then no row of allowed ones underflows.
    """
    graph = build.graph
    mask: Tensor | None = None
    if query is None:
        top = _maximum(build, x, over, span)
    else:
        axes = tuple(a for a in graph.type(x) if a.name in (query, over))
        allowed = _causal(build, axes, query, over, span)
        mask = _table(build, allowed, axes)
        forbidden = [1.0 - a for a in allowed]
        floor = _table(build, [_FAR_BELOW if f else 0.0 for f in forbidden], axes)
        pushed = build.node(build.sum([_one(x), floor], span), span)
        inside = build.product(_maximum(build, pushed, over, span), mask, span)
        outside = build.product(_maximum(build, x, over, span), _table(build, forbidden, axes), span)
        top = build.sum([inside, outside], span)
    still = graph.add(Detach(), build.node(top, span))
    powers = build.activation("exp", build.sum([_one(x), Tensor(((-ONE, still),))], span), span)
    if mask is not None:
        powers = build.product(powers, mask, span)
    norm = _one(total(graph, build.node(powers, span), [over]))
    return build.product(powers, build.activation("power(-1)", norm, span), span)


def _maximum(build: Build, x: int, over: str, span: Span) -> Tensor:
    return build.product(_one(x), _one(build.graph.add(Largest(over), x)), span, [over])


def _one(node: int) -> Tensor:
    return Tensor(((ONE, node),))


def _table(build: Build, numbers: list[float], axes: Type) -> Tensor:
    return Tensor(((Scale(), build.graph.add(Leaf(tuple(numbers), axes))),))


def _causal(build: Build, axes: Type, query: str, over: str, span: Span) -> list[float]:
    """1 where the place along ``over`` is not behind that along ``query``, in the order of ``axes``."""
    rows, columns = (a.at(1) for a in axes)
    build.entries(rows * columns, span)
    if axes[0].name == query:
        return [float(s <= t) for t in range(rows) for s in range(columns)]
    return [float(s <= t) for s in range(rows) for t in range(columns)]
