"""Dropout: a random factor that is 0, or 1 over the share of the entries that are kept."""

from __future__ import annotations

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Scale
from tp.graph.parameter import Law, Parameter
from tp.syntax import tree as t
from tp.syntax.arguments import axes_in, positional
from tp.syntax.evaluate import Evaluator
from tp.syntax.parameters import shared
from tp.syntax.values import Value

USAGE = "dropout(x, 0.9) keeps 9 of 10 entries, and multiplies them with 10/9"


def dropout(evaluator: Evaluator, node: t.Call) -> Value:
    """``dropout(x, keep, axis, ...)``: ``x`` times a noise that is 1 / ``keep`` with probability ``keep``, else 0.

    Its entries along the named axes, or along all axes of ``x``, are independent; along other axes it is the same.
    Raises TP221 for a share that is none, TP222 for a value without axes, TP217 for an owner whose calls drop
    entries of different values.
    """
    x, share, *given = positional(node, 2, None, "dropout(x, keep, axis, ...)")
    build, frame = evaluator.build, evaluator.frame
    value = evaluator.linear(x)
    keep = evaluator.rational(share)
    if not 0 < keep <= 1:
        raise error("TP221", "the share that is kept is above 0, and at most 1", share.span, USAGE)
    have = build.graph.type(build.node(value))
    chosen = axes_in(evaluator, build.node(value), given)
    axes = tuple(a for a in have if a.name in chosen) if given else have
    if not axes:
        raise error("TP222", "dropout needs a value with axes", x.span, "a number is kept or dropped as a whole")
    if keep == 1:
        return value
    law = Law("bernoulli", Scale(float((1 - keep) / keep) ** 0.5), Scale(1.0), (float(keep),))
    name = frame.parameter(frame.call("dropout"))
    noise = shared(build, Parameter(name, axes, (), law, Scale(0.0), span=node.span, noise=True), node.span)
    return build.product(build.read(noise, node.span), value, node.span)
