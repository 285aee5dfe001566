"""A formal variable: the ε of a series, whose even and odd parts are kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tp.graph.axes import Type
from tp.graph.operation import Derivative, Lowering, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Variable(Operation):
    """The number ``name`` of order one that a series is expanded in; as an array, an input without axes."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the variable of a series"

    name: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        if types:
            raise ValueError("a variable has no operands")
        return ()

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        return low.inputs[self.name]

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return calculus.variable(self.name)
