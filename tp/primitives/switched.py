"""The change of a mask of largest entries under a finite move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import ONE, Scale, Type, names, union, without
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.largest import Largest, lower_largest

if TYPE_CHECKING:
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Switched(Operation):
    """largest(b + m) - largest(b) along ``axis``, for operands b and m; 0 where the same entries are chosen.

    With ``summed`` its product with b + m, summed over the axis: what a sum of the largest gains by it, at most a move
    for each entry that is exchanged. Made by displaced programs, which are not differentiated any further.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the change of a mask of largest entries"

    axis: str
    summed: bool = False
    count: Scale = ONE

    @property
    def mask(self) -> Largest:
        """The mask that changes."""
        return Largest(self.axis, self.count)

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of both operands, without ``axis`` if ``summed``. Raises ValueError as the mask does."""
        base, move = types
        found = self.mask.infer([union(base, move)], parameters)
        return without(found, [self.axis]) if self.summed else found


@lowering.rule(Switched)
def lower_switched(operation: Switched, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The mask at b + m less the mask at b; with ``summed`` its product with b + m, summed over the axis."""
    full = union(*types)
    base, move = (aligned(a, t, full) for a, t in zip(arrays, types, strict=True))
    after, before = (lower_largest(operation.mask, low, [full], full, [x]) for x in (base + move, base + 0 * move))
    if not operation.summed:
        return aligned(after - before, full, out)
    gained = ((after - before) * (base + move)).sum(axis=names(full).index(operation.axis))
    return aligned(gained, without(full, [operation.axis]), out)


@typical.rule(Switched)
def typical_switched(operation: Switched, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``switched``, or ``exchanged`` if ``summed``: a few places change (theorems 3.13 and 3.19)."""
    rule = calculus.exchanged if operation.summed else calculus.switched
    along = operation.mask.along(union(*setting.types))
    chosen = None if along is None else (along, operation.count.exponent, setting.unbounded)
    return rule(values[0], values[1], setting.axes, setting.dense, chosen)


transposition.refuse(Switched, reason="programs that contain it are not differentiated")
bounds.refuse(Switched, reason="only programs at their initial weights are bounded")
