"""The change of a mask of largest entries under a finite move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, union
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.largest import Largest, lower_largest

if TYPE_CHECKING:
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Switched(Operation):
    """largest(b + m) - largest(b) along the finite ``axis``, for operands b and m; 0 where it is the same entry.

    Made by displaced programs, which are not differentiated any further.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the change of a mask of largest entries"

    axis: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        base, move = types
        return Largest(self.axis).infer([union(base, move)], parameters)


@lowering.rule(Switched)
def lower_switched(operation: Switched, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    base, move = (aligned(a, t, out) for a, t in zip(arrays, types, strict=True))
    mask = Largest(operation.axis)
    after, before = (lower_largest(mask, low, [out], out, [x]) for x in (base + move, base + 0 * move))
    return after - before


@typical.rule(Switched)
def typical_switched(operation: Switched, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    return calculus.switched(values[0], values[1], setting.axes, setting.dense)


transposition.refuse(Switched, reason="programs that contain it are not differentiated")
bounds.refuse(Switched, reason="only programs at their initial weights are bounded")
