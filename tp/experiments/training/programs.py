"""The graphs that training evaluates: a step, and the outputs, features and gradients of single samples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import prod

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, SAMPLES, Axis, Type, names, wide
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import Role, Slot
from tp.primitives.constant import Constant
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.input import Input
from tp.primitives.shorthand import combine, contract, spread
from tp.primitives.traits import datum_of, read_weight, weight_of
from tp.quantities.programs import datum, reads_in
from tp.transform.direction import Direction
from tp.transform.gradient import Pullback, direction, pullback
from tp.transform.moved import Moves, moved

TARGET = Slot(Role.TARGET)
SEED = Slot(Role.SEED)


@dataclass(frozen=True, slots=True)
class Gradient:
    """A graph with the outputs of samples, the gradient of their weighted sum, and ``features`` by name.

    If gradients are ``apart``, every sample has its own, along the samples axis of leaves and factors. ``radial`` is
    then by group of weights the inner product of each with these, [samples], where it is wanted and not zero.
    """

    graph: Graph
    output: int
    gradient: Direction
    features: Mapping[str, int]
    apart: bool
    radial: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def roots(self) -> list[int]:
        """The output, the features, leaves, and left and right of every factor."""
        factors = [node for parts in self.gradient.factors.values() for f in parts for node in (f.left, f.right)]
        return [self.output, *self.features.values(), *self.radial.values(), *self.gradient.leaves.values(), *factors]

    def rank(self) -> dict[str, int]:
        """By applied weight: how many outer products its gradient has, for one sample if they are apart."""
        return {
            name: sum(prod(a.at(1) for a in self.shared(f.left, f.right, f.shared)) for f in parts)
            for name, parts in self.gradient.factors.items()
        }

    def shared(self, left: int, right: int, over: tuple[str, ...]) -> Type:
        """The axes that a factor is summed over. Raises TpError TP512 for wide ones: the rank would grow with n."""
        found = {a.name: a for node in (left, right) for a in self.graph.type(node) if a.name in over}
        axes = tuple(found[name] for name in over if name in found)
        if wide(axes):
            raise error(
                "TP512",
                f"a weight is shared along the wide axis {', '.join(a.name for a in axes if a.wide)}",
                hint="make that axis finite to train the program",
            )
        return axes


def step(program: Graph, cost: str, batch: int, moves: Moves) -> Gradient:
    """The gradient of the cost summed over a ``batch``; targets are the input :data:`TARGET`."""
    graph, samples = GraphBuilder.like(program), Axis(SAMPLES, batch)
    ((_, root),) = program.outputs.items()
    image = moved(program, [root], graph, datum(graph, samples), None, moves)
    output = _sampled(graph, image[root], samples)
    target = graph.add(Input(TARGET, graph.type(output)))
    signal = graph.add(ErrorSignal(cost), output, target)
    weighed = contract(graph, output, signal, names(graph.type(output)))
    reads = reads_in(program, graph, [root])
    pulled = pullback(graph, weighed, graph.add(Constant((1.0,))), reads.values())
    return Gradient(graph.build(), output, direction(pulled, reads), {}, apart=False)


def outputs(program: Graph, count: int, moves: Moves) -> Gradient:
    """The outputs of ``count`` samples, without a gradient."""
    graph, samples = GraphBuilder.like(program), Axis(SAMPLES, count)
    ((_, root),) = program.outputs.items()
    image = moved(program, [root], graph, datum(graph, samples), None, moves)
    return Gradient(graph.build(), _sampled(graph, image[root], samples), Direction({}, {}), {}, apart=False)


def probe(
    program: Graph,
    count: int,
    moves: Moves,
    features: Mapping[str, int],
    radial: Mapping[str, Collection[str]] | None = None,
) -> Gradient:
    """Outputs, ``features`` and gradients of each of ``count`` samples; the input :data:`SEED` weighs the outputs.

    ``radial`` are groups of weights, by name of the group: their inner products with gradients are wanted, too.
    """
    graph, samples = GraphBuilder.like(program), Axis(SAMPLES, count)
    ((_, root),) = program.outputs.items()
    image = moved(program, [root, *features.values()], graph, datum(graph, samples), samples, moves)
    output = _sampled(graph, image[root], samples)
    seed = graph.add(Input(SEED, graph.type(output)))
    weighed = contract(graph, output, seed, names(graph.type(output)))
    places = {i: image[i] for i in program.needed([root]) if _trained(program, i)}
    reads = {w: place for i, place in places.items() if (w := read_weight(program[i].operation)) is not None}
    pulled = pullback(graph, weighed, graph.add(Constant((1.0,))), reads.values(), kept=(SAMPLES,), every=True)
    seen = {name: image[node] for name, node in features.items()}
    along: dict[str, int] = {}
    for group, weights in (radial or {}).items():
        mine = {i: place for i, place in places.items() if _weight(program, i) in weights}
        values = {place: _whole(graph, place, read_weight(program[i].operation)) for i, place in mine.items()}
        if (found := _radial(graph, pulled, values)) is not None:
            along[group] = found
    return Gradient(graph.build(), output, direction(pulled, reads), seen, True, along)


def common_side(gradient: Gradient, weight: str) -> int | None:
    """The side of all outer products of ``weight`` that does not depend on how the outputs are weighed.

    0 for the left one, 1 for the right one. None where there are several kinds of outer products, whose sides may
    differ.
    """
    factors = gradient.gradient.factors[weight]
    if len(factors) != 1:
        return None
    graph, (factor,) = gradient.graph, factors
    for side, node in enumerate((factor.left, factor.right)):
        inputs = {found.name for i in graph.needed([node]) if (found := datum_of(graph[i].operation)) is not None}
        if SEED not in inputs:
            return side
    return None


def _trained(program: Graph, node: int) -> bool:
    """Whether a node reads or applies a weight, not noise."""
    weight = _weight(program, node)
    return weight is not None and not program.parameters[weight].noise


def _weight(program: Graph, node: int) -> str | None:
    """The weight that a node reads or applies."""
    weight = weight_of(program[node].operation)
    return None if weight is None else weight.name


def _whole(graph: GraphBuilder, place: int, weight: str | None) -> int:
    """A weight that is read at ``place`` with the mean of its law; all else as it is."""
    mean = None if weight is None else graph.parameters[weight].law.mean
    if mean is None:
        return place
    ones = spread(graph, graph.add(Constant((1.0,))), graph.type(place))
    return combine(graph, [place, ones], [ONE, mean])


def _radial(graph: GraphBuilder, pulled: Pullback, values: Mapping[int, int]) -> int | None:
    """∇F · θ by sample, for some of the weights.

    Weights enter linearly at places, so it is the sum of ``values`` there times cotangents.
    """
    parts: list[int] = []
    for place, value in values.items():
        if place in pulled.cotangents:
            back = pulled.cotangents[place]
            over = [a for a in names((*graph.type(place), *graph.type(back))) if a != SAMPLES]
            parts.append(contract(graph, back, value, list(dict.fromkeys(over))))
    return combine(graph, parts) if parts else None


def _sampled(graph: GraphBuilder, output: int, samples: Axis) -> int:
    """Raises TpError TP512 where the output is wide or does not depend on the input."""
    axes = graph.type(output)
    if wide(axes) or samples not in axes:
        raise error("TP512", "only a finite output that depends on the input can be trained")
    return output
