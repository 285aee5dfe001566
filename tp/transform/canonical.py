"""A program with its linear combinations collected, so that terms that are equal up to a constant cancel.

Every node becomes a linear combination of nodes of a new graph. Combinations pass through sums, linear combinations and
the polynomial parts of activations; signs and, where functions are homogeneous, factors are taken out of arguments.
So ``sigmoid(h) - 1/2``, ``softplus(h) - softplus(-h)``, ``relu(2 h) - 2 relu(h)``, ``sum(h - mean(h))`` become simple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from tp.activations import Activation, find
from tp.graph.axes import ONE, Scale, Type, Width, names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Node
from tp.graph.operation import Derivative, Operation
from tp.primitives.constant import Constant
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.shorthand import combine, spread, total
from tp.primitives.sum_broadcast import Sum

Combination: TypeAlias = dict[tuple[int, tuple[tuple[Width, Fraction], ...]], float]
"""Σ coefficient * (powers of widths) * node, by node and powers."""

ROUNDING = 1e-12
"""Coefficients that cancel up to this share of the largest are taken to cancel."""


def canonical(program: Graph) -> Graph:
    """``program`` with the terms left out that cancel identically; ``program`` itself where none do."""
    found = Collecting(program)
    return found.graph.build() if found.cancelled else program


class Collecting:
    """Builds :attr:`graph` node by node."""

    def __init__(self, program: Graph) -> None:
        self.program = program
        self.graph = GraphBuilder.like(program)
        self.cancelled = False
        """Whether the terms of some linear combination cancel."""
        self._images: dict[int, Combination] = {}
        shown = {**program.names, **program.outputs}
        for index in program.needed(list(shown.values())):
            node = program[index]
            with self.graph.at(node.span):
                self._images[index] = _collect.of(node.operation)(node.operation, self, node)
        for name, index in program.names.items():
            self.graph.name(self.node(index), name)
        self.graph.outputs.update({name: self.node(index) for name, index in program.outputs.items()})

    def image(self, index: int) -> Combination:
        """What the node ``index`` of the program has become."""
        return self._images[index]

    def node(self, index: int) -> int:
        """The node of the graph that is the node ``index`` of the program."""
        return self.made(self._images[index], self.program.type(index))

    def made(self, value: Combination, axes: Type) -> int:
        """The node of a combination, with ``axes``."""
        if not value:
            return spread(self.graph, self.graph.add(Constant((0.0,))), axes)
        value = dict(sorted(value.items(), key=lambda term: (term[0][0], str(Scale(1.0, term[0][1])))))
        nodes = [node for node, _ in value]
        return spread(self.graph, combine(self.graph, nodes, list(scales(value))), axes)

    def added(self, parts: Iterable[tuple[Scale, Combination]]) -> Combination:
        """Σ scale * combination; terms that cancel are left out."""
        sums: Combination = {}
        largest: Combination = {}
        for scale, part in parts:
            for key, coefficient in scaled(part, scale).items():
                sums[key] = sums.get(key, 0.0) + coefficient
                largest[key] = max(largest.get(key, 0.0), abs(coefficient))
        gone = {key for key, c in sums.items() if abs(c) <= ROUNDING * largest[key]}
        self.cancelled = self.cancelled or any(largest[key] > 0.0 for key in gone)
        return {key: c for key, c in sums.items() if key not in gone}

    def single(self, operation: Operation, *operands: int, label: str | None = None) -> Combination:
        """The operation as a node of its own."""
        return {(self.graph.add(operation, *operands, label=label), ()): 1.0}


def scales(value: Combination) -> Iterable[Scale]:
    """The coefficients of a combination."""
    return (Scale(coefficient, powers) for (_, powers), coefficient in value.items())


def scaled(value: Combination, factor: Scale) -> Combination:
    """``factor`` times a combination."""
    if factor == ONE:
        return value
    products = [(node, Scale(c, powers) * factor) for (node, powers), c in value.items()]
    return {(node, scale.powers): scale.coefficient for node, scale in products}


def _as_it_is(operation: Operation, at: Collecting, node: Node) -> Combination:
    """The operation on operands that are nodes of their own; a factor of a linear one is taken out."""
    image = at.image(node.operands[0]) if len(node.operands) == 1 else {}
    if operation.derivative is Derivative.LINEAR and len(image) == 1:
        (inner,), (scale,) = [n for n, _ in image], scales(image)
        operand = spread(at.graph, inner, at.program.type(node.operands[0]))
        return scaled(at.single(operation, operand, label=node.label), scale)
    return at.single(operation, *map(at.node, node.operands), label=node.label)


_collect: Interpretation[Callable[[Any, Collecting, Node], Combination]] = Interpretation(
    "collecting", default=_as_it_is
)
"""``rule(operation, at, node)``: the combination that a node becomes. The default is right for every operation."""


@_collect.rule(Constant)
def constant(operation: Constant, at: Collecting, node: Node) -> Combination:
    """Equal numbers are a multiple of one."""
    if operation.axes or not operation.numbers[0]:
        return at.single(operation)
    return scaled(at.single(Constant((1.0,))), Scale(operation.numbers[0]))


@_collect.rule(Linear)
def linear(operation: Linear, at: Collecting, node: Node) -> Combination:
    return at.added((s, at.image(i)) for s, i in zip(operation.scales, node.operands, strict=True) if s.coefficient)


@_collect.rule(Sum)
def summed(operation: Sum, at: Collecting, node: Node) -> Combination:
    """Sums term by term; a term without an axis of the sum is multiplied by the size of the axis."""
    axes = [a for a in at.program.type(node.operands[0]) if a.name in operation.over]
    parts: list[tuple[Scale, Combination]] = []
    for (inner, powers), coefficient in at.image(node.operands[0]).items():
        have = names(at.graph.type(inner))
        scale = Scale(coefficient, powers)
        for axis in axes:
            if axis.name not in have:
                scale = scale * (Scale.of(axis.size) if isinstance(axis.size, Width) else Scale(float(axis.size)))
        over = [a.name for a in axes if a.name in have]
        parts.append((scale, {(total(at.graph, inner, over), ()): 1.0}))
    return at.added(parts)


@_collect.rule(Product)
def product(operation: Product, at: Collecting, node: Node) -> Combination:
    """Factors are taken out; the two factors come in one order, and one without axes is a plain number."""
    images = [at.image(i) for i in node.operands]
    if not all(images):
        return {}
    scale, inner = ONE, list[int]()
    for index, image in zip(node.operands, images, strict=True):
        if len(image) == 1:
            scale = scale * next(iter(scales(image)))
            inner.append(spread(at.graph, next(iter(image))[0], _shared(at, index, operation.over)))
        else:
            inner.append(at.node(index))
    one = at.graph.add(Constant((1.0,)))
    for place in (0, 1):
        if inner[place] == one and not operation.over:
            other = images[1 - place]
            return scaled(other, next(iter(scales(images[place]))))
    return scaled(at.single(operation, *sorted(inner), label=node.label), scale)


def _shared(at: Collecting, index: int, over: Sequence[str]) -> Type:
    return tuple(a for a in at.program.type(index) if a.name in over)


@_collect.rule(Pointwise)
def pointwise(operation: Pointwise, at: Collecting, node: Node) -> Combination:
    """A polynomial part and an odd or even one; the latter at an argument whose first coefficient is positive."""
    if operation.k:
        return _as_it_is(operation, at, node)
    axes = node.type
    argument = at.image(node.operands[0])
    activation = find(operation.activation)
    split = activation.split()
    if split is None:
        return _with_parity(activation, at, argument, axes, node.label)
    inner = scaled(argument, Scale(split.inside))
    part = _with_parity(find(split.part), at, inner, axes, node.label)
    parts = [(Scale(split.slope), argument), (Scale(split.scale), part)]
    if split.constant:
        parts.insert(0, (Scale(split.constant), at.single(Constant((1.0,)))))
    return at.added(p for p in parts if p[0].coefficient)


def _with_parity(
    activation: Activation, at: Collecting, argument: Combination, axes: Type, label: str | None
) -> Combination:
    """``activation`` at ``argument``: its sign is taken out, and its factor where the activation is homogeneous."""
    operation, outer = Pointwise(activation.name), ONE
    symmetry = activation.symmetry(0)
    if symmetry != "none" and argument and argument[min(argument, key=lambda key: key[0])] < 0.0:
        argument = scaled(argument, Scale(-1.0))
        outer = Scale(-1.0) if symmetry == "odd" else ONE
    degree = activation.degree()
    if degree is not None and len(argument) == 1 and next(iter(argument.values())) > 0.0:
        outer = outer * next(iter(scales(argument))) ** degree
        argument = {(node, ()): 1.0 for node, _ in argument}
    return scaled(at.single(operation, at.made(argument, axes), label=label), outer)
