"""A 0/1 mask of the largest entries along an axis, finite or wide; maxima and the choice of the k largest use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import ONE, Scale, Type, growing, names
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.places import largest

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Largest(Operation):
    """1 at the ``count`` largest entries along ``axis`` (the first of equal ones), 0 elsewhere.

    ``count`` is rounded to a whole number of at least 1 at each width. The derivative is zero almost everywhere.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "a 0/1 mask of the largest entries"

    axis: str
    count: Scale = ONE

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """That of the operand. Raises ValueError where the axis is missing, or has fewer entries than are chosen."""
        (x,) = types
        found = [a for a in x if a.name == self.axis]
        if not found:
            raise ValueError(f"no axis {self.axis}")
        if self.count.coefficient <= 0 or not 0 <= self.count.exponent <= found[0].exponent:
            raise ValueError(f"{self.count} entries cannot be chosen of {found[0]}")
        return x

    def entries(self, n: int) -> int:
        """The number of entries that are chosen at width ``n``, where there are so many."""
        return max(1, round(self.count.at(n)))

    def along(self, x: Type) -> tuple[str, Fraction] | None:
        """The name and the exponent of the axis in ``x`` where it is wide, else None."""
        return next(iter(growing(a for a in x if a.name == self.axis)), None)


@lowering.rule(Largest)
def lower_largest(operation: Largest, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """1 at the largest entries along the axis, the first of equal ones, else 0."""
    return largest(arrays[0], names(out).index(operation.axis), operation.entries(low.n))


@typical.rule(Largest)
def typical_largest(operation: Largest, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``chosen`` along a wide axis (theorem 3.19); along a finite one a bounded function, the rule
    ``function``.
    """
    along = operation.along(setting.out)
    if along is None:
        return calculus.function_of(values[0], setting.axes)
    return calculus.chosen(values[0], along, operation.count.exponent, setting.axes)


@bounds.rule(Largest)
def bound_largest(operation: Largest, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.mask``: as many ones as are chosen. Along a finite axis ``norm.flat`` with size 1."""
    along = operation.along(setting.out)
    if along is None:
        return calculus.flat(Fraction(0), setting.axes)
    return calculus.mask(operation.count.exponent - along[1], setting.axes)


transposition.refuse(Largest, reason="its derivative is zero almost everywhere")
