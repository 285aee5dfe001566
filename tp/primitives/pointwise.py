"""A derivative of an activation, applied to every entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tp.activations import find
from tp.activations.facts import facts
from tp.graph.axes import Type
from tp.graph.operation import Derivative, Lowering, NormSetting, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Pointwise(Operation):
    """The ``k``-th derivative of the activation called ``activation``."""

    derivative: ClassVar[Derivative] = Derivative.POINTWISE
    summary: ClassVar[str] = "an activation, or one of its derivatives, entry by entry"

    activation: str
    k: int = 0

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        (x,) = types
        try:
            find(self.activation)
        except KeyError:
            raise ValueError(f"no activation is called {self.activation}") from None
        if self.k < 0:
            raise ValueError(f"there is no derivative number {self.k}")
        return x

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        return find(self.activation).lower(self.k, arrays[0])

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return calculus.pointwise(facts(self.activation), self.k, values[0], setting.axes)

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        return calculus.pointwise(facts(self.activation), self.k, jets[0], setting.axes, setting.vouched)
