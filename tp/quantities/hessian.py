"""D = 2: the program of one step of a power iteration for the norm of ∇^{2+d}F contracted with g_1..g_d.

With M = Λ^{1/2} (∇^{2+d}F · g_1..g_d) Λ^{1/2}, a symmetric matrix on parameter space, the iterate u = Λ^{1/2} w is kept
as a sum of outer products of the same shape as a gradient, so no array has one entry for each entry of an operator.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tp.graph.axes import SAMPLES, Axis, Type
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.slot import DIRECTIONS, POINT, Role, Slot, slot_of
from tp.primitives.arrays import aligned
from tp.primitives.input import Input
from tp.primitives.traits import applied_weight
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric, reads_in
from tp.transform.algebra import JET, Subsets
from tp.transform.direction import Direction, Factor, squared_norm

COEFFICIENTS = "@coefficients"
"""The new name of the axis :data:`JET` of a step's gradient. The next iterate sums over it, like over a batch."""


class HessianStep:
    """The program u -> Λ M u, with u an input in factors, and |Λ^{1/2} M u|^2.

    ``contracted`` is d. There are no derivatives with respect to the weights in ``fixed``.
    """

    def __init__(self, program: Graph, contracted: int, fixed: Collection[str] = ()) -> None:
        self.program = program
        self.contracted = contracted
        self.fixed = frozenset(fixed)
        first = self._build(program, self._outline(program))
        self.graph, self.image, self.squared = self._build(program, self._shape(program, *first[:2]))
        self.state: dict[str, int] = {} if self.image is None else _nodes(self.image)
        """Nodes of the next iterate by the name of the input that they feed."""
        self.inputs: dict[str, Type] = {
            operation.name: operation.axes
            for index in self.graph
            if isinstance(operation := self.graph[index].operation, Input) and _is_free(operation.name)
        }

    @property
    def vanishes(self) -> bool:
        return self.squared is None

    @property
    def roots(self) -> list[int]:
        """The nodes that an evaluation returns; none where the correlation vanishes."""
        return [] if self.squared is None else [self.squared, *self.state.values()]

    def fed(self, name: str, array: Any, draws: Type = ()) -> Any:
        """The value of the node ``state[name]`` as the input ``name``, with the axes in the input's order.

        Both have the axis ``draws`` first.
        """
        found = _renamed(self.graph.type(self.state[name]))
        return aligned(array, (*draws, *found), (*draws, *self.inputs[name]))

    def _outline(self, program: Graph) -> dict[str, list[tuple[Type, Type, tuple[str, ...]]]]:
        """Factors of the least rank for every weight that is applied: enough to learn the shape of gradients."""
        operations = (program[i].operation for i in program.needed(list(program.outputs.values())))
        applied = {weight.name for o in operations if (weight := applied_weight(o)) is not None}
        free = applied - self.fixed
        return {name: [(p.outs, p.ins, ())] for name, p in program.parameters.items() if name in free}

    @staticmethod
    def _shape(
        program: Graph, graph: Nodes, image: Direction | None
    ) -> dict[str, list[tuple[Type, Type, tuple[str, ...]]]]:
        """The factors of a gradient (axes of left, of right, shared), with the axis COEFFICIENTS in place of JET."""
        if image is None:
            return {}
        return {
            name: [
                (
                    _renamed(graph.type(f.left)),
                    _renamed(graph.type(f.right)),
                    tuple(COEFFICIENTS if a == JET else a for a in f.shared),
                )
                for f in factors
            ]
            for name, factors in image.factors.items()
        }

    def _build(
        self, program: Graph, shape: Mapping[str, list[tuple[Type, Type, tuple[str, ...]]]]
    ) -> tuple[GraphBuilder, Direction | None, int | None]:
        graph = GraphBuilder.like(program)
        roots = list(program.outputs.values())
        one = Axis(SAMPLES, 1)
        reads = {name: node for name, node in reads_in(program, graph, roots).items() if name not in self.fixed}
        free = Direction(
            {name: graph.add(Input(Slot(Role.FREE, name), (*graph.type(node), one))) for name, node in reads.items()},
            {
                name: tuple(
                    Factor(
                        graph.add(Input(Slot(Role.FREE_LEFT, name, i), (*left, one))),
                        graph.add(Input(Slot(Role.FREE_RIGHT, name, i), (*right, one))),
                        shared,
                    )
                    for i, (left, right, shared) in enumerate(parts)
                )
                for name, parts in shape.items()
            },
        )
        bundles = [(free, 1)]
        if self.contracted:
            samples = Axis(SAMPLES, self.contracted)
            bundles.insert(0, (gradient_at(program, graph, samples, DIRECTIONS), self.contracted))
        algebra = Subsets(graph, bundles)
        node = algebra.coefficient(jet_output(program, algebra, POINT), algebra.depth)
        if node is None:
            return graph, None, None
        gradient = gradient_of(program, graph, node).without(self.fixed)
        squared = squared_norm(graph, gradient, metric(program))
        return graph, gradient.rescaled(graph, metric(program)), squared


def _renamed(axes: Type) -> Type:
    """The axes of a node of the gradient as those of an input of the next step."""
    return tuple(Axis(COEFFICIENTS, a.size) if a.name == JET else a for a in axes)


def _is_free(name: str) -> bool:
    slot = slot_of(name)
    return slot is not None and slot.role in (Role.FREE, Role.FREE_LEFT, Role.FREE_RIGHT)


def _nodes(image: Direction) -> dict[str, int]:
    named: dict[str, int] = {Slot(Role.FREE, name): node for name, node in image.leaves.items()}
    for name, factors in image.factors.items():
        for i, factor in enumerate(factors):
            named[Slot(Role.FREE_LEFT, name, i)] = factor.left
            named[Slot(Role.FREE_RIGHT, name, i)] = factor.right
    return named
