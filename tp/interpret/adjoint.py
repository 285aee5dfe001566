"""Bounds of all derivatives of a scalar F in the adjoint form: at each node the source times the derivative of F by it.

The *source* of a node is the part of its derivatives that arises there: from two moving factors, higher powers of a
function, or a moving weight. Derivatives of F are sums over nodes of source times cotangent:
F^{(d,D)} = Σ ⟨δ, source^{(d,D)}⟩ (docs/calculus.md, section 6).

With a free slot the same sum is taken at a point that has moved along the computed directions: its cotangents are
computed vectors of known jets, and only what is not linear in the free direction counts as a source. So moves along
the free direction meet computed vectors as early as possible, before a product with a matrix enlarges their norms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from tp.graph.axes import growing
from tp.graph.nodes import Nodes
from tp.interpret.bounds import NormPass, Sizes, Supposed, grain, light, met
from tp.orders.bounds.recorder import Jet, Line, Motion, NormCalculus, Sides
from tp.orders.bounds.table import Table
from tp.orders.proof.derivation import Derivation

if TYPE_CHECKING:
    from tp.transform.gradient import Pullback


@dataclass(frozen=True, slots=True)
class Adjoint:
    """A scalar program with the cotangents of all of its nodes: node ``output`` of ``graph`` is F.

    ``reads`` has the node that reads each weight, ``pulled`` the derivative of F by every node below F, and the factors
    of the derivative by every weight that is applied.
    """

    graph: Nodes
    output: int
    reads: Mapping[str, int]
    pulled: Pullback


@dataclass(frozen=True, slots=True)
class Form:
    """C^{D,d} = O(n^{A - λd - μD}) for every d, D of a class; ``derivation`` ends in (A, λ, μ)."""

    constant: Fraction
    along: Fraction
    free: Fraction
    derivation: Derivation[tuple[Fraction, Fraction, Fraction] | None]

    def at(self, free: int, contracted: int) -> Fraction:
        return self.constant - self.along * contracted - self.free * free


@dataclass(frozen=True, slots=True)
class Sweep:
    """The bounds of F along directions of one size, with the bounds of the nodes below F by node.

    ``others`` has the bounds of all nodes of the adjoint program, first where nothing moves, then along computed
    directions.
    """

    calculus: NormCalculus
    output: Line
    jets: Mapping[int, Jet]
    graph: Nodes
    others: tuple[Mapping[int, Jet], Mapping[int, Jet]]

    def line(self, free: int, contracted: int) -> Derivation[Any]:
        """The line that reads the form of a class off the bounds of F."""
        calculus = self.calculus
        return calculus.form((free, contracted, calculus.grain, (calculus.along, calculus.free)), self.output)

    def form(self, free: int, contracted: int) -> Form | None:
        """The form of a class (2: two or more); None when it vanishes identically."""
        derivation = self.line(free, contracted)
        if derivation.value is None:
            return None
        constant, rate, free_rate = derivation.value
        return Form(constant, rate, free_rate, derivation)


class Recorder(Protocol):
    """Makes a norm calculus along directions n^``along`` g and n^``free`` Λ^{1/2} u, in grains of 1/``grain``."""

    def __call__(
        self, grain: int, light: bool, along: int = 0, free: int | None = 0, motions: Mapping[str, Motion] = ...
    ) -> NormCalculus: ...


class AdjointBounds:
    """Sweeps over one adjoint program. ``sizes`` may give smaller exponents of values and of their moves, and
    ``supposed`` may say of which arguments of roots and negative powers a typical order is not known."""

    def __init__(
        self,
        adjoint: Adjoint,
        sizes: Sizes | None = None,
        recorder: Recorder = NormCalculus,
        supposed: Supposed | None = None,
    ) -> None:
        self.adjoint = adjoint
        self.sizes = sizes
        self._supposed = supposed
        self.grain = grain(adjoint.graph)
        self._recorder = recorder
        self._light = light(adjoint.graph)
        self._met = met(adjoint.graph)
        self._forward = adjoint.graph.needed([adjoint.output])
        still = NormPass(adjoint.graph, recorder(self.grain, self._light), sizes, supposed)
        still.run(list(adjoint.graph), self._met)
        self._still = still.jets
        self.reasons = dict(still.calculus.reasons)
        self.motions = self._motions()

    def _motions(self) -> dict[str, Motion]:
        graph, pulled, reads = self.adjoint.graph, self.adjoint.pulled, self.adjoint.reads
        found: dict[str, Motion] = {}
        for name, parameter in graph.parameters.items():
            rate = graph.learning_rate * parameter.rate
            if not rate.coefficient:
                continue
            if parameter.is_operator:
                sides = tuple(
                    Sides(
                        self._still[f.left].value,
                        self._still[f.right].value,
                        growing(a for a in graph.type(f.left) if a.name in f.shared),
                    )
                    for f in pulled.factors.get(name, ())
                )
                if sides:
                    found[name] = Motion(rate.exponent, None, sides)
            elif name in reads and reads[name] in pulled.cotangents:
                found[name] = Motion(rate.exponent, self._still[pulled.cotangents[reads[name]]].value)
        return found

    def sweep(self, along: int, free: int) -> tuple[Sweep, list[tuple[Table, int]]]:
        """The bounds along directions of these sizes, in grains, and what is known of the arguments of functions.

        The second part has a pair for each function with an endless series: the table of its argument, and the grains
        to add before the argument is compared with n^0.
        """
        graph, motions = self.adjoint.graph, self.motions
        computed = NormPass(
            graph, self._recorder(self.grain, self._light, along, None, motions), self.sizes, self._supposed
        )
        computed.run(list(graph), self._met)
        calculus = self._recorder(self.grain, self._light, along, free, motions)
        moving = NormPass(graph, calculus, self.sizes, self._supposed)
        moving.run(self._forward, self._met)
        parts: list[Line] = []
        parts_free: list[Line] = []
        for index, cotangent in self.adjoint.pulled.cotangents.items():
            jet = moving.jets[index]
            if jet.source is not None:
                parts.append(calculus.line("norm.pair", (), self._still[cotangent].value, jet.source))
            if jet.free is not None:
                parts_free.append(calculus.line("norm.pair.free", (), computed.jets[cotangent].value, jet.free))
        last = moving.jets[self.adjoint.output].value
        output = calculus.line("norm.output", (len(parts),), last, *parts, *parts_free)
        self.reasons.update(calculus.reasons)
        others = (self._still, computed.jets)
        return Sweep(calculus, output, moving.jets, graph, others), calculus.arguments
