"""A weight, or its transpose, applied to a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing, names, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import matmul
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.law_facts import Factors, factors_of, moments, source_of

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.facts import Source
    from tp.orders.typical.generator import WideAxes
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
        """The output side of the weight (its input side if ``transposed``), then the axes of the operand that
        are not contracted; the operand needs all axes of the side that is contracted. Raises ValueError where
        one is missing, or where the operand already has an axis that the weight makes.
        """
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
    """The transposed weight, applied to the cotangent."""
    return graph.add(Apply(operation.parameter, not operation.transposed), cotangent)


@lowering.rule(Apply)
def lower_apply(operation: Apply, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """A matrix product. Weights that are not built give the same products by :mod:`tp.matrix_free`."""
    outs, ins = low.parameters[operation.parameter].sides(operation.transposed)
    made = multiplied(operation, low, rows_of(types[0], arrays[0], ins, low.draws))
    return from_rows(made, low, without(types[0], names(ins)), outs, out)


def multiplied(operation: Apply, low: Lowering, rows: Any) -> Any:
    """The weight, an array, times each of the ``rows`` [...draws, vectors, entries of ins].

    Returns [...draws, vectors, entries of outs].
    """
    parameter, sizes = low.parameters[operation.parameter], [a.at(low.n) for a in low.draws]
    matrix = low.weights[operation.parameter].reshape((*sizes, prod(a.at(low.n) for a in parameter.outs), -1))
    return matmul(rows, matrix if operation.transposed else matrix.swapaxes(-1, -2))


def rows_of(axes: Type, array: Any, ins: Type, draws: Type = ()) -> Any:
    """An operand with ``axes`` as rows [vectors, entries of ins]; rows of several operands can be joined.

    ``draws`` is an axis that comes before them, of size 1 where the operand lacks it.
    """
    rest = without(axes, names((*ins, *draws)))
    array = aligned(array, axes, (*draws, *rest, *ins))
    before = len(draws)
    return array.reshape((*array.shape[:before], prod(array.shape[before : before + len(rest)]), -1))


def from_rows(rows: Any, low: Lowering, rest: Type, outs: Type, out: Type) -> Any:
    """The result, with its axes in the order of ``out``, from rows [...draws, vectors, entries of outs].

    ``rest`` are the axes that count the vectors: those of the operand that are not contracted.
    """
    made = (*low.draws, *without(rest, names(low.draws)), *outs)
    return aligned(rows.reshape([a.at(low.n) for a in made]), made, out)


@typical.rule(Apply)
def typical_apply(operation: Apply, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``apply``: a fresh Gaussian vector, and a coherent part where the operand has seen the transposed
    weight. A weight of low rank is two weights, one after the other.
    """
    found = setting.parameters[operation.parameter]
    outs, ins = (growing(side) for side in found.sides(operation.transposed))
    rest = growing(without(setting.types[0], names(found.sides(operation.transposed)[1])))
    factors = factors_of(found)
    if factors is None:
        return calculus.apply(source_of(found), operation.transposed, values[0], outs, ins, rest)
    first, second = _in_order(factors, operation.transposed)
    between = applied(calculus, first, True, values[0], (factors.rank, ins, rest))
    made = applied(calculus, second, False, between, (outs, factors.rank, rest))
    return calculus.scaled(made, factors.exponent, outs + rest)


def _in_order(factors: Factors, transposed: bool) -> tuple[Source, Source]:
    """The factor that is applied first, transposed, and the one that is applied to the result."""
    return (factors.left, factors.right) if transposed else (factors.right, factors.left)


def applied(
    calculus: Calculus, source: Source, transposed: bool, value: Derived, axes: tuple[WideAxes, WideAxes, WideAxes]
) -> Derived:
    """A weight applied to ``value``, for (outs, ins, rest) = ``axes``; one with a finite side is read."""
    outs, ins, rest = axes
    if outs and ins:
        return calculus.apply(source, transposed, value, outs, ins, rest)
    product = calculus.product(calculus.source(source, outs + ins), value, outs + ins + rest)
    return calculus.contract(product, ins, outs + rest)


@bounds.rule(Apply)
def bound_apply(operation: Apply, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rules ``norm.apply`` and ``norm.apply.source``: the operator norm of the weight, or a sharper size of
    entries where the operand is independent of it.
    """
    found = setting.parameters[operation.parameter]
    outs, ins = (growing(side) for side in found.sides(operation.transposed))
    rest = growing(without(setting.types[0], names(found.sides(operation.transposed)[1])))
    finite = moments(found)
    met = (operation.parameter, not operation.transposed) in setting.met
    again = (operation.parameter, operation.transposed) in setting.met
    factors = factors_of(found)
    if factors is None:
        source = source_of(found)
        # Rows of independent entries are independent of what other rows were applied to.
        fresh = not met and not (again and (source.local or source.repeated or source.isometric))
        return calculus.apply(source, finite, jets[0], (outs, ins, rest), fresh, operation.transposed)
    first, second = _in_order(factors, operation.transposed)
    fresh = not met and not again
    between = calculus.apply(first, finite, jets[0], (factors.rank, ins, rest), fresh, True)
    made = calculus.apply(second, finite, between, (outs, factors.rank, rest), fresh, False)
    initial = calculus.linear([(factors.exponent, (), ())], [made], outs + rest)
    still = replace(source_of(replace(found, law=replace(found.law, structure=None))), random=False)
    moved = calculus.apply(still, finite, jets[0], (outs, ins, rest), False, operation.transposed)
    return calculus.together(initial, moved, outs + rest)
