"""A weight, or its transpose, applied to a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing, names, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.law_facts import moments, source_of

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Apply(Operation):
    """W @ x, or W' @ x where ``transposed``: contracts the input side of the weight and keeps every other axis.

    Source programs apply operators only; ``tp.transform.factored`` applies weights with a finite side, too.
    """

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "a weight, or its transpose, applied to a value"

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


@transposition.rule(Apply)
def transpose_apply(operation: Apply, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int) -> int:
    return graph.add(Apply(operation.parameter, not operation.transposed), cotangent)


@lowering.rule(Apply)
def lower_apply(operation: Apply, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    outs, ins = low.parameters[operation.parameter].sides(operation.transposed)
    made = multiplied(operation, low, rows_of(types[0], arrays[0], ins))
    return from_rows(made, low.n, without(types[0], names(ins)), outs, out)


def multiplied(operation: Apply, low: Lowering, rows: Any) -> Any:
    """The weight, an array, times each of the ``rows`` [vectors, entries of ins]: [vectors, entries of outs]."""
    import jax.numpy as jnp

    parameter = low.parameters[operation.parameter]
    matrix = low.weights[operation.parameter].reshape((prod(a.at(low.n) for a in parameter.outs), -1))
    return jnp.matmul(rows, matrix if operation.transposed else matrix.T, precision="highest")


def rows_of(axes: Type, array: Any, ins: Type) -> Any:
    """An operand with ``axes`` as rows [vectors, entries of ins]; rows of several operands can be joined."""
    rest = without(axes, names(ins))
    array = aligned(array, axes, (*rest, *ins))
    return array.reshape((prod(array.shape[: len(rest)]), -1))


def from_rows(rows: Any, n: int, rest: Type, outs: Type, out: Type) -> Any:
    """The result, with its axes in the order of ``out``, from rows [vectors, entries of outs].

    ``rest`` are the axes that count the vectors: those of the operand that are not contracted.
    """
    made = (*rest, *outs)
    return aligned(rows.reshape([a.at(n) for a in made]), made, out)


@typical.rule(Apply)
def typical_apply(operation: Apply, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
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
