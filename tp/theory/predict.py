"""Typical orders of the correlations, from the program alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.quantities.definitions import Quantity, parse
from tp.theory.bounds import Bounds
from tp.theory.late_constants import LateConstant
from tp.theory.scalars import Ground, Scalars
from tp.theory.spectral_order import Spectral, spectral_exponent


@dataclass(frozen=True, slots=True)
class NodeOrder:
    """The typical exponent of the entries of a named node (None: it vanishes identically); a bound unless ``exact``."""

    name: str
    span: Span | None
    exponent: Fraction | None
    exact: bool = True

    @property
    def line(self) -> int | None:
        return self.span.line if self.span else None


@dataclass(frozen=True, slots=True)
class Prediction:
    """Exponents of n by quantity (None: vanishes identically), with what they rest on.

    ``exact[name]`` is False where the exponent is an upper bound only; ``grounds`` has derivations (not for D = 2).
    ``grid`` is the spacing of exponents that the calculus could give: all are multiples of it (:mod:`tp.theory.grid`).
    ``late`` are small constants that count only at larger widths: at smaller ones, orders may be others.
    """

    exponents: dict[str, Fraction | None]
    nodes: tuple[NodeOrder, ...]
    assumptions: tuple[str, ...]
    exact: dict[str, bool]
    grounds: dict[str, Ground] = field(default_factory=dict, repr=False)
    grid: Fraction = Fraction(1, 2)
    late: tuple[LateConstant, ...] = ()


def node_orders(program: Graph, calculus: Calculus) -> Iterable[NodeOrder]:
    """The typical exponents of all named nodes and outputs."""
    named = {**program.names, **program.outputs}
    values = interpret(program, list(named.values()), calculus)
    for name, node in named.items():
        found = values[node].value
        yield NodeOrder(name, program[node].span, found.exponent, found.exact)


def second_order(program: Graph, scalars: Scalars, quantity: Quantity, typical: Callable[[], Bounds]) -> Spectral:
    """The typical exponent of ‖C^{2,d}‖ (calculus, section 4).

    From below: one slot along g / |g| gives C^{1,d+1} over the root of the kernel. From above: the norm calculus with
    ``typical`` sizes of values. Where the two differ, the power iteration on ``program`` decides, or the bound from
    above is all that is known.
    """
    d = quantity.contracted
    above = typical().exponent(2, d)
    kernel = scalars.ground(parse("kernel")).exponent
    below = scalars.ground(Quantity("", 1, d + 1, 1.0))
    if above is None or (kernel is not None and below.exact and below.exponent == above + kernel / 2):
        return Spectral(above, True)
    found = spectral_exponent(program, d, scalars.calculus)
    return found if found.exact else Spectral(above, False)
