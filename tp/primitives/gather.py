"""Selection along a finite axis: index, slice, shift, convolution window, structure of jets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tp.graph.axes import Axis, Type, names, without
from tp.graph.graph import Graph
from tp.graph.operation import Derivative, Lowering, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.calculus import Calculus
from tp.orders.value import Value


@dataclass(frozen=True)
class Gather(Operation):
    """Entry ``table[j]`` of ``axis`` at place j of the new axes ``outs`` (row-major); -1 stands for zero."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "selection along a finite axis"

    axis: Axis
    outs: Type
    table: tuple[int, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        if self.axis not in types[0]:
            raise ValueError(f"no axis {self.axis} to select from")
        size = self.axis.size
        if not isinstance(size, int):
            raise ValueError(f"{self.axis.name} is wide and cannot be indexed")
        places = 1
        for axis in self.outs:
            places *= axis.at(1)
        if places != len(self.table) or any(not -1 <= i < size for i in self.table):
            raise ValueError("the table of a selection does not fit its axes")
        rest = without(types[0], (self.axis.name,))
        clash = set(names(rest)) & set(names(self.outs))
        if clash:
            raise ValueError(f"the operand already has {', '.join(sorted(clash))}")
        return rest + self.outs

    def transpose(self, graph: Graph, cotangent: int, operands: Sequence[int], index: int) -> int:
        from tp.primitives.scatter import Scatter

        return graph.add(Scatter(self.axis, self.outs, self.table), cotangent)

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        import jax.numpy as jnp
        import numpy as np

        place = names(types[0]).index(self.axis.name)
        if not self.outs and self.table[0] >= 0:
            return jnp.take(arrays[0], self.table[0], axis=place)
        array = jnp.moveaxis(arrays[0], place, -1)
        table = np.asarray(self.table)
        if (table < 0).any():
            array = jnp.concatenate([array, jnp.zeros_like(array[..., :1])], axis=-1)
            table = np.where(table < 0, array.shape[-1] - 1, table)
        return array[..., table].reshape([a.at(low.n) for a in out])

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Value]) -> Value:
        return values[0] if any(i >= 0 for i in self.table) else calculus.zero
