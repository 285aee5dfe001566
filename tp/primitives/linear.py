"""Linear combinations with constant coefficients; the coefficients may be powers of widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Scale, Type, growing, names, union, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import namespace
from tp.primitives.arrays import added, aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.sum_broadcast import fitted

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Linear(Operation):
    """Σ_k scales[k] * operand_k, operands broadcast by axis name."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "a linear combination"

    scales: tuple[Scale, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of all operands. Raises ValueError where the numbers of operands and coefficients differ."""
        if len(types) != len(self.scales) or not types:
            raise ValueError("a linear combination needs one coefficient for each operand")
        return union(*types)


@transposition.rule(Linear)
def transpose_linear(
    operation: Linear, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The cotangent times the coefficient, summed over the axes that the operand lacks."""
    back = fitted(graph, cotangent, graph.type(operands[index]))
    return graph.add(Linear((operation.scales[index],)), back)


@lowering.rule(Linear)
def lower_linear(operation: Linear, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The sum of the operands times their coefficients at the width, broadcast by the names of axes."""
    xp = namespace(*arrays)
    total, owned = None, False
    for scale, axes, array in zip(operation.scales, types, arrays, strict=True):
        factor, term = scale.at(low.n), aligned(array, axes, out)
        scaled = factor * term if factor != 1.0 else term
        if total is None:
            total, owned = scaled, factor != 1.0
        else:
            total, owned = added(total, scaled) if owned else total + scaled, True
    return xp.broadcast_to(xp.asarray(total, low.dtype), [a.at(low.n) for a in out])


@typical.rule(Linear)
def typical_linear(operation: Linear, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``scaled`` for each operand, then ``sum``: coefficients are generic, so nothing cancels."""
    axes = setting.axes
    parts = [
        calculus.scaled(value, scale.exponent, axes) if scale.coefficient else calculus.zero
        for scale, value in zip(operation.scales, values, strict=True)
    ]
    return calculus.sum(parts, axes)


@bounds.rule(Linear)
def bound_linear(operation: Linear, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rule ``norm.linear``: the triangle inequality."""
    terms = [
        (scale.exponent if scale.coefficient else None, (), growing(without(setting.out, names(kind))))
        for scale, kind in zip(operation.scales, setting.types, strict=True)
    ]
    return calculus.linear(terms, jets, setting.axes)
