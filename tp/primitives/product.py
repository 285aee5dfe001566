"""Products of two values, summed over shared axes: entrywise product, dot, attention scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing, names, union, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned, contracted
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.sum_broadcast import fitted

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Product(Operation):
    """Σ over the axes ``over`` of left * right, everything else broadcast by name."""

    derivative: ClassVar[Derivative] = Derivative.BILINEAR
    summary: ClassVar[str] = "an entrywise product, summed over shared axes"

    over: tuple[str, ...] = ()

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of both factors without those that are summed over.

        Raises ValueError where a factor lacks one of these.
        """
        left, right = types
        for name in self.over:
            if name not in names(left) or name not in names(right):
                raise ValueError(f"both factors need the axis {name} that is summed over")
        return without(union(left, right), self.over)


@transposition.rule(Product)
def transpose_product(
    operation: Product, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The cotangent times the other factor, summed over the axes that this factor lacks."""
    mine, other = graph.type(operands[index]), operands[1 - index]
    # Axes that only this operand was missing are summed in the same contraction.
    shared = [a for a in names(graph.type(cotangent)) if a in names(graph.type(other)) and a not in names(mine)]
    return fitted(graph, graph.add(Product(tuple(shared)), cotangent, other), mine)


@lowering.rule(Product)
def lower_product(operation: Product, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """A product entry by entry, or a sum of products over the shared axes, with axes matched by name."""
    if not operation.over:
        return aligned(arrays[0], types[0], out) * aligned(arrays[1], types[1], out)
    return contracted((types[0], types[1]), out, *arrays)


@typical.rule(Product)
def typical_product(operation: Product, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``product``, then ``contract`` over wide axes: exponents add, and a sum whose mean vanishes gains
    half of its axis only.
    """
    both = union(*setting.types)
    over = growing(a for a in both if a.name in operation.over)
    return calculus.contract(calculus.product(values[0], values[1], growing(both)), over, setting.axes)


@bounds.rule(Product)
def bound_product(operation: Product, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rules ``norm.product`` and ``norm.product.source``: Hölder's inequality, and the Frobenius norm for sums."""
    left, right = map(growing, setting.types)
    return calculus.product(jets[0], jets[1], (left, right), frozenset(operation.over))
