"""A program whose weights have moved away from their initial values.

A move is one of two things. It is a sum of outer products: W x becomes γ W x + Σ_r c_r a_r (b_r · x), or with a matrix
of coefficients γ W x + Σ_rq C_rq a_r (b_q · x), where the rows a and b and the numbers c and γ are inputs. Or it is an
array: then the graph has a second weight, the move, whose product is added. In both cases the initial weight stays as
it is, so it can be matrix-free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tp.graph.axes import Axis, names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.operation import Operation
from tp.graph.slot import Role, Slot
from tp.primitives.input import Input
from tp.primitives.rename import Rename
from tp.primitives.shorthand import combine, contract, multiply
from tp.primitives.traits import Weight, on_weight, weight_of
from tp.transform.direction import Factor, apply_direction
from tp.transform.instantiate import instantiate

RANK = "@rank"
"""The axis of the rows of a move."""
COLUMNS = "@columns"
"""The axis of the rows b of a move whose coefficients are a matrix."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Which weights have moved: some by ``rank[weight]`` outer products, those in ``arrays`` by an array.

    The initial values of weights in ``shrinks`` with a positive rank are multiplied by the input γ of that weight.
    The coefficients of a weight in ``columns`` are a matrix, with so many columns.
    """

    rank: Mapping[str, int] = field(default_factory=dict)
    arrays: frozenset[str] = frozenset()
    shrinks: frozenset[str] = frozenset()
    columns: Mapping[str, int] = field(default_factory=dict)

    def beside(self, program: Graph) -> frozenset[str]:
        """The weights that :func:`room_for` adds for the moves that are arrays."""
        return frozenset(Slot(Role.MOVE, name) for name in self.arrays if name in program.parameters)


def room_for(program: Graph, moves: Moves) -> GraphBuilder:
    """A builder for ``program`` with ``moves``: its parameters are those of ``program`` and moves that are arrays."""
    found = {name: replace(program.parameters[name], name=Slot(Role.MOVE, name)) for name in sorted(moves.arrays)}
    beside = {p.name: p for p in found.values()}
    return GraphBuilder(program.widths, {**program.parameters, **beside}, program.learning_rate)


def moved(
    program: Nodes,
    roots: Sequence[int],
    target: GraphBuilder,
    datum: Callable[[Input], int],
    samples: Axis | None,
    moves: Moves,
) -> dict[int, int]:
    """Adds what ``roots`` need to ``target``, at weights that have made ``moves``.

    Returns the map from nodes of ``program`` to nodes of ``target``. With ``samples`` every sample has a copy of the
    weights that are read, and so its own gradient. Where moves are arrays ``target`` must be from :func:`room_for`.
    """

    def beside(operation: Operation, operands: Sequence[int], copy: int) -> int:
        weight = weight_of(operation)
        if weight is None:
            return copy
        if weight.name in moves.arrays:
            return combine(target, [copy, target.add(on_weight(operation, Slot(Role.MOVE, weight.name)), *operands)])
        if not weight.applied or not moves.rank.get(weight.name):
            return copy
        if weight.name in moves.shrinks:
            copy = multiply(target, copy, target.add(Input(Slot(Role.SHRUNK, weight.name), ())))
        return combine(target, [copy, _move(target, weight, operands[0], moves)])

    return instantiate(program, roots, target, datum, samples, beside)


def _move(target: GraphBuilder, weight: Weight, operand: int, moves: Moves) -> int:
    """Σ_r c_r a_r (b_r · x), or with a and b exchanged for the transposed weight."""
    if weight.name in moves.columns:
        return _mixed(target, weight, operand, moves)
    found = target.parameters[weight.name]
    axis = Axis(RANK, moves.rank[weight.name])
    left = target.add(Input(Slot(Role.LEFT, weight.name), (axis, *found.outs)))
    right = target.add(Input(Slot(Role.RIGHT, weight.name), (axis, *found.ins)))
    vector, coefficient, shared = apply_direction(target, weight, Factor(left, right, (RANK,)), operand)
    weights = target.add(Input(Slot(Role.COEFFICIENTS, weight.name), (axis,)))
    if shared != (RANK,):
        weights = target.add(Rename(RANK, shared[0]), weights)
    return contract(target, vector, multiply(target, coefficient, weights), shared)


def _mixed(target: GraphBuilder, weight: Weight, operand: int, moves: Moves) -> int:
    """Σ_rq C_rq a_r (b_q · x), or Σ_rq C_rq b_q (a_r · x) for the transposed weight."""
    found = target.parameters[weight.name]
    rows, columns = Axis(RANK, moves.rank[weight.name]), Axis(COLUMNS, moves.columns[weight.name])
    left = target.add(Input(Slot(Role.LEFT, weight.name), (rows, *found.outs)))
    right = target.add(Input(Slot(Role.RIGHT, weight.name), (columns, *found.ins)))
    weights = target.add(Input(Slot(Role.COEFFICIENTS, weight.name), (rows, columns)))
    sides = [(right, COLUMNS, names(found.ins)), (left, RANK, names(found.outs))]
    (first, into, ins), (second, out, _) = reversed(sides) if weight.transposed else sides
    along = contract(target, first, operand, ins)
    return contract(target, second, contract(target, weights, along, (into,)), (out,))
