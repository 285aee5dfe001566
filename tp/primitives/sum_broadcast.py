"""Sums over axes, finite or wide, and their adjoint, repetition along axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing, names, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import namespace
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Sum(Operation):
    """The sum over the axes ``over``."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "a sum over axes"

    over: tuple[str, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of the operand without ``over``. Raises ValueError where one is missing or named twice."""
        (x,) = types
        if len(set(self.over)) < len(self.over):
            raise ValueError("an axis is summed over twice")
        missing = set(self.over) - set(names(x))
        if missing:
            raise ValueError(f"no axis {', '.join(sorted(missing))} to sum over")
        return without(x, self.over)


@dataclass(frozen=True)
class Broadcast(Operation):
    """The operand repeated along ``axes``."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "repetition along new axes"

    axes: Type

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of the operand, then ``axes``. Raises ValueError where the operand already has one of them."""
        (x,) = types
        clash = set(names(self.axes)) & set(names(x))
        if clash:
            raise ValueError(f"the operand already has {', '.join(sorted(clash))}")
        return x + self.axes


def fitted(graph: GraphBuilder, cotangent: int, axes: Type) -> int:
    """``cotangent`` summed over the axes that ``axes`` lacks and repeated along those that it lacks itself.

    This is the adjoint of broadcasting, which every primitive that broadcasts its operands needs.
    """
    extra = [a for a in names(graph.type(cotangent)) if a not in names(axes)]
    if extra:
        cotangent = graph.add(Sum(tuple(extra)), cotangent)
    missing = without(axes, names(graph.type(cotangent)))
    return graph.add(Broadcast(missing), cotangent) if missing else cotangent


@transposition.rule(Sum)
def transpose_sum(operation: Sum, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int) -> int:
    """The cotangent repeated along the axes that were summed over."""
    return fitted(graph, cotangent, graph.type(operands[0]))


@lowering.rule(Sum)
def lower_sum(operation: Sum, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The sum over the axes."""
    summed = arrays[0].sum(axis=tuple(names(types[0]).index(a) for a in operation.over))
    return aligned(summed, without(types[0], operation.over), out)


@typical.rule(Sum)
def typical_sum(operation: Sum, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``contract`` over wide axes; finite ones do not count."""
    over = growing(a for a in setting.types[0] if a.name in operation.over)
    return calculus.contract(values[0], over, setting.axes)


@bounds.rule(Sum)
def bound_sum(operation: Sum, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.linear`` with a sum over the axes, by Cauchy and Schwarz."""
    over = growing(a for a in setting.types[0] if a.name in operation.over)
    return calculus.linear([(Fraction(0), over, ())], jets, setting.axes)


@transposition.rule(Broadcast)
def transpose_broadcast(
    operation: Broadcast, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The sum of the cotangent over the new axes."""
    return graph.add(Sum(names(operation.axes)), cotangent)


@lowering.rule(Broadcast)
def lower_broadcast(
    operation: Broadcast, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """The operand repeated along the new axes."""
    return namespace(arrays[0]).broadcast_to(aligned(arrays[0], types[0], out), [a.at(low.n) for a in out])


@typical.rule(Broadcast)
def typical_broadcast(operation: Broadcast, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The operand itself: all entries along the new axes are one variable."""
    return values[0]


@bounds.rule(Broadcast)
def bound_broadcast(operation: Broadcast, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.linear`` with repetition along the new wide axes."""
    return calculus.linear([(Fraction(0), (), growing(operation.axes))], jets, setting.axes)
