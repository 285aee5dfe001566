"""Operations that change nothing: adding zero, multiplying by one, the larger of zero and a square."""

from __future__ import annotations

from tp.imports.recognise.graph import LAYOUT, Makers, scalar, substituted
from tp.imports.traced.equation import Equation, Known, Operand, Traced, Value

_NEUTRAL = {"add": 0.0, "sub": 0.0, "mul": 1.0, "div": 1.0, "add_any": 0.0, "pow": 1.0}


def without_neutral(traced: Traced) -> Traced:
    """``traced`` without operations that leave all entries as they are."""
    makers = Makers(traced)
    instead: dict[Value, Operand] = {}
    for equation in traced.equations:
        same = _same(equation, makers)
        if same is not None and isinstance(same, Value) and same.shape == equation.results[0].shape:
            instead[equation.results[0]] = same
    return substituted(traced, instead)


def _same(equation: Equation, makers: Makers) -> Operand | None:
    """The operand that the result is equal to."""
    if equation.primitive in _NEUTRAL:
        left, right = equation.operands
        if scalar(right) == _NEUTRAL[equation.primitive]:
            return left
        if equation.primitive in ("add", "mul", "add_any") and scalar(left) == _NEUTRAL[equation.primitive]:
            return right
    if equation.primitive == "ne" and scalar(equation.operands[1]) == 0:
        number = makers.maker(equation.operands[0], "convert_element_type")
        if number is not None and number.operands[0].kind == "bool":  # a truth value as a number, and back
            return number.operands[0]
    if equation.primitive == "max":
        for one, other in (equation.operands, equation.operands[::-1]):
            low = scalar(one)
            if low is not None and (low == float("-inf") or (low <= 0 and _never_negative(other, makers))):
                return other
    if equation.primitive == "abs" and _never_negative(equation.operands[0], makers):
        return equation.operands[0]
    return None


def _never_negative(operand: Operand, makers: Makers, depth: int = 12) -> bool:
    """Whether all entries are at least 0, by the equations that make them."""
    if isinstance(operand, Known):
        return operand.number is not None and operand.number.coefficient >= 0
    equation = makers.maker(operand)
    if equation is None or depth == 0:
        return False
    if equation.primitive in ("exp", "square", "abs", "logistic", "sqrt", "rsqrt", "softmax"):
        return True
    if equation.primitive == "integer_pow" and equation.params["y"] % 2 == 0:
        return True
    if equation.primitive == "mul" and equation.operands[0] is equation.operands[1]:
        return True
    if equation.primitive == "max":
        return any(_never_negative(each, makers, depth - 1) for each in equation.operands)
    if equation.primitive in ("add", "mul", "div", "reduce_sum", "reduce_max", "concatenate", *LAYOUT):
        return all(_never_negative(each, makers, depth - 1) for each in equation.operands)
    return False
