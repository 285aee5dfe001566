"""A wide-to-wide weight applied to a value, or its transpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from tp.graph.axes import Type, growing, names, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.orders.bounds.recorder import Jet, NormCalculus
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import (
    BoundsSetting,
    Lowering,
    TypicalSetting,
    bounds,
    lowering,
    transposition,
    typical,
)
from tp.primitives.read import moments, source_of


@dataclass(frozen=True)
class Apply(Operation):
    """W @ x, or W' @ x: contracts the input side of the weight, passes every other axis along."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "a wide-to-wide weight applied to a value"

    parameter: str
    transposed: bool = False

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        (x,) = types
        found = parameters.get(self.parameter)
        if found is None:
            raise ValueError(f"no parameter {self.parameter}")
        outs, ins = found.sides(self.transposed)
        missing = without(ins, names(x))
        if missing:
            raise ValueError(
                f"{self.parameter} contracts {', '.join(names(ins))}; missing: {', '.join(names(missing))}"
            )
        rest = without(x, names(ins))
        clash = set(names(rest)) & set(names(outs))
        if clash:
            raise ValueError(f"{self.parameter} makes {', '.join(sorted(clash))}, which its operand already has")
        return outs + rest

    def product(self, low: Lowering, rows: Any) -> Any:
        """The weight, an array, times every one of the ``rows`` [vectors, entries]."""
        import jax.numpy as jnp

        parameter = low.parameters[self.parameter]
        matrix = low.weights[self.parameter].reshape((prod(a.at(low.n) for a in parameter.outs), -1))
        return jnp.matmul(rows, matrix if self.transposed else matrix.T, precision="highest")

    def flattened(self, axes: Type, array: Any, ins: Type) -> Any:
        """The operand as rows to be multiplied, [vectors, entries]; interpreters join those of several nodes."""
        rest = without(axes, names(ins))
        array = aligned(array, axes, (*rest, *ins))
        return array.reshape((prod(array.shape[: len(rest)]), -1))

    def restored(self, rows: Any, low: Lowering, axes: Type, out: Type, outs: Type) -> Any:
        """The result from its rows [vectors, entries], for an operand with ``axes``; the inverse of flattening."""
        _, ins = low.parameters[self.parameter].sides(self.transposed)
        made = (*without(axes, names(ins)), *outs)
        return aligned(rows.reshape([a.at(low.n) for a in made]), made, out)


@transposition.rule(Apply)
def transpose_apply(operation: Apply, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int) -> int:
    return graph.add(Apply(operation.parameter, not operation.transposed), cotangent)


@lowering.rule(Apply)
def lower_apply(operation: Apply, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    outs, ins = low.parameters[operation.parameter].sides(operation.transposed)
    made = operation.product(low, operation.flattened(types[0], arrays[0], ins))
    return operation.restored(made, low, types[0], out, outs)


@typical.rule(Apply)
def typical_apply(operation: Apply, calculus: Calculus, setting: TypicalSetting, values: Sequence[Derived]) -> Derived:
    found = setting.parameters[operation.parameter]
    outs, ins = found.sides(operation.transposed)
    rest = without(setting.types[0], names(ins))
    return calculus.apply(source_of(found), operation.transposed, values[0], growing(outs), growing(ins), growing(rest))


@bounds.rule(Apply)
def bound_apply(operation: Apply, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    found = setting.parameters[operation.parameter]
    outs, ins = found.sides(operation.transposed)
    rest = without(setting.types[0], names(ins))
    axes = (growing(outs), growing(ins), growing(rest))
    independent = (operation.parameter, not operation.transposed) not in setting.met
    return calculus.apply(source_of(found), moments(found), jets[0], axes, independent, operation.transposed)
