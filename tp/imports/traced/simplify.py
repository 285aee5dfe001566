"""Equations that say nothing new are left out: repetitions, sums with 0, products with 0 and 1, moves of nothing.

It is done once the widths are unified: a number that happens to be 1 at one width is not taken for 1. Results are
the same at finite values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction

import numpy as np

from tp.imports.traced.equation import Equation, Known, Operand, Shape, Traced, Value
from tp.imports.traced.folding import ELEMENTWISE, elementwise
from tp.imports.traced.sizes import Number, Size

ZERO, ONE = Number(0.0), Number(1.0)
_MOVES = frozenset({"broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose", "rev", "slice"})
_LINEAR = frozenset({"reduce_sum", "cumsum", "neg", "gather", "dynamic_slice", "stop_gradient", "copy"})


def simplified(traced: Traced) -> Traced:
    """``traced`` without the equations that say nothing, and without those that nothing needs then."""
    instead: dict[Value, Operand] = {}

    def now(operand: Operand) -> Operand:
        return instead.get(operand, operand) if isinstance(operand, Value) else operand

    kept: list[Equation] = []
    before: dict[Hashable, Equation] = {}
    for equation in traced.equations:
        found = dataclasses.replace(equation, operands=tuple(map(now, equation.operands)))
        simpler = _simpler(found)
        if isinstance(simpler, Value | Known):
            instead[equation.results[0]] = simpler
            continue
        same = before.setdefault(_says(simpler), simpler)
        if same is simpler:
            kept.append(simpler)
        else:
            instead.update(zip(equation.results, same.results, strict=True))
    outputs = tuple((name, now(operand)) for name, operand in traced.outputs)
    return dataclasses.replace(traced, equations=needed(kept, [operand for _, operand in outputs]), outputs=outputs)


def needed(equations: Sequence[Equation], outputs: Sequence[Operand]) -> tuple[Equation, ...]:
    """The equations that ``outputs`` depend on."""
    wanted: set[Operand] = set(outputs)
    kept: list[Equation] = []
    for equation in reversed(equations):
        if wanted.intersection(equation.results):
            kept.append(equation)
            wanted.update(equation.operands)
    return tuple(reversed(kept))


def _says(equation: Equation) -> Hashable:
    """What an equation says; equal for two that compute the same."""
    params = tuple((key, value if _hashes(value) else id(value)) for key, value in equation.params.items())
    return equation.primitive, tuple(map(_named, equation.operands)), params


def _hashes(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _named(operand: Operand) -> Hashable:
    """Equal for two operands that are the same."""
    if isinstance(operand, Value) or (operand.number is None and operand.table is None):
        return operand
    table = None if operand.table is None else operand.table.tobytes()
    return operand.shape, operand.kind, operand.number, table, operand.scale


def _simpler(equation: Equation) -> Equation | Operand:
    """An operand or a constant that the result is, or an equation that is not more."""
    if len(equation.results) != 1:
        return equation
    result, operands = equation.results[0], equation.operands
    numbers = [x.number if isinstance(x, Known) else None for x in operands]
    first, *_ = operands or (None,)
    if isinstance(first, Value) and _moves_nothing(equation, first, result):
        return first
    if equation.primitive in _MOVES and numbers[0] is not None:
        return Known(result.shape, numbers[0], None, result.kind)
    if (equation.primitive in _LINEAR and numbers[0] == ZERO) or (equation.primitive in _PRODUCTS and ZERO in numbers):
        return Known(result.shape, ZERO, None, result.kind)
    if equation.primitive == "div" and numbers[0] == ZERO and numbers[1] not in (None, ZERO):
        return Known(result.shape, ZERO, None, result.kind)
    if all(number is not None and number.exponent == 0 for number in numbers) and equation.primitive in ELEMENTWISE:
        return _computed(equation, [number for number in numbers if number is not None])
    rule = _NEUTRAL.get(equation.primitive)
    if rule and len(operands) == 2 and result.kind == "float":
        for one, other, number, side in ((1, 0, numbers[1], "right"), (0, 1, numbers[0], "left")):
            if number is not None and rule(number, side):
                return _spread(equation, operands[other], operands[one])
    return equation


_PRODUCTS = frozenset({"mul", "dot_general", "conv_general_dilated"})
_NEUTRAL: dict[str, Callable[[Number, str], bool]] = {
    "add": lambda number, side: number == ZERO,
    "add_any": lambda number, side: number == ZERO,
    "sub": lambda number, side: number == ZERO and side == "right",
    "mul": lambda number, side: number == ONE,
    "div": lambda number, side: number == ONE and side == "right",
    "max": lambda number, side: number == Number(-np.inf),
    "min": lambda number, side: number == Number(np.inf),
}
"""By primitive: whether the other operand is the result."""


def _moves_nothing(equation: Equation, operand: Value, result: Value) -> bool:
    if operand.shape != result.shape or operand.kind != result.kind:
        return False
    if equation.primitive == "transpose":
        return tuple(equation.params["permutation"]) == tuple(range(len(operand.shape)))
    if equation.primitive in ("reduce_sum", "reduce_max", "reduce_min", "reduce_prod"):
        return not equation.params["axes"]
    if equation.primitive == "reshape":
        return equation.params.get("dimensions") is None
    return equation.primitive in ("broadcast_in_dim", "slice", "squeeze", "expand_dims")


def _computed(equation: Equation, numbers: Sequence[Number]) -> Equation | Known:
    """A function of finite numbers."""
    result = equation.results[0]
    arrays = [np.asarray(number.coefficient) for number in numbers]
    with np.errstate(all="ignore"):
        value = elementwise(equation.primitive, equation.params, arrays, ())
    return Known(result.shape, Number(float(value)), None, result.kind) if result.kind == "float" else equation


def _spread(equation: Equation, operand: Operand, neutral: Operand) -> Equation | Operand:
    """``operand`` in the shape of the result: it may have been repeated along axes of ``neutral``."""
    result = equation.results[0]
    if operand.shape == result.shape:
        return operand
    if len(operand.shape) not in (0, len(result.shape)):
        return equation
    params = {"shape": _counted(result.shape), "broadcast_dimensions": tuple(range(len(operand.shape)))}
    return Equation("broadcast_in_dim", (operand,), {**params, "sharding": None}, (result,), equation.place)


def _counted(shape: Shape) -> tuple[int | Size, ...]:
    return tuple(size if size.wide or size.factor != Fraction(int(size.factor)) else size.finite for size in shape)
