"""The adjoint of a selection: entries added back to where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, ClassVar

from tp.graph.axes import Axis, Type, names, without
from tp.graph.graph import Graph
from tp.graph.operation import Derivative, Lowering, NormSetting, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned


@dataclass(frozen=True)
class Scatter(Operation):
    """Sums entries at place j of ``ins`` into entry ``table[j]`` of ``axis``; -1 is dropped."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "the adjoint of a selection"

    axis: Axis
    ins: Type
    table: tuple[int, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        (x,) = types
        missing = without(self.ins, names(a for a in x if a in self.ins))
        if missing:
            raise ValueError(f"no axis {', '.join(map(str, missing))} to add up")
        rest = without(x, names(self.ins))
        size = self.axis.size
        if not isinstance(size, int) or any(a.wide for a in self.ins):
            raise ValueError("wide axes cannot be indexed")
        if prod(a.at(1) for a in self.ins) != len(self.table) or any(not -1 <= i < size for i in self.table):
            raise ValueError("the table of a selection does not fit its axes")
        if self.axis.name in names(rest):
            raise ValueError(f"the operand already has {self.axis.name}")
        return (*rest, self.axis)

    def transpose(self, graph: Graph, cotangent: int, operands: Sequence[int], index: int) -> int:
        from tp.primitives.gather import Gather

        return graph.add(Gather(self.axis, self.ins, self.table), cotangent)

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        import jax.numpy as jnp
        import numpy as np

        rest = without(types[0], names(self.ins))
        array = aligned(arrays[0], types[0], (*self.ins, *rest))
        array = array.reshape((-1, *array.shape[len(self.ins) :]))
        one_hot = (np.arange(self.axis.at(low.n))[:, None] == np.asarray(self.table)[None, :]).astype(array.dtype)
        added = jnp.tensordot(jnp.asarray(one_hot), array, axes=1, precision="highest")
        return aligned(added, (self.axis, *rest), out)

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return values[0] if any(i >= 0 for i in self.table) else calculus.zero

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        kept = Fraction(0) if any(i >= 0 for i in self.table) else None
        return calculus.linear([(kept, (), ())], jets, setting.axes)
