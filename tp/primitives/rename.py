"""An axis under another name: the second token axis of attention scores, or a second index of the same neurons.

Programs rename finite axes only. Derived programs also rename wide ones, where a weight acts on the columns of a
value that has a wide axis of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Axis, Type, names
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Rename(Operation):
    """``old`` becomes ``new``, of the same size."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "an axis under another name"

    old: str
    new: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of the operand with ``old`` called ``new``.

        Raises ValueError where it has no ``old``, or ``new`` already.
        """
        (x,) = types
        if self.old not in names(x):
            raise ValueError(f"no axis {self.old} to rename")
        if self.new in names(x):
            raise ValueError(f"the operand already has {self.new}")
        return tuple(Axis(self.new, a.size) if a.name == self.old else a for a in x)


@transposition.rule(Rename)
def transpose_rename(
    operation: Rename, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The cotangent with the names exchanged."""
    return graph.add(Rename(operation.new, operation.old), cotangent)


@lowering.rule(Rename)
def lower_rename(operation: Rename, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The operand: arrays have no names."""
    return arrays[0]


@typical.rule(Rename)
def typical_rename(operation: Rename, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``renamed`` where the axis is wide, else the operand itself (theorem 3.16)."""
    if not any(a.wide and a.name == operation.new for a in setting.out):
        return values[0]
    return calculus.renamed(values[0], operation.old, operation.new, setting.axes)


@bounds.rule(Rename)
def bound_rename(operation: Rename, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The operand itself."""
    return jets[0]
