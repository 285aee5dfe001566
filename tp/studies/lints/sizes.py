"""TP807 to TP810: arguments of activations, and outputs, that grow or vanish with n, and the sums that make them so.

What is reported is the sum whose scale does not fit, or the factor or law with the power of n, and not the values that
follow from it. Some values that vanish are not reported. Three of them are meant in most programs: an output (readouts
scaled by 1/n, as in muP and in mean-field networks), an argument without a wide axis (attention scores scaled by 1/n),
and an argument of a map, since a map may have any scale of its own. A fourth is of order 1 up to very large widths: a
value that is normalised with a small constant.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tp.diagnostics.diagnostic import Diagnostic, Label
from tp.diagnostics.span import Span
from tp.exponent import UNBOUNDED
from tp.studies.lints.origins import Origin, traced
from tp.studies.lints.subject import End, Subject, order, power, warning


def found(subject: Subject) -> Iterator[Diagnostic]:
    """A warning for each sum whose scale does not fit, and for each factor or law that brings a power of n in."""
    sums: dict[tuple[Span | None, Fraction], list[tuple[End, Origin]]] = {}
    others: dict[tuple[Span | int, Fraction], list[tuple[End, int]]] = {}
    for end in subject.ends:
        size = subject.exponent(end.node)
        if size is None or not _is_wrong(subject, end, size):
            continue
        why = traced(subject, end.node)
        for origin in why.sums:
            sums.setdefault((subject.graph[origin.node].span, origin.excess), []).append((end, origin))
        if why.nodes and not why.sums:
            # Several terms of one argument that are all wrong are one fault.
            node = why.nodes[0] if len(why.nodes) == 1 else end.node
            others.setdefault((subject.graph[node].span or node, size), []).append((end, node))
    for ends in sums.values():
        yield _of_sum(subject, *ends[0], len({end.node for end, _ in ends}) - 1)
    for group in others.values():
        yield _of_node(subject, *group[0], len({end.node for end, _ in group}) - 1)


def _is_wrong(subject: Subject, end: End, size: Fraction) -> bool:
    if size > UNBOUNDED / 2:  # nothing is known of it
        return False
    if size >= 0:
        return size > 0 and subject.exact(end.node)
    return end.entrywise and subject.wide(end.node) and not subject.counts_late(end.node)


def _of_sum(subject: Subject, end: End, origin: Origin, others: int) -> Diagnostic:
    grows = origin.excess > 0
    made = f"{order(origin.inner + origin.gain)} of values of {order(origin.inner)}"
    by = f"it is multiplied by {power(origin.scale)}" if origin.scale else "nothing scales it"
    message = f"this sum over {' and '.join(origin.axes)} makes {made}, and {by}: {_result(subject, end)}"
    hint = (
        f"{'divide' if grows else 'multiply'} it by {power(abs(origin.excess))}{' in addition' if origin.scale else ''}"
    )
    span = subject.graph[origin.node].span
    return warning("TP809" if grows else "TP810", message, span, hint, _use(end, span, others))


def _of_node(subject: Subject, end: End, node: int, others: int) -> Diagnostic:
    size = subject.exponent(end.node) or Fraction(0)
    grows = size > 0
    span = subject.graph[node].span
    hint = f"{'divide' if grows else 'multiply'} it by {power(abs(size))}, or change the law of a weight by this factor"
    return warning("TP807" if grows else "TP808", _result(subject, end), span, hint, _use(end, span, others))


def _result(subject: Subject, end: End) -> str:
    size = subject.exponent(end.node) or Fraction(0)
    return f"{end.text} {'grows' if size > 0 else 'vanishes'} as {power(size)}"


def _use(end: End, span: Span | None, others: int) -> list[Label]:
    besides = f", and in {others} more place{'s' if others > 1 else ''}" if others else ""
    return [] if end.span is None or end.span == span else [Label(end.span, f"used here{besides}")]
