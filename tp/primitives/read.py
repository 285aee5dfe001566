"""A weight that is wide on one side at most, read as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Axis, Type, growing, names
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.apply import applied
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.law_facts import factors_of, moments, source_of

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Read(Operation):
    """The weight ``parameter`` as a value: a vector, a bias, or a matrix with a finite side.

    This is the centred part; a mean that is not zero is a node of its own. An input axis that has the name of an
    output axis gets a prime.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "a weight with at most one wide side, as a value"

    parameter: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The output axes of the weight, then its input axes; one that both have gets a prime.

        Raises ValueError for an unknown weight, and for one that is wide on both sides.
        """
        if types:
            raise ValueError("a weight that is read has no operands")
        found = parameters.get(self.parameter)
        if found is None:
            raise ValueError(f"no parameter {self.parameter}")
        if found.is_operator:
            raise ValueError(f"{self.parameter} is wide on both sides: it can only be applied with @")
        outs = names(found.outs)
        return found.outs + tuple(Axis(a.name + "'", a.size) if a.name in outs else a for a in found.ins)


@lowering.rule(Read)
def lower_read(operation: Read, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The array of the weight, without its mean."""
    return aligned(low.weights[operation.parameter], low.draws + operation.infer([], low.parameters), out)


@typical.rule(Read)
def typical_read(operation: Read, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``source``: independent entries. A weight of low rank is a product of two, summed over the rank."""
    found = setting.parameters[operation.parameter]
    factors = factors_of(found)
    if factors is None:
        return calculus.source(source_of(found), setting.axes)
    # B' has no wide side but the rank, or A has none.
    outs, ins = growing(found.outs), setting.axes[len(growing(found.outs)) :]
    right = calculus.source(factors.right, ins + factors.rank)
    made = applied(calculus, factors.left, False, right, (outs, factors.rank, ins))
    return calculus.scaled(made, factors.exponent, setting.axes)


@bounds.rule(Read)
def bound_read(operation: Read, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rules ``norm.leaf`` and ``norm.leaf.source``: the norms of independent entries, and the moves of the
    weight.
    """
    found = setting.parameters[operation.parameter]
    factors = factors_of(found)
    if factors is None:
        return calculus.leaf(source_of(found), moments(found), setting.axes)
    wide, rank = setting.axes, factors.rank
    outs = growing(found.outs)
    right = calculus.leaf(factors.right, moments(found), wide[len(outs) :] + rank)
    made = calculus.apply(factors.left, moments(found), right, (outs, rank, wide[len(outs) :]), True, False)
    initial = calculus.linear([(factors.exponent, (), ())], [made], wide)
    still = replace(source_of(replace(found, law=replace(found.law, structure=None))), random=False)
    return calculus.together(initial, calculus.leaf(still, moments(found), wide), wide)


transposition.refuse(Read, reason="it has no operands")
