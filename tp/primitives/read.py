"""A weight that is wide on one side at most, read as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Axis, Type, names
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.law_facts import moments, source_of

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
    return aligned(low.weights[operation.parameter], low.draws + operation.infer([], low.parameters), out)


@typical.rule(Read)
def typical_read(operation: Read, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    found = setting.parameters[operation.parameter]
    return calculus.source(source_of(found), setting.axes)


@bounds.rule(Read)
def bound_read(operation: Read, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    found = setting.parameters[operation.parameter]
    return calculus.leaf(source_of(found), moments(found), setting.axes)


transposition.refuse(Read, reason="it has no operands")
