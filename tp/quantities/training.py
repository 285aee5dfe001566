"""Training as a program: values after a few steps, split into initial value, change of F_lin, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice

from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.optimizers import SGD, Optimizer
from tp.primitives.constant import Constant
from tp.quantities.programs import datum, metric, reads_in, scalar_output
from tp.transform.direction import Direction, Factor, squared_norm
from tp.transform.displacement import Displaced, Displacement, Displacing
from tp.transform.fused import Fusing
from tp.transform.gradient import direction, pullback
from tp.transform.instantiate import instantiate
from tp.transform.jet import jets


@dataclass(frozen=True, slots=True)
class Backprop:
    """A program together with its gradient, as one program over the same weights.

    ``image`` maps nodes of the program to nodes of ``graph``, where products of piecewise-linear functions of one value
    are single functions (:mod:`tp.transform.fused`); ``update`` is Λ∇F; ``kernel`` is the scalar ∇F·Λ∇F, or
    None where it vanishes identically. ``cotangents`` are ∂F/∂h by node h of ``graph``.
    """

    graph: Graph
    image: Mapping[int, int]
    output: int
    update: Direction
    kernel: int | None
    cotangents: Mapping[int, int]

    @property
    def roots(self) -> list[int]:
        nodes = [*self.update.leaves.values()]
        nodes += [node for factors in self.update.factors.values() for f in factors for node in (f.left, f.right)]
        return [self.output, *([] if self.kernel is None else [self.kernel]), *nodes]


def backprop(program: Graph) -> Backprop:
    """``program`` at one generic input, with the gradient of its scalar output."""
    graph = GraphBuilder.like(program)
    roots = [*program.outputs.values(), *program.names.values()]
    image = instantiate(program, roots, graph, datum(graph), beside=Fusing(graph))
    output = scalar_output(program, graph, image)
    reads = reads_in(program, graph, list(program.outputs.values()))
    pulled = pullback(graph, output, graph.add(Constant((1.0,))), reads.values(), every=True)
    gradient = direction(pulled, reads)
    kernel = squared_norm(graph, gradient, metric(program), exact=False)
    update = gradient.rescaled(graph, metric(program))
    return Backprop(graph.build(), image, output, update, kernel, pulled.cotangents)


@dataclass(frozen=True, slots=True)
class Trained:
    """Nodes of ``graph`` by node of the backprop program, after ``steps`` steps of training; ``algebra`` made them."""

    graph: GraphBuilder
    nodes: Mapping[int, Displaced]
    algebra: Displacing
    steps: int


Changes = tuple[Direction, ...]
"""Gradients of later steps, each minus the gradient at the initial weights."""


def appended(_: GraphBuilder, earlier: Changes, change: Direction) -> Changes:
    """All changes, each by itself."""
    return (*earlier, change)


def training(
    back: Backprop,
    optimizer: Optimizer | None = None,
    thin: Callable[[GraphBuilder, Direction], Direction] = lambda _, d: d,
    joined: Callable[[GraphBuilder, Changes, Direction], Changes | None] = appended,
) -> Iterator[Trained]:
    """The program after 1, 2, 3, ... steps of the ``optimizer`` (None: SGD) with error signals of one.

    ``thin`` may drop parts of directions, and ``joined`` parts of earlier changes, that do not change the orders of the
    result. The steps end where ``joined`` gives None: a further change adds nothing. Raises TpError TP514 for an
    optimiser whose displacement is not known.

    "First order" is the move along the initial gradients (and along the weights), as in the linear model F_lin. The
    rest is everything else: nonlinear effects of the move, and the change of the gradients themselves.
    """
    optimizer = (optimizer or SGD()).of(back.graph.parameters)
    graph = GraphBuilder.like(back.graph)
    flat = jets(back.graph, back.roots, Displacing(graph, Displacement()), datum(graph))
    start = thin(graph, back.update.mapped(lambda node: flat[node].base))
    rest: Changes | None = ()
    roots = [*back.roots, *back.image.values()]
    for step in count(1):
        algebra = Displacing(graph, optimizer.displacement(graph, start, rest))
        moved = jets(back.graph, roots, algebra, datum(graph))
        yield Trained(graph, moved, algebra, step)
        rest = joined(graph, rest, thin(graph, change(back.update, algebra, moved)))
        if rest is None:
            return


def trained(back: Backprop, steps: int, optimizer: Optimizer | None = None) -> Trained:
    """The program after ``steps`` >= 1 steps, see :func:`training`."""
    if steps < 1:
        raise ValueError(f"training needs at least 1 step, not {steps}")
    return next(islice(training(back, optimizer), steps - 1, None))


def change(update: Direction, algebra: Displacing, nodes: Mapping[int, Displaced]) -> Direction:
    """The update at moved weights minus the update at the initial weights."""
    leaves = {name: move for name, node in update.leaves.items() if (move := algebra.move(nodes[node])) is not None}
    factors: dict[str, tuple[Factor, ...]] = {}
    for name, parts in update.factors.items():
        changed: list[Factor] = []
        for f in parts:
            left, right = nodes[f.left], nodes[f.right]
            if (move := algebra.move(left)) is not None:
                changed.append(Factor(move, algebra.total(right), f.shared))
            if (move := algebra.move(right)) is not None:
                changed.append(Factor(left.base, move, f.shared))
        if changed:
            factors[name] = tuple(changed)
    return Direction(leaves, factors)
