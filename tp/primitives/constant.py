"""A table of numbers over finite axes: a mask, a weight of a pooling, a structure constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.graph.axes import Type, sizes
from tp.graph.operation import Derivative, Lowering, NormSetting, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned


@dataclass(frozen=True)
class Constant(Operation):
    """Numbers in the order of ``axes``, flattened; the same at every width."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "numbers over finite axes"

    numbers: tuple[float, ...]
    axes: Type = ()

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
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

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        import jax.numpy as jnp

        array = jnp.asarray(self.numbers, low.dtype).reshape(tuple(sizes(self.axes, low.n).values()))
        return aligned(array, self.axes, out)

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return calculus.one if any(self.numbers) else calculus.zero

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        return calculus.flat(Fraction(0) if any(self.numbers) else None, setting.axes)
