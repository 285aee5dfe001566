"""The arguments of convolution and pooling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from tp.construct.construction import Construction, single
from tp.construct.windows import PADDINGS, blocks, maxima, spaced_windows, windows
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, names
from tp.primitives.shorthand import total
from tp.syntax import tree as t
from tp.syntax.constant import number
from tp.syntax.evaluate import Evaluator
from tp.syntax.values import Value, Weight, describe

Windows: TypeAlias = Callable[[Construction, int, str, Axis, str, int, Span | None], int]
"""What :func:`tp.construct.windows.windows` is: the value cut into windows along one axis."""


@dataclass(slots=True)
class _Options:
    padding: str = "same"
    stride: int = 1
    pairs: list[tuple[t.Argument, Axis]] = field(default_factory=list["tuple[t.Argument, Axis]"])


def conv(evaluator: Evaluator, node: t.Call) -> Value:
    """``conv(K, x, i=ki, j=kj, padding=same, stride=1)``: out(i) = Σ_k K(k) x(i * stride + k - offset)."""
    return _convolved(evaluator, node, "conv", 1, windows)


def conv_transpose(evaluator: Evaluator, node: t.Call) -> Value:
    """``conv_transpose(K, x, i=ki, j=kj, padding=same, stride=2)``: a convolution of x with zeros between entries."""
    return _convolved(evaluator, node, "conv_transpose", 2, spaced_windows)


def _convolved(evaluator: Evaluator, node: t.Call, called: str, stride: int, cut: Windows) -> Value:
    """A weight, applied to the windows that ``cut`` makes."""
    usage = f"{called}(K, x, i=ki, ..., padding=same|valid|circular, stride={stride})"
    kernel, x = _operands(node, 2, usage)
    weight = evaluator.value(kernel)
    if not isinstance(weight, Weight):
        raise error("TP205", f"the kernel of a convolution is a parameter, not {describe(weight)}", kernel.span)
    options = _Options(stride=stride)
    for argument in node.arguments[2:]:
        _option(evaluator, options, argument, usage)
    if not options.pairs:
        raise error("TP105", "a convolution needs at least one pair of axes", node.span, f"usage: {usage}")
    build = evaluator.build
    scale, value = evaluator.factored(x)
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
        value = cut(build, value, name, window, options.padding, options.stride, argument.span)
    return build.apply(weight.parameter, weight.transposed, single(value, scale), node.span)


def avg_pool(evaluator: Evaluator, node: t.Call) -> Value:
    """``avg_pool(x, i=2, j=2)``: means over blocks, which must fill each axis."""
    scale, value, within = _blocks(evaluator, node, "avg_pool(x, i=2, ...)")
    for block in within:
        scale = scale * number(block.at(1)).inverse().scale
    return single(total(evaluator.build.graph, value, names(within)), scale)


def max_pool(evaluator: Evaluator, node: t.Call) -> Value:
    """``max_pool(x, i=2, j=2)``: maxima over blocks, which must fill each axis."""
    build = evaluator.build
    scale, value, within = _blocks(evaluator, node, "max_pool(x, i=2, ...)")
    if scale != ONE:
        value = build.node(single(value, scale))
    return maxima(build, value, within, node.span)


def _blocks(evaluator: Evaluator, node: t.Call, usage: str) -> tuple[Scale, int, list[Axis]]:
    """A scale, the value cut into blocks, and the axes within the blocks. Raises TP214 for an incomplete block."""
    (x,) = _operands(node, 1, usage)
    build = evaluator.build
    scale, value = evaluator.factored(x)
    within: list[Axis] = []
    for argument in node.arguments[1:]:
        if argument.name is None or argument.last is not None:
            raise error("TP105", "these arguments do not fit", argument.span, f"usage: {usage}")
        name = evaluator.axis(t.Name(argument.name, span=argument.span)).name
        length = evaluator.whole(argument.value)
        if length < 1:
            raise error("TP214", "a block has at least one entry", argument.value.span)
        value, block = blocks(build, value, name, length, argument.span)
        within.append(block)
    if not within:
        raise error("TP105", "pooling needs at least one axis", node.span, f"usage: {usage}")
    return scale, value, within


def _operands(node: t.Call, count: int, usage: str) -> list[t.Expression]:
    given = node.arguments[:count]
    if len(given) < count or any(a.name is not None or a.last is not None for a in given):
        raise error("TP105", "these arguments do not fit", node.span, f"usage: {usage}")
    return [a.value for a in given]


def _option(evaluator: Evaluator, options: _Options, argument: t.Argument, usage: str) -> None:
    """Reads one named argument of a convolution."""
    if argument.name is None or argument.last is not None:
        raise error("TP105", "these arguments do not fit", argument.span, f"usage: {usage}")
    if argument.name == "padding":
        if not (isinstance(argument.value, t.Name) and argument.value.text in PADDINGS):
            raise error("TP105", "padding is one of same, valid, circular", argument.value.span)
        options.padding = argument.value.text
    elif argument.name == "stride":
        options.stride = evaluator.whole(argument.value)
        if options.stride < 1:
            raise error("TP214", "a stride is at least 1", argument.value.span)
    else:
        options.pairs.append((argument, evaluator.axis(argument.value)))
