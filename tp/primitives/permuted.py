"""Entries put in the order of ranks along an axis, as sorting does, and how that changes under a finite move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing, names, union
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import namespace
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.places import rearranged
from tp.primitives.rank import Rank, lower_rank
from tp.primitives.sum_broadcast import fitted

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Permuted(Operation):
    """The second operand put in the order of ``ranks``, the first operand, along ``axis``; ``inverse``: put back.

    Entry j of N is the one of rank (j + 1)/N. With ``inverse`` an entry of rank (j + 1)/N gets entry j.
    """

    derivative: ClassVar[Derivative] = Derivative.PLACED
    summary: ClassVar[str] = "entries in the order of ranks"

    axis: str
    inverse: bool = False

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of ranks and values. Raises ValueError where one of them lacks ``axis``."""
        ranks, values = types
        if self.axis not in names(ranks) or self.axis not in names(values):
            raise ValueError(f"ranks and values both need the axis {self.axis}")
        return union(ranks, values)


@dataclass(frozen=True)
class Repermuted(Operation):
    """permuted(rank(b + m), v) - permuted(rank(b), v) along ``axis``, for operands b, m and v.

    With ``own`` there is no v, and it is sort(b + m) - sort(b) - permuted(rank(b), m): what sorting changes beyond
    the first order. Made by displaced programs, which are not differentiated any further.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the change of an order of entries"

    axis: str
    inverse: bool = False
    own: bool = False

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of all operands. Raises ValueError for another number of operands than two (``own``) or three."""
        if len(types) != 3 - self.own:
            raise ValueError(f"a change of order has {3 - self.own} operands, not {len(types)}")
        full = union(*types)
        return Permuted(self.axis, self.inverse).infer([full, full], parameters)


def _ordered(operation: Permuted, low: Lowering, full: Type, key: Any, values: Any) -> Any:
    ranks = lower_rank(Rank(operation.axis), low, [full], full, [key])
    return rearranged(ranks, values, names(full).index(operation.axis), inverse=operation.inverse)


@lowering.rule(Permuted)
def lower_permuted(operation: Permuted, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The entries of the values in the order of their ranks, or put back."""
    ranks, values = (aligned(a, t, out) for a, t in zip(arrays, types, strict=True))
    return rearranged(ranks, values, names(out).index(operation.axis), inverse=operation.inverse)


@lowering.rule(Repermuted)
def lower_repermuted(
    operation: Repermuted, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """The values in the order of b + m less the values in the order of b."""
    base, move, *values = (aligned(a, t, out) for a, t in zip(arrays, types, strict=True))
    shape = [a.at(low.n) for a in out]
    base, after = (namespace(x).broadcast_to(x, shape) for x in (base + 0 * move, base + move))
    order = Permuted(operation.axis, operation.inverse)
    value = values[0] if values else after
    return _ordered(order, low, out, after, value) - _ordered(order, low, out, base, value)


@transposition.rule(Permuted)
def transpose_permuted(
    operation: Permuted, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int | None:
    """The cotangent put back; nothing with respect to ranks."""
    if index == 0:
        return None
    ranks, values = operands
    back = graph.add(Permuted(operation.axis, not operation.inverse), ranks, cotangent)
    return fitted(graph, back, graph.type(values))


@typical.rule(Permuted)
def typical_permuted(operation: Permuted, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``permuted``: entries of the same law at other places (theorem 3.20)."""
    along = growing(a for a in setting.out if a.name == operation.axis)
    return calculus.permuted(values[0], values[1], along, setting.axes)


@typical.rule(Repermuted)
def typical_repermuted(
    operation: Repermuted, calculus: Calculus, setting: Setting, values: Sequence[Derived]
) -> Derived:
    """The rule ``repermuted``: at most twice the size of the values; sorted values change by the move (theorem
    3.20).
    """
    along = growing(a for a in setting.out if a.name == operation.axis)
    return calculus.repermuted(values, along, setting.axes)


@bounds.rule(Permuted)
def bound_permuted(operation: Permuted, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The bounds of the values by the rule ``norm.linear``: a permutation keeps all norms."""
    more = growing(a for a in setting.out if a.name not in names(setting.types[1]))
    return calculus.linear([(Fraction(0), (), more)], [jets[1]], setting.axes)


transposition.refuse(Repermuted, reason="programs that contain it are not differentiated")
bounds.refuse(Repermuted, reason="only programs at their initial weights are bounded")
