"""Short formulas for nodes, such as ``tanh(W @ x)``, from the names that the source gives to values and weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tp.graph.graph import Graph
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Derivative, Operation
from tp.primitives.apply import Apply
from tp.primitives.mapped import Mapped
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.traits import applied_weight
from tp.theory.diagnosis.contractions import contracts

_NESTED = 3
"""The deepest nesting of formulas. Deeper parts are written as an ellipsis."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node within a formula; ``depth`` is how many formulas may be nested in its own."""

    program: Graph
    index: int
    depth: int

    @property
    def operands(self) -> Sequence[int]:
        return self.program[self.index].operands

    def part(self, operand: int) -> str:
        """The name of an operand, or its formula where it has none."""
        named = _called(self.program, operand)
        return named or (_written(_Spot(self.program, operand, self.depth - 1)) if self.depth else "…")


def _passed_on(_: Operation, spot: _Spot) -> str:
    """Any other operation has the formula of its only operand that is not constant, if there is just one."""
    moving = [i for i in spot.operands if spot.program[i].operation.derivative is not Derivative.CONSTANT]
    return spot.part(moving[0]) if len(moving) == 1 else "…"


_formulas: Interpretation[Callable[[Any, _Spot], str]] = Interpretation("formulas", default=_passed_on)
"""``rule(operation, spot)``: the formula of a node."""


def formula(program: Graph, index: int) -> str:
    """The formula of the node ``index``."""
    return _written(_Spot(program, index, _NESTED))


def _written(spot: _Spot) -> str:
    operation = spot.program[spot.index].operation
    return _formulas.of(operation)(operation, spot)


def _called(program: Graph, index: int) -> str | None:
    """The name of a value; the label of a weight's application is the weight's."""
    node = program[index]
    if applied_weight(node.operation) is None:
        return node.label
    return next((name for name, i in program.names.items() if i == index), None)


@_formulas.rule(Read)
def weight(operation: Read, spot: _Spot) -> str:
    return operation.parameter


@_formulas.rule(Pointwise)
def function(operation: Pointwise, spot: _Spot) -> str:
    primes = "'" * operation.k
    return f"{operation.activation}{primes}({spot.part(spot.operands[0])})"


@_formulas.rule(Mapped)
def of_a_map(operation: Mapped, spot: _Spot) -> str:
    primes = "'" * operation.slots
    return f"{operation.name}{primes}({spot.part(spot.operands[0])})"


@_formulas.rule(Apply)
def matrix(operation: Apply, spot: _Spot) -> str:
    prime = "'" * operation.transposed
    return f"{operation.parameter}{prime} @ {spot.part(spot.operands[0])}"


@_formulas.rule(Product)
def product(operation: Product, spot: _Spot) -> str:
    left, right = map(spot.part, spot.operands)
    if contracts(spot.program, spot.index):
        return f"dot({left}, {right})"
    return "…" if spot.depth < _NESTED and "…" in left + right else f"{left} * {right}"
