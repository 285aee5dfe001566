"""What transformations and analyses ask of an operation: its datum, weight, function and coefficients.

Every primitive has a rule here, also one without any of the four, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tp.graph.axes import Scale
from tp.graph.interpretation import Interpretation, NotInterpreted
from tp.graph.operation import Operation
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.gaussian_mean import GaussianMean
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.joint_normal import JointNormal
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.map_remainder import MapRemainder
from tp.primitives.mapped import Mapped
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted, Repermuted
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank, Reranked
from tp.primitives.read import Read
from tp.primitives.remainder import Remainder
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.switched import Switched
from tp.primitives.variable import Variable

_PLAIN = (
    Broadcast,
    Concat,
    Constant,
    Detach,
    ErrorSignal,
    Gather,
    GaussianMean,
    Generic,
    JointNormal,
    Largest,
    MapRemainder,
    Mapped,
    Peak,
    Permuted,
    Product,
    Rank,
    Rename,
    Repermuted,
    Reranked,
    Scatter,
    Sum,
    Switched,
    Variable,
)
"""Primitives with none of the four."""


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight called ``name`` as an operation uses it.

    ``applied`` is True where it multiplies an operand (W x, or W' x where ``transposed``), False where it is a value.
    """

    name: str
    applied: bool
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """The ``k``-th derivative of the activation called ``activation``."""

    activation: str
    k: int


@dataclass(frozen=True, slots=True)
class Traits:
    """The datum that an operation is, the weight that it uses, the function that it applies entrywise.

    Each is None where there is none. ``coefficients`` are the constants by which operands are multiplied, or empty.
    """

    datum: Input | None = None
    weight: Weight | None = None
    function: Function | None = None
    coefficients: tuple[Scale, ...] = ()


traits: Interpretation[Callable[[Any], Traits]] = Interpretation("traits")
"""``rule(operation)``: the traits of the operation."""


def datum_of(operation: Operation) -> Input | None:
    """``operation`` if it is an input, else None. Raises NotInterpreted."""
    return traits.of(operation)(operation).datum


def weight_of(operation: Operation) -> Weight | None:
    """The weight that ``operation`` uses, or None. Raises NotInterpreted."""
    return traits.of(operation)(operation).weight


def applied_weight(operation: Operation) -> Weight | None:
    """The weight by which ``operation`` multiplies its operand, or None. Raises NotInterpreted."""
    found = weight_of(operation)
    return found if found is not None and found.applied else None


def read_weight(operation: Operation) -> str | None:
    """The name of the weight that ``operation`` reads as a value, or None. Raises NotInterpreted."""
    found = weight_of(operation)
    return None if found is None or found.applied else found.name


def on_weight(operation: Operation, name: str) -> Operation:
    """The same operation with the weight ``name`` as its setting ``parameter``.

    Raises NotInterpreted for an operation that uses no weight.
    """
    if weight_of(operation) is None:
        raise NotInterpreted(f"{operation.keyword()} uses no weight")
    return replace(operation, parameter=name)


def function_of(operation: Operation) -> Function | None:
    """The function that ``operation`` applies to every entry, or None. Raises NotInterpreted."""
    return traits.of(operation)(operation).function


def coefficients_of(operation: Operation) -> tuple[Scale, ...]:
    """The constants by which ``operation`` multiplies its operands, or (). Raises NotInterpreted."""
    return traits.of(operation)(operation).coefficients


@traits.rule(*_PLAIN)
def plain(_: Operation) -> Traits:
    return Traits()


@traits.rule(Input)
def of_input(operation: Input) -> Traits:
    return Traits(datum=operation)


@traits.rule(Apply)
def of_apply(operation: Apply) -> Traits:
    return Traits(weight=Weight(operation.parameter, True, operation.transposed))


@traits.rule(Read)
def of_read(operation: Read) -> Traits:
    return Traits(weight=Weight(operation.parameter, False))


@traits.rule(Pointwise, Remainder)
def of_pointwise(operation: Pointwise | Remainder) -> Traits:
    return Traits(function=Function(operation.activation, operation.k))


@traits.rule(Linear)
def of_linear(operation: Linear) -> Traits:
    return Traits(coefficients=operation.scales)
