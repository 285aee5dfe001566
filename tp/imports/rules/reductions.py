"""Sums and largest entries over axes of arrays."""

from __future__ import annotations

from dataclasses import replace

from tp.imports.refusal import Untranslatable
from tp.imports.rules.elementwise import MINUS, whole
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing, as_value, entries
from tp.imports.rules.written import UNIT, Written, labels_of
from tp.imports.text.expression import Call, Total
from tp.imports.traced.equation import Equation


@reads("reduce_sum", "reduce_max", "reduce_min")
def read_reduction(equation: Equation, reading: Reading) -> None:
    (x,), (out,) = equation.operands, equation.results
    reading.without(x, equation.params["axes"], out)


@writes("reduce_sum")
def write_sum(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    axes = equation.params["axes"]
    labels = tuple(label for axis in axes for label in labels_of(x.dims[axis]))
    for axis in axes:
        x = x.scaled(entries(x.dims[axis]))
    dims = tuple(dim for axis, dim in enumerate(x.dims) if axis not in axes)
    if not labels:
        return replace(x, dims=dims)
    return replace(x, node=Total(as_value(x), labels), dims=dims)


@writes("reduce_max", "reduce_min")
def write_max(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    axes = equation.params["axes"]
    labels = [label for axis in axes for label in labels_of(x.dims[axis])]
    least = equation.primitive == "reduce_min"
    node = whole(x.scaled(MINUS) if least else x)
    for label in labels:
        node = Call("max", (node,), (label,))
    dims = tuple(dim for axis, dim in enumerate(x.dims) if axis not in axes)
    found = replace(x, number=UNIT, node=node, dims=dims)
    return found.scaled(MINUS) if least else found


@writes("reduce_prod", "reduce_and", "reduce_or", "argmax", "argmin")
def write_other(equation: Equation, writing: Writing) -> Written:
    raise Untranslatable(f"the language has no {equation.primitive} over an axis")
