"""The kernels between two batches of inputs as programs: what the NNGP is the covariance of, and the tangent kernel.

Inputs are named by :data:`LEFT_BATCH` and :data:`RIGHT_BATCH`, and have the axis ``@left`` or ``@right`` last. The
results have all axes that are promised, by name, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from tp.graph.axes import LEFT, RIGHT, Axis, Type, names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import LEFT_BATCH, RIGHT_BATCH, Place, Role, Slot, slot_of
from tp.primitives.constant import Constant
from tp.primitives.input import Input
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.shorthand import combine, contract, scaled, spread
from tp.quantities.programs import datum, metric, reads_in
from tp.transform.direction import Direction, overlap
from tp.transform.gradient import direction, pullback
from tp.transform.instantiate import instantiate


def pair(first: str, second: str) -> str:
    """The name of the block of the tangent kernel between two outputs."""
    return f"{first}, {second}"


def kernel_axes(program: Graph, f: str, g: str, left: int, right: int) -> Type:
    """The axes of the kernel of two outputs: the batches, those of f, those of g. One of g that f has gets a prime."""
    mine, others = (program.type(program.outputs[name]) for name in (f, g))
    used = {*names(mine), *names(others)}
    found = [Axis(LEFT, left), Axis(RIGHT, right), *mine]
    for axis in others:
        name = axis.name
        if name in names(mine):
            while name in used:
                name += "'"
            used.add(name)
        found.append(Axis(name, axis.size))
    return tuple(found)


def orders_of(program: Graph, left: int, right: int | None) -> dict[str, Type]:
    """The axes of the kernels of all pairs of outputs, by :func:`pair`."""
    across = left if right is None else right
    return {pair(f, g): kernel_axes(program, f, g, left, across) for f in program.outputs for g in program.outputs}


def nngp(program: Graph, left: int, right: int) -> Graph:
    """``program`` at ``left`` and at ``right`` inputs: its covariance is the kernel of the Gaussian process.

    Output f is the output ``LEFT_BATCH.of("f")`` with the axis ``@left`` beside its own, and
    ``RIGHT_BATCH.of("f")`` with ``@right``.
    """
    graph = GraphBuilder.like(program)
    roots = list(program.outputs.values())
    for place, axis in ((LEFT_BATCH, Axis(LEFT, left)), (RIGHT_BATCH, Axis(RIGHT, right))):
        image = instantiate(program, roots, graph, datum(graph, axis, place))
        for name, node in program.outputs.items():
            graph.outputs[place.of(name)] = spread(graph, image[node], (axis,))
    return graph.build()


def tangent(program: Graph, left: int, right: int | None) -> Graph:
    """The tangent kernel ∇f(x) · Λ ∇g(x') for ``left`` inputs x, ``right`` inputs x', and every pair of outputs f, g.

    With ``right`` None the x' are the x: there are inputs at ``LEFT_BATCH`` alone, and gradients are taken once.

    The output ``pair("f", "g")`` has the axes ``@left``, ``@right``, those of f, and those of g. Where f has an axis
    of the same name, an axis of g gets a prime. Gradients of weights that are applied stay in factors.
    """
    graph = GraphBuilder.like(program)
    sides = Axis(LEFT, left), Axis(RIGHT, left if right is None else right)
    gradients = {name: _Gradient.of(program, name) for name in program.outputs}
    first = {name: gradient.at(graph, LEFT_BATCH, sides[0]) for name, gradient in gradients.items()}
    if right is None:
        second = {name: gradient.mapped(lambda i: _mirrored(graph, i)) for name, gradient in first.items()}
    else:
        second = {name: gradient.at(graph, RIGHT_BATCH, sides[1]) for name, gradient in gradients.items()}
    for f, one in first.items():
        for g, other in second.items():
            kernel = _contracted(graph, one, other)
            mine, others = (program.type(program.outputs[name]) for name in (f, g))
            kept = tuple(Axis(_kept(p, a), a.size) for p, t in ((LEFT_BATCH, mine), (RIGHT_BATCH, others)) for a in t)
            kernel = spread(graph, kernel, (*sides, *kept))
            graph.outputs[pair(f, g)] = _named(graph, kernel, kept, kernel_axes(program, f, g, left, left)[2:])
    return graph.build()


@dataclass(frozen=True, slots=True)
class _Gradient:
    """The gradient of Σ seed · f at one input, as a program that is linear in the input ``seed``.

    This program at many seeds at once, along axes of their own, has the gradient of every component: a program acts on
    named axes, and on axes that it does not know entry by entry.
    """

    program: Graph
    axes: Type
    gradient: Direction

    @staticmethod
    def of(program: Graph, output: str) -> _Gradient:
        root = program.outputs[output]
        axes = program.type(root)
        back = GraphBuilder.like(program)
        image = instantiate(program, [root], back, datum(back))
        reads = reads_in(program, back, [root])
        seed = back.add(Input(Slot(Role.SEED), axes))
        gradient = direction(pullback(back, image[root], seed, reads.values()), reads)
        return _Gradient(back.build(), axes, gradient)

    def at(self, graph: GraphBuilder, place: Place, samples: Axis) -> Direction:
        """The gradients at the inputs at ``place``, one for each sample and each component of the output."""

        def given(operation: Input) -> int:
            slot = slot_of(operation.name)
            if slot is None or slot.role is not Role.SEED:
                return graph.add(Input(place.of(operation.name), (*operation.axes, samples)))
            kept = tuple(Axis(_kept(place, a), a.size) for a in self.axes)
            size = prod(a.at(1) for a in self.axes)
            return graph.add(Constant(tuple(float(i == j) for i in range(size) for j in range(size)), self.axes + kept))

        image = instantiate(self.program, list(self._roots()), graph, given)
        return self.gradient.mapped(image.__getitem__)

    def _roots(self) -> Iterator[int]:
        yield from self.gradient.leaves.values()
        for factors in self.gradient.factors.values():
            for factor in factors:
                yield from (factor.left, factor.right)


def _kept(place: Place, axis: Axis) -> str:
    """The name of the axis that counts the components of an output while its gradient has axes of its own."""
    return str(place.of(axis.name))


def _mirrored(graph: GraphBuilder, node: int) -> int:
    """A value at the left batch as one at the right batch."""
    for name in names(graph.type(node)):
        slot = slot_of(name)
        if name == LEFT:
            node = graph.add(Rename(name, RIGHT), node)
        elif slot is not None and slot.role is Role.LEFT_BATCH:
            node = graph.add(Rename(name, RIGHT_BATCH.of(slot.name)), node)
    return node


def _contracted(graph: GraphBuilder, one: Direction, other: Direction) -> int:
    """Σ over weights of Λ ∇f · ∇g, where the two sides keep different axes."""
    scale = metric(graph)
    parts: list[int] = []
    for name, leaf in one.leaves.items():
        if name in other.leaves:
            over = _axes(graph, name)
            parts.append(scaled(graph, contract(graph, leaf, other.leaves[name], over), scale(name)))
    for name, factors in one.factors.items():
        for a in factors:
            for b in other.factors.get(name, ()):
                parts.append(scaled(graph, overlap(graph, name, a, b), scale(name)))
    return combine(graph, parts) if parts else graph.add(Constant((0.0,)))


def _axes(graph: GraphBuilder, weight: str) -> tuple[str, ...]:
    """The axes of a weight as a value."""
    return names(Read(weight).infer([], graph.parameters))


def _named(graph: GraphBuilder, kernel: int, kept: Type, axes: Type) -> int:
    """The kernel with its ``kept`` axes under the names of ``axes``."""
    for old, new in zip(kept, axes, strict=True):
        kernel = graph.add(Rename(old.name, new.name), kernel)
    return kernel
