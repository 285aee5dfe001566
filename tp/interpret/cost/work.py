"""How much work a graph is at a width, before it starts: one weight materialised or conditioned, and all the rest.

Costs are in seconds on a slow core, to within a factor of a few. They decide between engines and how many seeds are
worth drawing, so only their ratios matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.interpret.cost.memory import entries
from tp.interpret.cost.schedule import schedule
from tp.primitives.traits import applied_weight

DRAW = 1.5e-8
"""Drawing one normal number."""
TOUCH = 1.0e-9
"""Reading or writing one number."""
MULTIPLY = 1.0e-10
"""One multiplication and addition within a matrix product."""
ASK = 1.0e-4
"""What a conditioned product costs at least: the small matrices do not depend on the width."""


@dataclass(slots=True)
class Questions:
    """The products that a graph wants of one weight: (vectors, transposed) for each group, in order."""

    groups: list[tuple[int, bool]] = field(default_factory=list)

    def vectors(self, transposed: bool) -> int:
        return sum(k for k, side in self.groups if side == transposed)

    @property
    def widest(self) -> int:
        """The most vectors of one group."""
        return max((k for k, _ in self.groups), default=0)

    def materialised(self, size: int) -> float:
        """The cost with all ``size`` entries of the weight in memory, drawing included."""
        return size * (DRAW + TOUCH + sum(TOUCH + MULTIPLY * k for k, _ in self.groups))

    def conditioned(self, rows: int, columns: int) -> float:
        """The cost without the weight."""
        known = [0, 0]
        total = 0.0
        for k, side in self.groups:
            mine, other = known[side], known[not side]
            inside, outside = (rows, columns) if side else (columns, rows)
            total += ASK + DRAW * k * outside
            total += TOUCH * (inside * (4 * mine + other + 8 * k) + outside * (mine + 2 * other + 6 * k))
            total += MULTIPLY * k * (inside * (4 * mine + other + 3 * k) + outside * (mine + 2 * other + k))
            known[side] += k
        return total

    @property
    def stored(self) -> int:
        """Products that conditioning remembers: all but those of the last group."""
        return sum(k for k, _ in self.groups[:-1])


def questions(graphs: Sequence[tuple[Nodes, Sequence[int]]], n: int) -> dict[str, Questions]:
    """What ``graphs`` with their roots, evaluated one after another, ask of every applied weight."""
    found: dict[str, Questions] = {}
    for graph, roots in graphs:
        for group in schedule(graph, roots):
            weight = applied_weight(graph[group[0]].operation)
            if weight is not None:
                _, ins = graph.parameters[weight.name].sides(weight.transposed)
                size = entries(ins, n)
                vectors = sum(entries(graph.type(graph[i].operands[0]), n) // size for i in group)
                found.setdefault(weight.name, Questions()).groups.append((vectors, weight.transposed))
    return found


def sizes(parameter: Parameter, n: int) -> tuple[int, int]:
    """Rows and columns of a weight as a matrix."""
    return entries(parameter.outs, n), entries(parameter.ins, n)


def held_entries(
    parameters: Mapping[str, Parameter], asked: Mapping[str, Questions], without: Collection[str], n: int
) -> int:
    """Numbers in memory for the weights at width ``n``, with the noise or the draw of the largest one.

    Weights in ``without`` are not materialised, and what is remembered of them counts instead.
    """
    held, largest = 0, 0
    for name, parameter in parameters.items():
        rows, columns = sizes(parameter, n)
        if name in without:
            held += asked[name].stored * (rows + columns)
            largest = max(largest, 2 * asked[name].widest * (rows + columns))
        else:
            held += rows * columns
            largest = max(largest, rows * columns)
    return held + largest


def products(
    parameters: Mapping[str, Parameter], asked: Mapping[str, Questions], without: Collection[str], n: int
) -> float:
    """The cost of all products with weights, drawing included; those in ``without`` are not materialised."""
    total = 0.0
    for name, parameter in parameters.items():
        rows, columns = sizes(parameter, n)
        mine = asked.get(name, Questions())
        total += mine.conditioned(rows, columns) if name in without else mine.materialised(rows * columns)
    return total


def elsewhere(graph: Nodes, roots: Sequence[int], n: int) -> float:
    """The cost of everything that is not a product with a weight."""
    return TOUCH * sum(
        2 * entries(graph.type(i), n) for i in graph.needed(roots) if applied_weight(graph[i].operation) is None
    )
