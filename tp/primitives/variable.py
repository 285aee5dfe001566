"""A formal variable: the ε of a series, whose even and odd parts are kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.interpretations import Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Variable(Operation):
    """The number ``name`` of order one that a series is expanded in; as an array, an input without axes."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the variable of a series"

    name: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """No axes."""
        if types:
            raise ValueError("a variable has no operands")
        return ()


@lowering.rule(Variable)
def lower_variable(operation: Variable, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """A number, which is given as an input."""
    return low.inputs[operation.name]


@typical.rule(Variable)
def typical_variable(operation: Variable, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``variable``: order 1, with parts even and odd in it kept apart."""
    return calculus.variable(operation.name)


transposition.refuse(Variable, reason="it has no operands")
bounds.refuse(Variable, reason="only programs at their initial weights are bounded")
