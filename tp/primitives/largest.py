"""A 0/1 mask of the largest entry along a finite axis; maxima and softmax use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, names
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import namespace
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Largest(Operation):
    """1 at the (first) largest entry along the finite ``axis``, 0 elsewhere; derivative zero almost everywhere."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "a 0/1 mask of the largest entry"

    axis: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        (x,) = types
        found = [a for a in x if a.name == self.axis]
        if not found:
            raise ValueError(f"no axis {self.axis}")
        if found[0].wide:
            raise ValueError(f"{self.axis} is wide; a maximum over it is not a tensor program")
        return x


@lowering.rule(Largest)
def lower_largest(operation: Largest, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    xp = namespace(arrays[0])
    place = names(out).index(operation.axis)
    best = xp.expand_dims(arrays[0].argmax(axis=place), place)
    entries = xp.arange(arrays[0].shape[place]).reshape([-1 if i == place else 1 for i in range(len(out))])
    return (best == entries).astype(arrays[0].dtype)


@typical.rule(Largest)
def typical_largest(operation: Largest, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    return calculus.function_of(values[0], setting.axes)


@bounds.rule(Largest)
def bound_largest(operation: Largest, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    return calculus.flat(Fraction(0), setting.axes)


transposition.refuse(Largest, reason="its derivative is zero almost everywhere")
