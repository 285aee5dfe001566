"""The graphs that the statements of a certificate are about, made from the program by its transformations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tp.diagnostics.diagnostic import TpError
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.subgraph import subgraph
from tp.interpret.adjoint import Adjoint
from tp.interpret.orders import calculus_for
from tp.interpret.subject import Bounds, ClosedForm, Orders, Subject
from tp.optimizers import DEFAULT, Optimizer
from tp.optimizers.encoding import decoded, encoded
from tp.orders.proof.encoding import rational
from tp.primitives.constant import Constant
from tp.quantities.definitions import parse
from tp.theory.all_orders import moved
from tp.theory.bounds import adjoint
from tp.theory.prepared import prepared
from tp.theory.regime import KERNEL, RESPONSE, Regime, regime
from tp.theory.scalars import Scalars
from tp.transform.direction import Factor
from tp.transform.gradient import Pullback

MOST_CONTRACTED = 20
"""The largest d that a certificate speaks of by itself, so that checking one takes a bounded time."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the author of a certificate chooses: ``quantities``, and the sizes of displacements.

    ``optimizer`` is that of training, None for gradient descent. ``rate`` is the λ of the closed form for all d, None
    where there is none. ``sizes`` are pairs (λ, μ) in grains for the bounds without cancellation, none where nothing is
    said of these. Any choice is sound.
    """

    quantities: tuple[str, ...]
    rate: Fraction | None
    sizes: tuple[tuple[int, int], ...]
    optimizer: Optimizer | None = None

    @property
    def json(self) -> dict[str, Any]:
        return {
            "quantities": list(self.quantities),
            "rate": None if self.rate is None else str(self.rate),
            "sizes": [list(pair) for pair in self.sizes],
            "optimizer": None if self.optimizer is None else encoded(self.optimizer),
        }

    @staticmethod
    def read(body: Mapping[str, Any]) -> Choices:
        """The opposite of :attr:`json`. Raises ValueError, TypeError or KeyError for anything else."""
        rate = body["rate"]
        sizes = tuple((int(along), int(free)) for along, free in body["sizes"])
        quantities = tuple(str(name) for name in body["quantities"])
        if any(parse(name).contracted > MOST_CONTRACTED for name in quantities):
            raise ValueError(f"a certificate is about d <= {MOST_CONTRACTED}")
        optimizer = None if body["optimizer"] is None else decoded(body["optimizer"])
        return Choices(quantities, None if rate is None else rational(rate), sizes, optimizer)


def subjects(program: Graph, choices: Choices) -> Iterator[Subject]:
    """The subjects of a certificate of ``program``. Raises ValueError for an unknown quantity."""
    program = prepared(program).program
    quantities = [parse(name) for name in choices.quantities]
    depth = max((q.contracted + (q.free == 2) for q in quantities), default=0)
    scalars = Scalars(program, depth, calculus_for(program))
    nodes = {name: node for q in quantities if q.free < 2 for name, node in [scalars.node(q)]}
    yield Orders("correlations", _named(scalars.graph, nodes))
    if choices.rate is not None:
        rest, moves = moved(scalars, choices.rate)
        outputs = {"F beyond first order": rest, **moves}
        yield ClosedForm("all orders", _named(scalars.graph, outputs), choices.rate)
    if (found := _trained(program, choices.optimizer)) is not None:
        mover = choices.optimizer
        by = "" if mover is None or mover.name == DEFAULT else f" of {mover.called}"
        after = {_after(name, found.steps, by): node for name, node in found.nodes.items()}
        yield Orders("training", _named(found.graph, after))
    classes = sorted({(min(q.free, 2), min(q.contracted, 2)) for q in quantities})
    yield _bounds(program, choices.sizes, classes)


def _trained(program: Graph, optimizer: Optimizer | None) -> Regime | None:
    """The regime of training; None where no orders of it are known."""
    try:
        return regime(program, calculus_for(program), optimizer)
    except TpError as problem:
        if problem.only("TP514"):
            return None
        raise


def _after(name: str, steps: int, by: str) -> str:
    """A quantity of training with the number of steps and the optimiser, where its name does not say it."""
    if name in ("F", KERNEL):
        return name
    return f"{name}{'' if name == RESPONSE or 'step' in name else f' after {steps} steps'}{by}"


def _named(nodes: Nodes, outputs: dict[str, int | None]) -> Graph:
    """The graph of ``outputs``; one that vanishes identically (None) is the number 0."""
    graph, _ = subgraph(nodes, {name: node for name, node in outputs.items() if node is not None})
    if None not in outputs.values():
        return graph
    builder = GraphBuilder.like(graph)
    for index in graph:
        builder.add(graph[index].operation, *graph[index].operands)
    nothing = builder.add(Constant((0.0,)))
    builder.outputs.update((name, nothing if node is None else graph.outputs[name]) for name, node in outputs.items())
    return builder.build()


def _bounds(program: Graph, sizes: tuple[tuple[int, int], ...], classes: Sequence[tuple[int, int]]) -> Bounds:
    whole = adjoint(program, GraphBuilder.like(program))
    pulled = whole.pulled
    used = [*whole.reads.values(), *(i for pair in pulled.cotangents.items() for i in pair)]
    used += [i for factors in pulled.factors.values() for f in factors for i in (f.left, f.right)]
    graph, number = subgraph(whole.graph, {"F": whole.output}, used)
    factors = {
        weight: tuple(Factor(number[f.left], number[f.right], f.shared) for f in found)
        for weight, found in pulled.factors.items()
    }
    cotangents = {number[node]: number[found] for node, found in pulled.cotangents.items()}
    reads = {weight: number[node] for weight, node in whole.reads.items()}
    moved_to = Adjoint(graph, number[whole.output], reads, Pullback(cotangents, factors))
    return Bounds("bounds without cancellation", graph, moved_to, sizes, tuple(classes))
