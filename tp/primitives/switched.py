"""How the mask of the largest entry changes under a finite move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tp.graph.axes import Type, union
from tp.graph.operation import Derivative, Lowering, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned
from tp.primitives.largest import Largest


@dataclass(frozen=True)
class Switched(Operation):
    """largest(b + m) - largest(b) along the finite ``axis``, for operands b and m; 0 where the place stays the same.

    Made by displaced programs, which are not differentiated any further.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the change of a mask of largest entries"

    axis: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        base, move = types
        return Largest(self.axis).infer([union(base, move)], parameters)

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        base, move = (aligned(a, t, out) for a, t in zip(arrays, types, strict=True))
        after, before = (Largest(self.axis).lower(low, [out], out, [x]) for x in (base + move, base + 0 * move))
        return after - before

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return calculus.switched(values[0], values[1], setting.axes)
