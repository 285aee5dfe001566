"""The interpreter for bounds: norms of every node of a program and of its derivatives of every order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Protocol

from tp.activations.facts import facts
from tp.exponent import UNBOUNDED
from tp.graph.axes import Scale, growing
from tp.graph.mapping import MapOperation
from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter
from tp.interpret.near_zero import NearZero, singular
from tp.laws import LAWS
from tp.orders.bounds.recorder import Jet, Nearest, NormCalculus
from tp.primitives.interpretations import BoundsSetting, bounds
from tp.primitives.law_facts import moments
from tp.primitives.traits import applied_weight, coefficients_of, function_of

FINEST = 48
"""Grains in 1/(common denominator of all exponents of a program): 48 = 16 · 3 allows halvings and thirds."""


class Sizes(Protocol):
    """Exponents of n of entry sizes that improve on bounds without cancellation; None where none is known."""

    def size(self, node: int) -> Fraction | None:
        """The exponent of the largest entry of ``node``."""
        ...

    def even(self, node: int) -> bool:
        """Whether typical entries of ``node`` are as large as the largest. In a negative power :meth:`size` is then
        taken as their exact order."""
        ...

    def moved(self, node: int, order: int, along: Fraction) -> Fraction | None:
        """The exponent of the ``order``-th derivative of ``node`` along n^along g; order 2 stands for 2 and more."""
        ...


UNKNOWN = "of a typical argument of a root or negative power no order is known, so that there is no bound"
Supposed = Callable[[int, Fraction], bool]
"""Whether typical entries of a node may be supposed to be of the order n^exponent or larger."""


@dataclass(frozen=True)
class NormPass:
    """One sweep over a graph with one calculus; ``jets`` has the bounds found so far, by node.

    ``sizes`` are used only where all initial laws have all moments. Otherwise the largest entry of a vector can exceed
    a typical one by a power of n. A root or negative power of an argument of which ``supposed`` is false has no bound.
    """

    graph: Nodes
    calculus: NormCalculus
    sizes: Sizes | None = None
    supposed: Supposed | None = None
    jets: dict[int, Jet] = field(default_factory=dict[int, Jet])

    def run(self, nodes: Sequence[int], met: Mapping[int, frozenset[tuple[str, bool]]]) -> None:
        """Adds bounds of ``nodes``, which are in topological order. Raises NotInterpreted.

        ``met`` holds, by node, the pairs (weight, transposed) that it depends on, as :func:`met` finds them.
        """
        graph, calculus = self.graph, self.calculus
        known = self.sizes is not None and calculus.light
        for index in nodes:
            node = graph[index]
            operands = [self.jets[i] for i in node.operands]
            vouched = known and bool(operands) and self.sizes is not None and self.sizes.even(node.operands[0])
            types = [graph.type(i) for i in node.operands]
            before = frozenset[tuple[str, bool]]() if not node.operands else met[node.operands[0]]
            nearest = self._nearest(index)
            setting = BoundsSetting(types, node.type, graph.parameters, met=before, vouched=vouched, nearest=nearest)
            jet = bounds.of(node.operation)(node.operation, calculus, setting, operands)
            if known:
                jet = calculus.refined(jet, self._known(index), growing(node.type))
            self.jets[index] = jet

    def _nearest(self, index: int) -> Nearest | None:
        """How near to zero the argument of a root or a negative power comes."""
        function = function_of(self.graph[index].operation)
        if function is None or not singular(facts(function.activation)):
            return None
        nearest = self._zeros.nearest(index)
        (operand,) = self.graph[index].operands
        base = self.jets[operand].value.value[0]
        if nearest is None or base is None or self.supposed is None:
            return nearest
        # Without knowledge from elsewhere, rules take a typical entry for n^min(top, 0) or more.
        least = Fraction(min(base.top, 0), self.calculus.grain)
        floor, _ = nearest
        if (floor is not None and least <= floor) or self.supposed(operand, least):
            return nearest
        self.calculus.reasons[UNKNOWN] = None
        return None

    @cached_property
    def _zeros(self) -> NearZero:
        found = NearZero(self.graph)
        found.scan()
        return found

    def _size(self, index: int) -> Fraction | None:
        size = None if self.sizes is None else self.sizes.size(index)
        return None if size is None or size > UNBOUNDED / 2 else size

    def _known(self, index: int) -> tuple[Fraction | None, ...]:
        """Exponents of the entries by the number of contracted slots: 0, 1, two or more."""
        base = self._size(index)
        if self.sizes is None or not self.calculus.motions:
            return (base,)
        along = Fraction(self.calculus.along, self.calculus.grain)
        return (base, *(self.sizes.moved(index, order, along) for order in (1, 2)))


def met(graph: Nodes) -> dict[int, frozenset[tuple[str, bool]]]:
    """The applied weights that each node depends on, as pairs (weight, transposed)."""
    found: dict[int, frozenset[tuple[str, bool]]] = {}
    for index in graph:
        node = graph[index]
        before = [found[i] for i in node.operands]
        here = before[0] if len(before) == 1 else frozenset[tuple[str, bool]]().union(*before)
        weight = applied_weight(node.operation)
        if weight is not None:
            here |= {(weight.name, weight.transposed)}
        found[index] = here
    return found


def grain(graph: Nodes) -> int:
    """A g such that all exponents of ``graph`` are multiples of 1/g, also after a few halvings."""
    found = {w.exponent.denominator for w in graph.widths.values()} | {graph.learning_rate.exponent.denominator}
    for p in graph.parameters.values():
        found |= {s.exponent.denominator for s in (p.rate, p.law.scale, p.decay, *_sizes(p)) if s is not None}
    for index in graph:
        operation = graph[index].operation
        found |= {s.exponent.denominator for s in coefficients_of(operation)}
        if isinstance(operation, MapOperation):
            found |= {exponent.denominator for exponent in (operation.size, *operation.norms)}
        if (function := function_of(operation)) is not None:
            found.add((facts(function.activation).degree or Fraction(0)).denominator)
    return FINEST * lcm(*found)


def _sizes(parameter: Parameter) -> tuple[Scale, ...]:
    return () if parameter.law.structure is None else parameter.law.structure.arguments


def light(graph: Nodes) -> bool:
    """Whether all initial laws have all moments."""
    return all(moments(p) == float("inf") for p in graph.parameters.values() if p.law.family in LAWS)
