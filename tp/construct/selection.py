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


def selected(build: Construction, node: int, name: str, first: int, last: int | None, span: Span | None) -> int:
    """Entry ``first`` (without ``last``) or entries ``first..last`` of an axis, counted from 1. Raises TP214."""
    axis, size = axis_of(build, node, name, span)
    end = first if last is None else last
    if not 1 <= first <= size or not 1 <= end <= size or end < first:
        shown = str(first) if last is None else f"{first}..{last}"
        raise error("TP214", f"{name} = {shown} is out of range", span, f"{name} runs from 1 to {size}")
    if last is None:
        return entry(build, node, axis, first - 1)
    if end - first + 1 == size:
        return node
    build.entries(end - first + 1, span)
    return gathered(build, node, axis, (Axis(name, end - first + 1),), tuple(range(first - 1, end)))


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
