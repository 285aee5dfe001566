"""Bounds of C^{D,d} for all D and d at once, by the norm calculus.

The *source* of a node is the part of its derivatives that arises there: from two moving factors, higher powers of a
function, or a moving weight. Derivatives of F are sums over nodes of source times cotangent:
F^{(d,D)} = Σ ⟨δ, source^{(d,D)}⟩. Jets are bounded along n^λ g and n^μ Λ^{1/2} u with λ and μ as large as the arguments
of functions allow, which gives forms A - λd - μD.
A second sweep along very small directions bounds the least order of each class, and is best for d, D <= 2.

With a free slot the same sum is taken at a point that has moved along the computed directions: its cotangents are
computed vectors of known jets, and only what is not linear in the free direction counts as a source. So moves along
the free direction meet computed vectors as early as possible, before a product with a matrix enlarges their norms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.graph.axes import Scale, growing
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.bounds import NormPass, Sizes, grain, light, met
from tp.interpret.degree import degrees
from tp.orders.bounds.recorder import Jet, Line, Motion, NormCalculus, Sides
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.bounds.table import BEYOND, CLASSES, MOVING, Table
from tp.orders.proof.derivation import Derivation
from tp.primitives.constant import Constant
from tp.primitives.traits import read_weight
from tp.quantities.programs import datum, metric, scalar_output
from tp.transform.gradient import pullback
from tp.transform.instantiate import instantiate

_TINY = 10_000
_TRIES = 6


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
    """The bounds of the output along directions of one size."""

    calculus: NormCalculus
    output: Line

    def form(self, free: int, contracted: int) -> Form | None:
        """The form of a class (2: two or more); None when it vanishes identically."""
        calculus = self.calculus
        arguments = (free, contracted, calculus.grain, (calculus.along, calculus.free))
        value = NORM_RULES["norm.form"](arguments, [self.output.value])
        if value is None:
            return None
        constant, along, rate = value
        return Form(constant, along, rate, Derivation("norm.form", arguments, (self.output,), value))


@dataclass(frozen=True, slots=True)
class Bounds:
    """Upper bounds of the exponents of all C^{D,d}; ``degree`` is that of F in θ, None when not polynomial."""

    degree: int | None
    main: Sweep
    least: Sweep
    reasons: tuple[str, ...]

    def form(self, free: int, contracted: int) -> Form | None:
        """One form for a class of orders, 2 standing for two or more; None when all of it vanishes identically."""
        return self.main.form(min(free, 2), min(contracted, 2))

    def best(self, free: int, contracted: int) -> Form | None:
        """The form with the lowest bound of C^{D,d}; None when it vanishes identically."""
        if self.degree is not None and free + contracted > self.degree:
            return None
        forms = [s.form(min(free, 2), min(contracted, 2)) for s in (self.main, self.least)]
        known = [f for f in forms if f is not None]
        return min(known, key=lambda f: f.at(free, contracted)) if len(known) == len(forms) else None

    def exponent(self, free: int, contracted: int) -> Fraction | None:
        """The bound of C^{D,d}, D = ``free``, d = ``contracted``: (0, 0) is F, (0, 1) the kernel, (2, 0) the Hessian.

        None: vanishes identically; at least half of UNBOUNDED: there is no bound.
        """
        form = self.best(free, contracted)
        if form is None:
            return None
        found = form.at(free, contracted)
        return UNBOUNDED if found * self.main.calculus.grain > BEYOND // 2 else found


def bounds(program: Graph, sizes: Sizes | None = None) -> Bounds:
    """Bounds of all correlations of ``program``; ``sizes`` may give smaller exponents of values and their moves."""
    return _Hypothesis(program, sizes).bounds()


class _Hypothesis:
    """A program as one scalar, with the cotangents of all of its nodes."""

    def __init__(self, program: Graph, sizes: Sizes | None) -> None:
        self.sizes = sizes
        self.metric = metric(program)
        self.graph = graph = GraphBuilder.like(program)
        roots = list(program.outputs.values())
        image = instantiate(program, roots, graph, datum(graph))
        self.output = scalar_output(program, graph, image)
        self.forward = graph.needed([self.output])
        self.reads = {name: i for i in self.forward if (name := read_weight(graph[i].operation)) is not None}
        self.pulled = pullback(graph, self.output, graph.add(Constant((1.0,))), self.reads.values(), every=True)
        self.met = met(graph)
        self.grain = grain(graph)
        self.light = light(graph)
        still = NormPass(graph, NormCalculus(self.grain, self.light), sizes)
        still.run(list(graph), self.met)
        self.still = still.jets
        self.reasons = dict(still.calculus.reasons)
        self.motions = self._motions()

    def bounds(self) -> Bounds:
        tiny = -_TINY * self.grain
        least, arguments = self._sweep(tiny, tiny)
        along, free = self._rates(arguments or self._everything(least), (tiny, tiny))
        main, arguments = self._sweep(along, free)
        for _ in range(_TRIES):
            lower = self._rates(arguments, (along, free)) if arguments else (along, free)
            if lower[0] >= along and lower[1] >= free:
                break
            along, free = min(along, lower[0]), min(free, lower[1])
            main, arguments = self._sweep(along, free)
        degree = degrees(self.graph, set(self.motions))[self.output]
        return Bounds(degree, main[0], least[0], tuple(self.reasons))

    def _motions(self) -> dict[str, Motion]:
        found: dict[str, Motion] = {}
        for name, parameter in self.graph.parameters.items():
            rate: Scale = self.metric(name)
            if not rate.coefficient:
                continue
            if parameter.is_operator:
                sides = tuple(
                    Sides(
                        self.still[f.left].value,
                        self.still[f.right].value,
                        growing(a for a in self.graph.type(f.left) if a.name in f.shared),
                    )
                    for f in self.pulled.factors.get(name, ())
                )
                if sides:
                    found[name] = Motion(rate.exponent, None, sides)
            elif name in self.reads and self.reads[name] in self.pulled.cotangents:
                found[name] = Motion(rate.exponent, self.still[self.pulled.cotangents[self.reads[name]]].value)
        return found

    def _sweep(self, along: int, free: int) -> tuple[tuple[Sweep, dict[int, Jet]], list[tuple[Table, int]]]:
        computed = NormPass(self.graph, NormCalculus(self.grain, self.light, along, None, self.motions), self.sizes)
        computed.run(list(self.graph), self.met)
        calculus = NormCalculus(self.grain, self.light, along, free, self.motions)
        moving = NormPass(self.graph, calculus, self.sizes)
        moving.run(self.forward, self.met)
        parts: list[Line] = []
        parts_free: list[Line] = []
        for index, cotangent in self.pulled.cotangents.items():
            jet = moving.jets[index]
            if jet.source is not None:
                parts.append(calculus.line("norm.pair", (), self.still[cotangent].value, jet.source))
            if jet.free is not None:
                parts_free.append(calculus.line("norm.pair.free", (), computed.jets[cotangent].value, jet.free))
        output = calculus.line("norm.output", (len(parts),), moving.jets[self.output].value, *parts, *parts_free)
        self.reasons.update(calculus.reasons)
        return (Sweep(calculus, output), moving.jets), calculus.arguments

    def _everything(self, least: tuple[Sweep, dict[int, Jet]]) -> list[tuple[Table, int]]:
        """Where there are no functions: directions are limited so that no wide value moves by more than its size."""
        tables = [j.value.value for i, j in least[1].items() if growing(self.graph.type(i))]
        return [(t, -t[0].top if t[0] else 0) for t in tables]

    @staticmethod
    def _rates(arguments: Iterable[tuple[Table, int]], at: tuple[int, int]) -> tuple[int, int]:
        """(λ, μ) at which no argument moves by more than O(1) if each class has its least order. μ is fixed first."""
        excess: dict[int, int] = {}
        for table, shift in arguments:
            for c in MOVING:
                x = table[c]
                if x is not None and x.top < BEYOND // 2:
                    excess[c] = max(excess.get(c, x.top + shift), x.top + shift)
        free = min((at[1] - -(-e // CLASSES[c][1]) for c, e in excess.items() if CLASSES[c][0] == 0), default=0)
        along = min(
            (at[0] + (CLASSES[c][1] * (at[1] - free) - e) // CLASSES[c][0] for c, e in excess.items() if CLASSES[c][0]),
            default=0,
        )
        return along, free
