"""The graph under construction, with its limits and the diagnostics found so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tp.activations import find
from tp.diagnostics.diagnostic import Diagnostic, Label, TpError, error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, Type, names, without
from tp.graph.builder import GraphBuilder
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant as Leaf
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.shorthand import combine, total
from tp.syntax.constant import Constant
from tp.syntax.values import Def, Poison, PoisonedError, Tensor, Value, Weight, describe

MAX_NODES = 20_000
MAX_STEPS = 80_000
MAX_ENTRIES = 3_000_000
MAX_ERRORS = 25
MAX_DEPTH = 150


class Build:
    """Turns values into nodes, checks that sizes agree, and counts what hostile programs would let grow."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings = dict(settings)
        self.resolved: dict[str, str] = {}
        self.graph = GraphBuilder()
        self.found: list[Diagnostic] = []
        self.active: list[tuple[Def, Span]] = []
        """The functions being called, outermost first, and where."""
        self._steps = 0
        self._depth = 0
        self._entries = 0

    # limits and diagnostics ----------------------------------------------------------------------------

    def step(self, span: Span) -> None:
        """Counts one unit of work. Raises TP502 beyond the limit."""
        self._steps += 1
        if self._steps > MAX_STEPS or len(self.graph) > MAX_NODES:
            raise error(
                "TP502",
                f"the program takes more than {MAX_STEPS} steps or makes more than {MAX_NODES} nodes",
                span,
                "static loops are unrolled; put what repeats along a finite axis instead",
            )

    def enter(self, span: Span) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise error("TP502", "expressions and calls are nested too deeply", span)

    def leave(self) -> None:
        self._depth -= 1

    def report(self, problem: TpError) -> None:
        """Keeps each diagnostic once; gives up when there are too many or the program is too large."""
        calls = tuple(Label(span, "called from here") for _, span in reversed(self.active[-3:]))
        for diagnostic in problem.diagnostics:
            diagnostic = replace(diagnostic, labels=diagnostic.labels + calls)
            if not any((d.code, d.span) == (diagnostic.code, diagnostic.span) for d in self.found):
                self.found.append(diagnostic)
            if diagnostic.code == "TP502" or len(self.found) >= MAX_ERRORS:
                raise TpError(self.found)

    def entries(self, count: int, span: Span) -> None:
        """Counts the numbers in tables. Raises TP502 when all together become too many."""
        self._entries += count
        if self._entries > MAX_ENTRIES:
            raise error("TP502", f"the tables of this program have more than {MAX_ENTRIES} entries", span)

    def integer_setting(self, name: str, low: int, high: int) -> int:
        """A whole number set from outside. Raises TP506."""
        text = self.settings[name].strip()
        digits = text[1:] if text.startswith("-") else text
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and low <= int(text) <= high):
            raise error("TP506", f"{name}={text[:40]}: not a whole number from {low} to {high}")
        return int(text)

    # values ------------------------------------------------------------------------------------------

    def linear(self, value: Value, span: Span) -> Tensor:
        """``value`` as a linear combination of nodes. Raises TP201 for what is not a value."""
        if isinstance(value, Poison):
            raise PoisonedError
        if isinstance(value, Tensor):
            return value
        if isinstance(value, Constant):
            return Tensor(((value.scale, self.graph.add(Leaf((1.0,)))),))
        if isinstance(value, Weight):
            return self._read(value, span)
        raise error("TP201", f"a value should stand here, not {describe(value)}", span)

    def _read(self, weight: Weight, span: Span) -> Tensor:
        parameter = weight.parameter
        if weight.transposed:
            raise error("TP204", f"{parameter.name}' can only be applied: {parameter.name}' @ ...", span)
        if parameter.is_operator:
            raise error(
                "TP204",
                f"{parameter.name} is wide on both sides and can only be applied",
                span,
                f"write {parameter.name} @ ...",
            )
        terms = [(ONE, self.graph.add(Read(parameter.name), label=parameter.name))]
        if parameter.law.mean is not None:
            terms.append((parameter.law.mean, self.graph.add(Leaf((1.0,)))))
        return Tensor(tuple(terms))

    def node(self, value: Value, span: Span) -> int:
        """The node of ``value``."""
        tensor = self.linear(value, span)
        return combine(self.graph, [n for _, n in tensor.terms], [s for s, _ in tensor.terms])

    def factored(self, value: Value, span: Span) -> tuple[Scale, int]:
        """A scale and a node whose product is ``value``; a scale in front stays outside the node."""
        tensor = self.linear(value, span)
        if len(tensor.terms) == 1:
            return tensor.terms[0]
        return ONE, self.node(tensor, span)

    def type(self, value: Value, span: Span) -> Type:
        return self.graph.type(self.node(value, span))

    def agree(self, nodes: Sequence[int], span: Span) -> None:
        """Raises TP203 when an axis has different sizes in ``nodes``."""
        sizes: dict[str, Axis] = {}
        for node in nodes:
            self.agree_types(sizes, self.graph.type(node), span)

    def agree_types(self, sizes: dict[str, Axis], axes: Type, span: Span) -> None:
        for axis in axes:
            before = sizes.setdefault(axis.name, axis)
            if before.size != axis.size:
                raise error("TP203", f"the axis {axis.name} has {before.size} entries here and {axis.size} there", span)

    def named(self, node: int) -> Tensor:
        """A node as a value."""
        return Tensor(((ONE, node),))

    def name(self, node: int, name: str) -> None:
        """Records ``name`` in the graph."""
        self.graph.name(node, name)

    def sum(self, parts: Sequence[Tensor], span: Span) -> Tensor:
        """The sum of linear combinations, coefficients of one node collected."""
        terms: dict[tuple[int, tuple[object, ...]], Scale] = {}
        for part in parts:
            for scale, node in part.terms:
                key = (node, scale.powers)
                before = terms.get(key)
                terms[key] = scale if before is None else Scale(before.coefficient + scale.coefficient, scale.powers)
        self.agree([node for node, _ in terms], span)
        return Tensor(tuple((scale, node) for (node, _), scale in terms.items()))

    def scaled(self, value: Value, factor: Scale, span: Span) -> Tensor:
        return Tensor(tuple((scale * factor, node) for scale, node in self.linear(value, span).terms))

    def product(self, left: Value, right: Value, span: Span, over: Sequence[str] = ()) -> Tensor:
        """Entrywise product, summed over the axes ``over`` that both have; others are summed before."""
        (a, x), (b, y) = self.factored(left, span), self.factored(right, span)
        self.agree([x, y], span)
        shared = [o for o in over if o in names(self.graph.type(x)) and o in names(self.graph.type(y))]
        x = total(self.graph, x, [o for o in over if o not in shared and o in names(self.graph.type(x))])
        y = total(self.graph, y, [o for o in over if o not in shared and o in names(self.graph.type(y))])
        return Tensor(((a * b, self.graph.add(Product(tuple(shared)), x, y)),))

    def total(self, node: int, over: Sequence[str], span: Span) -> int:
        """The sum of a node over axes; that of an unnamed entrywise product is a contraction of its factors."""
        found = self.graph[node]
        if over and found.operation == Product(()) and found.label is None:
            left, right = (Tensor(((ONE, i),)) for i in found.operands)
            return self.product(left, right, span, over).terms[0][1]
        return total(self.graph, node, over)

    def activation(self, name: str, value: Value, span: Span) -> Tensor:
        """The activation ``name`` of ``value``; the identity leaves no node. Raises TP103 for unknown names."""
        try:
            found = find(name)
        except KeyError:
            raise error("TP103", f"no activation is called {name}", span) from None
        except ValueError as problem:
            raise error("TP209", str(problem), span) from None
        if found.degree() == 1 and found.vanishes(2) and found.symmetry(0) == "odd":
            return self.linear(value, span)
        return Tensor(((ONE, self.graph.add(Pointwise(found.name), self.node(value, span))),))

    def power(self, value: Value, exponent: Fraction, span: Span) -> Tensor:
        """``value`` to a static power."""
        if exponent == 1:
            return self.linear(value, span)
        if exponent.denominator == 1 and exponent > 1:
            return self.activation("square" if exponent == 2 else f"monomial({exponent})", value, span)
        return self.activation(f"power({exponent})", value, span)

    # application -------------------------------------------------------------------------------------

    def apply(self, weight: Weight, value: Value, span: Span) -> Tensor:
        """``W @ x``: contracts the input axes of the weight, passes the other axes of x along."""
        graph, parameter = self.graph, weight.parameter
        outs, ins = parameter.sides(weight.transposed)
        if not ins:
            raise error(
                "TP205",
                f"{parameter.name} has no input axes, so it cannot be applied",
                span,
                f"use dot({parameter.name}, ...), or declare it as [outs | ins]",
            )
        scale, x = self.factored(value, span)
        have = graph.type(x)
        missing = without(ins, names(have))
        if missing:
            raise error(
                "TP206",
                f"{parameter.name} contracts {_listed(names(ins))}, but the value has {_listed(names(have))}",
                span,
                f"missing: {_listed(names(missing))}",
            )
        self.agree_types({a.name: a for a in ins}, tuple(a for a in have if a.name in names(ins)), span)
        clash = set(names(without(have, names(ins)))) & set(names(outs))
        if clash:
            raise error(
                "TP207",
                f"{parameter.name} makes the axis {_listed(sorted(clash))}, which the value already has",
                span,
                "rename that axis of the value first, or sum over it",
            )
        if parameter.is_operator:
            centred = graph.add(Apply(parameter.name, weight.transposed), x, label=parameter.name)
        else:
            centred = self._contracted(weight, x)
        if parameter.law.mean is None:
            return Tensor(((scale, centred),))
        return Tensor(((scale, centred), (scale * parameter.law.mean, total(graph, x, names(ins)))))

    def _contracted(self, weight: Weight, x: int) -> int:
        """A weight with a finite side, as a value, contracted with ``x``."""
        graph, parameter = self.graph, weight.parameter
        outs, ins = parameter.sides(weight.transposed)
        matrix = graph.add(Read(parameter.name), label=parameter.name)
        twice = [a for a in names(ins) if a in names(outs)]
        # An axis on both sides carries a prime where it is an input of the weight.
        if weight.transposed:
            over = list(names(ins))
        else:
            for name in twice:
                x = graph.add(Rename(name, name + "'"), x)
            over = [n + "'" if n in twice else n for n in names(ins)]
        out = graph.add(Product(tuple(over)), matrix, x)
        if weight.transposed:
            for name in twice:
                out = graph.add(Rename(name + "'", name), out)
        return out


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) if words else "no axes"
