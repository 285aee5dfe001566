"""TP811: sums over finite axes of many entries without a scale, so that an activation is far from its usual range.

Exponents of n do not depend on this: 784 pixels are a constant factor. A sum is reported where an argument of an
activation is at least ``LEAST``, and that many times as large as the values that are summed, weights at the deviation
of their laws, and the sum has enough terms to make it so. A network with ``U @ x`` over ``[d=4]`` is not reported, and
neither are sums that pick one entry (one-hot inputs) and sums with a table of numbers, which has a scale of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod, sqrt

from tp.diagnostics.diagnostic import Diagnostic, Label
from tp.graph.axes import Axis, names
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.linear import Linear
from tp.primitives.peak import Peak
from tp.primitives.product import Product
from tp.primitives.sum_broadcast import Sum
from tp.primitives.traits import datum_of, function_of, weight_of
from tp.studies.lints.origins import factors, summed
from tp.studies.lints.subject import End, Subject, warning
from tp.theory.scales import constant_part

LEAST = 4.0
"""The smallest factor that is reported: that of a sum of 16 terms."""


def found(subject: Subject) -> Iterator[Diagnostic]:
    """A warning for each sum over finite axes that nothing scales, at its first use."""
    seen: set[object] = set()
    for end in subject.ends:
        if end.output or subject.scales[end.node] < LEAST:
            continue
        for node, factor in _sums(subject, end.node):
            span = subject.graph[node].span
            if (span or node) not in seen:
                seen.add(span or node)
                yield _of_sum(subject, node, factor, end)


def _of_sum(subject: Subject, node: int, factor: float, end: End) -> Diagnostic:
    axes = _finite(subject, node)
    span = subject.graph[node].span
    over = " and ".join(f"{axis.name}={axis.size}" for axis in axes)
    root = f"sqrt({' * '.join(names(axes))})"
    message = f"this sum over {over} makes {end.text} about {factor:.2g} times as large as the values that it sums"
    labels = [] if end.span is None or end.span == span else [Label(end.span, "used here")]
    return warning(
        "TP811", message, span, f"divide it by {root}, or write 1/{root} as the deviation of the weight", labels
    )


def _sums(subject: Subject, end: int) -> Iterator[tuple[int, float]]:
    """The sums over finite axes behind an argument, each with the factor between what it sums and the argument."""
    graph = subject.graph
    stack = [(end, 1.0)]
    seen: set[tuple[int, float]] = set()
    while stack:
        node, behind = stack.pop()
        if (node, behind) in seen or function_of(graph[node].operation) is not None:
            continue
        seen.add((node, behind))
        operation, operands = graph[node].operation, graph[node].operands
        match operation:
            case Linear():
                terms = zip(operands, operation.scales, strict=True)
                stack += [(i, behind * abs(constant_part(scale))) for i, scale in terms]
            case Apply() | Product() | Sum():
                factor = behind * _gain(subject, node)
                terms = prod(float(axis.at(1)) for axis in _finite(subject, node))
                if factor >= LEAST and sqrt(terms) >= LEAST and not _selects(subject, node):
                    yield node, factor
                elif isinstance(operation, Sum):
                    stack.append((operands[0], factor))
            case Detach() | Peak():
                pass
            case _:
                stack += [(i, behind) for i in operands]


def _gain(subject: Subject, node: int) -> float:
    """How much larger the result of a sum is than the values in it that are no weights."""
    inner = prod(subject.scales[i] for i in factors(subject.graph, node))
    return subject.scales[node] / inner if inner else 0.0


def _finite(subject: Subject, node: int) -> list[Axis]:
    return [axis for axis in summed(subject.graph, node) if not axis.wide]


def _selects(subject: Subject, node: int) -> bool:
    """Whether a factor without weights is a table, or an input that is one-hot along a summed axis."""
    over = {axis.name for axis in _finite(subject, node)}
    return any(_is_selection(subject, factor, over) for factor in factors(subject.graph, node))


def _is_selection(subject: Subject, factor: int, over: set[str]) -> bool:
    operations = [subject.graph[index].operation for index in subject.graph.needed([factor])]
    if any(weight_of(operation) is not None for operation in operations):
        return False
    inputs = [datum.name for operation in operations if (datum := datum_of(operation)) is not None]
    tables = any(isinstance(operation, Constant) for operation in operations)
    return (tables and not inputs) or any(subject.program.one_hot.get(name) in over for name in inputs)
