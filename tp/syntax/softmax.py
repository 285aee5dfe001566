"""Softmax along an axis, of all entries or of those that a mask allows."""

from __future__ import annotations

from math import prod

from tp.construct.selection import axis_of
from tp.construct.softmax import causal, softmax
from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, names
from tp.primitives.constant import Constant
from tp.syntax import tree as t
from tp.syntax.arguments import axes_in, positional
from tp.syntax.evaluate import Evaluator
from tp.syntax.values import Value


def masked_softmax(evaluator: Evaluator, node: t.Call) -> Value:
    """``softmax(x, axis)``, with ``causal=query`` or ``mask=table`` behind."""
    usage = "softmax(x, axis), softmax(x, axis, causal=query_axis) or softmax(x, axis, mask=table)"
    option = next((a for a in node.arguments[-1:] if a.name in ("causal", "mask")), None)
    if option is not None:
        node = t.Call(node.base, node.arguments[:-1], span=node.span)
    x, given = positional(node, 2, 2, usage)
    build = evaluator.build
    value = build.node(evaluator.linear(x))
    (over,) = axes_in(evaluator, value, [given])
    if option is None:
        return softmax(build, value, over, None, node.span)
    if any(a.wide and a.name == over for a in build.graph.type(value)):
        hint = f"the entries of a wide axis have no order; leave out {option.name}: softmax(x, {over})"
        raise error("TP213", f"a mask is along finite axes, and {over} is wide", given.span, hint)
    if option.name == "mask":
        return softmax(build, value, over, _mask(evaluator, value, over, option.value), node.span)
    (query,) = axes_in(evaluator, value, [option.value])
    axis_of(build, value, query, option.value.span)
    axes = tuple(a for a in build.graph.type(value) if a.name in (query, over))
    return softmax(build, value, over, causal(build, axes, query, node.span), node.span)


def _mask(evaluator: Evaluator, value: int, over: str, given: t.Expression) -> Constant:
    """A table of 0 and 1 that says which entries count in a softmax of ``value`` over the axis ``over``."""
    build = evaluator.build
    scale, node = evaluator.factored(given)
    table, have = build.graph[node].operation, build.graph.type(value)
    if not isinstance(table, Constant) or scale != ONE or not set(table.numbers) <= {0.0, 1.0}:
        hint = "table m : [t, s=2] = (1, 0, 1, 1), then softmax(x, s, mask=m): entries count where it is 1"
        raise error("TP105", "the mask has to be a table of 0 and 1", given.span, hint)
    missing = [a.name for a in table.axes if a.name not in names(have)]
    if missing or over not in names(table.axes):
        message = f"the mask has the axes {', '.join(names(table.axes)) or 'none'}"
        raise error("TP202", message, given.span, f"it needs {over}, and may have {', '.join(names(have))}")
    build.agree([value, node], given.span)
    if not all(any(row) for row in _rows(table, over)):
        raise error(
            "TP105", f"the mask leaves out all entries of {over} at some place", given.span, "each row needs a 1"
        )
    return table


def _rows(table: Constant, over: str) -> list[tuple[float, ...]]:
    """The numbers of a table along the axis ``over``, one row for each place of the other axes."""
    place = names(table.axes).index(over)
    size, inner = table.axes[place].at(1), prod(axis.at(1) for axis in table.axes[place + 1 :])
    starts = (i for i in range(len(table.numbers)) if i // inner % size == 0)
    return [table.numbers[i : i + size * inner : inner] for i in starts]
