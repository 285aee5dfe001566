"""The meaning of statements: from a syntax tree to a graph, errors collected statement by statement."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tp.construct.construction import single
from tp.diagnostics.diagnostic import Diagnostic, Label, TpError, error
from tp.diagnostics.span import Span
from tp.graph.axes import Axis, Width
from tp.primitives.input import Input
from tp.program import Claim
from tp.syntax import tree as t
from tp.syntax.assigned import assigned, declared
from tp.syntax.build import Build
from tp.syntax.builtins import BUILTINS
from tp.syntax.calls import bind_given, invoke
from tp.syntax.claims import claim
from tp.syntax.constant import Constant, number, size_of
from tp.syntax.evaluate import Evaluator, Language, instead
from tp.syntax.laws import one_hot
from tp.syntax.maps import call_map, declare_map
from tp.syntax.mentioned import mentioned
from tp.syntax.parameters import declare_parameters, places
from tp.syntax.tables import numbers_of
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
from tp.syntax.words import near

if TYPE_CHECKING:
    from tp.syntax.optimizers import Stated


class Elaborator:
    """Runs the statements of one frame."""

    def __init__(self, build: Build, frame: Frame, lines: list[str]) -> None:
        self.build = build
        self.frame = frame
        self.lines = lines
        self.claims: list[Claim] = []
        self.optimizers: list[Stated] = []
        self.inputs: dict[str, tuple[Axis, ...]] = {}
        self.one_hot: dict[str, str] = {}
        self.evaluator = Evaluator(build, frame, Language(partial(invoke, run=self._run_body), BUILTINS, call_map))

    def run(self, block: t.Block) -> None:
        """Run all statements. One with an error poisons the names that it defines: their use is no second error."""
        if not self.frame.assigned:
            self.frame.assigned = assigned(block)
        for statement in block.statements:
            self.build.step(statement.span)
            try:
                with self.build.graph.at(statement.span):
                    getattr(self, "_" + type(statement).__name__.lower())(statement)
            except PoisonedError:
                self._poison(statement)
            except TpError as problem:
                self.build.report(problem)
                self._poison(statement)
            except (ValueError, ZeroDivisionError, OverflowError) as problem:
                self.build.report(error("TP210", str(problem), statement.span))
                self._poison(statement)

    def _run_body(self, frame: Frame, body: t.Block) -> None:
        """Run the body of a function in a frame of its own."""
        Elaborator(self.build, frame, []).run(body)

    def _poison(self, statement: t.Statement) -> None:
        names = declared(statement)
        if isinstance(statement, t.Assignment):
            for target in statement.targets:
                self._poison_target(target)
        elif isinstance(statement, t.Return):
            self.frame.returned = (Poison(),) * len(statement.values)
        elif isinstance(statement, t.Loop):
            for inner in statement.body.statements:
                self._poison(inner)
        if isinstance(statement, t.InputSyntax | t.ParameterSyntax | t.TableSyntax | t.MapSyntax):
            mapped = isinstance(statement, t.MapSyntax)
            types = (statement.operand, statement.result) if mapped else (statement.type,)
            uses = [use for one in types for use in one.outs + (one.ins or ())]
            names += [use.name for use in uses if use.size is not None]
        for name in names:
            self.frame.names.setdefault(name, Poison())

    def _poison_target(self, target: t.Target) -> None:
        if not target.indices:
            self.frame.names.setdefault(target.name, Poison())
            return
        family = self.frame.names.setdefault(target.name, Family(target.name))
        if not isinstance(family, Family):
            return
        try:
            place = tuple(self.evaluator.whole(i) for i in target.indices)
            family.members.setdefault(place, Poison())
        except (TpError, PoisonedError):
            family.poisoned = True

    # names -------------------------------------------------------------------------------------------

    def define(self, name: str, value: Value, span: Span) -> None:
        """A new name; it may hide a built-in function or an activation. Raises TP106 when it is taken."""
        frame = self.frame
        if name in frame.names:
            if isinstance(frame.names[name], Poison):
                raise PoisonedError
            raise self._taken(f"{name} is defined twice", name, span)
        frame.names[name] = value
        frame.places[name] = span

    def _taken(self, message: str, name: str, span: Span) -> TpError:
        where = self.frame.places.get(name)
        if where == span:
            hint = f"a loop repeats this statement: fill a family, such as {name}[l]"
            return TpError(Diagnostic("TP106", message, span, hint))
        labels = () if where is None else (Label(where, "first defined here"),)
        hint = f"every name is assigned once; steps are a family: {name}[1] = ..., {name}[2] = ..."
        before = self.frame.names.get(name)
        if isinstance(before, Axis) and before.wide:
            hint = f"{name} is a width: --widths chooses its numbers; a finite axis is declared with: axis t = 8"
        elif isinstance(before, Axis | Weight) or name in self.inputs:
            hint = "every name is declared once; choose another one"
        return TpError(Diagnostic("TP106", message, span, hint, labels))

    def _only_in_program(self, statement: t.Statement, what: str) -> None:
        if not self.frame.program:
            raise error(
                "TP107", f"{what} belongs to a program, not to a function", statement.span, "pass it as an argument"
            )

    # declarations ------------------------------------------------------------------------------------

    def _widths(self, statement: t.Widths) -> None:
        self._only_in_program(statement, "a width")
        for item in statement.items:
            if item.value is not None and self._constant_power(item.value):
                self.axis(item.name, item.value, item.span)
                continue
            width = Width(item.name)
            if item.value is not None:
                width = self._width_of(item.name, self.evaluator.constant(item.value), item.value.span)
            self.define(item.name, Axis(item.name, width), item.span)
            self.build.graph.declare(width)

    def _constant_power(self, value: t.Expression) -> bool:
        """Whether a formula in n is a number at these settings, as n^(1 - p) is for p = 1: the axis is finite."""
        known = (self.frame.names.get(name) for name in mentioned(value))
        return any(isinstance(v, Axis) and v.wide for v in known) and self.evaluator.constant(value).plain

    def _width_of(self, name: str, value: Constant, span: Span) -> Width:
        exponent = value.scale.exponent
        if exponent <= 0:
            hint = "a finite axis is declared with: axis t = 8; the numbers of a width are chosen by --widths 64,128"
            raise error("TP305", f"{name} does not grow with n", span, hint)
        factor = value.exact
        for width, power in value.scale.powers:
            if power.denominator == 1 and factor is not None:
                factor *= width.factor ** int(power)
            elif width.factor != 1:
                factor = None
        if factor is None or factor <= 0:
            raise error("TP305", f"the ratio of {name} to a power of n is not a positive rational", span)
        return Width(name, exponent, factor)

    def _axes(self, statement: t.Axes) -> None:
        for item in statement.items:
            assert item.value is not None
            self.axis(item.name, item.value, item.span)

    def axis(self, name: str, value: t.Expression, span: Span) -> Axis:
        """A finite axis, declared or met again. Raises TP203 when the sizes differ, TP214 when below 1."""
        size = self.evaluator.constant(value).whole
        if size is None or not 1 <= size <= 1_000_000:
            constant = self.evaluator.constant(value)
            wide = "an axis that grows goes by the name of a width, without a size: [n, d]"
            message = "the size of a finite axis is a whole number from 1 to 1000000"
            raise error("TP214", message, value.span, None if constant.plain else wide)
        if self.frame.program and name in self.build.settings:
            size = self.build.integer_setting(name, 1, 1_000_000)
        before = self.frame.names.get(name)
        if isinstance(before, Axis):
            if before.size != size:
                shown = "wide" if before.wide else f"of size {before.size}"
                where = self.frame.places.get(name)
                raise TpError(
                    Diagnostic(
                        "TP203",
                        f"the axis {name} is already {shown}",
                        span,
                        "an axis has one size; choose another name for this one",
                        () if where is None else (Label(where, "declared here"),),
                    )
                )
            return before
        axis = Axis(name, size)
        self.define(name, axis, span)
        if self.frame.program:
            self.build.resolved[name] = str(size)
        return axis

    def axes(self, uses: tuple[t.AxisUse, ...]) -> tuple[Axis, ...]:
        """The axes of one side of a type, each once."""
        found: list[Axis] = []
        for use in uses:
            if use.size is not None:
                axis = self.axis(use.name, use.size, use.span)
            elif use.name not in self.frame.names:
                known = [n for n, v in self.frame.names.items() if isinstance(v, Axis)]
                hint = near(use.name, known, f"declare it: [{use.name}=8], or width {use.name}")
                raise error("TP101", f"no axis is called {use.name}", use.span, hint)
            else:
                axis = self.evaluator.axis(t.Name(use.name, span=use.span))
            if axis.name in [a.name for a in found]:
                raise error("TP215", f"the axis {axis.name} stands twice on one side", use.span)
            found.append(axis)
        return tuple(found)

    def _inputsyntax(self, statement: t.InputSyntax) -> None:
        self._only_in_program(statement, "an input")
        if statement.type.ins is not None:
            raise error("TP215", "an input has no input axes", statement.type.span, "remove the bar")
        axes = self.axes(statement.type.outs)
        wide = [a.name for a in axes if a.wide]
        if wide:
            raise error(
                "TP216",
                f"an input has finite axes only; {', '.join(wide)} is wide",
                statement.type.span,
                "data do not grow with the width: declare a finite axis, such as [d=16]",
            )
        if statement.law is not None:
            self.one_hot[statement.name] = one_hot(self.evaluator, statement.law, axes)
        node = self.build.graph.add(Input(statement.name, axes), label=statement.name)
        self.define(statement.name, single(node), statement.span)
        self.inputs[statement.name] = axes
        self.build.graph.names[statement.name] = node

    def _parametersyntax(self, statement: t.ParameterSyntax) -> None:
        if statement.name in self.frame.names:
            before = self.frame.names[statement.name]
            if isinstance(before, Poison):
                raise PoisonedError
            place = self.frame.places.get(statement.name)
            if place == statement.span:
                hint = f"declare a family before the loop: param {statement.name}[1..3] : ..."
            else:
                hint = "every name is declared once; choose another one"
            labels = () if place in (None, statement.span) else (Label(place, "first defined here"),)
            raise TpError(Diagnostic("TP106", f"{statement.name} is defined twice", statement.span, hint, labels))
        outs, ins = self._sides(statement.type)
        value = declare_parameters(self.build, self.evaluator, statement, outs, ins)
        self.define(statement.name, value, statement.span)

    def _sides(self, syntax: t.TypeSyntax) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
        """Output and input axes of a parameter; with two axes and no bar the last is the input."""
        outs, ins = syntax.outs, syntax.ins
        if ins is None:
            if len(outs) > 2:
                raise error(
                    "TP215",
                    "with three or more axes a bar must say which are contracted",
                    syntax.span,
                    "write [outs | ins], for example [n | c, k]",
                )
            outs, ins = (outs[:1], outs[1:]) if len(outs) == 2 else (outs, ())
        return self.axes(outs), self.axes(ins)

    def _tablesyntax(self, statement: t.TableSyntax) -> None:
        numbers, axes = numbers_of(self.build, statement, self.axes)
        value = self.build.table(numbers, axes)
        node = self.build.node(value)
        self.define(statement.name, value, statement.span)
        self.build.graph.name(node, self.frame.qualified(statement.name))

    def _mapsyntax(self, statement: t.MapSyntax) -> None:
        self.define(statement.name, declare_map(self.build, self.evaluator, statement, self.axes), statement.span)

    def _instancesyntax(self, statement: t.InstanceSyntax) -> None:
        function = self.evaluator.lookup(statement.function, statement.span)
        if not isinstance(function, Def):
            raise error("TP104", f"{statement.function} is {describe(function)}, not a function", statement.span)
        given = bind_given(self.evaluator, function, statement.arguments or (), statement.span)
        if not statement.ranges:
            self.define(statement.name, Instance(function, statement.name, given), statement.span)
            return
        members = places(self.build, self.evaluator, statement.ranges)
        family = Family(statement.name)
        for place in members:
            family.members[place] = Instance(function, indexed(statement.name, place), given)
        self.define(statement.name, family, statement.span)

    def _learningrate(self, statement: t.LearningRate) -> None:
        self._only_in_program(statement, "the global learning rate")
        if "learning_rate" in self.frame.places:
            raise self._taken("the learning rate is given twice", "learning_rate", statement.span)
        self.frame.places["learning_rate"] = statement.span
        value = self.evaluator.constant(statement.value)
        if value.scale.coefficient < 0:
            raise error("TP306", "a learning rate is not negative", statement.value.span)
        self.build.graph.learning_rate = value.scale

    # actions -----------------------------------------------------------------------------------------

    def _loop(self, statement: t.Loop) -> None:
        first, last = self.evaluator.whole(statement.range.first), self.evaluator.whole(statement.range.last)
        variable = statement.variable
        if variable in self.frame.names:
            where = self.frame.places.get(variable)
            labels = () if where is None else (Label(where, "first defined here"),)
            hint = "give the index of this loop another name"
            raise TpError(Diagnostic("TP106", f"{variable} is defined already", statement.span, hint, labels))
        self.build.enter(statement.span)
        try:
            for index in range(first, last + 1):
                self.build.step(statement.span)
                self.frame.names[variable] = number(index)
                self.run(statement.body)
        finally:
            self.build.leave()
            self.frame.names.pop(variable, None)

    def _assignment(self, statement: t.Assignment) -> None:
        frame = self.frame
        places_ = [tuple(self.evaluator.whole(i) for i in target.indices) for target in statement.targets]
        frame.target = indexed(statement.targets[0].name, places_[0])
        value = self.evaluator.value(statement.value)
        values = value.values if isinstance(value, Several) else (value,)
        if len(values) != len(statement.targets):
            hint = "write a line for each name; a function returns several values by: return a, b"
            raise error("TP208", f"{len(statement.targets)} names for {len(values)} value(s)", statement.span, hint)
        for target, place, one in zip(statement.targets, places_, values, strict=True):
            self._assign(target, place, one, statement.value)

    def _assign(self, target: t.Target, place: tuple[int, ...], value: Value, expression: t.Expression) -> None:
        span = expression.span
        if isinstance(value, Poison):
            self._poison_target(target)
            return
        if isinstance(value, Axis):
            value = size_of(value)
        if isinstance(value, Phi | Declared | Family | Def | Instance):
            message = f"a value should stand here, not {describe(value)}"
            raise error("TP201", message, span, instead(value, expression))
        if not isinstance(value, Constant):
            node = self.build.node(self.build.linear(value, span))
            self.build.graph.name(node, self.frame.qualified(indexed(target.name, place)))
            # A bare parameter under a second name stays applicable with @.
            value = value if isinstance(value, Weight) else single(node)
        if not place:
            self.define(target.name, value, target.span)
            return
        family = self.frame.names.get(target.name)
        if family is None:
            self.define(target.name, family := Family(target.name), target.span)
        if isinstance(family, Poison):
            return
        if not isinstance(family, Family):
            raise self._taken(f"{target.name} is {describe(family)}, not a family", target.name, target.span)
        if place in family.members:
            if isinstance(family.members[place], Poison):
                return
            raise error("TP106", f"{indexed(target.name, place)} is defined twice", target.span, "use another index")
        if family.members and len(next(iter(family.members))) != len(place):
            raise error("TP211", f"{target.name} has another number of indices elsewhere", target.span)
        family.members[place] = value

    def _output(self, statement: t.Output) -> None:
        self._only_in_program(statement, "an output")
        build = self.build
        self.frame.target = statement.name
        node = build.node(self.evaluator.linear(statement.value))
        wide = [a.name for a in build.graph.type(node) if a.wide]
        if wide:
            raise error(
                "TP216",
                f"an output has finite axes only; {', '.join(wide)} is wide",
                statement.value.span,
                "contract it: dot(v, ...), v @ ..., or mean(...)",
            )
        self.define(statement.name, single(node), statement.span)
        build.graph.outputs[statement.name] = node
        build.graph.name(node, statement.name)

    def _return(self, statement: t.Return) -> None:
        if self.frame.program:
            raise error("TP107", "a program has outputs; it returns nothing", statement.span, "write output f = ...")
        if self.frame.returned is not None:
            raise error("TP107", "this function returned already", statement.span)
        values = [self.evaluator.number_or_value(v) for v in statement.values]
        self.frame.returned = tuple(values)

    def _claimsyntax(self, statement: t.ClaimSyntax) -> None:
        self._only_in_program(statement, "a claim")
        found = claim(self.evaluator, statement, self.lines)
        self.claims.append(found)

    def _optimizersyntax(self, statement: t.OptimizerSyntax) -> None:
        from tp.syntax.optimizers import stated  # few programs choose one

        self._only_in_program(statement, "an optimiser")
        self.optimizers.append(stated(self.evaluator, statement))
