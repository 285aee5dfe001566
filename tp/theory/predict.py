"""Typical orders of the correlations, from the program alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for, interpret
from tp.orders.typical.recorder import Calculus
from tp.quantities.names import Quantity, parse
from tp.theory.assumptions import assumptions
from tp.theory.bounds import Bounds, bounds
from tp.theory.scalars import Ground, Scalars
from tp.theory.sizes import TypicalSizes
from tp.theory.spectral_order import spectral_exponent


@dataclass(frozen=True, slots=True)
class NodeOrder:
    """The typical exponent of the entries of a named node; None when it vanishes identically."""

    name: str
    span: Span | None
    exponent: Fraction | None

    @property
    def line(self) -> int | None:
        return self.span.line if self.span else None


@dataclass(frozen=True, slots=True)
class Prediction:
    """Exponents of n by quantity (None: vanishes identically), with what they rest on.

    ``exact[name]`` is False where the exponent is an upper bound only; ``grounds`` has derivations (not for D = 2).
    """

    exponents: dict[str, Fraction | None]
    nodes: tuple[NodeOrder, ...]
    assumptions: tuple[str, ...]
    exact: dict[str, bool]
    grounds: dict[str, Ground] = field(default_factory=dict)


def predict(program: Graph, quantities: Sequence[str], nodes: bool = False) -> Prediction:
    """Typical exponents of ``quantities`` and, on request, of every named node.

    Raises ValueError for an unknown quantity.
    """
    depth = max((q.contracted + (q.free == 2) for q in map(parse, quantities)), default=0)
    scalars = Scalars(program, depth, calculus_for(program))
    typical = cache(lambda: bounds(program, TypicalSizes(scalars)))
    return predicted(scalars, typical, quantities, nodes=nodes)


def predicted(
    scalars: Scalars, typical: Callable[[], Bounds], quantities: Sequence[str], *, nodes: bool = False
) -> Prediction:
    """As :func:`predict`, with what is at hand; ``typical`` bounds D = 2 with typical sizes."""
    wanted = [parse(name) for name in quantities]
    exponents: dict[str, Fraction | None] = {}
    grounds: dict[str, Ground] = {}
    notes: dict[str, None] = {}
    orders = tuple(_node_orders(scalars.program, scalars.calculus)) if nodes else ()
    for quantity in sorted(wanted, key=lambda q: (q.free, q.contracted)):
        if quantity.free == 2:
            exponents[quantity.name] = _second(scalars, quantity, typical)
            continue
        ground = grounds[quantity.name] = scalars.ground(quantity)
        exponents[quantity.name] = ground.exponent
        notes.update(dict.fromkeys(sorted(ground.derivation.notes)))
    ordered = {q.name: exponents[q.name] for q in wanted}
    exact = {q.name: q.name not in grounds or grounds[q.name].exact for q in wanted}
    return Prediction(ordered, orders, assumptions(scalars.program, notes), exact, grounds)


def _node_orders(program: Graph, calculus: Calculus) -> Iterable[NodeOrder]:
    named = {**program.names, **program.outputs}
    values = interpret(program, list(named.values()), calculus)
    for name, node in named.items():
        yield NodeOrder(name, program[node].span, values[node].value.exponent)


def _second(scalars: Scalars, quantity: Quantity, typical: Callable[[], Bounds]) -> Fraction | None:
    """The exponent of ‖C^{2,d}‖, from both sides where they meet.

    One slot along g / |g| leaves C^{1,d+1} over the root of the kernel, from below; the norm calculus with typical
    sizes bounds it from above. Where they differ, the power iteration decides.
    """
    d = quantity.contracted
    above = typical().exponent(2, d)
    kernel = scalars.ground(parse("kernel")).exponent
    below = scalars.ground(Quantity("", 1, d + 1, 1.0))
    if above is None or (kernel is not None and below.exact and below.exponent == above + kernel / 2):
        return above
    return spectral_exponent(scalars.program, d, scalars.calculus)
