"""The meaning of expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import pairwise

from tp.activations import known
from tp.construct.composed import COMPOSED, composed, offered
from tp.construct.construction import Combination, single
from tp.construct.selection import selected
from tp.diagnostics.diagnostic import Diagnostic, Label, TpError, error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, names
from tp.syntax import tree as t
from tp.syntax.build import Build
from tp.syntax.constant import Constant, number, size_of, written
from tp.syntax.foreign import named
from tp.syntax.values import (
    Declared,
    Def,
    Family,
    Frame,
    Instance,
    Phi,
    Poison,
    PoisonedError,
    Several,
    Value,
    Weight,
    describe,
    indexed,
)
from tp.syntax.words import COMPARED, near

Invoke = Callable[["Evaluator", Def, str, "dict[str, Value] | None", Sequence[t.Argument], Span], Value]
Builtin = Callable[["Evaluator", t.Call], Value]


@dataclass(frozen=True, slots=True)
class Language:
    """What expressions can call: ``builtins``, by ``invoke`` the functions that a text defines, by ``mapped`` maps."""

    invoke: Invoke
    builtins: Mapping[str, Builtin]
    mapped: Callable[[Evaluator, Declared, t.Call], Value]


class Evaluator:
    """Evaluates expressions within one frame."""

    def __init__(self, build: Build, frame: Frame, language: Language) -> None:
        self.build = build
        self.frame = frame
        self.language = language

    def value(self, node: t.Expression) -> Value:
        """The value of an expression. Raises TpError, or PoisonedError after an earlier error."""
        build = self.build
        build.step(node.span)
        build.enter(node.span)
        try:
            with build.graph.at(node.span):
                found: Value = getattr(self, "_" + type(node).__name__.lower())(node)
            if isinstance(found, Poison):
                raise PoisonedError
            return found
        except (ValueError, ZeroDivisionError, OverflowError) as problem:
            raise error("TP210", str(problem), node.span) from problem
        finally:
            build.leave()

    # views of values ---------------------------------------------------------------------------------

    def number_or_value(self, node: t.Expression) -> Value:
        """A constant (the size, for an axis) or another value that arithmetic accepts."""
        found = self.value(node)
        if isinstance(found, Axis):
            return size_of(found)
        if isinstance(found, Several):
            raise error("TP208", f"this returns {len(found.values)} values", node.span, "assign them: a, b = ...")
        if isinstance(found, Constant | Combination | Weight):
            return found
        raise error("TP201", f"a value should stand here, not {describe(found)}", node.span, instead(found, node))

    def linear(self, node: t.Expression) -> Combination:
        """A linear combination of nodes. Raises TP201 for what is not a value."""
        return self.build.linear(self.number_or_value(node), node.span)

    def factored(self, node: t.Expression) -> tuple[Scale, int]:
        """A scale and a node whose product is the value of an expression. Raises TP201 for what is not a value."""
        return self.build.factored(self.linear(node))

    def constant(self, node: t.Expression) -> Constant:
        """A static number. Raises TP301 for anything else."""
        found = self.number_or_value(node)
        if not isinstance(found, Constant):
            raise error("TP301", f"a static number should stand here, not {describe(found)}", node.span)
        return found

    def rational(self, node: t.Expression) -> Fraction:
        found = self.constant(node).rational
        if found is None:
            raise error("TP302", "an exact rational number is needed here", node.span)
        return found

    def whole(self, node: t.Expression) -> int:
        """A static integer. Raises TP302."""
        number = self.constant(node)
        found = number.whole
        if found is None:
            hint = (
                None if number.plain else "a width has no fixed size; a hyperparameter has: program p(depth: int = 3)"
            )
            raise error("TP302", "a whole number is needed here", node.span, hint)
        return found

    def axis(self, node: t.Expression) -> Axis:
        """The axis that an expression names. Raises TP202."""
        if not isinstance(node, t.Name):
            raise error("TP202", "the name of an axis is needed here", node.span, self._axes_here())
        found = self.lookup(node.text, node.span)
        if isinstance(found, Poison):
            raise PoisonedError
        if not isinstance(found, Axis):
            raise error("TP202", f"{node.text} is {describe(found)}, not an axis", node.span, self._axes_here())
        return found

    def _axes_here(self) -> str | None:
        known = [name for name, value in self.frame.names.items() if isinstance(value, Axis)]
        return f"axes go by name, not by number; here are {', '.join(known[:12])}" if known else None

    def lookup(self, name: str, span: Span) -> Value:
        """The meaning of ``name`` in this frame, in its module, or among the activations. Raises TP101."""
        found = self.frame.names.get(name)
        if found is None:
            found = self.frame.module.functions.get(name)
        if found is None and (name in COMPOSED or name in known()):
            return Phi(name)
        if found is None:
            if name in self.language.builtins:
                raise error("TP201", f"{name} is a built-in function; call it", span, f"write {name}(...)")
            self._check_early(name, span)
            own = [*self.frame.names, *self.frame.module.functions]
            words = [*own, *offered(), *self.language.builtins]
            hint = (near(name, own, cutoff=0.8) if len(name) > 2 else None) or named(name) or near(name, words)
            raise error("TP101", f"nothing here is called {name}", span, hint or _undefined(name))
        return found

    def _check_early(self, name: str, span: Span) -> None:
        """Raises TP101 for a name that a statement assigns which has not run."""
        statement = self.frame.assigned.get(name)
        if statement is None:
            return
        start, end = (statement.line, statement.column), (statement.end_line, statement.end_column)
        if end <= (span.line, span.column):
            hint = "the loop that assigns it has an empty range"
            raise error("TP101", f"{name} is never assigned", span, hint)
        labels = (Label(statement, "assigned here"),) if start > (span.line, span.column) else ()
        hint = "statements are read from top to bottom"
        if not labels:
            hint += f"; a first member comes before this line, such as {name}[0] = ..."
        raise TpError(Diagnostic("TP101", f"{name} is used before it is assigned", span, hint, labels))

    # leaves and postfixes ----------------------------------------------------------------------------

    def _number(self, node: t.Number) -> Value:
        return number(Fraction(node.text))

    def _name(self, node: t.Name) -> Value:
        return self.lookup(node.text, node.span)

    def _comparison(self, node: t.Comparison) -> Value:
        raise error("TP201", "a comparison is no value", node.span, COMPARED)

    def _index(self, node: t.Index) -> Value:
        base = self.value(node.base)
        if isinstance(base, Family):
            return self.member(base, node)
        value: Value = base
        for item in node.items:
            if item.name is None:
                raise error(
                    "TP211",
                    f"{describe(base)} is not a family, so it has no numbered members",
                    item.span,
                    self._indexed_instead(base, node.base),
                )
            value = self._selected(value, item)
        return value

    def _indexed_instead(self, base: Value, node: t.Expression) -> str:
        """How a value without numbered members is indexed."""
        name = node.text if isinstance(node, t.Name) else "x"
        if isinstance(base, Weight) and base.parameter.is_operator:
            return f"for several weights declare a family: param {name}[1..3] : ..."
        if not isinstance(base, Combination | Weight):
            return "a finite axis is indexed by name: x[t=1]"
        axes = self.build.graph.type(self.build.node(self.build.linear(base, node.span)))
        finite = [axis.name for axis in axes if not axis.wide]
        if not finite:
            return f"{name} has no finite axis: wide ones are never indexed, they are contracted by dot, sum and mean"
        return f"an entry is taken by the name of the axis, counted from 1: {name}[{finite[0]}=1]"

    def member(self, family: Family, node: t.Index) -> Value:
        """One member of a family."""
        for item in node.items:
            if item.name is not None:
                raise error("TP211", f"{family.name} is a family; pick a member first", item.span, "h[l][t=1]")
            if item.last is not None:
                raise error("TP211", "a range of members fits only into concat(...)", item.span)
        place = tuple(self.whole(item.value) for item in node.items)
        found = family.members.get(place)
        if found is None:
            if family.poisoned:
                raise PoisonedError
            name = indexed(family.name, place)
            reason = "is used before it is assigned" if name == self.frame.target else "is not defined"
            raise error("TP102", f"{name} {reason}", node.span, _members(family))
        return found

    def _selected(self, value: Value, item: t.Argument) -> Value:
        assert item.name is not None
        axis = self.axis(t.Name(item.name, span=item.span))
        scale, x = self.build.factored(self.build.linear(value, item.span))
        first = self.whole(item.value)
        last = None if item.last is None else self.whole(item.last)
        step = 1 if item.step is None else self.whole(item.step)
        return single(selected(self.build, x, axis.name, first, last, item.span, step), scale)

    def _transposed(self, node: t.Transposed) -> Value:
        base = self.value(node.base)
        if not isinstance(base, Weight):
            hint = instead(base, node.base) or "axes of a value have names and no order, so it needs no transpose"
            raise error("TP205", f"only a parameter has a transpose, not {describe(base)}", node.span, hint)
        return Weight(base.parameter, not base.transposed)

    def _call(self, node: t.Call) -> Value:
        own = (self.frame.names, self.frame.module.functions)
        if isinstance(node.base, t.Name) and not any(node.base.text in names for names in own):
            builtin = self.language.builtins.get(node.base.text)
            if builtin is not None:
                return builtin(self, node)
        base = self._callee(node.base)
        if isinstance(base, Phi):
            return self._activation(base, node)
        if isinstance(base, Def):
            return self.language.invoke(self, base, "", None, node.arguments, node.span)
        if isinstance(base, Instance):
            return self.language.invoke(self, base.function, base.name, dict(base.given), node.arguments, node.span)
        if isinstance(base, Declared):
            return self.language.mapped(self, base, node)
        hint = "W @ x applies a parameter; a product is written a * b"
        raise error("TP104", f"{describe(base)} cannot be called", node.span, instead(base, node.base) or hint)

    def _callee(self, node: t.Expression) -> Value:
        """The value of what is called. An unknown name without a hint gets the list of functions."""
        try:
            return self.value(node)
        except TpError as problem:
            (found, *more) = problem.diagnostics
            if (
                found.code != "TP101"
                or found.hint != _undefined(getattr(node, "text", ""))
                or more
                or not isinstance(node, t.Name)
            ):
                raise
            hint = f"functions: {', '.join(self.language.builtins)}; activations: {', '.join(offered())}"
            raise TpError(replace(found, hint=hint)) from None

    def _activation(self, phi: Phi, node: t.Call) -> Value:
        for argument in node.arguments:
            if argument.name is not None or argument.last is not None:
                hint = "numbers go by their places, such as leaky_relu(x, 0.1)"
                raise error("TP105", "an activation takes a value, then plain numbers", argument.span, hint)
        if not node.arguments:
            raise error("TP105", f"{phi.name} needs a value", node.span, f"write {phi.name}(x)")
        kind = known().get(phi.name.partition("(")[0])
        optional = [f.name for f in fields(kind) if f.init] if kind is not None else []
        if len(node.arguments) > 1 + len(optional):
            also = f" and at most {', '.join(optional)}" if optional else ""
            usage = f"usage: {phi.name.partition('(')[0]}({', '.join(['x', *optional])})"
            raise error(
                "TP209", f"{phi.name} takes one value{also}, not {len(node.arguments)} arguments", node.span, usage
            )
        numbers = ",".join(written(self.rational(a.value)) for a in node.arguments[1:])
        if numbers and "(" in phi.name:
            raise error("TP105", f"{phi.name} already has its arguments", node.span)
        value = self.build.linear(self.number_or_value(node.arguments[0].value), node.span)
        if phi.name in COMPOSED:
            return composed(self.build, phi.name, value, node.span)
        return self.build.activation(f"{phi.name}({numbers})" if numbers else phi.name, value, node.span)

    # operators ---------------------------------------------------------------------------------------

    def _negative(self, node: t.Negative) -> Value:
        found = self.number_or_value(node.operand)
        return -found if isinstance(found, Constant) else self.build.scaled(self.build.linear(found, node.span), -ONE)

    def _power(self, node: t.Power) -> Value:
        base = self.number_or_value(node.base)
        power = self.number_or_value(node.exponent)
        if not isinstance(power, Constant):
            hint = "an exponent is a number, such as 2 or 1/2; exp(x) is the exponential"
            raise error("TP301", f"a static number should stand here, not {describe(power)}", node.exponent.span, hint)
        exponent = power.rational
        if exponent is None:
            hint = "powers of widths have fixed exponents: n^(-1/2); exp(x) is the exponential of a value"
            raise error("TP303", "an exponent is a rational number, such as 2 or 1/2", node.exponent.span, hint)
        if isinstance(base, Constant):
            return base**exponent
        if abs(exponent) > 100 or exponent == 0:
            raise error("TP303", "exponents of values lie within -100..100 and are not 0", node.exponent.span)
        return self.build.power(self.build.linear(base, node.span), exponent, node.span)

    def _chain(self, node: t.Chain) -> Value:
        value = self.number_or_value(node.parts[-1])
        for part in reversed(node.parts[:-1]):
            left = self.value(part)
            if not isinstance(left, Weight):
                raise error(
                    "TP205",
                    f"only a parameter can stand left of @, not {describe(left)}",
                    part.span,
                    self._turned(left, part, node.parts[-1])
                    or instead(left, part)
                    or _NOT_APPLIED.get(type(left), "contract two values with dot(a, b)"),
                )
            with self.build.graph.at(part.span.to(node.span)):
                operand = self.build.linear(value, part.span)
                value = self.build.apply(left.parameter, left.transposed, operand, part.span)
        return value

    def _turned(self, left: Value, part: t.Expression, last: t.Expression) -> str | None:
        """A hint for ``h @ W``, where the parameter stands on the right."""
        right = self.frame.names.get(last.text) if isinstance(last, t.Name) else None
        if (
            isinstance(left, Combination)
            and isinstance(right, Weight)
            and isinstance(last, t.Name)
            and right.parameter.ins
        ):
            value = part.text if isinstance(part, t.Name) else "x"
            return f"a parameter stands left of what it is applied to: {last.text} @ {value}"
        return None

    def _term(self, node: t.Term) -> Value:
        result = self.number_or_value(node.factors[0][1])
        for (_, before), (operator, factor) in pairwise(node.factors):
            if operator == "/":
                self._check_exponent(before, factor)
        for operator, factor in node.factors[1:]:
            value = self.number_or_value(factor)
            span = node.span
            if isinstance(value, Constant):
                value = value.inverse() if operator == "/" else value
                result = result * value if isinstance(result, Constant) else self._times(result, value, span)
                continue
            if operator == "/":
                value = self.build.power(self.build.linear(value, span), Fraction(-1), span)
            result = (
                self._times(value, result, span) if isinstance(result, Constant) else self._joined(result, value, span)
            )
        return result

    def _check_exponent(self, power: t.Expression, divisor: t.Expression) -> None:
        """Warns of ``n^-1/2``, which is read as (n^-1)/2."""
        if not (isinstance(power, t.Power) and isinstance(divisor, t.Number) and divisor.text.isdigit()):
            return
        exponent, shown = power.exponent, ""
        while isinstance(exponent, t.Negative):
            exponent, shown = exponent.operand, shown + "-"
        here, end = power.span, divisor.span
        bare = (power.exponent.span.end_line, power.exponent.span.end_column) == (here.end_line, here.end_column)
        close = here.end_line == end.line and end.column - here.end_column == 1
        if not (isinstance(exponent, t.Number) and bare and close):
            return
        base = power.base.text if isinstance(power.base, t.Name) else "x"
        if shown or exponent.text == "1" or isinstance(self.frame.names.get(base), Axis):
            above, below = shown + exponent.text, divisor.text
            self.build.warn(
                "TP804",
                f"this is read as ({base}^{f'({above})' if shown else above})/{below}: a power binds tighter than /",
                here.to(end),
                f"write {base}^({above}/{below}) for the power {above}/{below}",
            )

    def _times(self, value: Value, factor: Constant, span: Span) -> Value:
        return self.build.scaled(self.build.linear(value, span), factor.scale)

    def _joined(self, left: Value, right: Value, span: Span) -> Value:
        return self.build.product(self.build.linear(left, span), self.build.linear(right, span), span)

    def _sum(self, node: t.Sum) -> Value:
        constant: Constant | None = None
        parts: list[Combination] = []
        for sign, term in node.terms:
            value = self.number_or_value(term)
            if isinstance(value, Constant):
                signed = -value if sign == "-" else value
                try:
                    constant = signed if constant is None else constant + signed
                except ValueError:
                    raise error(
                        "TP304",
                        "these numbers scale differently with the width, so their sum is not a power of it",
                        node.span,
                        "only products of powers of widths are numbers here",
                    ) from None
            else:
                parts.append(self.build.scaled(self.build.linear(value, term.span), -ONE if sign == "-" else ONE))
        if not parts:
            assert constant is not None
            return constant
        if constant is not None and constant.scale.coefficient:
            parts.append(self.build.constant(constant.scale))
        return self.build.sum(parts, node.span)


_NOT_APPLIED: dict[type, str] = {
    Constant: "a number multiplies with *",
    Axis: "an axis is contracted by name: sum(x, t), dot(a, b, t)",
}
"""What to write in place of ``a @ b``, by the kind of ``a``."""


def instead(value: Value, node: t.Expression) -> str | None:
    """What to write where ``value`` stands without being used up: a member of a family, the result of a function."""
    name = node.text if isinstance(node, t.Name) else "it"
    match value:
        case Family() if value.members:
            return f"{name} is a family; pick a member: {indexed(value.name, next(iter(sorted(value.members))))}"
        case Family():
            return f"{name} is a family without members yet"
        case Phi():
            return f"{name} is a function of one value: write {name}(x)"
        case Def():
            return f"{name} is a function: write {name}({', '.join(f.name for f in value.syntax.arguments)})"
        case Instance():
            return f"{name} is a function: write {name}(x)"
        case _:
            return None


def _undefined(name: str) -> str:
    return (
        f"names are defined above their use: {name} = ..., or param {name} : [n] ~ normal(0, 1) for a weight, "
        f"or in the head: program p({name}: int = 3)"
    )


def _members(family: Family) -> str | None:
    """A hint that lists the members of a family."""
    places = sorted(family.members)
    if not places:
        return "no member is defined yet"
    if len(places) == 1:
        return f"defined so far: {indexed(family.name, places[0])}"
    return f"defined so far: {indexed(family.name, places[0])} to {indexed(family.name, places[-1])}"


def shared_wide(evaluator: Evaluator, nodes: Sequence[int], span: Span, verb: str) -> list[str]:
    """The one wide axis that all ``nodes`` have. Raises TP212 where there is none or more than one."""
    graph = evaluator.build.graph
    found = [a.name for a in graph.type(nodes[0]) if a.wide and all(a.name in names(graph.type(n)) for n in nodes)]
    if len(found) == 1:
        return found
    if not found:
        raise error("TP212", f"there is no wide axis to {verb} over", span, "name the axes: they follow the values")
    raise error("TP212", f"there are several wide axes: {', '.join(found)}", span, "name the axes after the values")
