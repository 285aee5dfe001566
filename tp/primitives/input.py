"""A datum: finite axes only, the same at every width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.graph.axes import Type
from tp.graph.operation import Derivative, Lowering, NormSetting, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned


@dataclass(frozen=True)
class Input(Operation):
    """The input called ``name``; generic, of order 1, not random."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "a datum, the same at every width"

    name: str
    axes: Type

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        if types:
            raise ValueError("an input has no operands")
        return self.axes

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        return aligned(low.inputs[self.name], self.axes, out)

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return calculus.one

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        return calculus.flat(Fraction(0), setting.axes)
