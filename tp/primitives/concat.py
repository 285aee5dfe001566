"""Joining values along a finite axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Axis, Type, growing, names, union, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import namespace
from tp.primitives.arrays import aligned
from tp.primitives.gather_scatter import Gather
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.sum_broadcast import fitted

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Concat(Operation):
    """Operands one after the other along ``axis``; an operand without that axis is one entry along it."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "joining along a finite axis"

    axis: Axis

    def lengths(self, types: Sequence[Type]) -> list[int]:
        """The number of entries along the axis that each operand brings."""
        return [next((a.at(1) for a in t if a.name == self.axis.name), 1) for t in types]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of all operands, with ``axis`` last; its size is the sum of the entries that the operands bring.

        Raises ValueError where it is not.
        """
        if not types or sum(self.lengths(types)) != self.axis.size:
            raise ValueError(f"the parts have {sum(self.lengths(types))} entries, not {self.axis.size}")
        return (*union(*(without(t, (self.axis.name,)) for t in types)), self.axis)


@transposition.rule(Concat)
def transpose_concat(
    operation: Concat, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The part of the cotangent that belongs to the operand, as a selection."""
    lengths = operation.lengths([graph.type(i) for i in operands])
    start = sum(lengths[:index])
    mine = graph.type(operands[index])
    own = tuple(a for a in mine if a.name == operation.axis.name)
    part = graph.add(Gather(operation.axis, own, tuple(range(start, start + lengths[index]))), cotangent)
    return fitted(graph, part, mine)


@lowering.rule(Concat)
def lower_concat(operation: Concat, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """Operands, repeated along the axes that they lack, joined along ``axis``."""
    xp = namespace(*arrays)
    parts = []
    for length, axes, array in zip(operation.lengths(types), types, arrays, strict=True):
        shape = [length if a.name == operation.axis.name else a.at(low.n) for a in out]
        parts.append(xp.broadcast_to(aligned(array, axes, out), shape))
    return xp.concatenate(parts, axis=names(out).index(operation.axis.name))


@typical.rule(Concat)
def typical_concat(operation: Concat, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``sum``: the terms of all operands, since a finite axis does not count."""
    return calculus.sum(values, setting.axes)


@bounds.rule(Concat)
def bound_concat(operation: Concat, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.linear`` with the operands as parts of one sum."""
    missing = [growing(without(setting.out, names(t))) for t in setting.types]
    return calculus.linear([(Fraction(0), (), m) for m in missing], jets, setting.axes)
