"""From lark's parse tree to the syntax tree."""

from __future__ import annotations

from typing import Any

from lark import Token, Tree

from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.syntax import tree as t
from tp.syntax.scan import MAX_NESTING

_MAX_DIGITS = 40


class Builder:
    """One method for each grammar rule; ``depth`` keeps hostile nesting from exhausting the stack."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._depth = 0

    def file(self, node: Tree[Token]) -> t.File:
        return t.File(self._all(node.children))

    def build(self, node: Any) -> Any:
        if node is None:
            return None
        if isinstance(node, Token):
            return str(node)
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise error("TP005", "this is nested too deeply", self._span(node))
        try:
            return getattr(self, "_" + str(node.data).rstrip("_"))(node.children, self._span(node))
        finally:
            self._depth -= 1

    def _all(self, nodes: Any) -> tuple[Any, ...]:
        return tuple(self.build(n) for n in nodes if n is not None)

    def _span(self, node: Any) -> Span:
        at = node if isinstance(node, Token) else node.meta
        line, column = getattr(at, "line", None) or 1, getattr(at, "column", None) or 1
        return Span(
            line, column, getattr(at, "end_line", None) or line, getattr(at, "end_column", None) or column, self._file
        )

    # files -------------------------------------------------------------------------------------------

    def _import(self, c: Any, span: Span) -> t.Import:
        return t.Import(self.build(c[1]), self.build(c[3]), span=span)

    def _name_list(self, c: Any, span: Span) -> tuple[str, ...]:
        return tuple(str(x) for x in c)

    def _module(self, c: Any, span: Span) -> str:
        return "/".join(str(x) for x in c if str(x) != "/")

    def _program(self, c: Any, span: Span) -> t.ProgramSyntax:
        return t.ProgramSyntax(str(c[1]), self.build(c[2]), self.build(c[3]), span=self._span(c[1]))

    def _def(self, c: Any, span: Span) -> t.Function:
        return t.Function(str(c[1]), self.build(c[2]), self.build(c[3]), span=self._span(c[1]))

    def _arguments(self, c: Any, span: Span) -> tuple[t.FormalArgument, ...]:
        return self._all(c)

    def _argument(self, c: Any, span: Span) -> t.FormalArgument:
        return t.FormalArgument(str(c[0]), self.build(c[1]), self.build(c[2]), span=span)

    def _block(self, c: Any, span: Span) -> t.Block:
        return t.Block(self._all(c[:-1]), span=span)

    # statements --------------------------------------------------------------------------------------

    def _width(self, c: Any, span: Span) -> t.Widths:
        return t.Widths(self._all(c[1:]), span=span)

    def _axis(self, c: Any, span: Span) -> t.Axes:
        return t.Axes(self._all(c[1:]), span=span)

    def _width_item(self, c: Any, span: Span) -> t.Definition:
        return t.Definition(str(c[0]), self.build(c[1]), span=span)

    _axis_item = _width_item

    def _input(self, c: Any, span: Span) -> t.InputSyntax:
        return t.InputSyntax(str(c[1]), self.build(c[2]), span=span)

    def _param(self, c: Any, span: Span) -> t.ParameterSyntax:
        name, ranges, type_, law, rate = c[1:]
        return t.ParameterSyntax(
            str(name), self.build(ranges) or (), self.build(type_), self.build(law), self.build(rate), span=span
        )

    def _rate(self, c: Any, span: Span) -> t.Expression:
        return self.build(c[1])

    def _law(self, c: Any, span: Span) -> t.LawSyntax:
        return t.LawSyntax(str(c[0]), self._all(c[1:]), span=span)

    def _instance(self, c: Any, span: Span) -> t.InstanceSyntax:
        return t.InstanceSyntax(str(c[1]), self.build(c[2]) or (), str(c[3]), self.build(c[4]), span=span)

    def _ranges(self, c: Any, span: Span) -> tuple[t.Range, ...]:
        return self._all(x for x in c if not isinstance(x, Token))

    def _range(self, c: Any, span: Span) -> t.Range:
        return t.Range(self.build(c[0]), self.build(c[1]), span=span)

    def _for(self, c: Any, span: Span) -> t.Loop:
        return t.Loop(str(c[1]), self.build(c[3]), self.build(c[4]), span=span)

    def _output(self, c: Any, span: Span) -> t.Output:
        return t.Output(str(c[1]), self.build(c[2]), span=span)

    def _return(self, c: Any, span: Span) -> t.Return:
        return t.Return(self._all(c[1:]), span=span)

    def _learning_rate(self, c: Any, span: Span) -> t.LearningRate:
        return t.LearningRate(self.build(c[1]), span=span)

    def _assign(self, c: Any, span: Span) -> t.Assignment:
        return t.Assignment(self._all(c[:-1]), self.build(c[-1]), span=span)

    def _target(self, c: Any, span: Span) -> t.Target:
        return t.Target(str(c[0]), self._all(x for x in c[1:] if not isinstance(x, Token)), span=span)

    def _claim(self, c: Any, span: Span) -> t.ClaimSyntax:
        found: t.ClaimSyntax = self.build(c[2])
        return t.ClaimSyntax(found.property, found.argument, found.subject, c[1] is not None, span=span)

    def _claim_order(self, c: Any, span: Span) -> t.ClaimSyntax:
        found: t.ClaimSyntax = self.build(c[1])
        return t.ClaimSyntax(found.property, found.argument, self.build(c[0]), span=span)

    def _claim_property(self, c: Any, span: Span) -> t.ClaimSyntax:
        return t.ClaimSyntax(str(c[0]), self.build(c[1]), span=span)

    # types -------------------------------------------------------------------------------------------

    def _type(self, c: Any, span: Span) -> t.TypeSyntax:
        outs, bar, ins = c[:3]
        inputs = None if bar is None else (self.build(ins) or ())
        return t.TypeSyntax(self.build(outs) or (), inputs, span=span)

    def _outs(self, c: Any, span: Span) -> tuple[t.AxisUse, ...]:
        return self._all(c)

    _ins = _outs

    def _type_axis(self, c: Any, span: Span) -> t.AxisUse:
        return t.AxisUse(str(c[0]), self.build(c[1]), span=span)

    # expressions -------------------------------------------------------------------------------------

    def _name(self, c: Any, span: Span) -> t.Name:
        return t.Name(str(c[0]), span=span)

    def _number(self, c: Any, span: Span) -> t.Number:
        text = str(c[0])
        exponent = text.lower().partition("e")[2]
        if len(text) > _MAX_DIGITS or (exponent and abs(int(exponent)) > 300):
            raise error("TP006", f"numbers have at most {_MAX_DIGITS} digits and lie within 1e-300..1e300", span)
        return t.Number(text, span=span)

    def _sum(self, c: Any, span: Span) -> t.Sum:
        return t.Sum(self._signed(c, "+"), span=span)

    def _product(self, c: Any, span: Span) -> t.Term:
        return t.Term(self._signed(c, "*"), span=span)

    def _signed(self, c: Any, first: str) -> tuple[tuple[str, t.Expression], ...]:
        operators = [first, *(str(x) for x in c[1::2])]
        return tuple((sign, self.build(x)) for sign, x in zip(operators, c[0::2], strict=True))

    def _negative(self, c: Any, span: Span) -> t.Negative:
        return t.Negative(self.build(c[1]), span=span)

    _exponent = _negative

    def _matmul(self, c: Any, span: Span) -> t.Chain:
        return t.Chain(self._all(c), span=span)

    def _power(self, c: Any, span: Span) -> t.Power:
        return t.Power(self.build(c[0]), self.build(c[1]), span=span)

    def _postfix(self, c: Any, span: Span) -> t.Expression:
        if len(c) > MAX_NESTING:
            raise error("TP005", "too many brackets follow each other", span)
        base: t.Expression = self.build(c[0])
        for trailer in c[1:]:
            here = base.span.to(self._span(trailer))
            if trailer.data == "index":
                base = t.Index(base, self._all(x for x in trailer.children if not isinstance(x, Token)), span=here)
            elif trailer.data == "call":
                base = t.Call(base, self.build(trailer.children[0]), span=here)
            else:
                base = t.Transposed(base, span=here)
        return base

    def _index_item(self, c: Any, span: Span) -> t.Argument:
        return t.Argument(self.build(c[1]), self.build(c[0]), self.build(c[2]), span=span)

    _call_arg = _index_item

    def _call_args(self, c: Any, span: Span) -> tuple[t.Argument, ...]:
        return self._all(x for x in c if not isinstance(x, Token))
