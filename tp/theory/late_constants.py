"""Small constants that are added to something that vanishes with n: they count only at large widths.

A layer norm divides by the root of a mean square plus 1e-6. Where the mean square is of order 1/n, as after an
embedding of deviation n^(-1/2), the constant is the larger one as n grows, and orders say so. At n = 1000 it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.exponent import power_of_n
from tp.graph.axes import Scale
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.primitives.constant import Constant
from tp.primitives.linear import Linear

SMALL = 0.01
"""Constants above this one count from small widths on."""
EARLY = 100
"""A width up to which nothing is said."""


@dataclass(frozen=True, slots=True)
class LateConstant:
    """A ``constant`` that is added to terms of order n^``exponent``, and is larger than these from ``width`` on.

    ``width`` takes the terms to be n^``exponent`` times their written coefficients: it is a rough number.
    """

    constant: float
    exponent: Fraction
    width: float
    span: Span | None

    def __str__(self) -> str:
        line = f" in line {self.span.line}" if self.span else ""
        return (
            f"the constant {self.constant:g}{line} is added to something of order {power_of_n(self.exponent)}, and is "
            f"the larger one only from about n = {self.width:.1g} on: orders are those of larger widths"
        )


def late_constants(program: Graph, calculus: Calculus) -> tuple[LateConstant, ...]:
    """Those of ``program``, each line once."""
    sums = [i for i in range(len(program)) if isinstance(program[i].operation, Linear)]
    asked = {i: _constant(program, i) for i in sums}
    found = [i for i, constant in asked.items() if constant is not None]
    if not found:
        return ()
    operands = {operand for i in found for operand in program[i].operands}
    values = interpret(program, sorted(operands), calculus)
    late: dict[tuple[int | None, float], LateConstant] = {}
    for i in found:
        node = program[i]
        operation = node.operation
        assert isinstance(operation, Linear)
        constant = asked[i]
        assert constant is not None
        others: list[tuple[Fraction, float]] = []
        for scale, operand in zip(operation.scales, node.operands, strict=True):
            exponent = values[operand].value.exponent
            if not isinstance(program[operand].operation, Constant) and exponent is not None:
                others.append((scale.exponent + exponent, abs(scale.coefficient)))
        one = _one(constant, others, node.span)
        if one is not None:
            late.setdefault((one.span.line if one.span else None, one.constant), one)
    return tuple(late.values())


def _constant(program: Graph, node: int) -> Scale | None:
    """The number that a sum adds, if it is a small one."""
    operation = program[node].operation
    assert isinstance(operation, Linear)
    for scale, operand in zip(operation.scales, program[node].operands, strict=True):
        table = program[operand].operation
        if isinstance(table, Constant) and len(table.numbers) == 1:
            size = abs(scale.coefficient * table.numbers[0])
            if 0 < size <= SMALL:
                return Scale(size, scale.powers)
    return None


def _one(constant: Scale, others: Iterable[tuple[Fraction, float]], span: Span | None) -> LateConstant | None:
    largest = max(others, default=None)
    if largest is None or largest[0] >= constant.exponent or not largest[1]:
        return None
    exponent, coefficient = largest
    width = (coefficient / constant.coefficient) ** float(1 / (constant.exponent - exponent))
    return LateConstant(constant.coefficient, exponent, width, span) if width > EARLY else None
