"""A table of fixed numbers over finite axes: a mask, pooling weights, structure constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, sizes
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Constant(Operation):
    """``numbers`` fill the finite ``axes`` in row-major order. They are the same at every width."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "numbers over finite axes"

    numbers: tuple[float, ...]
    axes: Type = ()

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """``axes``.

        Raises ValueError where one of them is wide, where ``numbers`` do not fill them, and for any operand.
        """
        if types:
            raise ValueError("a constant has no operands")
        expected = 1
        for axis in self.axes:
            if not isinstance(axis.size, int):
                raise ValueError(f"{axis.name} is wide; a constant has finite axes")
            expected *= axis.size
        if expected != len(self.numbers):
            raise ValueError(f"{len(self.numbers)} numbers do not fill {expected} places")
        return self.axes


@lowering.rule(Constant)
def lower_constant(operation: Constant, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The numbers as an array over ``axes``."""
    import numpy as np

    array = np.asarray(operation.numbers, low.dtype).reshape(tuple(sizes(operation.axes, low.n).values()))
    return aligned(array, operation.axes, out)


@typical.rule(Constant)
def typical_constant(operation: Constant, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``one``, or ``zero`` where all numbers are 0."""
    return calculus.one if any(operation.numbers) else calculus.zero


@bounds.rule(Constant)
def bound_constant(operation: Constant, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.flat``: size 1, or nothing where all numbers are 0."""
    return calculus.flat(Fraction(0) if any(operation.numbers) else None, setting.axes)


transposition.refuse(Constant, reason="it has no operands")
