"""Comparisons: of real numbers by steps, and of indices by the entries of their one-hot rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tp.imports.refusal import Untranslatable
from tp.imports.rules.contraction import contract
from tp.imports.rules.elementwise import MINUS, aligned, called, linear
from tp.imports.rules.registry import writes
from tp.imports.rules.writing import ONE, Writing
from tp.imports.rules.written import UNIT, Written
from tp.imports.text.expression import One
from tp.imports.traced.equation import Equation, Known

_HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "gt": np.greater,
    "lt": np.less,
    "ge": np.greater_equal,
    "le": np.less_equal,
}
_TURNED = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}


@writes("gt", "lt", "ge", "le")
def write_comparison(equation: Equation, writing: Writing) -> Written:
    """1 where the comparison holds, 0 elsewhere."""
    if any(operand.kind == "int" for operand in equation.operands):
        return _of_indices(equation, writing)
    (left, right), out = aligned(equation, writing)
    if equation.primitive in ("lt", "le"):
        left, right = right, left
    difference = linear([left, right.scaled(MINUS)], out)
    if equation.primitive in ("gt", "lt"):
        return called("step", difference)
    return linear([Written(UNIT, One(), out.dims), called("step", difference.scaled(MINUS)).scaled(MINUS)], out)


def _of_indices(equation: Equation, writing: Writing) -> Written:
    (left, right), name = equation.operands, equation.primitive
    if isinstance(left, Known):
        left, right, name = right, left, _TURNED[name]
    at = writing.value(left)
    hint = "give a mask of real numbers as an input of its own"
    if at.hot is None or at.number != UNIT or not isinstance(right, Known) or right.number is None:
        raise Untranslatable("it compares whole numbers that are computed", hint)
    size = at.hot.root().size
    if size == ONE or right.number.exponent:
        raise Untranslatable("it compares whole numbers that are not known to be indices", hint)
    table = Known((size,), None, _HOLDS[name](np.arange(size.finite), right.number.coefficient).astype(np.float64))
    rows = replace(at, dims=(*at.dims, (at.hot,)), hot=None)
    return contract(writing, rows, writing.table(table), ((len(at.dims),), (0,)))
