"""Variances that are computed as the mean of squares less the square of the mean.

In the language they are means of squared deviations: the same number, but seen to be positive.
"""

from __future__ import annotations

from dataclasses import dataclass

from tp.imports.recognise.graph import Makers, substituted
from tp.imports.traced.equation import Equation, Known, Operand, Traced, Value
from tp.imports.traced.fresh import Fresh
from tp.imports.traced.sizes import Number


@dataclass(frozen=True, slots=True)
class _Mean:
    of: Operand
    axes: tuple[int, ...]
    divisor: Operand
    sum: Equation


def with_central_variances(traced: Traced) -> Traced:
    """``traced`` with central second moments in place of differences of moments."""
    makers = Makers(traced)
    fresh = Fresh(traced)
    equations: list[Equation] = []
    for equation in traced.equations:
        found = _central(equation, makers, fresh) if equation.primitive == "sub" else None
        equations += [equation] if found is None else found
    return substituted(traced, {}, equations)


def _central(equation: Equation, makers: Makers, fresh: Fresh) -> list[Equation] | None:
    """Equations for the variance that ``equation`` computes. None if it computes none."""
    squares = _mean(equation.operands[0], makers)
    base = _squared(equation.operands[1], makers)
    if squares is None or base is None:
        return None
    mean = _mean(base, makers)
    x = _squared(squares.of, makers)
    if mean is None or x is None or x is not mean.of or mean.axes != squares.axes:
        return None
    if not _equal(mean.divisor, squares.divisor) or not isinstance(x, Value):
        return None
    kept = tuple(a for a in range(len(x.shape)) if a not in mean.axes)
    if len(equation.results[0].shape) != len(kept):
        return None
    place = equation.place
    wide, difference, square = (fresh.value(x.shape) for _ in range(3))
    total = fresh.value(equation.results[0].shape)
    return [
        Equation("broadcast_in_dim", (base,), {"shape": x.shape, "broadcast_dimensions": kept}, (wide,), place),
        Equation("sub", (x, wide), {}, (difference,), place),
        Equation("square", (difference,), {}, (square,), place),
        Equation("reduce_sum", (square,), dict(mean.sum.params), (total,), place),
        Equation("div", (total, mean.divisor), {}, equation.results, place),
    ]


def _mean(operand: Operand, makers: Makers) -> _Mean | None:
    """The mean over axes that ``operand`` is; the divisor may be given as a factor."""
    equation = makers.maker(operand, "div", "mul")
    if equation is None:
        return None
    above, below = equation.operands
    if equation.primitive == "mul":
        if isinstance(above, Known):
            above, below = below, above
        if not isinstance(below, Known) or below.number is None or not below.number.coefficient:
            return None
        below = Known(below.shape, Number(1 / below.number.coefficient, -below.number.exponent), None)
    if not isinstance(below, Known) or below.number is None:
        return None
    total = makers.maker(above, "reduce_sum")
    if total is None:
        return None
    return _Mean(total.operands[0], tuple(total.params["axes"]), below, total)


def _squared(operand: Operand, makers: Makers) -> Operand | None:
    """x, where ``operand`` is x^2."""
    equation = makers.maker(operand, "square", "integer_pow", "mul")
    if equation is None:
        return None
    if equation.primitive == "mul":
        left, right = equation.operands
        return left if left is right else None
    if equation.primitive == "integer_pow" and equation.params["y"] != 2:
        return None
    return equation.operands[0]


def _equal(one: Operand, two: Operand) -> bool:
    return isinstance(one, Known) and isinstance(two, Known) and one.number == two.number
