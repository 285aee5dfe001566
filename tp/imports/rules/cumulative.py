"""Cumulative sums along finite axes: products with a table of 0 and 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tp.imports.refusal import Untranslatable
from tp.imports.rules.contraction import contract
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing
from tp.imports.rules.written import Written
from tp.imports.traced.equation import Equation, Known


@reads("cumsum")
def read_cumulative(equation: Equation, reading: Reading) -> None:
    for mine, made in zip(reading.axes(equation.operands[0]), reading.axes(equation.results[0]), strict=True):
        reading.equal(mine, made)


@writes("cumsum")
def write_cumulative(equation: Equation, writing: Writing) -> Written:
    (operand,) = equation.operands
    axis: int = equation.params["axis"]
    size = operand.shape[axis]
    if size.wide:
        raise Untranslatable("it sums up a wide axis entry by entry", "the language has no order of neurons")
    table = np.tri(size.finite)
    if not equation.params["reverse"]:
        table = table.T  # [entries that are summed, place]
    found = contract(writing, writing.value(operand), writing.table(Known((size, size), None, table)), ((axis,), (0,)))
    return replace(found, dims=(*found.dims[:axis], found.dims[-1], *found.dims[axis:-1]))
