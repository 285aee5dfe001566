"""Repetition along new axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.graph.axes import Type, growing, names
from tp.graph.graph import Graph
from tp.graph.operation import Derivative, Lowering, NormSetting, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned


@dataclass(frozen=True)
class Broadcast(Operation):
    """The operand repeated along ``axes``."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "repetition along new axes"

    axes: Type

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        (x,) = types
        clash = set(names(self.axes)) & set(names(x))
        if clash:
            raise ValueError(f"the operand already has {', '.join(sorted(clash))}")
        return x + self.axes

    def transpose(self, graph: Graph, cotangent: int, operands: Sequence[int], index: int) -> int:
        from tp.primitives.sum import Sum

        return graph.add(Sum(names(self.axes)), cotangent)

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        import jax.numpy as jnp

        return jnp.broadcast_to(aligned(arrays[0], types[0], out), [a.at(low.n) for a in out])

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        return values[0]

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        return calculus.linear([(Fraction(0), (), growing(self.axes))], jets, setting.axes)
