"""The error signal C'(y, t) of every sample, as a node: what training multiplies gradients with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tp.experiments.training.costs import Cost
from tp.graph.axes import Type, names, without
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, TypicalSetting, bounds, lowering, transposition, typical
from tp.transform.algebra import SAMPLES


@dataclass(frozen=True)
class ErrorSignal(Operation):
    """∂C/∂y for an output and its target; all axes but the samples are components. Of order one where y and t are."""

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "the derivative of a cost with respect to an output"

    cost: Cost

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        y, target = types
        if set(y) != set(target):
            raise ValueError(f"a target needs the axes of its output: {', '.join(names(y))}")
        return y


@lowering.rule(ErrorSignal)
def lower_errorsignal(
    operation: ErrorSignal, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    import jax

    (samples,) = [a for a in out if a.name == SAMPLES]
    order = (samples, *without(out, [SAMPLES]))
    y, target = (aligned(a, t, order) for a, t in zip(arrays, types, strict=True))
    rows = (samples.at(low.n), -1)
    found = jax.vmap(jax.grad(operation.cost))(y.reshape(rows), target.reshape(rows))
    return aligned(found.reshape(y.shape), order, out)


@typical.rule(ErrorSignal)
def typical_errorsignal(
    operation: ErrorSignal, calculus: Calculus, setting: TypicalSetting, values: Sequence[Derived]
) -> Derived:
    return calculus.one


transposition.refuse(ErrorSignal, reason="programs that hold it are not differentiated")
bounds.refuse(ErrorSignal, reason="only programs at their initial weights are bounded")
