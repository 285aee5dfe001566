"""Sums over axes, finite or wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from tp.graph.axes import Type, growing, names, without
from tp.graph.graph import Graph
from tp.graph.operation import Derivative, Lowering, NormSetting, Operation, OrderSetting
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.adjoint import fitted
from tp.primitives.arrays import aligned


@dataclass(frozen=True)
class Sum(Operation):
    """The sum over the axes ``over``."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "a sum over axes"

    over: tuple[str, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        (x,) = types
        if len(set(self.over)) < len(self.over):
            raise ValueError("an axis is summed over twice")
        missing = set(self.over) - set(names(x))
        if missing:
            raise ValueError(f"no axis {', '.join(sorted(missing))} to sum over")
        return without(x, self.over)

    def transpose(self, graph: Graph, cotangent: int, operands: Sequence[int], index: int) -> int:
        return fitted(graph, cotangent, graph.type(operands[0]))

    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        summed = arrays[0].sum(axis=tuple(names(types[0]).index(a) for a in self.over))
        return aligned(summed, without(types[0], self.over), out)

    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        over = growing(a for a in setting.types[0] if a.name in self.over)
        return calculus.contract(values[0], over, setting.axes)

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        over = growing(a for a in setting.types[0] if a.name in self.over)
        return calculus.linear([(Fraction(0), over, ())], jets, setting.axes)
