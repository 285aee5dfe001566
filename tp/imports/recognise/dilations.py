"""Convolutions of a value with zeros between its entries, such as transposed ones: zeros first, then a convolution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from tp.imports.recognise.graph import substituted
from tp.imports.traced.equation import Equation, Known, Traced
from tp.imports.traced.fresh import Fresh
from tp.imports.traced.sizes import Number, Size


def without_dilations(traced: Traced) -> Traced:
    """``traced`` with an equation of its own for zeros between entries, and for borders that are cut off."""
    fresh = Fresh(traced)
    found: list[Equation] = []
    for equation in traced.equations:
        if equation.primitive == "conv_general_dilated" and _spread(equation):
            found.extend(_apart(equation, fresh))
        else:
            found.append(equation)
    return substituted(traced, {}, found)


def _spread(equation: Equation) -> bool:
    """Whether there are zeros between entries, along axes that are finite."""
    numbers = equation.params["dimension_numbers"]
    finite = not any(equation.operands[0].shape[axis].wide for axis in numbers.lhs_spec[2:])
    cut = any(min(int(low), int(high)) < 0 for low, high in equation.params["padding"])
    return finite and (cut or any(int(each) != 1 for each in equation.params["lhs_dilation"]))


def _apart(equation: Equation, fresh: Fresh) -> Iterable[Equation]:
    x, kernel = equation.operands
    pixels = equation.params["dimension_numbers"].lhs_spec[2:]
    padding = [(0, 0, 0)] * len(x.shape)
    shape = [*x.shape]
    for axis, (low, high), gap in zip(pixels, equation.params["padding"], equation.params["lhs_dilation"], strict=True):
        padding[axis] = (int(low), int(high), int(gap) - 1)
        shape[axis] = Size(Fraction(int(low) + int(high) + (x.shape[axis].finite - 1) * int(gap) + 1))
    wide = fresh.value(tuple(shape))
    zero = Known((), Number(0.0), None)
    yield Equation("pad", (x, zero), {"padding_config": tuple(padding)}, (wide,), equation.place)
    settled = {"padding": tuple((0, 0) for _ in pixels), "lhs_dilation": tuple(1 for _ in pixels)}
    yield replace(equation, operands=(wide, kernel), params={**equation.params, **settled})
