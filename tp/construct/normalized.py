"""Normalisation along axes, as layer norm and RMS norm have it without their gain and bias."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tp.construct.construction import Combination, Construction, single
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale
from tp.primitives.shorthand import total


def normalized(
    build: Construction,
    x: Combination,
    over: Sequence[str],
    share: Scale,
    center: bool,
    eps: Scale,
    span: Span | None,
) -> Combination:
    """y / sqrt(mean(y^2) + eps) over the axes ``over``, with y = x - mean(x), or y = x without ``center``.

    ``share`` is one over the number of entries along ``over``.
    """
    node = build.node(x)
    if center:
        mean = single(total(build.graph, node, over), share)
        node = build.node(build.sum([single(node), build.scaled(mean, -ONE)], span))
    square = build.scaled(build.product(single(node), single(node), span, over), share)
    inside = build.sum([square, build.constant(eps)], span) if eps.coefficient else square
    return build.product(single(node), build.power(inside, Fraction(-1, 2), span), span)
