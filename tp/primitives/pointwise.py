"""A derivative of an activation, applied to every entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.activations import find
from tp.activations.facts import facts
from tp.graph.axes import Type
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.product import Product

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Pointwise(Operation):
    """The ``k``-th derivative of the activation called ``activation``."""

    derivative: ClassVar[Derivative] = Derivative.POINTWISE
    summary: ClassVar[str] = "an activation, or one of its derivatives, entry by entry"

    activation: str
    k: int = 0

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """That of the operand. Raises ValueError for an unknown activation, and for an order below 0."""
        (x,) = types
        try:
            find(self.activation)
        except KeyError:
            raise ValueError(f"no activation is called {self.activation}") from None
        if self.k < 0:
            raise ValueError(f"a derivative has an order k >= 0, not {self.k}")
        return x


@transposition.rule(Pointwise)
def transpose_pointwise(
    operation: Pointwise, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int | None:
    """The next derivative at the operand, times the cotangent; nothing where that derivative vanishes."""
    if find(operation.activation).vanishes(operation.k + 1):
        return None
    slope = graph.add(Pointwise(operation.activation, operation.k + 1), operands[0])
    return graph.add(Product(), cotangent, slope)


@lowering.rule(Pointwise)
def lower_pointwise(
    operation: Pointwise, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """The derivative of the activation, entry by entry."""
    return find(operation.activation).lower(operation.k, arrays[0])


@typical.rule(Pointwise)
def typical_pointwise(operation: Pointwise, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``pointwise``: by the size of the argument, and by the parity and growth of the function (theorems
    3.9 and 3.10).
    """
    function = facts(operation.activation)
    known = setting.dense if function.kinked else setting.lower
    return calculus.pointwise(function, operation.k, values[0], setting.axes, known)


@bounds.rule(Pointwise)
def bound_pointwise(operation: Pointwise, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rules ``norm.pointwise`` and ``norm.pointwise.source``: a series in the moves, which have to stay of
    order 1.
    """
    function = facts(operation.activation)
    return calculus.pointwise(function, operation.k, jets[0], setting.axes, setting.vouched, setting.nearest)
