"""Convolution and pooling: windows along finite axes, then a weight, a mean or a maximum."""

from __future__ import annotations

from dataclasses import dataclass, field

from tp.construct.selection import axis_of
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, names
from tp.primitives.gather_scatter import Gather
from tp.primitives.largest import Largest
from tp.primitives.shorthand import total
from tp.syntax import tree as t
from tp.syntax.build import Build
from tp.syntax.constant import number
from tp.syntax.evaluate import Evaluator
from tp.syntax.values import Tensor, Value, Weight, describe

_PADDINGS = ("same", "valid", "circular")


@dataclass(slots=True)
class _Options:
    padding: str = "same"
    stride: int = 1
    pairs: list[tuple[t.Argument, Axis]] = field(default_factory=list["tuple[t.Argument, Axis]"])


def conv(evaluator: Evaluator, node: t.Call) -> Value:
    """``conv(K, x, i=ki, j=kj, padding=same, stride=1)``: out(i) = Σ_k K(k) x(i * stride + k - offset)."""
    usage = "conv(K, x, i=ki, ..., padding=same|valid|circular, stride=1)"
    kernel, x = _operands(node, 2, usage)
    weight = evaluator.value(kernel)
    if not isinstance(weight, Weight):
        raise error("TP205", f"the kernel of a convolution is a parameter, not {describe(weight)}", kernel.span)
    options = _Options()
    for argument in node.arguments[2:]:
        _option(evaluator, options, argument, usage)
    if not options.pairs:
        raise error("TP105", "a convolution needs at least one pair of axes", node.span, f"usage: {usage}")
    build = evaluator.build
    scale, value = build.factored(evaluator.number_or_value(x), x.span)
    _, ins = weight.parameter.sides(weight.transposed)
    for argument, window in options.pairs:
        assert argument.name is not None
        if window not in ins:
            raise error(
                "TP206",
                f"{weight.parameter.name} does not contract the window axis {window.name}",
                argument.span,
                f"declare it as {weight.parameter.name} : [outs | channels, {window.name}]",
            )
        name = evaluator.axis(t.Name(argument.name, span=argument.span)).name
        value = windows(build, value, name, window, options.padding, options.stride, argument.span)
    return build.apply(weight, Tensor(((scale, value),)), node.span)


def windows(build: Build, x: int, name: str, window: Axis, padding: str, stride: int, span: Span) -> int:
    """``x`` with axis ``name`` replaced by places along it and the offsets ``window``; zero outside."""
    axis, size = axis_of(build, x, name, span)
    width = window.at(1)
    if window.name in names(build.graph.type(x)):
        raise error("TP207", f"the value already has the axis {window.name}", span)
    if padding == "valid":
        if width > size:
            raise error("TP214", f"a window of {width} does not fit into the {size} entries of {name}", span)
        count, before = (size - width) // stride + 1, 0
    else:
        count = -(-size // stride)
        before = (width - 1) // 2 if padding == "circular" else max((count - 1) * stride + width - size, 0) // 2
    build.entries(count * width, span)
    table: list[int] = []
    for place in range(count):
        for offset in range(width):
            at = place * stride + offset - before
            table.append(at % size if padding == "circular" else at if 0 <= at < size else -1)
    return build.graph.add(Gather(axis, (Axis(name, count), window), tuple(table)), x)


def avg_pool(evaluator: Evaluator, node: t.Call) -> Value:
    """``avg_pool(x, i=2, j=2)``: means over blocks, which fill the axis."""
    scale, value, blocks = _blocks(evaluator, node, "avg_pool(x, i=2, ...)")
    for block in blocks:
        scale = scale * number(block.at(1)).inverse().scale
    return Tensor(((scale, total(evaluator.build.graph, value, names(blocks))),))


def max_pool(evaluator: Evaluator, node: t.Call) -> Value:
    """``max_pool(x, i=2, j=2)``: maxima over blocks, which fill the axis; one axis after the other."""
    build = evaluator.build
    scale, value, blocks = _blocks(evaluator, node, "max_pool(x, i=2, ...)")
    if scale != ONE:
        value = build.node(Tensor(((scale, value),)), node.span)
    found = Tensor(((ONE, value),))
    for block in blocks:
        x = build.node(found, node.span)
        mask = build.graph.add(Largest(block.name), x)
        found = build.product(Tensor(((ONE, x),)), Tensor(((ONE, mask),)), node.span, [block.name])
    return found


def _blocks(evaluator: Evaluator, node: t.Call, usage: str) -> tuple[Scale, int, list[Axis]]:
    """A scale, the value cut into blocks, and the axes within the blocks. Raises TP214 for an incomplete block."""
    (x,) = _operands(node, 1, usage)
    build = evaluator.build
    scale, value = build.factored(evaluator.number_or_value(x), x.span)
    blocks: list[Axis] = []
    for argument in node.arguments[1:]:
        if argument.name is None or argument.last is not None:
            raise error("TP105", "these arguments do not fit", argument.span, f"usage: {usage}")
        name = evaluator.axis(t.Name(argument.name, span=argument.span)).name
        length = evaluator.whole(argument.value)
        if length < 1:
            raise error("TP214", "a block has at least one entry", argument.value.span)
        _, size = axis_of(build, value, name, argument.span)
        if size % length:
            whole = size - size % length
            raise error(
                "TP214",
                f"blocks of {length} do not fill the {size} entries of {name}",
                argument.span,
                f"leave out the rest: x[{name}=1..{whole}]" if whole else f"{name} has {size} entries",
            )
        # A quote cannot be part of a name in the text, so this axis meets no other.
        block = Axis(name + "'block", length)
        value = windows(build, value, name, block, "valid", length, argument.span)
        blocks.append(block)
    if not blocks:
        raise error("TP105", "pooling needs at least one axis", node.span, f"usage: {usage}")
    return scale, value, blocks


def _operands(node: t.Call, count: int, usage: str) -> list[t.Expression]:
    given = node.arguments[:count]
    if len(given) < count or any(a.name is not None or a.last is not None for a in given):
        raise error("TP105", "these arguments do not fit", node.span, f"usage: {usage}")
    return [a.value for a in given]


def _option(evaluator: Evaluator, options: _Options, argument: t.Argument, usage: str) -> None:
    """Reads one named argument of ``conv``."""
    if argument.name is None or argument.last is not None:
        raise error("TP105", "these arguments do not fit", argument.span, f"usage: {usage}")
    if argument.name == "padding":
        if not (isinstance(argument.value, t.Name) and argument.value.text in _PADDINGS):
            raise error("TP105", "padding is one of same, valid, circular", argument.value.span)
        options.padding = argument.value.text
    elif argument.name == "stride":
        options.stride = evaluator.whole(argument.value)
        if options.stride < 1:
            raise error("TP214", "a stride is at least 1", argument.value.span)
    else:
        options.pairs.append((argument, evaluator.axis(argument.value)))
