"""The identity, behind a sum whose leading terms may cancel: what was derived of it is an upper bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Generic(Operation):
    """The operand. Orders of sums suppose generic coefficients, which this one is not known to have."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "the identity, behind a sum that may cancel"

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """That of the operand."""
        (x,) = types
        return x


@transposition.rule(Generic)
def transpose_generic(
    operation: Generic, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The same of the cotangent."""
    return graph.add(operation, cotangent)


@lowering.rule(Generic)
def lower_generic(operation: Generic, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The operand."""
    return arrays[0]


@typical.rule(Generic)
def typical_generic(operation: Generic, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``limited``: exponents become upper bounds (theorem 3.17)."""
    return calculus.limited(values[0], setting.axes)


@bounds.rule(Generic)
def bound_generic(operation: Generic, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The operand: bounds use no cancellation."""
    return jets[0]
