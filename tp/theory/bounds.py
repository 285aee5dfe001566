"""Bounds of C^{D,d} for all D and d at once, by the norm calculus.

Jets are bounded along n^λ g and n^μ Λ^{1/2} u with λ and μ as large as the arguments of functions allow, which gives
forms A - λd - μD. A second sweep along very small directions bounds the least order of each class, and is best for
d, D <= 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.graph.axes import growing
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.adjoint import Adjoint, AdjointBounds, Form, Sweep
from tp.interpret.bounds import Sizes, Supposed
from tp.interpret.degree import degrees
from tp.orders.bounds.table import BEYOND, CLASSES, MOVING, Table
from tp.primitives.constant import Constant
from tp.primitives.traits import read_weight
from tp.quantities.programs import datum, scalar_output
from tp.transform.gradient import pullback
from tp.transform.instantiate import instantiate

_TINY = 10_000
_TRIES = 6


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


def bounds(
    program: Graph,
    sizes: Callable[[GraphBuilder], Sizes] | None = None,
    supposed: Callable[[GraphBuilder], Supposed] | None = None,
) -> Bounds:
    """Bounds of all correlations of ``program``.

    ``sizes``, of the graph of :func:`adjoint`, may give smaller exponents of values and of their moves. ``supposed``,
    of the same graph, says of which arguments of roots and negative powers the typical order may be supposed.
    """
    graph = GraphBuilder.like(program)
    whole = adjoint(program, graph)
    known = None if sizes is None else sizes(graph)
    return _Search(AdjointBounds(whole, known, supposed=None if supposed is None else supposed(graph))).bounds()


def adjoint(program: Graph, graph: GraphBuilder) -> Adjoint:
    """``program`` as one scalar in ``graph``, with the cotangents of all of its nodes."""
    image = instantiate(program, list(program.outputs.values()), graph, datum(graph))
    output = scalar_output(program, graph, image)
    reads = {name: i for i in graph.needed([output]) if (name := read_weight(graph[i].operation)) is not None}
    pulled = pullback(graph, output, graph.add(Constant((1.0,))), reads.values(), every=True)
    return Adjoint(graph, output, reads, pulled)


class _Search:
    """The search for the largest λ and μ at which the arguments of functions stay bounded."""

    def __init__(self, adjoint: AdjointBounds) -> None:
        self.adjoint = adjoint

    def bounds(self) -> Bounds:
        sweep, graph = self.adjoint.sweep, self.adjoint.adjoint.graph
        tiny = -_TINY * self.adjoint.grain
        least, arguments = sweep(tiny, tiny)
        along, free = self._rates(arguments or self._everything(least), (tiny, tiny))
        main, arguments = sweep(along, free)
        for _ in range(_TRIES):
            lower = self._rates(arguments, (along, free)) if arguments else (along, free)
            if lower[0] >= along and lower[1] >= free:
                break
            along, free = min(along, lower[0]), min(free, lower[1])
            main, arguments = sweep(along, free)
        degree = degrees(graph, set(self.adjoint.motions))[self.adjoint.adjoint.output]
        return Bounds(degree, main, least, tuple(self.adjoint.reasons))

    def _everything(self, least: Sweep) -> list[tuple[Table, int]]:
        """Where there are no functions: directions are limited so that no wide value moves by more than its size."""
        graph = self.adjoint.adjoint.graph
        tables = [j.value.value for i, j in least.jets.items() if growing(graph.type(i))]
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
