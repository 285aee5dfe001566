"""The interpreter: walks a graph and gives every node its limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any, TypeAlias

from tp.graph.axes import Axis, Type, Width, names, wide
from tp.graph.graph import Graph
from tp.graph.interpretation import Interpretation, NotInterpreted
from tp.graph.parameter import Parameter
from tp.interpret.limit.dependence import correlated, nodes_in
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.evaluated import node_of
from tp.interpret.limit.folding import folded
from tp.interpret.limit.means import mean
from tp.interpret.limit.polynomial import Polynomial, Tensor, added, scaled, single
from tp.interpret.limit.state import State
from tp.interpret.limit.value import NOTHING, Part, Value
from tp.interpret.limit.weights import homogeneous
from tp.primitives.input import Input


@dataclass(frozen=True, slots=True)
class RandomNumber:
    """A sum whose limit is random, and which other values depend on other than linearly.

    ``name`` is the input of the target graph that stands for it, with the axes ``axes``; ``node`` is its number in the
    interpreted graph. Given the random numbers before it, it is normal; ``parts`` are the sums that it consists of.
    """

    name: str
    node: int
    axes: Type
    parts: tuple[Part, ...]
    target: int
    sound: bool = True
    """Whether its law is known."""


@dataclass
class Interpreter:
    """Values of the nodes of ``graph`` in order."""

    graph: Graph
    state: State
    rules: Interpretation[Rule]
    values: dict[int, Value] = field(default_factory=dict[int, Value])
    random: list[RandomNumber] = field(default_factory=list[RandomNumber])
    index: int = 0
    """The node that is interpreted at present."""

    def run(self, roots: Sequence[int]) -> None:
        """Interprets all that ``roots`` depend on. Raises NoLimit with the node."""
        for index in self.graph.needed(roots):
            if index in self.values:
                continue
            self.index = index
            node = self.graph[index]
            try:
                if len(wide(node.type)) > 1:
                    raise NoLimit(
                        "TP641",
                        f"the value has the wide axes {', '.join(names(wide(node.type)))}; limits have one",
                    )
                rule = self.rules.of(node.operation)
                operands = [self.values[i] for i in node.operands]
                self.values[index] = self._folded(rule(node.operation, self, node.type, operands))
            except NotInterpreted as error:
                raise NoLimit("TP641", str(error), node=index) from error
            except NoLimit as error:
                if error.node is None:
                    error.node = index
                raise

    def _folded(self, value: Value) -> Value:
        """``value`` with a long sum of fixed numbers as one factor."""
        if value.terms.random:
            return value
        return replace(value, terms=folded(self.state, value.terms))

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return self.graph.parameters

    def types(self) -> list[Type]:
        """The types of the operands of the node that is interpreted."""
        return [self.graph.type(i) for i in self.graph[self.index].operands]

    def fixed(self, node: int) -> Polynomial:
        """A node of the target graph as a polynomial."""
        return single(Tensor(node, self.state.target.type(node)))

    def emitted(self, polynomial: Polynomial, axes: Type | None = None) -> int:
        """The node of the target graph for a polynomial without atoms. With ``axes`` it has all of these axes."""
        return node_of(self.state, polynomial, axes)

    def contracted(self, value: Value, axis: Axis) -> Value:
        """The sum of ``value`` over its wide axis: a mean, or a normal number where the mean vanishes by symmetry."""
        assert isinstance(axis.size, Width)
        if value.zero:
            return NOTHING
        factor, growth = float(axis.size.factor), axis.size.exponent
        found = mean(self.state, value.terms)
        if found:
            return Value(value.exponent + growth, scaled(found, factor), exact=False)
        part = Part(axis, scaled(value.terms, sqrt(factor)))
        sound = value.exact or self._linear(value.terms)
        return Value(value.exponent + growth / 2, parts=(part,), exact=value.exact, sound=sound)

    def number(self, place: int) -> Value:
        """Operand ``place`` of the present node, with inputs of the target graph in place of random sums."""
        index = self.graph[self.index].operands[place]
        value = self.values[index]
        if not value.parts:
            return value
        known = next((r for r in self.random if r.node == index), None)
        if known is None:
            axes = tuple(dict.fromkeys(a for part in value.parts for a in part.terms.axes))
            name = f"@random {len(self.random)}"
            target = self.state.target.add(Input(name, axes))
            known = RandomNumber(name, index, axes, value.parts, target, value.sound)
            self.random.append(known)
        terms = added(value.terms, self.fixed(known.target))
        return Value(value.exponent, terms, exact=False)

    def entangled(self, parts: Sequence[Part], polynomial: Polynomial) -> bool:
        """Whether ``polynomial`` depends on a random number that is correlated with the sum of ``parts``."""
        if not parts or not self.random:
            return False
        nodes = nodes_in(self.state, polynomial)
        met = frozenset(self.state.target.needed(list(nodes)))
        return any(r.target in met and correlated(self.state, parts, r.parts) for r in self.random)

    def _linear(self, terms: Polynomial) -> bool:
        """Whether the present sum is linear and homogeneous in a weight.

        Then it is normal given all other weights: exactly for a normal weight, else by the central limit theorem.
        """
        candidates = {s.weight for s in self.state.atoms.weights(terms)}
        return any(homogeneous(self.graph, self.index, weight) == 1 for weight in candidates)


Rule: TypeAlias = Callable[[Any, Interpreter, Type, Sequence[Value]], Value]
"""``rule(operation, interpreter, out, values)``: the limit of the result, of type ``out``."""
limits: Interpretation[Rule] = Interpretation("limit")
"""The rules of the limit: :mod:`tp.interpret.limit.rules` has them all."""
