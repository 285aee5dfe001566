"""Selection along a finite axis: index, slice, shift, convolution window, structure of jets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.graph.axes import Axis, Type, names, without
from tp.graph.graph import Graph
from tp.graph.operation import Derivative, Lowering, NormSetting, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned

_MATRIX = 1 << 14
"""Up to this many entries a selection is done as a product with a 0/1 matrix, which is exact and, on CPUs, faster."""


def selected(array: Any, table: tuple[int, ...]) -> Any:
    """Entries ``table`` of the first axis of ``array``; -1 gives zero."""
    import jax.numpy as jnp
    import numpy as np

    size = array.shape[0]
    places = np.asarray(table)
    if size * len(table) <= _MATRIX:
        one_hot = (places[:, None] == np.arange(size)[None, :]).astype(array.dtype)
        return jnp.tensordot(jnp.asarray(one_hot), array, axes=1, precision="highest")
    if (places < 0).any():
        array = jnp.concatenate([array, jnp.zeros_like(array[:1])], axis=0)
    return array[np.where(places < 0, size, places)]


@dataclass(frozen=True)
class Gather(Operation):
    """Entry ``table[j]`` of ``axis`` at place j of the new axes ``outs`` (row-major); -1 stands for zero."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "selection along a finite axis"

    axis: Axis
    outs: Type
    table: tuple[int, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        (x,) = types
        if self.axis not in x:
            raise ValueError(f"no axis {self.axis} to select from")
        size = self.axis.size
        if not isinstance(size, int):
            raise ValueError(f"{self.axis.name} is wide and cannot be indexed")
        places = 1
        for axis in self.outs:
            places *= axis.at(1)
        if places != len(self.table) or any(not -1 <= i < size for i in self.table):
            raise ValueError("the table of a selection does not fit its axes")
        rest = without(x, (self.axis.name,))
        clash = set(names(rest)) & set(names(self.outs))
        if clash:
            raise ValueError(f"the operand already has {', '.join(sorted(clash))}")
        return rest + self.outs

    def transpose(self, graph: Graph, cotangent: int, operands: Sequence[int], index: int) -> int:
        from tp.primitives.scatter import Scatter

        return graph.add(Scatter(self.axis, self.outs, self.table), cotangent)

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        import jax
        import jax.numpy as jnp

        place = names(types[0]).index(self.axis.name)
        rest = without(types[0], [self.axis.name])
        if not self.outs and self.table[0] >= 0:
            return aligned(jax.lax.index_in_dim(arrays[0], self.table[0], axis=place, keepdims=False), rest, out)
        chosen = selected(jnp.moveaxis(arrays[0], place, 0), self.table)
        made = (*self.outs, *rest)
        return aligned(chosen.reshape([a.at(low.n) for a in made]), made, out)

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return values[0] if any(i >= 0 for i in self.table) else calculus.zero

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        kept = Fraction(0) if any(i >= 0 for i in self.table) else None
        return calculus.linear([(kept, (), ())], jets, setting.axes)
