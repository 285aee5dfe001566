"""A datum: finite axes only, the same at every width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Input(Operation):
    """The input called ``name``: the same numbers at every width, with entries of order 1."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "a datum, the same at every width"

    name: str
    axes: Type

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """``axes``; an input has no operands."""
        if types:
            raise ValueError("an input has no operands")
        return self.axes


@lowering.rule(Input)
def lower_input(operation: Input, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The array of the input."""
    return aligned(low.inputs[operation.name], (*low.draws_of(out), *operation.axes), out)


@typical.rule(Input)
def typical_input(operation: Input, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``one``: entries of order 1, the same for every place (assumption A3 of the calculus)."""
    return calculus.one


@bounds.rule(Input)
def bound_input(operation: Input, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.flat`` with size 1; an input does not move."""
    return calculus.flat(Fraction(0), setting.axes)


transposition.refuse(Input, reason="it has no operands")
