"""Equations as a graph: who makes a value, who reads it, and the same equations with some values replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tp.imports.traced.equation import Equation, Known, Operand, Traced, Value

LAYOUT = frozenset({"broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose", "copy"})
"""Primitives that change axes and no numbers."""


class Makers:
    """Which equation makes a value."""

    def __init__(self, traced: Traced) -> None:
        self._made = {result: equation for equation in traced.equations for result in equation.results}

    def maker(self, operand: Operand, *primitives: str) -> Equation | None:
        """The equation that makes ``operand``, if it is one of ``primitives`` (any, if none are given)."""
        if isinstance(operand, Known):
            return None
        found = self._made.get(operand)
        return found if found is not None and (not primitives or found.primitive in primitives) else None

    def source(self, operand: Operand) -> Operand:
        """What ``operand`` is made of by changes of axes alone."""
        while (equation := self.maker(operand, *LAYOUT)) is not None:
            operand = equation.operands[0]
        return operand


def substituted(
    traced: Traced, instead: Mapping[Value, Operand], equations: Iterable[Equation] | None = None
) -> Traced:
    """``traced`` with operands replaced, and without equations whose results nobody reads any more."""

    def of(operand: Operand) -> Operand:
        while isinstance(operand, Value) and operand in instead:
            operand = instead[operand]
        return operand

    changed = [
        replace(equation, operands=tuple(map(of, equation.operands)))
        for equation in (traced.equations if equations is None else equations)
    ]
    outputs = tuple((name, of(operand)) for name, operand in traced.outputs)
    read = {operand for _, operand in outputs if isinstance(operand, Value)}
    kept: list[Equation] = []
    for equation in reversed(changed):
        if any(result in read for result in equation.results):
            kept.append(equation)
            read |= {operand for operand in equation.operands if isinstance(operand, Value)}
    return replace(traced, equations=tuple(reversed(kept)), outputs=outputs)


def scalar(operand: Operand) -> float | None:
    """The number that all entries of a constant are, at every width; None for anything else."""
    if isinstance(operand, Known) and operand.number is not None and not operand.number.exponent:
        return operand.number.coefficient
    return None
