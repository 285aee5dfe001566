"""Operations entry by entry: arithmetic, powers, activations, comparisons and choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from tp.imports.refusal import Untranslatable
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing, as_value
from tp.imports.rules.written import UNIT, Gap, Written
from tp.imports.text.expression import Call, Chosen, Node, One, Power, Product, Quotient, Sum
from tp.imports.traced.equation import Equation, Known
from tp.imports.traced.sizes import Number

ZERO, MINUS = Number(0.0), Number(-1.0)

ACTIVATION = "activation"
"""A recognised activation of one operand: ``params["name"]`` and further arguments in ``params["arguments"]``."""

_UNARY = {
    "tanh": "tanh",
    "logistic": "sigmoid",
    "erf": "erf",
    "exp": "exp",
    "sin": "sin",
    "cos": "cos",
    "abs": "abs",
    "sign": "sign",
    "log": "log",
}
"""Primitives that are activations of the language as they are."""

FUNCTIONS = frozenset({*_UNARY, ACTIVATION, "max"})
"""Primitives that are functions of entries, which end layers."""


@reads(
    *_UNARY, ACTIVATION, "add", "add_any", "sub", "mul", "div", "neg", "max", "min", "pow", "integer_pow", "square",
    "sqrt", "rsqrt", "cbrt", "exp2", "expm1", "log1p", "tan", "sinh", "cosh", "erfc", "select_n", "clamp",
    "gt", "lt", "ge", "le", "eq", "ne", "and", "or", "not", "convert_element_type", "stop_gradient", "is_finite",
)  # fmt: skip
def read_elementwise(equation: Equation, reading: Reading) -> None:
    """All arrays of one rank have the same axes; an axis of one entry is repeated."""
    (out,) = equation.results
    for operand in equation.operands:
        if len(operand.shape) == len(out.shape):
            for mine, other in zip(reading.axes(operand), reading.axes(out), strict=True):
                reading.equal(mine, other)


def aligned(equation: Equation, writing: Writing) -> tuple[list[Written], Written]:
    """Operands with the axes of the result, and a value with these axes."""
    rank = len(equation.results[0].shape)
    found: list[Written] = []
    for operand in equation.operands:
        value = writing.value(operand)
        if not operand.shape and rank:
            value = replace(value, dims=tuple(() for _ in range(rank)))
        found.append(value)
    operands, dims = writing.aligned(found)
    sizes = (writing.wide_dim(equation.results[0], axis) for axis in range(rank))
    full = tuple(dim or tuple(map(Gap, size)) for dim, size in zip(dims, sizes, strict=True))
    return operands, Written(UNIT, One(), full)


def linear(terms: Sequence[Written], out: Written) -> Written:
    """A sum. Sums within it are opened where they are not named, and numbers of one power of n are added."""
    found: list[tuple[Number, Node]] = []
    numbers: dict[Fraction, float] = {}
    for term in terms:
        inner = term.node.terms if isinstance(term.node, Sum) else ((UNIT, as_value(term)),)
        for number, node in inner:
            total = term.number * number
            if isinstance(node, One):
                numbers[total.exponent] = numbers.get(total.exponent, 0.0) + total.coefficient
            elif total.coefficient:
                found.append((total, node))
    constants = [Number(c, p) for p, c in numbers.items() if c]
    if len(constants) > 1:
        raise Untranslatable("it adds numbers of different powers of n", "use one power of n")
    if not found:
        return replace(out, number=constants[0] if constants else ZERO, node=One())
    found += [(number, One()) for number in constants]
    if len(found) == 1:
        return replace(out, number=found[0][0], node=found[0][1])
    return replace(out, number=UNIT, node=Sum(tuple(found)))


@writes("add", "add_any")
def write_add(equation: Equation, writing: Writing) -> Written:
    operands, out = aligned(equation, writing)
    return linear(operands, out)


@writes("sub")
def write_sub(equation: Equation, writing: Writing) -> Written:
    (left, right), out = aligned(equation, writing)
    return linear([left, right.scaled(MINUS)], out)


@writes("neg")
def write_neg(equation: Equation, writing: Writing) -> Written:
    return writing.value(equation.operands[0]).scaled(MINUS)


@writes("mul")
def write_mul(equation: Equation, writing: Writing) -> Written:
    (left, right), out = aligned(equation, writing)
    return times(left, right, out)


def times(left: Written, right: Written, out: Written) -> Written:
    """A product entry by entry."""
    number = left.number * right.number
    if not number.coefficient:
        return replace(out, number=ZERO, node=One())
    if left.plain or right.plain:
        other = right if left.plain else left
        return replace(out, number=number, node=other.node, hot=other.hot)
    one, two = as_value(left), as_value(right)
    if one is two:
        return replace(out, number=number, node=Power(one, Fraction(2)))
    factors = [
        *(one.factors if isinstance(one, Product) else [one]),
        *(two.factors if isinstance(two, Product) else [two]),
    ]
    return replace(out, number=number, node=Product(tuple(factors)))


@writes("div")
def write_div(equation: Equation, writing: Writing) -> Written:
    (above, below), out = aligned(equation, writing)
    if not below.number.coefficient:
        raise Untranslatable("it divides by zero")
    number = above.number * Number(1 / below.number.coefficient, -below.number.exponent)
    if below.plain:
        return replace(out, number=number, node=above.node)
    return replace(out, number=number, node=Quotient(as_value(above), as_value(below)))


def power(x: Written, exponent: Fraction, out: Written) -> Written:
    """A power entry by entry."""
    if x.number.coefficient < 0 and exponent.denominator != 1:
        raise Untranslatable("it takes a root of a value with a negative factor")
    coefficient = x.number.coefficient ** (int(exponent) if exponent.denominator == 1 else float(exponent))
    number = Number(coefficient, x.number.exponent * exponent)
    if x.plain:
        return replace(out, number=number, node=One())
    if exponent == 1:
        return replace(out, number=number, node=x.node)
    return replace(out, number=number, node=Power(as_value(x), exponent))


@writes("integer_pow")
def write_integer_pow(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return power(x, Fraction(int(equation.params["y"])), x)


@writes("square")
def write_square(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return power(x, Fraction(2), x)


@writes("sqrt", "rsqrt", "cbrt")
def write_root(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    exponent = {"sqrt": Fraction(1, 2), "rsqrt": Fraction(-1, 2), "cbrt": Fraction(1, 3)}[equation.primitive]
    return power(x, exponent, x)


@writes("pow")
def write_pow(equation: Equation, writing: Writing) -> Written:
    exponent = equation.operands[1]
    if not isinstance(exponent, Known) or exponent.number is None or exponent.number.exponent:
        raise Untranslatable("its exponent is not a fixed number", "write the power as exp(y * log(x))")
    value = Fraction(exponent.number.coefficient).limit_denominator(1000)
    if abs(float(value) - exponent.number.coefficient) > 1e-15:
        raise Untranslatable(f"its exponent {exponent.number.coefficient!r} is not a simple fraction")
    x = writing.value(equation.operands[0])
    return power(x, value, x)


@writes(*_UNARY, ACTIVATION)
def write_activation(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    name = equation.params["name"] if equation.primitive == ACTIVATION else _UNARY[equation.primitive]
    words = tuple(equation.params.get("arguments", ())) if equation.primitive == ACTIVATION else ()
    return called(name, x, words)


def called(name: str, x: Written, words: tuple[str, ...] = ()) -> Written:
    """An activation of a value."""
    return replace(x, number=UNIT, node=Call(name, (whole(x),), words=words))


def whole(x: Written) -> Node:
    """The node of a value with its number."""
    node = as_value(x)
    return node if x.number == UNIT else Sum(((x.number, node),))


@writes("expm1")
def write_expm1(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return linear([called("exp", x), Written(MINUS, One(), x.dims)], x)


@writes("exp2")
def write_exp2(equation: Equation, writing: Writing) -> Written:
    return called("exp", writing.value(equation.operands[0]).scaled(Number(0.6931471805599453)))


@writes("log1p")
def write_log1p(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return called("log", linear([x, Written(UNIT, One(), x.dims)], x))


@writes("erfc")
def write_erfc(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return linear([Written(UNIT, One(), x.dims), called("erf", x).scaled(MINUS)], x)


@writes("sinh", "cosh")
def write_hyperbolic(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    sign = Number(-0.5) if equation.primitive == "sinh" else Number(0.5)
    return linear([called("exp", x).scaled(Number(0.5)), called("exp", x.scaled(MINUS)).scaled(sign)], x)


@writes("tan")
def write_tan(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return replace(x, number=UNIT, node=Quotient(called("sin", x).node, called("cos", x).node))


@writes("max")
def write_max(equation: Equation, writing: Writing) -> Written:
    (left, right), out = aligned(equation, writing)
    if left.plain and not left.number.coefficient:
        left, right = right, left
    if right.plain and not right.number.coefficient:
        return replace(out, number=UNIT, node=called("relu", left).node)
    difference = linear([left, right.scaled(MINUS)], out)
    return linear([right, called("relu", difference)], out)


@writes("min")
def write_min(equation: Equation, writing: Writing) -> Written:
    (left, right), out = aligned(equation, writing)
    difference = linear([right, left.scaled(MINUS)], out)
    return linear([right, called("relu", difference).scaled(MINUS)], out)


@writes("clamp")
def write_clamp(equation: Equation, writing: Writing) -> Written:
    (low, x, high), out = aligned(equation, writing)
    least = linear([x, low.scaled(MINUS)], out)
    most = linear([x, high.scaled(MINUS)], out)
    return linear([low, called("relu", least), called("relu", most).scaled(MINUS)], out)


@writes("not")
def write_not(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    return linear([Written(UNIT, One(), x.dims), x.scaled(MINUS)], x)


@writes("and")
def write_and(equation: Equation, writing: Writing) -> Written:
    (left, right), out = aligned(equation, writing)
    return times(left, right, out)


@writes("or")
def write_or(equation: Equation, writing: Writing) -> Written:
    (left, right), out = aligned(equation, writing)
    return linear([left, right, times(left, right, out).scaled(MINUS)], out)


@writes("select_n")
def write_select(equation: Equation, writing: Writing) -> Written:
    """``select_n(which, below, above)``: above where ``which`` holds."""
    if len(equation.operands) != 3:
        raise Untranslatable("it chooses among more than two values", "nest jnp.where")
    (which, below, above), out = aligned(equation, writing)
    if isinstance(which.node, Call) and which.node.function == "step" and which.number == UNIT:
        (argument,) = which.node.operands
        left, right = _sides(argument)
        return replace(out, node=Chosen(left, right, whole(above), whole(below)))
    if above.plain and not above.number.coefficient:
        return linear([below, times(which, below, out).scaled(MINUS)], out)
    if below.plain and not below.number.coefficient:
        return times(which, above, out)
    shown = equation.operands[0]
    if (
        isinstance(shown, Known) and shown.table is not None
    ):  # no difference, where a large number would round the other
        (hidden, *_), _ = aligned(replace(equation, operands=(_opposite(shown), *equation.operands[1:])), writing)
        return linear([times(which, above, out), times(hidden, below, out)], out)
    difference = linear([above, below.scaled(MINUS)], out)
    return linear([below, times(which, difference, out)], out)


def _opposite(shown: Known) -> Known:
    assert shown.table is not None
    return replace(shown, table=1 - np.asarray(shown.table, np.float64), kind="float")


def _sides(argument: Node) -> tuple[Node, Node]:
    """left and right with ``argument`` = left - right."""
    if isinstance(argument, Sum):
        above = tuple((number, node) for number, node in argument.terms if number.coefficient > 0)
        below = tuple((Number(-n.coefficient, n.exponent), node) for n, node in argument.terms if n.coefficient < 0)
        if above:
            return Sum(above), Sum(below or ((ZERO, One()),))
    return argument, Sum(((ZERO, One()),))


@writes("convert_element_type")
def write_convert(equation: Equation, writing: Writing) -> Written:
    x = writing.value(equation.operands[0])
    if equation.results[0].kind == "complex":
        raise Untranslatable("it makes complex numbers", "write their real and imaginary parts as two arrays")
    if equation.operands[0].kind == "float" and equation.results[0].kind != "float":
        raise Untranslatable("it rounds to whole numbers", "leave it out, or compute it from constants")
    if x.hot is not None and equation.results[0].kind == "float":
        raise Untranslatable("it uses indices as numbers", "give them as an input of real numbers")
    return x


@writes("stop_gradient")
def write_stop_gradient(equation: Equation, writing: Writing) -> Written:
    raise Untranslatable(
        "the language has no value whose gradient is stopped",
        "leave stop_gradient out, or freeze a weight with rate 0",
    )


@writes("complex")
def write_complex(equation: Equation, writing: Writing) -> Written:
    hint = "write their real and imaginary parts as two arrays: a rotation by an angle is x * cos - y * sin"
    raise Untranslatable("the language has no complex numbers", hint)
