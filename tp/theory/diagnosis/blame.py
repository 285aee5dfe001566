"""Blame: the weights and the nodes to which a correlation owes its exponent.

Both splits are exact. By weights: C^{0,d} is a sum over weights that move in its slots. The part in which one weight
moves in all slots is the correlation when that weight alone is trained. By nodes: the d-th derivative of F is a sum of
what arises at a node, because it is not linear in its moving operands, times the derivative of F by that node.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tp.graph.axes import names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.operation import Operation
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus, Derived
from tp.orders.typical.value import Value
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.shorthand import contract
from tp.primitives.traits import Function, Weight
from tp.quantities.definitions import Quantity, parse
from tp.quantities.programs import datum, gradient_at, gradient_of, jet_output, metric, reads_in
from tp.theory.diagnosis.culprits import Blame, Culprit, named
from tp.theory.diagnosis.describe import Place, declared, listing
from tp.theory.diagnosis.values import blame_values
from tp.transform.algebra import Coefficients, Taylor
from tp.transform.direction import Direction, squared_norm
from tp.transform.gradient import pullback
from tp.transform.jet import jets


def blame(program: Graph, quantity: Quantity, calculus: Calculus) -> Blame:
    """The parameters and nodes whose part of ``quantity`` has its exponent.

    The Hessian and C[2,d] are examined with one free slot along g, as C[1,1] and C[1,d+1]. F has no slots; its
    nodes are the first values that grow if F grows, or vanish if F vanishes.
    """
    if quantity.free == 2:
        quantity = parse(f"C[1,{quantity.contracted + 1}]")
    if quantity == parse("F"):
        return blame_values(program, "F", list(program.outputs.values()), calculus)
    parts = Parts(program, quantity, calculus)
    exponent = parts.exponent(parts.root)
    if exponent is None:
        return Blame(quantity.name, None, (), ())
    found = dict(parts.by_node())
    least = min(exponent, max(found.values(), default=exponent))
    nodes = [Place(program, i, e) for i, e in found.items() if e >= least]
    return Blame(quantity.name, exponent, tuple(_parameters(parts, exponent)), named(nodes), parts.exact(parts.root))


def _parameters(parts: Parts, exponent: Fraction) -> Iterable[Culprit]:
    """Parameters that suffice alone; where none does, those that take part."""
    for alone in (True, False):
        found = {name: e for name, e in parts.by_parameter(alone=alone) if e is not None and e >= exponent}
        if found:
            for group in declared(parts.program, found):
                span = parts.program.parameters[group[0]].span
                yield Culprit("parameter", listing(group), span, max(found[name] for name in group), alone)
            return


class _Recording(Taylor):
    """Records for every base node the part of its highest coefficient that arises at the node.

    The highest coefficients of its operands are set to zero for it or, with ``detached``, to constants.
    """

    def __init__(self, graph: GraphBuilder, direction: Direction, depth: int, *, detached: bool) -> None:
        super().__init__(graph, [(direction, depth)])
        self.detached = detached
        self.made: dict[int, int] = {}

    def _cut(self, jet: Coefficients) -> Coefficients:
        last = jet[-1]
        if len(jet) == 1:
            return jet
        return (*jet[:-1], self.graph.add(Detach(), last) if self.detached and last is not None else None)

    def _record(self, jet: Coefficients, cut: Coefficients) -> Coefficients:
        if jet[0] is not None and cut[-1] is not None and len(cut) > 1:
            self.made[jet[0]] = cut[-1]
        return jet

    def leaf(self, node: int, weight: str) -> Coefficients:
        jet = super().leaf(node, weight)
        return jet if self.detached or self.depth > 1 else self._record(jet, jet)

    def bilinear(self, operation: Operation, left: Coefficients, right: Coefficients) -> Coefficients:
        cut = super().bilinear(operation, self._cut(left), self._cut(right))
        return self._record(super().bilinear(operation, left, right), cut)

    def pointwise(self, operation: Operation, function: Function, jet: Coefficients) -> Coefficients:
        cut = super().pointwise(operation, function, self._cut(jet))
        return self._record(super().pointwise(operation, function, jet), cut)

    def apply(self, operation: Operation, weight: Weight, jet: Coefficients) -> Coefficients:
        cut = super().apply(operation, weight, self._cut(jet))
        return self._record(super().apply(operation, weight, jet), cut)


class Parts:
    """The parts of C^{D,d}, D <= 1, by weight and by node, in one graph."""

    def __init__(self, program: Graph, quantity: Quantity, calculus: Calculus) -> None:
        self.program = program
        self.graph = GraphBuilder.like(program)
        self.calculus = calculus
        self.free = bool(quantity.free)
        self.depth = quantity.contracted
        self.values: dict[int, Derived] = {}
        self.along = gradient_at(program, self.graph)
        self.algebra = _Recording(self.graph, self.along, self.depth, detached=self.free)
        self.output = jet_output(program, self.algebra)
        self.root = self.output[-1]

    def exponent(self, node: int | None, only: str | None = None) -> Fraction | None:
        """The exponent of a scalar, or of its gradient where a slot is free; by the weight ``only`` if given."""
        found = self._value(node, only).exponent
        return found / 2 if found is not None and self.free else found

    def exact(self, node: int | None) -> bool:
        """Whether the :meth:`exponent` of ``node`` is attained."""
        return self._value(node).exact

    def _value(self, node: int | None, only: str | None = None) -> Value:
        if node is not None and self.free:
            gradient = gradient_of(self.program, self.graph, node)
            if only is not None:
                gradient = gradient.only(only)
            node = squared_norm(self.graph, gradient, metric(self.program), exact=False)
        if node is None:
            return self.calculus.zero.value
        return interpret(self.graph, [node], self.calculus, self.values)[node].value

    def by_parameter(self, *, alone: bool) -> Iterable[tuple[str, Fraction | None]]:
        """The parts in which one weight moves in all slots (``alone``), or in one of them."""
        for name in self.program.parameters:
            mine = self.along.only(name)
            if not mine.leaves and not mine.factors:
                continue
            bundles = [(mine, self.depth)] if alone else [(self.along, self.depth - 1), (mine, 1)]
            part = jet_output(self.program, Taylor(self.graph, bundles))[-1]
            exponents = [self.exponent(part, name if alone else None)]
            if self.free and not alone:
                exponents.append(self.exponent(self.root, name))
            yield name, max((e for e in exponents if e is not None), default=None)

    def by_node(self) -> Iterable[tuple[int, Fraction]]:
        """(node, exponent of its part) for every node of the program that contributes."""
        for index, scalar in self.scalars():
            found = self.exponent(scalar)
            if found is not None:
                yield index, found

    def scalars(self) -> Iterable[tuple[int, int]]:
        """For every node of the program the derivative of F by it, times what arises there.

        They add up to :attr:`root`; where a slot is free their gradients do.
        """
        base = self.output[0]
        assert base is not None
        outputs = list(self.program.outputs.values())
        reads = reads_in(self.program, self.graph, outputs)
        pulled = pullback(self.graph, base, self.graph.add(Constant((1.0,))), reads.values(), every=True)
        for index, jet in jets(self.program, outputs, self.algebra, datum(self.graph)).items():
            node = jet[0]
            # Each part is counted once, though later nodes may pass the same base node on.
            made = None if node is None else self.algebra.made.pop(node, None)
            if node is None or made is None or node not in pulled.cotangents:
                continue
            cotangent = pulled.cotangents[node]
            if self.free:
                cotangent = self.graph.add(Detach(), cotangent)
            yield index, contract(self.graph, cotangent, made, names(self.graph.type(node)))
