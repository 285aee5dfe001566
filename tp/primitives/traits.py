"""What transformations and analyses ask of an operation: its datum, weight, function and coefficients.

Every primitive has a rule that says all four, so that none is passed over by mistake.
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
from tp.primitives.input import Input
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
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
    Largest,
    Product,
    Rename,
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
    """What one operation has of the four.

    ``datum`` is what it stands for, ``weight`` what it uses, ``function`` what it applies to every entry, each None
    where there is none. ``coefficients`` are the constants that its operands are multiplied with.
    Where there are none they are empty.
    """

    datum: Input | None = None
    weight: Weight | None = None
    function: Function | None = None
    coefficients: tuple[Scale, ...] = ()


traits: Interpretation[Callable[[Any], Traits]] = Interpretation("traits")
"""``rule(operation)``: the traits of the operation."""


def datum_of(operation: Operation) -> Input | None:
    """The datum that ``operation`` stands for; None where it stands for none. Raises NotInterpreted."""
    return traits.of(operation)(operation).datum


def weight_of(operation: Operation) -> Weight | None:
    """The weight that ``operation`` uses; None where it uses none. Raises NotInterpreted."""
    return traits.of(operation)(operation).weight


def applied_weight(operation: Operation) -> Weight | None:
    """The weight that ``operation`` multiplies its operand with; None where there is none. Raises NotInterpreted."""
    found = weight_of(operation)
    return found if found is not None and found.applied else None


def read_weight(operation: Operation) -> str | None:
    """The name of the weight whose value ``operation`` is; None where it is none. Raises NotInterpreted."""
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
    """The function that ``operation`` applies to every entry; None where there is none. Raises NotInterpreted."""
    return traits.of(operation)(operation).function


def coefficients_of(operation: Operation) -> tuple[Scale, ...]:
    """The constants that ``operation`` multiplies its operands with; empty where it has none. Raises NotInterpreted."""
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
