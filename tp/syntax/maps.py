"""Declarations and calls of maps: functions of whole vectors, given from Python."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from tp.construct.construction import single
from tp.diagnostics.diagnostic import error
from tp.graph.axes import Type, names, show, wide, without
from tp.primitives.mapped import Mapped
from tp.syntax import tree as t
from tp.syntax.build import Build
from tp.syntax.evaluate import Evaluator
from tp.syntax.values import Declared, Value

MOST = 12
"""The most exponents and the largest degree of a map."""


def declare_map(
    build: Build, evaluator: Evaluator, statement: t.MapSyntax, axes: Callable[[tuple[t.AxisUse, ...]], Type]
) -> Declared:
    """The map that ``statement`` declares; ``axes`` reads the axes of a type. Raises TP106, TP215, TP218."""
    name = statement.name
    for type_ in (statement.operand, statement.result):
        if type_.ins is not None:
            raise error("TP215", "the operand and the result of a map have no input axes", type_.span, "remove the bar")
    ins, outs = axes(statement.operand.outs), axes(statement.result.outs)
    if not ins:
        raise error("TP218", f"the operand of {name} has no axes", statement.operand.span, "write [n] -> [n]")
    size = Fraction(0) if statement.value is None else _exponent(evaluator, statement.value)
    norms = tuple(_exponent(evaluator, one) for one in statement.norms)
    ends = statement.degree is not None
    if statement.degree is not None:
        degree = evaluator.whole(statement.degree)
        if not 0 <= degree <= MOST:
            raise error("TP218", f"the degree of a map lies within 0..{MOST}", statement.degree.span)
        if len(norms) > degree or (degree and not norms):
            hint = f"write norms with at most {degree} sizes, the last of which holds up to the degree"
            raise error("TP218", f"{name} has {degree} derivatives and {len(norms)} norms", statement.span, hint)
        norms += norms[-1:] * (degree - len(norms))
    if len(norms) > MOST:
        raise error(
            "TP218", f"a map has at most {MOST} norms", statement.span, "the last one holds for all that follow"
        )
    if not norms and not ends:
        hint = f"write: map {name} : {show(ins)} -> {show(outs)} norms 1"
        raise error("TP218", f"nothing is said of the derivatives of {name}", statement.span, hint)
    build.declared.add(name)
    function = build.maps.get(name, "")
    return Declared(Mapped(name, ins, outs, statement.symmetry, size, norms, ends, function))


def _exponent(evaluator: Evaluator, node: t.Expression) -> Fraction:
    """The power of n of a size. Raises TP218 where the size is not positive."""
    found = evaluator.constant(node).scale
    if found.coefficient <= 0:
        raise error("TP218", "a size is positive", node.span, "write 1, or a power of n such as n^(1/2) or n^(-1/2)")
    return found.exponent


def call_map(evaluator: Evaluator, declared: Declared, node: t.Call) -> Value:
    """The map at a value. Raises TP105, TP202, TP207, TP218."""
    operation, build = declared.operation, evaluator.build
    name = operation.name
    if len(node.arguments) != 1 or node.arguments[0].name is not None or node.arguments[0].last is not None:
        hint = f"usage: {name}(x); several values are joined first: {name}(concat(a, b, s))"
        raise error("TP105", f"{name} takes one value", node.span, hint)
    (argument,) = node.arguments
    value = build.node(evaluator.linear(argument.value))
    have = build.graph.type(value)
    missing = [a for a in operation.ins if a not in have]
    if missing:
        hint = f"the value has {show(have)}; rename(x, axis, new_axis) gives an axis another name"
        raise error("TP202", f"{name} needs the axes {show(operation.ins)}", argument.span, hint)
    rest = without(have, names(operation.ins))
    if wide(rest):
        hint = f"declare it with these axes: map {name} : {show(have)} -> ..."
        raise error(
            "TP218",
            f"the operand of {name} has wide axes that its declaration lacks: {show(wide(rest))}",
            argument.span,
            hint,
        )
    clash = [a for a in names(rest) if a in names(operation.outs)]
    if clash:
        raise error("TP207", f"{name} makes {', '.join(clash)}, which its operand already has", argument.span)
    return single(build.graph.add(operation, value))
