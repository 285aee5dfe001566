"""From the parse tree to the syntax tree."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.syntax import tree as t
from tp.syntax.automaton import Node, Token
from tp.syntax.scan import MAX_NESTING

_NUMBER = re.compile(r"[^\s,]+")
_MAX_DIGITS = 40
_LEAST, _MOST = Fraction(1, 10**300), Fraction(10**300)
_FIELDS: dict[str, tuple[type[t.Syntax], tuple[int, ...]]] = {
    "import": (t.Import, (1, 3)),
    "argument": (t.FormalArgument, (0, 1, 2)),
    "width_item": (t.Definition, (0, 1)),
    "axis_item": (t.Definition, (0, 1)),
    "input": (t.InputSyntax, (1, 2, 3)),
    "range": (t.Range, (0, 1)),
    "for": (t.Loop, (1, 3, 4)),
    "output": (t.Output, (1, 2)),
    "learning_rate": (t.LearningRate, (1,)),
    "type_axis": (t.AxisUse, (0, 1)),
    "name": (t.Name, (0,)),
    "negative": (t.Negative, (1,)),
    "exponent": (t.Negative, (1,)),
    "power": (t.Power, (0, 1)),
    "index_item": (t.Argument, (1, 0, 2, 4)),
    "call_arg": (t.Argument, (1, 0, 2)),
    "opt_setting": (t.Argument, (1, 0)),
}
"""Rules that become one node: its class, and which children become its fields, in order."""
_SEQUENCES: dict[str, type[t.Syntax]] = {
    "width": t.Widths,
    "axis": t.Axes,
    "return": t.Return,
    "block": t.Block,
    "matmul": t.Chain,
    "path": t.Path,
}
"""Rules that become one node, whose only field has all children but tokens."""
_LISTS = frozenset({"arguments", "ranges", "outs", "ins", "call_args", "opt_settings", "treated"})
"""Rules that become the tuple of all children but tokens."""


class Builder:
    """One method for each grammar rule that is in no table above. Limits nesting, so that the stack suffices."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._depth = 0

    def file(self, node: Node) -> t.File:
        return t.File(self._all(node.children))

    def build(self, node: Any) -> Any:
        if node is None:
            return None
        if isinstance(node, Token):
            return str(node)
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise error("TP005", "this is nested too deeply", self._span(node))
        rule, children, span = str(node.data).rstrip("_"), node.children, self._span(node)
        try:
            if rule in _FIELDS:
                kind, places = _FIELDS[rule]
                return kind(*(self.build(children[place]) for place in places), span=span)
            if rule in _SEQUENCES:
                return _SEQUENCES[rule](self._all(children), span=span)  # pyright: ignore[reportCallIssue]
            if rule in _LISTS:
                return self._all(children)
            return getattr(self, "_" + rule)(children, span)
        finally:
            self._depth -= 1

    def _all(self, nodes: Any) -> tuple[Any, ...]:
        """The syntax of each node, without tokens and absent parts."""
        return tuple(self.build(n) for n in nodes if isinstance(n, Node))

    def _span(self, node: Any) -> Span:
        line, column, end_line, end_column = node.place or (1, 1, 1, 1)
        return Span(line, column, end_line, end_column, self._file)

    # files -------------------------------------------------------------------------------------------

    def _name_list(self, c: Any, span: Span) -> tuple[str, ...]:
        return tuple(map(str, c))

    def _module(self, c: Any, span: Span) -> str:
        return "/".join(str(x) for x in c if str(x) != "/")

    def _program(self, c: Any, span: Span) -> t.ProgramSyntax:
        return t.ProgramSyntax(str(c[1]), self.build(c[2]), self.build(c[3]), span=self._span(c[1]))

    def _def(self, c: Any, span: Span) -> t.Function:
        return t.Function(str(c[1]), self.build(c[2]), self.build(c[3]), span=self._span(c[1]))

    # statements --------------------------------------------------------------------------------------

    def _param(self, c: Any, span: Span) -> t.ParameterSyntax:
        name, ranges, *said = c[1:]
        type_, law, rate, decay = (self.build(x) for x in said)
        return t.ParameterSyntax(str(name), self.build(ranges) or (), type_, law, rate, decay, span=span)

    def _table(self, c: Any, span: Span) -> t.TableSyntax:
        lists: list[Token] = c[3:-1]
        text, last = "", lists[0].place[2]
        for numbers in lists:
            text += (", " if numbers.place[0] == last else "\n") + numbers.text
            last = numbers.place[2]
        rows = (tuple(_NUMBER.findall(line.split("#")[0])) for line in text.split("\n"))
        return t.TableSyntax(str(c[1]), self.build(c[2]), tuple(row for row in rows if row), span=span)

    def _map(self, c: Any, span: Span) -> t.MapSyntax:
        # The arrow between the types is no part of the tree.
        operand, result, symmetry, value, norms, degree = (self.build(x) for x in c[2:])
        return t.MapSyntax(str(c[1]), operand, result, symmetry or "none", value, norms or (), degree, span=span)

    def _symmetry(self, c: Any, span: Span) -> str:
        return str(c[0])

    def _value(self, c: Any, span: Span) -> t.Expression:
        return self.build(c[1])

    def _norms(self, c: Any, span: Span) -> tuple[t.Expression, ...]:
        return self._all(c[1:])

    def _degree(self, c: Any, span: Span) -> t.Expression:
        return self.build(c[1])

    def _rate(self, c: Any, span: Span) -> t.Expression:
        return self.build(c[1])

    def _decay(self, c: Any, span: Span) -> t.Expression:
        return self.build(c[1])

    def _law(self, c: Any, span: Span) -> t.LawSyntax:
        return t.LawSyntax(str(c[0]), self._all(c), span=span)

    def _instance(self, c: Any, span: Span) -> t.InstanceSyntax:
        return t.InstanceSyntax(str(c[1]), self.build(c[2]) or (), str(c[3]), self.build(c[4]), span=span)

    def _assign(self, c: Any, span: Span) -> t.Assignment:
        return t.Assignment(self._all(c[:-1]), self.build(c[-1]), span=span)

    def _optimizer(self, c: Any, span: Span) -> t.OptimizerSyntax:
        return t.OptimizerSyntax(str(c[1]), self.build(c[2]), self.build(c[3]) or (), span=span)

    def _target(self, c: Any, span: Span) -> t.Target:
        return t.Target(str(c[0]), self._all(c), span=span)

    def _claim(self, c: Any, span: Span) -> t.ClaimSyntax:
        found: t.ClaimSyntax = self.build(c[2])
        return t.ClaimSyntax(
            found.property,
            found.argument,
            found.subject,
            c[1] is not None,
            found.excepted,
            found.tolerance,
            found.words,
            span=span,
        )

    def _claim_order(self, c: Any, span: Span) -> t.ClaimSyntax:
        found: t.ClaimSyntax = self.build(c[1])
        return t.ClaimSyntax(found.property, found.argument, self.build(c[0]), excepted=found.excepted, span=span)

    def _claim_limit(self, c: Any, span: Span) -> t.ClaimSyntax:
        words = str(c[0]), str(c[1]), str(c[4])
        argument, tolerance = self.build(c[3]), self.build(c[5])
        return t.ClaimSyntax(words[0], argument, self.build(c[2]), tolerance=tolerance, words=words, span=span)

    def _claim_property(self, c: Any, span: Span) -> t.ClaimSyntax:
        return t.ClaimSyntax(str(c[0]), self.build(c[1]), excepted=self.build(c[2]) or (), span=span)

    def _excepted(self, c: Any, span: Span) -> tuple[t.Target, ...]:
        return self._all(c[1:])

    # types -------------------------------------------------------------------------------------------

    def _type(self, c: Any, span: Span) -> t.TypeSyntax:
        outs, bar, ins = c[:3]
        inputs = None if bar is None else (self.build(ins) or ())
        return t.TypeSyntax(self.build(outs) or (), inputs, span=span)

    # expressions -------------------------------------------------------------------------------------

    def _number(self, c: Any, span: Span) -> t.Number:
        text = str(c[0])
        exponent = text.lower().partition("e")[2]
        if (
            len(text) > _MAX_DIGITS
            or (exponent and abs(int(exponent)) > 300)
            or ((value := Fraction(text)) and not _LEAST <= value <= _MOST)
        ):
            raise error("TP006", f"numbers have at most {_MAX_DIGITS} digits and lie within 1e-300..1e300", span)
        return t.Number(text, span=span)

    def _sum(self, c: Any, span: Span) -> t.Sum:
        return t.Sum(self._signed(c, "+"), span=span)

    def _product(self, c: Any, span: Span) -> t.Term:
        return t.Term(self._signed(c, "*"), span=span)

    def _comparison(self, c: Any, span: Span) -> t.Argument:
        return t.Argument(t.Comparison(self.build(c[0]), str(c[1]), self.build(c[2]), span=span), span=span)

    def _signed(self, c: Any, first: str) -> tuple[tuple[str, t.Expression], ...]:
        operators = [first, *(str(x) for x in c[1::2])]
        return tuple((sign, self.build(x)) for sign, x in zip(operators, c[0::2], strict=True))

    def _postfix(self, c: Any, span: Span) -> t.Expression:
        if len(c) > MAX_NESTING:
            raise error("TP005", "too many brackets follow each other", span)
        base: t.Expression = self.build(c[0])
        for trailer in c[1:]:
            here = base.span.to(self._span(trailer))
            if trailer.data == "index":
                base = t.Index(base, self._all(trailer.children), span=here)
            elif trailer.data == "call":
                base = t.Call(base, self.build(trailer.children[0]), span=here)
            else:
                base = t.Transposed(base, span=here)
        return base
