"""Parts of the programs of C^{D,d}: the scalar output, its gradients Λ∇F at inputs, its jets along directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tp.graph.axes import ONE, SAMPLES, Axis, Scale, Type, names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.slot import HERE, Place, Role, Slot
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.input import Input
from tp.primitives.linear import Linear
from tp.primitives.product import Product
from tp.primitives.shorthand import combine, contract, spread
from tp.primitives.sum_broadcast import Broadcast
from tp.primitives.traits import read_weight
from tp.transform.algebra import Algebra
from tp.transform.direction import Direction
from tp.transform.gradient import direction, pullback
from tp.transform.instantiate import instantiate
from tp.transform.jet import jets

J = TypeVar("J")


def metric(graph: Nodes) -> Callable[[str], Scale]:
    """Λ as a function of the weight: the global learning rate times the rate of the weight."""
    return lambda weight: graph.learning_rate * graph.parameters[weight].rate


def scalar_output(
    program: Graph, target: GraphBuilder, image: dict[int, int], samples: Axis | None = None, place: Place = HERE
) -> int:
    """The network function F as a scalar: the components of all outputs, contracted with fixed generic weights.

    A generic linear combination of components has the order of the largest component.
    """
    extra = () if samples is None else (samples,)
    parts: list[int] = []
    for name, node in program.outputs.items():
        axes = program.type(node)
        value = spread(target, image[node], extra)
        if axes:
            weights = target.add(Input(place.of(Slot(Role.OUTPUT, name)), (*axes, *extra)))
            value = contract(target, value, weights, names(axes))
        parts.append(value)
    return combine(target, parts)


def datum(target: GraphBuilder, samples: Axis | None = None, place: Place = HERE) -> Callable[[Input], int]:
    """The function that adds an input of the program at ``place`` to ``target``, with ``samples`` as its last axis."""
    extra: Type = () if samples is None else (samples,)
    return lambda operation: target.add(Input(place.of(operation.name), (*operation.axes, *extra)))


def gradient_at(program: Graph, target: GraphBuilder, samples: Axis | None = None, place: Place = HERE) -> Direction:
    """Λ ∇F at the inputs at ``place``, detached: one direction for each sample."""
    roots = list(program.outputs.values())
    image = instantiate(program, roots, target, datum(target, samples, place), samples)
    output = scalar_output(program, target, image, samples, place)
    reads: dict[str, int] = {}
    for index in program.needed(roots):
        if (weight := trained_weight(program, index)) is not None:
            reads[weight] = image[index]
    seed = target.add(Constant((1.0,)))
    if samples is not None:
        seed = target.add(Broadcast((samples,)), seed)
    pulled = pullback(target, output, seed, reads.values(), kept=(SAMPLES,))
    moved = direction(pulled, reads).rescaled(target, metric(program))
    return moved.mapped(lambda node: target.add(Detach(), node))


def jet_output(program: Graph, algebra: Algebra[J], place: Place = HERE) -> J:
    """The jet of the scalar output at the inputs at ``place``."""
    target = algebra.graph
    roots = list(program.outputs.values())
    moving = jets(program, roots, algebra, datum(target, None, place))
    parts: list[J] = []
    for name, node in program.outputs.items():
        axes = program.type(node)
        value = moving[node]
        if axes:
            weights = target.add(Input(place.of(Slot(Role.OUTPUT, name)), axes))
            value = algebra.bilinear(Product(names(axes)), value, algebra.flat(weights))
        parts.append(value)
    return algebra.linear(Linear((ONE,) * len(parts)), parts) if len(parts) > 1 else parts[0]


def trained_weight(program: Nodes, index: int) -> str | None:
    """The weight that a node reads; None for other nodes, and for noise, which has no gradient."""
    weight = read_weight(program[index].operation)
    return None if weight is None or program.parameters[weight].noise else weight


def reads_in(program: Nodes, target: GraphBuilder, roots: Sequence[int]) -> dict[str, int]:
    """The node of ``target`` that reads each weight, by weight; :func:`jets` has made the same node. Noise is none."""
    found: dict[str, int] = {}
    for index in program.needed(roots):
        if (weight := trained_weight(program, index)) is not None:
            found[weight] = target.add(program[index].operation)
    return found


def gradient_of(program: Graph, target: GraphBuilder, node: int) -> Direction:
    """The gradient of the scalar ``node`` of ``target``, a coefficient of a jet of ``program``, without Λ."""
    reads = reads_in(program, target, list(program.outputs.values()))
    pulled = pullback(target, node, target.add(Constant((1.0,))), reads.values())
    return direction(pulled, reads)
