"""The functions that are part of the language."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from tp.construct.construction import Combination, single
from tp.construct.normalized import normalized
from tp.construct.selection import axis_of, gathered, padded, repeated
from tp.construct.softmax import maximum, ranks, sort, top
from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Axis, Scale, names, union
from tp.primitives.concat import Concat
from tp.primitives.rename import Rename
from tp.syntax import tree as t
from tp.syntax.arguments import axes_in, positional
from tp.syntax.constant import Constant, number, size_of
from tp.syntax.convolution import avg_pool, conv, conv_transpose, max_pool
from tp.syntax.dropout import dropout
from tp.syntax.evaluate import Builtin, Evaluator, shared_wide
from tp.syntax.softmax import masked_softmax
from tp.syntax.values import Family, Poison, Value, describe


def _sqrt(evaluator: Evaluator, node: t.Call) -> Value:
    (x,) = positional(node, 1, 1, "sqrt(x)")
    value = evaluator.number_or_value(x)
    half = Fraction(1, 2)
    if isinstance(value, Constant):
        return value**half
    build = evaluator.build
    return build.power(build.linear(value, node.span), half, node.span)


def _reduced(evaluator: Evaluator, node: t.Call, usage: str) -> tuple[Scale, int, list[str]]:
    x, *given = positional(node, 1, None, usage)
    scale, value = evaluator.factored(x)
    over = axes_in(evaluator, value, given) or shared_wide(evaluator, [value], node.span, usage.partition("(")[0])
    return scale, value, over


def _sum(evaluator: Evaluator, node: t.Call) -> Value:
    scale, value, over = _reduced(evaluator, node, "sum(x, axis, ...)")
    return single(evaluator.build.total(value, over, node.span), scale)


def _mean(evaluator: Evaluator, node: t.Call) -> Value:
    scale, value, over = _reduced(evaluator, node, "mean(x, axis, ...)")
    graph = evaluator.build.graph
    for axis in graph.type(value):
        if axis.name in over:
            scale = scale * size_of(axis).inverse().scale
    return single(evaluator.build.total(value, over, node.span), scale)


def _norm(evaluator: Evaluator, node: t.Call) -> Value:
    scale, value, over = _reduced(evaluator, node, "norm(x, axis, ...)")
    build = evaluator.build
    squares = build.product(single(value), single(value), node.span, over)
    root = build.power(squares, Fraction(1, 2), node.span)
    return build.scaled(root, Scale(abs(scale.coefficient), scale.powers))


def _dot(evaluator: Evaluator, node: t.Call) -> Value:
    left, right, *given = positional(node, 2, None, "dot(a, b, axis, ...)")
    build = evaluator.build
    (a, x), (b, y) = evaluator.factored(left), evaluator.factored(right)
    over: list[str] = []
    for expression in given:
        axis = evaluator.axis(expression)
        for value, place in ((x, left), (y, right)):
            if axis.name not in names(build.graph.type(value)):
                raise error("TP202", f"this factor has no axis {axis.name}", place.span)
        over.append(axis.name)
    over = over or shared_wide(evaluator, [x, y], node.span, "contract")
    return build.product(single(x, a), single(y, b), node.span, over)


def _max(evaluator: Evaluator, node: t.Call) -> Value:
    x, given = positional(node, 2, 2, "max(x, axis) or max(a, b)")
    first = evaluator.linear(x)  # before the second argument, which may be an axis that is declared there
    if not _is_axis(evaluator, given):
        return _larger(evaluator, node, first, given, ONE)
    value = evaluator.build.node(first)
    (over,) = axes_in(evaluator, value, [given])
    return maximum(evaluator.build, value, over, node.span)


def _min(evaluator: Evaluator, node: t.Call) -> Value:
    x, given = positional(node, 2, 2, "min(x, axis) or min(a, b)")
    first = evaluator.linear(x)
    if not _is_axis(evaluator, given):
        return _larger(evaluator, node, first, given, -ONE)
    build = evaluator.build
    value = build.node(build.scaled(first, -ONE))
    (over,) = axes_in(evaluator, value, [given])
    return build.scaled(maximum(build, value, over, node.span), -ONE)


def _is_axis(evaluator: Evaluator, given: t.Expression) -> bool:
    return isinstance(given, t.Name) and isinstance(evaluator.lookup(given.text, given.span), Axis)


def _larger(evaluator: Evaluator, node: t.Call, left: Combination, right: t.Expression, sign: Scale) -> Value:
    """The larger of two values, entry by entry, b + relu(a - b); with a negative ``sign`` the smaller one."""
    build = evaluator.build
    a, b = (build.scaled(x, sign) for x in (left, evaluator.linear(right)))
    rest = [b] if any(scale.coefficient for scale, _ in b.terms) else []
    above = build.sum([a, *(build.scaled(x, -ONE) for x in rest)], node.span)
    return build.scaled(build.sum([*rest, build.activation("relu", above, node.span)], node.span), sign)


def _along(evaluator: Evaluator, node: t.Call, usage: str) -> tuple[int, str]:
    """The node and the axis of a call with two arguments."""
    x, given = positional(node, 2, 2, usage)
    value = evaluator.build.node(evaluator.linear(x))
    (over,) = axes_in(evaluator, value, [given])
    return value, over


def _sort(evaluator: Evaluator, node: t.Call) -> Value:
    return sort(evaluator.build, *_along(evaluator, node, "sort(x, axis)"))


def _rank(evaluator: Evaluator, node: t.Call) -> Value:
    return ranks(evaluator.build, *_along(evaluator, node, "rank(x, axis)"))


def _where(evaluator: Evaluator, node: t.Call) -> Value:
    condition, one, other = positional(node, 3, 3, "where(x > y, a, b)")
    if not isinstance(condition, t.Comparison):
        hint = "where(x > y, a, b) is a where x is larger than y, entry by entry, and b elsewhere"
        raise error("TP219", "the condition of where compares two values", condition.span, hint)
    build = evaluator.build
    left, right = evaluator.linear(condition.left), evaluator.linear(condition.right)
    chosen, rest = evaluator.linear(one), evaluator.linear(other)
    if condition.sign in (">=", "<="):
        chosen, rest = rest, chosen  # x >= y where not x < y
    if condition.sign in ("<", ">="):
        left, right = right, left
    difference = build.sum([left, build.scaled(right, -ONE)], condition.span)
    parts = [
        build.product(build.activation(gate, difference, condition.span), value, node.span)
        for gate, value in (("step", chosen), ("not_positive", rest))
        if any(scale.coefficient for scale, _ in value.terms)
    ]
    return build.sum(parts or [build.constant(Scale(0.0))], node.span)


def _normalize(evaluator: Evaluator, node: t.Call) -> Value:
    usage = "normalize(x, axis, ...), then center=0 or eps=1e-5"
    options = {a.name: a for a in node.arguments if a.name in ("center", "eps")}
    rest = t.Call(node.base, tuple(a for a in node.arguments if a.name not in options), span=node.span)
    x, first, *more = positional(rest, 2, None, usage)
    build = evaluator.build
    scale, value = evaluator.factored(x)
    over = axes_in(evaluator, value, [first, *more])
    center, eps = 1, number(Fraction(1, 100_000))
    if "center" in options:
        center = evaluator.whole(options["center"].value)
        if center not in (0, 1):
            hint = "center=1 subtracts the mean, center=0 does not"
            raise error("TP105", "center is 0 or 1", options["center"].span, hint)
    if "eps" in options:
        eps = evaluator.constant(options["eps"].value)
        if eps.scale.coefficient < 0:
            raise error("TP105", "eps is not negative", options["eps"].span, f"usage: {usage}")
    share = ONE
    for axis in build.graph.type(value):
        if axis.name in over:
            share = share * size_of(axis).inverse().scale
    return normalized(build, single(value, scale), over, share, bool(center), eps.scale, node.span)


def _top_k(evaluator: Evaluator, node: t.Call) -> Value:
    x, number, given = positional(node, 3, 3, "top_k(x, k, axis)")
    build = evaluator.build
    value = build.node(evaluator.linear(x))
    (over,) = axes_in(evaluator, value, [given])
    (axis,) = (a for a in build.graph.type(value) if a.name == over)
    k = evaluator.constant(number)
    size = size_of(axis)
    least, most = k.scale.exponent, size.scale.exponent
    share = (k * size.inverse()).scale
    more = least == most and share.coefficient * prod(float(w.factor) ** float(p) for w, p in share.powers) > 1.0
    whole = not k.plain or k.whole is not None
    if k.scale.coefficient <= 0 or least < 0 or not whole or least > most or more:
        hint = "k is a whole number, or a number times powers of widths, such as n/4 or n^(1/2)"
        raise error("TP214", f"{over} has no such number of largest entries", number.span, hint)
    return top(build, value, k.scale, over, node.span)


def _shift(evaluator: Evaluator, node: t.Call) -> Value:
    usage = "shift(x, axis, k) or shift(x, axis, k, circular)"
    x, given, by, *mode = positional(node, 3, 4, usage)
    circular = bool(mode)
    if circular and not (isinstance(mode[0], t.Name) and mode[0].text == "circular"):
        raise error("TP105", "the fourth argument of shift can only be circular", mode[0].span, f"usage: {usage}")
    build = evaluator.build
    scale, value = evaluator.factored(x)
    (name,) = axes_in(evaluator, value, [given])
    axis, size = axis_of(build, value, name, given.span)
    k = evaluator.whole(by)
    build.entries(size, node.span)
    places = [(j - k) % size if circular else j - k for j in range(size)]
    table = tuple(p if 0 <= p < size else -1 for p in places)
    if table == tuple(range(size)):
        return single(value, scale)
    return single(gathered(build, value, axis, (axis,), table), scale)


def _pad(evaluator: Evaluator, node: t.Call) -> Value:
    x, given, before, after = positional(node, 4, 4, "pad(x, axis, before, after)")
    build = evaluator.build
    scale, value = evaluator.factored(x)
    (name,) = axes_in(evaluator, value, [given])
    axis_of(build, value, name, given.span)
    return single(padded(build, value, name, evaluator.whole(before), evaluator.whole(after), node.span), scale)


def _repeat(evaluator: Evaluator, node: t.Call) -> Value:
    x, given, times = positional(node, 3, 3, "repeat(x, axis, times)")
    build = evaluator.build
    scale, value = evaluator.factored(x)
    (name,) = axes_in(evaluator, value, [given])
    axis_of(build, value, name, given.span)
    return single(repeated(build, value, name, evaluator.whole(times), times.span), scale)


def _concat(evaluator: Evaluator, node: t.Call) -> Value:
    usage = "concat(a, b, ..., axis)"
    if len(node.arguments) < 2 or node.arguments[-1].last is not None or any(a.name for a in node.arguments):
        raise error("TP105", "concat takes values, then the name of an axis", node.span, f"usage: {usage}")
    build, frame = evaluator.build, evaluator.frame
    parts: list[int] = []
    for argument in node.arguments[:-1]:
        if argument.last is not None:
            raise error("TP105", "a range of members is written h[1..3]", argument.span)
        for value in _spread_out(evaluator, argument.value):
            parts.append(build.node(build.linear(value, argument.span)))
    place = node.arguments[-1].value
    if not isinstance(place, t.Name):
        raise error("TP202", "the last argument of concat is the name of an axis", place.span)
    name = place.text
    if name in frame.names:
        known = frame.names[name]
        if not isinstance(known, Axis | Poison):
            message = f"the last argument of concat is the name of an axis; {name} is {describe(known)}"
            raise error("TP202", message, place.span, f"usage: {usage}")
        name = evaluator.axis(place).name
    types = [build.graph.type(p) for p in parts]
    if any(a.wide for axes in types for a in axes if a.name == name):
        raise error("TP213", f"{name} is wide; values cannot be joined along it", place.span)
    size = sum(next((a.at(1) for a in axes if a.name == name), 1) for axes in types)
    joined = Axis(name, size)
    rest: dict[str, Axis] = {}
    for axes in types:
        build.agree_types(rest, tuple(a for a in axes if a.name != name), node.span)
    frame.names.setdefault(place.text, joined)
    if len(parts) == 1 and joined in union(*types):
        return single(parts[0])
    return single(build.graph.add(Concat(joined), *parts))


def _spread_out(evaluator: Evaluator, node: t.Expression) -> list[Value]:
    """The members of ``h[1..3]``, or the one value of another expression."""
    if not (isinstance(node, t.Index) and len(node.items) == 1 and node.items[0].last is not None):
        return [evaluator.number_or_value(node)]
    (item,) = node.items
    if item.name is not None:
        return [evaluator.number_or_value(node)]
    family = evaluator.value(node.base)
    assert item.last is not None
    first, last = evaluator.whole(item.value), evaluator.whole(item.last)
    step = 1 if item.step is None else evaluator.whole(item.step)
    if not isinstance(family, Family):
        raise error("TP211", "only a family has a range of members", node.span)
    if not step:
        raise error("TP211", "a step is not 0", item.span, "backwards: h[3..1 by -1]")
    values: list[Value] = []
    for index in range(first, last + (1 if step > 0 else -1), step):
        evaluator.build.step(node.span)
        one = t.Argument(t.Number(str(index), span=item.span), span=item.span)
        values.append(evaluator.number_or_value(t.Index(node.base, (one,), span=node.span)))
    if not values:
        raise error("TP211", f"the range {first}..{last} is empty", item.span)
    return values


def _rename(evaluator: Evaluator, node: t.Call) -> Value:
    x, old, new = positional(node, 3, 3, "rename(x, axis, new_axis)")
    build, frame = evaluator.build, evaluator.frame
    scale, value = evaluator.factored(x)
    (name,) = axes_in(evaluator, value, [old])
    _, size = axis_of(build, value, name, old.span)
    if not isinstance(new, t.Name):
        raise error("TP202", "the new axis is a name", new.span)
    target = new.text
    if target in frame.names:
        target = evaluator.axis(new).name
    else:
        frame.names[target] = Axis(target, size)
        frame.places[target] = new.span
    if target == name:
        return single(value, scale)
    if target in names(build.graph.type(value)):
        raise error("TP207", f"the value already has the axis {target}", new.span)
    return single(build.graph.add(Rename(name, target), value), scale)


BUILTINS: dict[str, Builtin] = {
    "sqrt": _sqrt,
    "sum": _sum,
    "mean": _mean,
    "norm": _norm,
    "dot": _dot,
    "max": _max,
    "min": _min,
    "top_k": _top_k,
    "sort": _sort,
    "rank": _rank,
    "where": _where,
    "normalize": _normalize,
    "softmax": masked_softmax,
    "shift": _shift,
    "pad": _pad,
    "repeat": _repeat,
    "concat": _concat,
    "rename": _rename,
    "dropout": dropout,
    "conv": conv,
    "conv_transpose": conv_transpose,
    "avg_pool": avg_pool,
    "max_pool": max_pool,
}
