"""An estimate of how long a graph takes at a width: products with weights, as arrays or matrix-free, and the rest.

Costs are seconds of the reference machine: two quiet cores of an x86-64 server of 2020, on which the constants below
were measured. They are right to within a factor of two or so at widths where a draw takes time. They depend on the
graph and the width alone, so what they decide (the engine, the number of draws, the end of a budget) is the same on
every machine, however busy it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.interpret.cost.kinds import form_of, kind_of, size_of, sizes
from tp.interpret.cost.memory import entries
from tp.interpret.cost.schedule import schedule
from tp.laws import LAWS
from tp.matrix_free.kind import Effort
from tp.primitives.traits import applied_weight


@dataclass(frozen=True, slots=True)
class Rates:
    """Seconds that one path of computing takes for what work consists of.

    Fields:
        draw: drawing one normal number.
        touch: reading or writing one number.
        multiply: one multiplication and addition within a matrix product.
        ask: the fixed cost of one matrix-free product, once for all draws side by side.
        solve: the fixed cost of one, for each draw, where small matrices are orthogonalised.
        node: the fixed cost of one node, once for all draws side by side.
    """

    draw: float
    touch: float
    multiply: float
    ask: float
    solve: float
    node: float

    def seconds(self, effort: Effort, together: int = 1) -> float:
        """Seconds of one draw for products with a matrix-free weight, where ``together`` draws are made at once."""
        fixed = self.ask * effort.calls / together + self.solve * effort.systems
        return fixed + self.draw * effort.drawn + self.touch * effort.touched + self.multiply * effort.multiplied


XLA = Rates(draw=7.5e-9, touch=5.0e-10, multiply=5.0e-11, ask=0.0, solve=5.0e-5, node=1.0e-6)
"""Compiled by JAX: nodes one after another are one loop."""
NUMPY = Rates(draw=3.5e-9, touch=6.5e-10, multiply=5.0e-11, ask=5.8e-4, solve=2.2e-4, node=1.3e-5)
"""Each node is a few calls of NumPy, which write their results to memory."""


@dataclass(slots=True)
class Questions:
    """The products that a graph takes with one weight: (number of vectors, transposed) of each group, in order."""

    groups: list[tuple[int, bool]] = field(default_factory=list)

    def vectors(self, transposed: bool) -> int:
        return sum(k for k, side in self.groups if side == transposed)

    @property
    def widest(self) -> int:
        """The most vectors of one group."""
        return max((k for k, _ in self.groups), default=0)

    def materialised(self, size: int, rates: Rates = XLA) -> float:
        """Seconds with the weight as an array of ``size`` entries, drawing included."""
        return size * (rates.draw + rates.touch + sum(rates.touch + rates.multiply * k for k, _ in self.groups))

    @property
    def stored(self) -> int:
        """The number of products that a matrix which learns remembers: all but those of the last group."""
        return sum(k for k, _ in self.groups[:-1])


def questions(graphs: Sequence[tuple[Nodes, Sequence[int]]], n: int) -> dict[str, Questions]:
    """The products that ``graphs`` (with their roots), evaluated in turn, take with each applied weight, by name."""
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


def as_array(parameter: Parameter, asked: Questions, n: int, rates: Rates) -> float:
    """Seconds of one draw for the products ``asked`` of the weight as an array, drawing included."""
    rows, columns = sizes(parameter, n)
    form = form_of(parameter)
    more = 0.0 if form is None else form.multiplications(rows, columns, size_of(parameter, n))
    return asked.materialised(rows * columns, rates) + rates.multiply * more


def matrix_free(parameter: Parameter, asked: Questions, n: int, rates: Rates, together: int = 1) -> float:
    """Seconds of one draw for the same products without the array, where ``together`` draws are made at once."""
    effort = kind_of(parameter).effort(*sizes(parameter, n), size_of(parameter, n), asked.groups)
    return rates.seconds(effort, together)


def held_entries(
    parameters: Mapping[str, Parameter], asked: Mapping[str, Questions], without: Collection[str], n: int
) -> int:
    """Numbers in memory for the weights at width ``n``, plus the temporaries of the largest matrix-free one.

    A matrix-free weight, which ``without`` names, counts with what it has from the start and with its stored products.
    """
    held, largest = 0, 0
    for name, parameter in parameters.items():
        rows, columns = sizes(parameter, n)
        if name in without:
            kind = kind_of(parameter)
            each = kind.remembered(rows, columns, size_of(parameter, n))
            held += kind.held(rows, columns, size_of(parameter, n)) + asked[name].stored * each
            largest = max(largest, 2 * asked[name].widest * max(rows + columns, each))
        else:
            held += rows * columns
    return held + largest


RAW = 8
"""Bytes of an entry of a weight before it has its precision."""


def drawing_bytes(parameters: Mapping[str, Parameter], without: Collection[str], n: int, word: int) -> int:
    """Bytes for drawing the weights at width ``n``, beyond their numbers of ``word`` bytes each.

    They are drawn one after another, so the largest one counts with its random bits, and the others with what is kept
    of them until all are made.
    """
    drawn = [p for name, p in parameters.items() if name not in without]
    entries_ = {p.name: prod(sizes(p, n)) for p in drawn}
    kept = max(0, RAW - word) * sum(entries_.values())
    scratch = (max(0, _scratch(p) - max(RAW, word)) * entries_[p.name] + _factors(p, n) for p in drawn)
    return kept + max(scratch, default=0)


def _factors(parameter: Parameter, n: int) -> int:
    """Bytes for the two factors of a product while they are drawn: they may be larger than their product."""
    form = form_of(parameter)
    if form is None or not form.product:
        return 0
    return int(size_of(parameter, n)) * sum(sizes(parameter, n)) * _scratch(parameter)


def _scratch(parameter: Parameter) -> int:
    """Bytes that an entry takes while it is drawn."""
    form = form_of(parameter)
    return max(LAWS[parameter.law.family].scratch, 0 if form is None else form.scratch)


def products(
    parameters: Mapping[str, Parameter],
    asked: Mapping[str, Questions],
    without: Collection[str],
    n: int,
    rates: Rates = XLA,
    together: int = 1,
) -> float:
    """Seconds of one draw for all products with weights, drawing included, where ``together`` are made at once.

    Weights in ``without`` are matrix-free.
    """
    total = 0.0
    for name, parameter in parameters.items():
        mine = asked.get(name, Questions())
        if name in without:
            total += matrix_free(parameter, mine, n, rates, together)
        else:
            total += as_array(parameter, mine, n, rates)
    return total


def elsewhere(graph: Nodes, roots: Sequence[int], n: int, rates: Rates = XLA, together: int = 1) -> float:
    """Seconds of one draw for everything that is not a product with a weight, where ``together`` are made at once."""
    needed = graph.needed(roots)
    touched = sum(2 * entries(graph.type(i), n) for i in needed if applied_weight(graph[i].operation) is None)
    return rates.touch * touched + rates.node * len(needed) / together
