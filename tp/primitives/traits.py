"""What transformations and analyses ask of an operation: its datum, weight, function and coefficients.

Every primitive has a rule for each of the four, so that none is passed over by mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tp.graph.axes import Scale
from tp.graph.interpretation import Interpretation
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


data: Interpretation[Callable[[Any], Input | None]] = Interpretation("data")
"""``rule(operation)``: the datum that the operation stands for, or None."""

weights: Interpretation[Callable[[Any], Weight | None]] = Interpretation("weights")
"""``rule(operation)``: the weight that the operation uses, or None."""

functions: Interpretation[Callable[[Any], Function | None]] = Interpretation("functions")
"""``rule(operation)``: the function that the operation applies to every entry, or None."""

relocations: Interpretation[Callable[[Any, str], Operation]] = Interpretation("relocations")
"""``rule(operation, name)``: the same operation with the weight ``name``, for operations that use a weight."""

coefficients: Interpretation[Callable[[Any], tuple[Scale, ...]]] = Interpretation("coefficients")
"""``rule(operation)``: the constant that each operand is multiplied with; empty where there are none."""


def datum_of(operation: Operation) -> Input | None:
    """The datum that ``operation`` stands for; None where it stands for none. Raises NotInterpreted."""
    return data.of(operation)(operation)


def weight_of(operation: Operation) -> Weight | None:
    """The weight that ``operation`` uses; None where it uses none. Raises NotInterpreted."""
    return weights.of(operation)(operation)


def applied_weight(operation: Operation) -> Weight | None:
    """The weight that ``operation`` multiplies its operand with; None where there is none. Raises NotInterpreted."""
    found = weight_of(operation)
    return found if found is not None and found.applied else None


def read_weight(operation: Operation) -> str | None:
    """The name of the weight whose value ``operation`` is; None where it is none. Raises NotInterpreted."""
    found = weight_of(operation)
    return None if found is None or found.applied else found.name


def on_weight(operation: Operation, name: str) -> Operation:
    """The same operation with the weight ``name``, for one that uses a weight. Raises NotInterpreted."""
    return relocations.of(operation)(operation, name)


def function_of(operation: Operation) -> Function | None:
    """The function that ``operation`` applies to every entry; None where there is none. Raises NotInterpreted."""
    return functions.of(operation)(operation)


def coefficients_of(operation: Operation) -> tuple[Scale, ...]:
    """The constants that ``operation`` multiplies its operands with; empty where it has none. Raises NotInterpreted."""
    return coefficients.of(operation)(operation)


@data.rule(Input)
def itself(operation: Input) -> Input | None:
    return operation


@data.rule(*_PLAIN, Apply, Linear, Pointwise, Read, Remainder)
def no_datum(_: Operation) -> None:
    return None


@weights.rule(Apply)
def apply_weight(operation: Apply) -> Weight | None:
    return Weight(operation.parameter, True, operation.transposed)


@weights.rule(Read)
def read_value(operation: Read) -> Weight | None:
    return Weight(operation.parameter, False)


@weights.rule(*_PLAIN, Input, Linear, Pointwise, Remainder)
def no_weight(_: Operation) -> None:
    return None


@relocations.rule(Apply, Read)
def relocated(operation: Apply | Read, name: str) -> Operation:
    return replace(operation, parameter=name)


relocations.refuse(*_PLAIN, Input, Linear, Pointwise, Remainder, reason="it uses no weight")


@functions.rule(*_PLAIN, Apply, Input, Linear, Read)
def no_function(_: Operation) -> None:
    return None


@functions.rule(Pointwise, Remainder)
def applied_function(operation: Pointwise | Remainder) -> Function | None:
    return Function(operation.activation, operation.k)


@coefficients.rule(Linear)
def linear_coefficients(operation: Linear) -> tuple[Scale, ...]:
    return operation.scales


@coefficients.rule(*_PLAIN, Apply, Input, Pointwise, Read, Remainder)
def no_coefficients(_: Operation) -> tuple[Scale, ...]:
    return ()
