"""A program under construction: linear combinations, activations and weights become nodes, and sizes must agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.activations import find
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, Type, names, without
from tp.graph.builder import GraphBuilder
from tp.graph.parameter import Parameter
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.shorthand import combine, total

MAX_ENTRIES = 3_000_000
"""The most numbers in all tables of one program: masks, windows, selections."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Σ scale * node: a linear combination that is not yet a node of its own."""

    terms: tuple[tuple[Scale, int], ...]


def single(node: int, scale: Scale = ONE) -> Combination:
    """``scale`` times a node."""
    return Combination(((scale, node),))


class Construction:
    """Adds nodes to :attr:`graph`. Scalar factors stay outside nodes for as long as possible."""

    def __init__(self) -> None:
        self.graph = GraphBuilder()
        self._entries = 0

    def entries(self, count: int, span: Span | None) -> None:
        """Counts the numbers of a table. Raises TP502 where all tables together have too many."""
        self._entries += count
        if self._entries > MAX_ENTRIES:
            raise error("TP502", f"the tables of this program have more than {MAX_ENTRIES} entries", span)

    # values as nodes ---------------------------------------------------------------------------------

    def node(self, value: Combination) -> int:
        """The node of ``value``."""
        return combine(self.graph, [n for _, n in value.terms], [s for s, _ in value.terms])

    def factored(self, value: Combination) -> tuple[Scale, int]:
        """A scale and a node whose product is ``value``."""
        return value.terms[0] if len(value.terms) == 1 else (ONE, self.node(value))

    def constant(self, scale: Scale) -> Combination:
        """The number ``scale``, without axes."""
        return single(self.graph.add(Constant((1.0,))), scale)

    def table(self, numbers: Iterable[float], axes: Type) -> Combination:
        """Numbers over finite ``axes``, row-major."""
        return single(self.graph.add(Constant(tuple(numbers), axes)))

    def read(self, parameter: Parameter, span: Span | None) -> Combination:
        """A weight as a value, its mean added. Raises TP204 for one that is wide on both sides."""
        if parameter.is_operator:
            raise error(
                "TP204",
                f"{parameter.name} is wide on both sides and can only be applied",
                span,
                f"write {parameter.name} @ ...",
            )
        terms = [(ONE, self.graph.add(Read(parameter.name), label=parameter.name))]
        if parameter.law.mean is not None:
            terms += self.constant(parameter.law.mean).terms
        return Combination(tuple(terms))

    # agreement of sizes ------------------------------------------------------------------------------

    def agree(self, nodes: Sequence[int], span: Span | None) -> None:
        """Raises TP203 where an axis has different sizes in ``nodes``."""
        sizes: dict[str, Axis] = {}
        for node in nodes:
            self.agree_types(sizes, self.graph.type(node), span)

    def agree_types(self, sizes: dict[str, Axis], axes: Type, span: Span | None) -> None:
        """Adds ``axes`` to ``sizes`` by name. Raises TP203 where one is known there with another size."""
        for axis in axes:
            before = sizes.setdefault(axis.name, axis)
            if before.size != axis.size:
                raise error("TP203", f"the axis {axis.name} has {before.size} entries here and {axis.size} there", span)

    # operations --------------------------------------------------------------------------------------

    def sum(self, parts: Sequence[Combination], span: Span | None) -> Combination:
        """The sum of linear combinations, coefficients of one node collected. Raises TP203."""
        terms: dict[tuple[int, tuple[object, ...]], Scale] = {}
        for part in parts:
            for scale, node in part.terms:
                key = (node, scale.powers)
                before = terms.get(key)
                terms[key] = scale if before is None else Scale(before.coefficient + scale.coefficient, scale.powers)
        self.agree([node for node, _ in terms], span)
        return Combination(tuple((scale, node) for (node, _), scale in terms.items()))

    def scaled(self, value: Combination, factor: Scale) -> Combination:
        """``factor`` times ``value``."""
        return Combination(tuple((scale * factor, node) for scale, node in value.terms))

    def product(
        self, left: Combination, right: Combination, span: Span | None, over: Sequence[str] = ()
    ) -> Combination:
        """Entrywise product, summed over ``over``; an axis of one factor alone is summed in it first. Raises TP203."""
        (a, x), (b, y) = self.factored(left), self.factored(right)
        self.agree([x, y], span)
        shared = [o for o in over if o in names(self.graph.type(x)) and o in names(self.graph.type(y))]
        x = total(self.graph, x, [o for o in over if o not in shared and o in names(self.graph.type(x))])
        y = total(self.graph, y, [o for o in over if o not in shared and o in names(self.graph.type(y))])
        return single(self.graph.add(Product(tuple(shared)), x, y), a * b)

    def total(self, node: int, over: Sequence[str], span: Span | None) -> int:
        """The sum of a node over axes; an unnamed entrywise product becomes a contraction. Raises TP203."""
        found = self.graph[node]
        if over and found.operation == Product(()) and found.label is None:
            left, right = map(single, found.operands)
            return self.product(left, right, span, over).terms[0][1]
        return total(self.graph, node, over)

    def activation(self, name: str, value: Combination, span: Span | None) -> Combination:
        """The activation ``name`` of ``value``; the identity adds no node.

        Raises TP103 for unknown names, TP209 for arguments that do not fit.
        """
        try:
            found = find(name)
        except KeyError:
            raise error("TP103", f"no activation is called {name}", span) from None
        except ValueError as problem:
            raise error("TP209", str(problem), span) from None
        if found.degree() == 1 and found.vanishes(2) and found.symmetry(0) == "odd":
            return value
        return single(self.graph.add(Pointwise(found.name), self.node(value)))

    def power(self, value: Combination, exponent: Fraction, span: Span | None) -> Combination:
        """``value`` to a constant power, entry by entry."""
        if exponent == 1:
            return value
        if exponent.denominator == 1 and exponent > 1:
            return self.activation("square" if exponent == 2 else f"monomial({exponent})", value, span)
        return self.activation(f"power({exponent})", value, span)

    def apply(self, parameter: Parameter, transposed: bool, value: Combination, span: Span | None) -> Combination:
        """``W @ x``: contracts the input axes of the weight, passes the other axes of x along.

        Raises TP205 for a weight without input axes, TP206 where x lacks some of them, TP207 where x has axes that the
        weight makes.
        """
        graph = self.graph
        outs, ins = parameter.sides(transposed)
        if not ins:
            raise error(
                "TP205",
                f"{parameter.name} has no input axes, so it cannot be applied",
                span,
                f"use dot({parameter.name}, ...), or declare it as [outs | ins]",
            )
        scale, x = self.factored(value)
        have = graph.type(x)
        missing = without(ins, names(have))
        if missing:
            raise error(
                "TP206",
                f"{parameter.name} contracts {_listed(names(ins))}, but the value has {_listed(names(have))}",
                span,
                _fitting(parameter, transposed, ins, outs, have, missing),
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
            centred = graph.add(Apply(parameter.name, transposed), x, label=parameter.name)
        else:
            centred = self._contracted(parameter, transposed, x)
        if parameter.law.mean is None:
            return single(centred, scale)
        return Combination(((scale, centred), (scale * parameter.law.mean, total(graph, x, names(ins)))))

    def _contracted(self, parameter: Parameter, transposed: bool, x: int) -> int:
        """A weight with a finite side, as a value, contracted with ``x``."""
        graph = self.graph
        outs, ins = parameter.sides(transposed)
        matrix = graph.add(Read(parameter.name), label=parameter.name)
        twice = [a for a in names(ins) if a in names(outs)]
        # An axis on both sides carries a prime where it is an input of the weight.
        if transposed:
            over = list(names(ins))
        else:
            for name in twice:
                x = graph.add(Rename(name, name + "'"), x)
            over = [n + "'" if n in twice else n for n in names(ins)]
        out = graph.add(Product(tuple(over)), matrix, x)
        if transposed:
            for name in twice:
                out = graph.add(Rename(name + "'", name), out)
        return out


def _fitting(parameter: Parameter, transposed: bool, ins: Type, outs: Type, have: Type, missing: Type) -> str:
    """What to write where a weight does not fit a value: the transpose, or the value with an axis renamed."""
    name, held = parameter.name, names(have)
    if outs and all(axis in held for axis in names(outs)) and not set(names(ins)) & set(held):
        other = name if transposed else name + "'"
        return (
            f"{name}{chr(39) * transposed} takes {_listed(names(ins))} and gives {_listed(names(outs))}: write {other}"
        )
    for axis in missing:
        alike = [a.name for a in have if a.size == axis.size and a.name not in names(ins)]
        if alike:
            return f"missing: {axis.name}; rename(x, {alike[0]}, {axis.name}) renames the axis of the value"
    return f"missing: {_listed(names(missing))}"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) if words else "no axes"
