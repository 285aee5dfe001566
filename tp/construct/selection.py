"""Index and slice of a finite axis. An index into a join or into another selection goes to the original value."""

from __future__ import annotations

from tp.construct.construction import Construction
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import Axis, without
from tp.primitives.concat import Concat
from tp.primitives.gather_scatter import Gather
from tp.primitives.shorthand import spread


def axis_of(build: Construction, node: int, name: str, span: Span | None) -> tuple[Axis, int]:
    """The finite axis called ``name`` of ``node`` and its size. Raises TP202 or TP213."""
    axes = build.graph.type(node)
    for axis in axes:
        if axis.name == name:
            if not isinstance(axis.size, int):
                raise error(
                    "TP213",
                    f"{name} is wide and cannot be taken apart",
                    span,
                    "contract it: @, dot, sum, mean, norm",
                )
            return axis, axis.size
    have = ", ".join(map(str, axes)) or "no axes"
    raise error("TP202", f"the value has no axis {name}", span, f"it has {have}")


def selected(
    build: Construction, node: int, name: str, first: int, last: int | None, span: Span | None, step: int = 1
) -> int:
    """Entry ``first`` (without ``last``) or every ``step``-th of ``first..last`` along an axis, counted from 1.

    With a negative ``step`` they are counted backwards, and ``last`` is not above ``first``. Raises TP214.
    """
    axis, size = axis_of(build, node, name, span)
    end = first if last is None else last
    if not step:
        raise error("TP214", "a step is not 0", span, f"every second entry: {name}=1..{size} by 2")
    if not 1 <= first <= size or not 1 <= end <= size or (end - first) * step < 0:
        shown = str(first) if last is None else f"{first}..{last}"
        hint = f"{name} runs from 1 to {size}"
        if last is not None and last < first and step > 0:
            hint = f"{hint}; backwards: {name}={shown} by -1"
        raise error("TP214", f"{name} = {shown} is out of range", span, hint)
    if last is None:
        return entry(build, node, axis, first - 1)
    table = tuple(range(first - 1, end if step > 0 else end - 2, step))
    if table == tuple(range(size)):
        return node
    build.entries(len(table), span)
    return gathered(build, node, axis, (Axis(name, len(table)),), table)


def padded(build: Construction, node: int, name: str, before: int, after: int, span: Span | None) -> int:
    """``node`` with ``before`` zeros before the entries of the axis ``name`` and ``after`` behind them.

    Raises TP202 or TP213 for an axis that cannot be padded, TP214 for numbers below 0, TP502 for too many entries.
    """
    axis, size = axis_of(build, node, name, span)
    if before < 0 or after < 0:
        hint = f"a slice takes entries away: x[{name}=2..{size}]"
        raise error("TP214", "numbers of zeros are not negative", span, hint)
    if not before and not after:
        return node
    build.entries(before + size + after, span)
    table = (*[-1] * before, *range(size), *[-1] * after)
    return gathered(build, node, axis, (Axis(name, len(table)),), table)


def repeated(build: Construction, node: int, name: str, times: int, span: Span | None) -> int:
    """``node`` with every entry of the axis ``name`` ``times`` times, one after the other.

    Raises TP202 or TP213 for an axis that cannot be selected from, TP214 for a number below 1, TP502 for too many.
    """
    axis, size = axis_of(build, node, name, span)
    if times < 1:
        raise error("TP214", "an entry is repeated at least once", span, f"every entry twice: repeat(x, {name}, 2)")
    if times == 1:
        return node
    build.entries(size * times, span)
    table = tuple(place // times for place in range(size * times))
    return gathered(build, node, axis, (Axis(name, len(table)),), table)


def entry(build: Construction, node: int, axis: Axis, place: int) -> int:
    """Entry ``place`` (from 0) of ``axis``, taken from the operand where ``node`` selects or joins along that axis."""
    graph = build.graph
    while True:
        found = graph[node]
        operation = found.operation
        if isinstance(operation, Gather) and operation.outs == (axis,) and operation.table[place] >= 0:
            node, axis, place = found.operands[0], operation.axis, operation.table[place]
        elif isinstance(operation, Concat) and operation.axis == axis:
            # Each part is looked at, which costs more than a number in a table.
            build.entries(4 * len(found.operands), found.span)
            lengths = operation.lengths([graph.type(i) for i in found.operands])
            part = 0
            while place >= lengths[part]:
                place -= lengths[part]
                part += 1
            rest = without(found.type, (axis.name,))
            node = spread(
                graph, found.operands[part], without(rest, [a.name for a in graph.type(found.operands[part])])
            )
            own = [a for a in graph.type(node) if a.name == axis.name]
            if not own:
                return node
            axis = own[0]
        else:
            return graph.add(Gather(axis, (), (place,)), node)


def gathered(build: Construction, node: int, axis: Axis, outs: tuple[Axis, ...], table: tuple[int, ...]) -> int:
    """The selection ``table``, in one node with ``node`` where that selects along the same axis."""
    found = build.graph[node]
    operation = found.operation
    if isinstance(operation, Gather) and operation.outs == (axis,):
        inner = operation.table
        return build.graph.add(
            Gather(operation.axis, outs, tuple(inner[i] if i >= 0 else -1 for i in table)), *found.operands
        )
    return build.graph.add(Gather(axis, outs, table), node)
