"""Activations, by their values: chains of operations entry by entry that compute a function of the language.

A chain is evaluated at many points, far from 0 and near it, and compared with all activations. This finds the same
function however a framework or a user has written it, and nothing that differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from scipy import special

from tp.activations import find, offered
from tp.construct.composed import SELU_ALPHA, SELU_SCALE
from tp.imports.recognise.graph import Makers, scalar, substituted
from tp.imports.rules.elementwise import ACTIVATION
from tp.imports.traced.equation import Equation, Operand, Traced, Value
from tp.ndarray import NDArray

Floats = NDArray[np.float64]

MOST = 40
"""The most operations of one activation."""
NEAR = 1e-12
"""The largest difference, as a share of the function's size at a point."""


def _points() -> Floats:
    grid = np.linspace(-9.0, 9.0, 181) + 0.013
    return np.concatenate([grid, [-60.3, -25.7, 21.9, 44.1, -1e-3, 1e-3, -1e-6, 1e-6]])


POINTS = _points()


def _rsqrt(x: Any) -> Any:
    return 1 / np.sqrt(x)


def _clamp(low: Any, x: Any, high: Any) -> Any:
    return np.clip(x, low, high)


def _as_floats(x: Any) -> Any:
    return np.asarray(x, np.float64)


def _select(which: Any, below: Any, above: Any) -> Any:
    return np.where(np.asarray(which, bool), above, below)


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "add": np.add, "add_any": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
    "max": np.maximum, "min": np.minimum, "abs": np.abs, "sign": np.sign, "exp": np.exp, "exp2": np.exp2,
    "log": np.log, "log1p": np.log1p, "expm1": np.expm1, "tanh": np.tanh, "logistic": special.expit,
    "erf": special.erf, "erfc": special.erfc, "sin": np.sin, "cos": np.cos, "sqrt": np.sqrt, "square": np.square,
    "rsqrt": _rsqrt, "cbrt": np.cbrt, "pow": np.power, "sinh": np.sinh, "cosh": np.cosh,
    "tan": np.tan, "gt": np.greater, "lt": np.less, "ge": np.greater_equal, "le": np.less_equal, "eq": np.equal,
    "ne": np.not_equal, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not, "is_finite": np.isfinite,
    "clamp": _clamp, "convert_element_type": _as_floats,
    "select_n": _select,
}  # fmt: skip
"""Operations entry by entry, in NumPy."""


Step = tuple[str, tuple[int | float, ...], int]
"""An operation of a chain: its name, its operands (places of earlier steps from 1, 0 for the source; or numbers)."""


def with_activations(traced: Traced) -> Traced:
    """``traced`` with one equation for each activation that is found."""
    makers = Makers(traced)
    sources = _sources(traced)
    needed = {operand for _, operand in traced.outputs if isinstance(operand, Value)}
    found: list[Equation] = []
    for equation in reversed(traced.equations):
        if not any(result in needed for result in equation.results):
            continue
        equation = _activation(equation, sources.get(equation.results[0], ()), makers) or equation
        needed |= {operand for operand in equation.operands if isinstance(operand, Value)}
        found.append(equation)
    return substituted(traced, {}, found[::-1])


def _entrywise(equation: Equation) -> bool:
    return equation.primitive in _FUNCTIONS or equation.primitive == "integer_pow"


def _sources(traced: Traced) -> dict[Value, tuple[Value, ...]]:
    """Values that all of a value is computed from entry by entry, the farthest first."""
    found: dict[Value, tuple[Value, ...]] = {}
    for equation in traced.equations:
        if not _entrywise(equation):
            continue
        (out,) = equation.results
        operands = [each for each in equation.operands if scalar(each) is None]
        if not operands or not all(isinstance(each, Value) and each.shape == out.shape for each in operands):
            continue
        lines = [(*found.get(each, ()), each) for each in operands if isinstance(each, Value)]
        found[out] = tuple(each for each in lines[0] if all(each in line for line in lines[1:]))[-16:]
    return found


def _activation(equation: Equation, sources: Sequence[Value], makers: Makers) -> Equation | None:
    """The activation that ``equation`` is the last operation of."""
    for source in sources:
        chain = _chain(equation.results[0], source, makers)
        if chain is None or len(chain) < 2:
            continue
        named = _named(chain)
        if named is not None:
            params = {"name": named[0], "arguments": named[1:]}
            return replace(equation, primitive=ACTIVATION, operands=(source,), params=params)
    return None


def _chain(out: Value, source: Value, makers: Makers) -> tuple[Step, ...] | None:
    """The operations from ``source`` to ``out`` in order. None where there are too many."""
    steps: list[Step] = []
    places: dict[Operand, int] = {source: 0}

    def place(operand: Operand) -> int | float | None:
        number = scalar(operand)
        if number is not None:
            return float(number)
        if operand in places:
            return places[operand]
        equation = makers.maker(operand)
        if equation is None or len(steps) >= MOST or not _entrywise(equation):
            return None
        operands = [place(each) for each in equation.operands]
        if any(each is None for each in operands):
            return None
        given = tuple(each for each in operands if each is not None)
        steps.append((equation.primitive, given, int(equation.params.get("y", 0))))
        places[operand] = len(steps)
        return len(steps)

    return None if place(out) is None else tuple(steps)


def _values(chain: Sequence[Step]) -> Floats | None:
    """The values of a chain at :data:`POINTS`. None where they are not finite."""
    found: list[Any] = [POINTS]
    with np.errstate(all="ignore"):
        for primitive, operands, power in chain:
            arrays = [found[each] if isinstance(each, int) else each for each in operands]
            function = _FUNCTIONS.get(primitive)
            found.append(arrays[0] ** power if function is None else function(*arrays))
    result = np.broadcast_to(np.asarray(found[-1], np.float64), POINTS.shape)
    return result if np.isfinite(result).all() else None


@cache
def _named(chain: tuple[Step, ...]) -> tuple[str, ...] | None:
    """The activation that a chain computes, with its arguments. None where it is none of the language."""
    values = _values(chain)
    if values is None:
        return None
    for name, expected in _offered().items():
        if _close(values, expected):
            return (name,)
    slope = float(values[np.argmin(np.abs(POINTS + 1e-3))] / -1e-3)
    written = repr(round(slope, 9))
    if (
        0 < abs(slope) < 1
        and len(written) <= 11
        and _close(values, np.where(POINTS > 0, POINTS, float(written) * POINTS))
    ):
        return ("leaky_relu", written)
    return None


def _close(values: Floats, expected: Floats) -> bool:
    allowed = NEAR * np.abs(expected) + NEAR / 10 * (1 + np.abs(POINTS))
    return bool((np.abs(values - expected) <= allowed).all())


@cache
def _offered() -> Mapping[str, Floats]:
    """The values at :data:`POINTS` of all activations without arguments, those first that say most."""
    found: dict[str, Floats] = {}
    with np.errstate(all="ignore"):
        for name in offered():
            if name in ("identity", "square"):
                continue
            try:
                values = np.asarray(find(name).lower(0, POINTS), np.float64)
            except (TypeError, ValueError):
                continue  # it has arguments
            if np.isfinite(values).all():
                found[name] = values
        below = np.expm1(np.minimum(POINTS, 0))
        found["elu"] = np.maximum(POINTS, 0) + below
        found["selu"] = SELU_SCALE * (np.maximum(POINTS, 0) + SELU_ALPHA * below)
        found["softsign"] = POINTS / (1 + np.abs(POINTS))
    return found
