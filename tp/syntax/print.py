"""Syntax trees as text, with no more brackets than needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tp.syntax import tree as t

_BLANKS = re.compile(r"(?<!\bby) (?!by\b)")
"""All blanks but those around ``by``."""
_LEVELS: dict[type[t.Expression], int] = {t.Sum: 0, t.Term: 1, t.Negative: 2, t.Chain: 3, t.Power: 4}
_TIGHTEST = 5


def expression(node: t.Expression, level: int = 0) -> str:
    """``node`` as text, in brackets when it binds less tightly than ``level``."""
    own = _LEVELS.get(type(node), _TIGHTEST)
    text = _bare(node)
    return f"({text})" if own < level else text


def _bare(node: t.Expression) -> str:
    match node:
        case t.Number() | t.Name():
            return node.text
        case t.Sum():
            return _joined(node.terms, 1)
        case t.Term():
            return _joined(node.factors, 2)
        case t.Negative():
            return "-" + expression(node.operand, 2)
        case t.Chain():
            return " @ ".join(expression(p, 4) for p in node.parts)
        case t.Comparison():
            return f"{expression(node.left)} {node.sign} {expression(node.right)}"
        case t.Power():
            return f"{expression(node.base, _TIGHTEST)}^{_exponent(node.exponent)}"
        case t.Index():
            return f"{expression(node.base, _TIGHTEST)}[{arguments(node.items, compact)}]"
        case t.Call():
            return f"{expression(node.base, _TIGHTEST)}({arguments(node.arguments)})"
        case t.Transposed():
            return expression(node.base, _TIGHTEST) + "'"
        case _:
            raise TypeError(type(node).__name__)


def _joined(parts: Sequence[tuple[str, t.Expression]], level: int) -> str:
    first, *rest = parts
    return expression(first[1], level) + "".join(f" {sign} {expression(x, level)}" for sign, x in rest)


def _exponent(node: t.Expression) -> str:
    """The exponent after ``^``: in brackets, unless it is a name or a positive number."""
    return expression(node, _TIGHTEST) if isinstance(node, t.Name | t.Number) else f"({compact(node)})"


def compact(node: t.Expression) -> str:
    """Static arithmetic without blanks, as in ``h[l-1]`` and ``n^(1/2)``; anything else as usual."""
    text = expression(node)
    if isinstance(node, t.Call):
        return text
    parts = node.terms if isinstance(node, t.Sum) else node.factors if isinstance(node, t.Term) else ()
    return _BLANKS.sub("", text) if all(_short(x) for _, x in parts) else text


def _short(node: t.Expression) -> bool:
    """A name, a number, or a root of one; a minus may stand before it."""
    match node:
        case t.Negative():
            return _short(node.operand)
        case t.Call(base=t.Name(text="sqrt"), arguments=(t.Argument(value=t.Name() | t.Number(), name=None),)):
            return True
        case _:
            return isinstance(node, t.Name | t.Number)


def arguments(items: Sequence[t.Argument], shown: Callable[[t.Expression], str] = expression) -> str:
    """Arguments of a call or, ``shown`` compactly, indices."""
    return ", ".join(_argument(i, shown) for i in items)


def _argument(item: t.Argument, shown: Callable[[t.Expression], str]) -> str:
    name = "" if item.name is None else item.name + "="
    last = "" if item.last is None else ".." + shown(item.last)
    step = "" if item.step is None else f" by {shown(item.step)}"
    return name + shown(item.value) + last + step


def header(item: t.Function | t.ProgramSyntax) -> str:
    """The first line of a function or a program, without its brace."""
    word = "def" if isinstance(item, t.Function) else "program"
    if item.arguments is None:
        return f"{word} {item.name}"
    return f"{word} {item.name}({', '.join(_formal(a) for a in item.arguments)})"


def _formal(item: t.FormalArgument) -> str:
    kind = "" if item.kind is None else f": {item.kind}"
    default = "" if item.default is None else f" = {compact(item.default)}"
    return item.name + kind + default


def _law(item: t.LawSyntax) -> str:
    return f"{item.family}({_numbers(item.arguments)})"


def _expressions(items: Sequence[t.Expression]) -> str:
    return ", ".join(expression(i) for i in items)


def _numbers(items: Sequence[t.Expression]) -> str:
    return ", ".join(compact(i) for i in items)


def _indexed(name: str, inside: str) -> str:
    return f"{name}[{inside}]" if inside else name


def _ranges(items: Sequence[t.Range]) -> str:
    return ", ".join(f"{compact(r.first)}..{compact(r.last)}" for r in items)


def _subject(item: t.Target) -> str:
    """What a claim is about, as C[0,2]."""
    return _indexed(item.name, ",".join(compact(i) for i in item.indices))


def _target(item: t.Target) -> str:
    return _indexed(item.name, ", ".join(compact(i) for i in item.indices))


def _settings(items: Sequence[t.Argument]) -> str:
    return ", ".join(("" if i.name is None else f"{i.name} = ") + compact(i.value) for i in items)


def _path(item: t.Path) -> str:
    return "/".join(_target(x) for x in item.steps)


def _definitions(items: Sequence[t.Definition]) -> str:
    return ", ".join(i.name if i.value is None else f"{i.name} = {compact(i.value)}" for i in items)


def type_(node: t.TypeSyntax) -> str:
    sides = [_uses(node.outs)] + ([] if node.ins is None else [_uses(node.ins)])
    return "[" + " | ".join(sides).strip() + "]"


def _uses(items: Sequence[t.AxisUse]) -> str:
    return ", ".join(i.name if i.size is None else f"{i.name}={compact(i.size)}" for i in items)


def statement(node: t.Statement) -> str:
    """One statement that is not a loop, on one line; only a table keeps its lines."""
    match node:
        case t.Widths():
            return f"width {_definitions(node.items)}"
        case t.Axes():
            return f"axis {_definitions(node.items)}"
        case t.InputSyntax():
            law = "" if node.law is None else f" ~ {_law(node.law)}"
            return f"input {node.name} : {type_(node.type)}{law}"
        case t.ParameterSyntax():
            law = _law(node.law)
            rate = "" if node.rate is None else f" rate {compact(node.rate)}"
            decay = "" if node.decay is None else f" decay {compact(node.decay)}"
            return f"param {_indexed(node.name, _ranges(node.ranges))} : {type_(node.type)} ~ {law}{rate}{decay}"
        case t.TableSyntax():
            rows = [", ".join(row) for row in node.rows]
            numbers = rows[0] if len(rows) == 1 else "\n  " + ",\n  ".join(rows) + "\n"
            return f"table {node.name} : {type_(node.type)} = ({numbers})"
        case t.MapSyntax():
            symmetry = "" if node.symmetry == "none" else f" {node.symmetry}"
            value = "" if node.value is None else f" value {compact(node.value)}"
            norms = f" norms {_numbers(node.norms)}" if node.norms else ""
            degree = "" if node.degree is None else f" degree {compact(node.degree)}"
            types = f"{type_(node.operand)} -> {type_(node.result)}"
            return f"map {node.name} : {types}{symmetry}{value}{norms}{degree}"
        case t.InstanceSyntax():
            given = "" if node.arguments is None else f"({arguments(node.arguments)})"
            return f"instance {_indexed(node.name, _ranges(node.ranges))} = {node.function}{given}"
        case t.Assignment():
            return f"{', '.join(_target(x) for x in node.targets)} = {expression(node.value)}"
        case t.Output():
            return f"output {node.name} = {expression(node.value)}"
        case t.Return():
            return f"return {_expressions(node.values)}"
        case t.LearningRate():
            return f"learning_rate {compact(node.value)}"
        case t.OptimizerSyntax():
            settings = "" if node.settings is None else f"({_settings(node.settings)})"
            weights = f" for {', '.join(map(_path, node.weights))}" if node.weights else ""
            return f"optimizer {node.name}{settings}{weights}"
        case t.ClaimSyntax() if node.tolerance is not None:
            limit, of, within = node.words
            subject = "" if node.subject is None else _subject(node.subject)
            value = "" if node.argument is None else compact(node.argument)
            said = f"{limit} {of} {subject} = {value} {within} {compact(node.tolerance)}"
            return f"claim {'not ' if node.negated else ''}{said}"
        case t.ClaimSyntax():
            subject = "" if node.subject is None else f"{_subject(node.subject)} : "
            argument = "" if node.argument is None else f"({compact(node.argument)})"
            besides = f" except {', '.join(_target(x) for x in node.excepted)}" if node.excepted else ""
            return f"claim {'not ' if node.negated else ''}{subject}{node.property}{argument}{besides}"
        case _:
            raise TypeError(type(node).__name__)
