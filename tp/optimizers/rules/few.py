"""Gradients of few outer products: those with equal abstract values count once."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from tp.diagnostics.diagnostic import error
from tp.graph.axes import wide
from tp.optimizers.rules.gradient import Gradient, Outer
from tp.optimizers.rules.rule import Setting
from tp.orders.typical.value import Value
from tp.transform.displacement import Displaced


def few(setting: Setting, gradient: Gradient) -> Gradient:
    """``gradient`` without outer products that have the abstract values of an earlier one, or vanish.

    Raises TpError TP514 where one is a sum over a wide axis: orders of an update that is not linear in such a sum are
    not known.
    """
    graph = setting.algebra.graph
    kept: dict[object, Outer] = {}
    for outer in gradient.outers:
        if any(a.name in outer.shared for a in wide(graph.type(outer.left.base))):
            unknown(gradient, "the weight is used at all places of a wide axis")
        values = (_values(setting, outer.left), _values(setting, outer.right))
        if all(any(v is not None and v.terms for v in side) for side in values):
            kept.setdefault((tuple(map(id, values[0])), tuple(map(id, values[1])), outer.shared), outer)
    return replace(gradient, outers=tuple(kept.values()))


def unknown(gradient: Gradient, reason: str) -> NoReturn:
    """Raises TpError TP514."""
    parameter = gradient.parameter
    raise error("TP514", f"the orders of the updates of {parameter.name} are not known: {reason}", parameter.span)


def _values(setting: Setting, value: Displaced) -> list[Value | None]:
    return [None if node is None else setting.value(node) for node in (value.base, value.first, value.rest)]
