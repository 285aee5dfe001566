"""The grid of exponents: every exponent of n that the calculus could give for a program is a multiple of it.

Rules of the calculus add and halve exponents of the program, and nothing else. A contraction over a wide axis of size
n^w adds w, or w/2 where terms cancel, and typical sizes and norms are roots of sums of squares (calculus, sections 3 to
6). So the grid is made of w/2 for every width, of the exponents of scales and laws, and of halves of those of learning
rates: C^{D,d} has the rate to the power D/2 + d. A power x^p multiplies the exponent of its argument by p. Where x^p is
singular and entries of the argument may lie near zero, their number halves the grid, and sums of their powers have the
tail index 1/p. Kinks that steps of training cross halve it, too. Sums of variables of tail index a go as n^(1/a).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd

from tp.activations import Smoothness, find
from tp.exponent import UNBOUNDED
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.interpret.orders import calculus_for, interpret
from tp.laws import LAWS
from tp.primitives.constant import Constant
from tp.primitives.product import Product
from tp.primitives.traits import coefficients_of, function_of

USUAL = Fraction(1, 2)
"""The grid of a program with one width, and exponents that are multiples of 1/2."""
_FINEST = 10_000
"""Tail indices are taken to be rationals with denominators up to this number."""
_POSITIVE = ("exp", "sigmoid", "softplus")
"""Functions whose values, and the inverses of these, have all moments for arguments with light tails."""
_NOT_NEGATIVE = (*_POSITIVE, "abs", "relu", "square", "power")


def grid(program: Graph, *, trained: bool = False) -> Fraction:
    """The spacing of the exponents of n that the calculus could give for quantities of ``program``.

    With ``trained`` also for those after steps of training. It is positive, and 1/2 for most programs.
    """
    found = [w.exponent / 2 for w in program.widths.values()]
    found += [program.learning_rate.exponent / 2]
    for parameter in program.parameters.values():
        found += _of_parameter(parameter)
    needed = program.needed([*program.outputs.values(), *program.names.values()])
    found += [scale.exponent for i in needed for scale in coefficients_of(program[i].operation)]
    maps = [o for i in needed if isinstance(o := program[i].operation, MapOperation)]
    found += [exponent for o in maps for exponent in (o.size, *o.norms)]
    powers = {i: p for i in needed if (p := _power(program, i)) is not None}
    values = interpret(program, [program[i].operands[0] for i in powers], calculus_for(program)) if powers else {}
    divisor = 1
    for index, power in powers.items():
        argument = program[index].operands[0]
        exponent = values[argument].value.exponent
        found += [] if exponent is None else [exponent * power]
        if wide(program.type(argument)) and not _positive(program, argument):
            divisor = max(divisor, 2 * power.denominator)
    if trained and divisor == 1 and any(_kinked(program, i) for i in needed):
        divisor = 2
    return common(found) / divisor


def common(exponents: Iterable[Fraction]) -> Fraction:
    """The largest number of which all ``exponents`` are multiples; :data:`USUAL` where all are zero."""
    found = Fraction(0)
    for exponent in exponents:
        if abs(exponent) < UNBOUNDED / 2:
            below = found.denominator * exponent.denominator
            found = Fraction(gcd(found.numerator * exponent.denominator, exponent.numerator * found.denominator), below)
    return found or USUAL


def _of_parameter(parameter: Parameter) -> list[Fraction]:
    law = parameter.law
    family = LAWS[law.family]
    found = [law.scale.exponent, parameter.rate.exponent / 2]
    found += [scale.exponent for scale in (law.mean, parameter.decay) if scale is not None]
    found += [] if law.structure is None else [size.exponent / 2 for size in law.structure.arguments]
    moments = family.moments(law.arguments or family.arguments)
    if moments < float("inf"):
        found += [1 / Fraction(moments).limit_denominator(_FINEST)]
    return found


def _power(program: Nodes, index: int) -> Fraction | None:
    """p where the node is x^p, or a derivative of it, and p is negative or no whole number; -1 for a logarithm."""
    function = function_of(program[index].operation)
    if function is None or find(function.activation).smoothness is not Smoothness.SINGULAR_AT_ZERO:
        return None
    power = find(function.activation).degree()
    if power is None:
        return Fraction(-1)
    return None if (power.denominator == 1 and power >= 0) else power


def _kinked(program: Nodes, index: int) -> bool:
    function = function_of(program[index].operation)
    return function is not None and find(function.activation).jump() is not None


def _positive(program: Nodes, index: int) -> bool:
    """Whether inverse powers of the node have all moments: it is an exponential, a wide sum of squares, or the like.

    Zeros of a constant do not count: they stand for what a mask leaves out of a sum, or for values that do not exist.
    """
    node = program[index]
    if isinstance(node.operation, Constant):
        return _not_negative(program, index) and any(node.operation.numbers)
    if isinstance(node.operation, MapOperation):
        return False
    function = function_of(node.operation)
    if function is not None:
        if _keyword(function.activation) in _POSITIVE and function.k == 0:
            return True
        return _keyword(function.activation) in _NOT_NEGATIVE and _positive(program, node.operands[0])
    if not node.operands or not all(_not_negative(program, i) for i in node.operands):
        return False
    scales = coefficients_of(node.operation)
    if scales:
        alone = len(scales) == 1  # beside others a term that vanishes bounds nothing from below
        kept = [i for i, s in zip(node.operands, scales, strict=True) if alone or s.exponent >= 0]
        return all(s.coefficient >= 0 for s in scales) and any(_positive(program, i) for i in kept)
    summed = {a.name for a in wide(program.type(node.operands[0]))} - {a.name for a in wide(node.type)}
    return bool(summed) or all(_positive(program, i) for i in node.operands)


def _not_negative(program: Nodes, index: int) -> bool:
    node = program[index]
    if isinstance(node.operation, Constant):
        return all(value >= 0 for value in node.operation.numbers)
    if isinstance(node.operation, MapOperation):
        return False
    function = function_of(node.operation)
    if function is not None:
        return function.k == 0 and _keyword(function.activation) in _NOT_NEGATIVE
    if isinstance(node.operation, Product) and len(set(node.operands)) == 1:
        return True
    signs = all(scale.coefficient >= 0 for scale in coefficients_of(node.operation))
    return bool(node.operands) and signs and all(_not_negative(program, i) for i in node.operands)


def _keyword(activation: str) -> str:
    return activation.partition("(")[0]
