"""The largest entry along a wide axis, subtracted where only the differences of entries count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, names, without
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Peak(Operation):
    """The largest entry along ``axis``, as a number that results do not depend on.

    Softmax subtracts it from its argument, so that no exponential overflows, and divides it out again. Values and
    derivatives are those with 0 in its place, and both order calculi count it as 0.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the largest entry, where results do not depend on it"

    axis: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of the operand without ``axis``. Raises ValueError where it is missing."""
        (x,) = types
        if self.axis not in names(x):
            raise ValueError(f"no axis {self.axis}")
        return without(x, [self.axis])


@lowering.rule(Peak)
def lower_peak(operation: Peak, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The maximum along the axis."""
    found = arrays[0].max(axis=names(types[0]).index(operation.axis))
    return aligned(found, without(types[0], [operation.axis]), out)


@typical.rule(Peak)
def typical_peak(operation: Peak, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``zero``: results do not depend on it (theorem 3.21)."""
    return calculus.zero


@bounds.rule(Peak)
def bound_peak(operation: Peak, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.flat`` with nothing in it: results do not depend on it."""
    return calculus.flat(None, setting.axes)


transposition.refuse(Peak, reason="results do not depend on it")
