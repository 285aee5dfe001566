"""The limit of a graph as a graph: its outputs at infinite width, as functions of the inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tp.graph.axes import Type, names
from tp.graph.graph import Graph
from tp.interpret.limit import rules
from tp.interpret.limit.atoms import distinct, with_names
from tp.interpret.limit.dependence import covariance_of_parts
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.interpreter import Interpreter, RandomNumber
from tp.interpret.limit.polynomial import Polynomial, added, renamed
from tp.interpret.limit.state import Accuracy, State
from tp.interpret.limit.value import Part, Value


@dataclass(frozen=True, slots=True)
class Limit:
    """n^``exponent`` times node ``node`` of the target graph is what an output tends to, or a moment of it.

    ``random`` are the random numbers that it depends on, in order: given these it is a fixed number.
    """

    exponent: Fraction
    node: int
    random: tuple[RandomNumber, ...] = ()


@dataclass
class Limits:
    """The limits of the outputs of ``graph``. Nodes are those of one target graph, which has no wide axes.

    Inputs of the target graph are those of ``graph``, and an input ``@random 0``, ``@random 1``, ... for each random
    number.
    """

    graph: Graph
    accuracy: Accuracy = field(default_factory=Accuracy)

    def __post_init__(self) -> None:
        self._interpreter = Interpreter(self.graph, State(self.accuracy), rules.limits)

    def value(self, output: str) -> Value:
        """The limit of ``output``. Raises NoLimit with the node where there is none."""
        root = self.graph.outputs[output]
        self._interpreter.run([root])
        return self._interpreter.values[root]

    @property
    def random(self) -> Sequence[RandomNumber]:
        """All random numbers that were met so far."""
        return tuple(self._interpreter.random)

    @property
    def sampled(self) -> bool:
        """Whether a mean is an average over virtual neurons."""
        return bool(self._interpreter.state.samples)

    def mean(self, output: str) -> Limit:
        """The mean of the limit of ``output``, with all of its axes; zero for a sum whose mean vanishes by symmetry."""
        found = self.value(output)
        axes = self._axes(output)
        return self._limit(found.exponent, found.terms, axes)

    def covariance(self, one: str, other: str) -> Limit:
        """The covariance of the limits of two outputs, with the axes of both.

        An axis of ``other`` that ``one`` has, too, gets a prime. Numbers that are fixed in the limit have covariance
        zero. Raises NoLimit where an output is a sum whose law is not known.
        """
        a, b = self.value(one), self.value(other)
        for name, found in ((one, a), (other, b)):
            if found.parts and not found.sound:
                raise NoLimit(
                    "TP642",
                    f"the law of {name} rests on terms that cancel at leading order",
                    node=self.graph.outputs[name],
                )
        first = self._axes(one)
        change = distinct(self._axes(other), frozenset(names(first)))
        for name, value in ((one, a), (other, b)):
            both = added(value.terms, *(p.terms for p in (*a.parts, *b.parts)))
            if self._interpreter.entangled(value.parts, both):
                raise NoLimit(
                    "TP642",
                    f"{name} is correlated with a random number that its law depends on",
                    node=self.graph.outputs[name],
                )
        found = self.of_parts(a.parts, tuple(Part(p.wide, renamed(p.terms, change)) for p in b.parts))
        return self._limit(a.exponent + b.exponent, found, (*first, *with_names(self._axes(other), change)))

    def of_parts(self, one: Sequence[Part], other: Sequence[Part]) -> Polynomial:
        """The covariance of two sums of parts: parts over different neurons are independent."""
        return covariance_of_parts(self._interpreter.state, one, other)

    def random_covariance(self, one: RandomNumber, other: RandomNumber) -> Limit:
        """The covariance of two random numbers, with the axes of both as in :meth:`covariance`."""
        change = distinct(other.axes, frozenset(names(one.axes)))
        parts = tuple(Part(p.wide, renamed(p.terms, change)) for p in other.parts)
        found = self.of_parts(one.parts, parts)
        return self._limit(Fraction(0), found, (*one.axes, *with_names(other.axes, change)))

    def target(self, outputs: Mapping[str, Limit]) -> Graph:
        """A graph of ``outputs``."""
        builder = self._interpreter.state.target
        builder.outputs = {name: limit.node for name, limit in outputs.items()}
        built = builder.build()
        builder.outputs = {}
        return built.pruned()

    def _axes(self, output: str) -> Type:
        kind = self.graph.type(self.graph.outputs[output])
        return tuple(a for a in kind if not a.wide)

    def _limit(self, exponent: Fraction, polynomial: Polynomial, axes: Type) -> Limit:
        node = self._interpreter.emitted(polynomial, axes)
        needed = set(self._interpreter.state.target.needed([node]))
        met = tuple(r for r in self._interpreter.random if r.target in needed)
        for found in met:
            if not found.sound:
                raise NoLimit(
                    "TP642", "the law of this sum rests on terms that cancel at leading order", node=found.node
                )
        return Limit(exponent, node, met)
