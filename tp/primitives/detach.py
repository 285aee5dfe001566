"""A value that counts as a constant in derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Detach(Operation):
    """The identity, with derivative zero."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the identity, constant to derivatives"

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """That of the operand."""
        (x,) = types
        return x


@lowering.rule(Detach)
def lower_detach(operation: Detach, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The operand."""
    return arrays[0]


@typical.rule(Detach)
def typical_detach(operation: Detach, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The operand, by the rule ``elsewhere``: what is detached is a gradient at other inputs, which comes near zero
    at other places.
    """
    # What is detached is a gradient at other inputs.
    return calculus.elsewhere(values[0], setting.axes)


@bounds.rule(Detach)
def bound_detach(operation: Detach, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.detach``: the bounds of the value; it does not move."""
    return calculus.detached(jets[0])


transposition.refuse(Detach, reason="its derivative is zero")
