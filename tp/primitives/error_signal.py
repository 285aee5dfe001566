"""The error signal C'(y, t) of every sample, as a node. Training multiplies gradients by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.costs import find, known
from tp.graph.axes import SAMPLES, Type, names, without
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class ErrorSignal(Operation):
    """∂C/∂y for an output y and its target t, with the axes of y: one for samples, the others for components.

    ``cost`` is a name that :func:`tp.costs.find` knows. The entries are of order one if those of y and t are.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the derivative of a cost with respect to an output"

    cost: str

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """That of the output. Raises ValueError for an unknown cost, and for a target with other axes."""
        y, target = types
        if self.cost not in known():
            raise ValueError(f"no cost is called {self.cost}")
        if set(y) != set(target):
            raise ValueError(f"a target needs the axes of its output: {', '.join(names(y))}")
        return y


@lowering.rule(ErrorSignal)
def lower_errorsignal(
    operation: ErrorSignal, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """The slopes of the cost, sample by sample."""
    (samples,) = [a for a in out if a.name == SAMPLES]
    order = (samples, *without(out, names((*low.draws, samples))))
    before = low.draws_of(out)
    y, target = (aligned(a, t, (*before, *order)) for a, t in zip(arrays, types, strict=True))
    ys, ts = (a.reshape((*a.shape[: len(before) + 1], -1)) for a in (y, target))
    return aligned(find(operation.cost).slopes(ys, ts).reshape(y.shape), (*before, *order), out)


@typical.rule(ErrorSignal)
def typical_errorsignal(
    operation: ErrorSignal, calculus: Calculus, setting: Setting, values: Sequence[Derived]
) -> Derived:
    """The rule ``one``: error signals are taken to be of order 1 (assumption A7 of the calculus)."""
    return calculus.one


transposition.refuse(ErrorSignal, reason="programs that contain it are not differentiated")
bounds.refuse(ErrorSignal, reason="only programs at their initial weights are bounded")
