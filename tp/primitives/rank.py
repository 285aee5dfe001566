"""The ranks of entries along an axis, divided by their number, and how they change under a finite move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing, names, union
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import namespace
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.places import before

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Rank(Operation):
    """k/N at the k-th smallest of the N entries along ``axis``, of equal ones in their order.

    The derivative is zero almost everywhere.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the rank of an entry over the number of entries"

    axis: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """That of the operand. Raises ValueError where the axis is missing."""
        (x,) = types
        if self.axis not in names(x):
            raise ValueError(f"no axis {self.axis}")
        return x


@dataclass(frozen=True)
class Reranked(Operation):
    """rank(b + m) - rank(b) along ``axis``, for operands b and m.

    Made by displaced programs, which are not differentiated any further.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the change of a rank"

    axis: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of both operands. Raises ValueError where the axis is missing."""
        base, move = types
        return Rank(self.axis).infer([union(base, move)], parameters)


@lowering.rule(Rank)
def lower_rank(operation: Rank, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The number of entries that come before, plus one, over the number of all."""
    place = names(out).index(operation.axis)
    return (before(arrays[0], place) + 1).astype(arrays[0].dtype) / arrays[0].shape[place]


@lowering.rule(Reranked)
def lower_reranked(operation: Reranked, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The ranks of b + m less those of b."""
    base, move = (aligned(a, t, out) for a, t in zip(arrays, types, strict=True))
    rank = Rank(operation.axis)
    after, earlier = (lower_rank(rank, low, [out], out, [x]) for x in (base + move, base + 0 * move))
    return namespace(after).asarray(after - earlier)


@typical.rule(Rank)
def typical_rank(operation: Rank, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``chosen`` with all entries along a wide axis (theorem 3.20); along a finite one the rule
    ``function``.
    """
    along = growing(a for a in setting.out if a.name == operation.axis)
    if not along:
        return calculus.function_of(values[0], setting.axes)
    return calculus.chosen(values[0], along[0], along[0][1], setting.axes)


@typical.rule(Reranked)
def typical_reranked(operation: Reranked, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``reranked``: as large as the share of the entries that are passed (theorem 3.20)."""
    along = growing(a for a in setting.out if a.name == operation.axis)
    return calculus.reranked(values[0], values[1], along, setting.axes, setting.dense)


@bounds.rule(Rank)
def bound_rank(operation: Rank, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.flat`` with size 1: ranks lie between 0 and 1, and do not move."""
    return calculus.flat(Fraction(0), setting.axes)


transposition.refuse(Rank, reason="its derivative is zero almost everywhere")
transposition.refuse(Reranked, reason="programs that contain it are not differentiated")
bounds.refuse(Reranked, reason="only programs at their initial weights are bounded")
