"""All orders at once: the exponents of C^{0,d} for every d, by one induction over the graph.

F is displaced by ε n^λ g with a formal ε, and λ is such that every argument of a nonlinear function moves by O(1). By
induction over the rules, the terms of a node with the parity of k then bound n^{λk} times its k-th coefficient
(docs/calculus.md, theorem 4). So one exponent for even d and one for odd d bound all C^{0,d}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.graph.axes import Scale, Width
from tp.graph.nodes import Nodes
from tp.interpret.near_zero import near_zero
from tp.interpret.orders import interpret
from tp.interpret.subject import ARGUMENT, MOVE, STEP, excess
from tp.orders.typical.recorder import Calculus, Derived
from tp.primitives.remainder import Crossings
from tp.primitives.shorthand import multiply
from tp.primitives.variable import Variable
from tp.quantities.programs import datum, jet_output
from tp.theory.scalars import Scalars
from tp.transform.direction import Direction
from tp.transform.displacement import Displaced, Displacement, Displacing
from tp.transform.jet import jets

_TRIES = 6


@dataclass(frozen=True, slots=True)
class Series:
    """C^{0,d} = O(n^{constant - rate d}) for all d >= 2; the constant is ``even`` or ``odd`` by the parity of d.

    A constant of None means that all of these C^{0,d} vanish identically.
    """

    rate: Fraction
    even: Fraction | None
    odd: Fraction | None
    derivation: Derived

    def exponent(self, d: int) -> Fraction | None:
        """The bound of C^{0,d}, d >= 2; None when it vanishes identically."""
        constant = self.odd if d % 2 else self.even
        return None if constant is None else constant - self.rate * d


def series(scalars: Scalars) -> Series | None:
    """The bound for all d; None where no step size keeps the arguments of all functions bounded."""
    calculus = scalars.calculus
    rate: Fraction | None = None
    for _ in range(_TRIES):
        algebra = _displacing(scalars, rate or Fraction(0))
        output = jet_output(scalars.program, algebra)
        top = _furthest(scalars, algebra, whole=rate is not None)
        if top > UNBOUNDED / 2:
            return None
        if rate is None:
            rate = -top
        elif top > 0:
            rate -= top
        else:
            if rate < 0 and algebra.roots:
                return None  # near zero, directions would have to be smaller than any that a program moves along
            rest = scalars.zero if output.rest is None else _derived(scalars, output.rest)
            found = _read(rate, rest, calculus)
            return None if any(c is not None and c > UNBOUNDED / 2 for c in (found.even, found.odd)) else found
    return None


def displaced(scalars: Scalars, rate: Fraction) -> dict[int, Displaced]:
    """By node of the program: its value, first-order change and rest under the displacement ε n^rate g."""
    algebra = _displacing(scalars, rate)
    roots = list(scalars.program.outputs.values())
    return jets(scalars.program, roots, algebra, datum(scalars.graph))


def moved(scalars: Scalars, rate: Fraction) -> tuple[int | None, Mapping[str, int]]:
    """F beyond first order under ε n^rate g, and the moves that must be O(1) for a closed form, as nodes by name.

    For roots and negative powers the argument is there, too (:func:`tp.interpret.subject.excess`).
    """
    algebra = _displacing(scalars, rate)
    output = jet_output(scalars.program, algebra)
    found: dict[str, int] = {}
    for base, jet in algebra.arguments.items():
        for move in (jet.first, jet.rest):
            if move is not None:
                number = len(found)
                found[f"{MOVE}{number}"] = move
                if base in algebra.roots:
                    found[f"{ARGUMENT}{number}"] = base
    return output.rest, found


def _furthest(scalars: Scalars, algebra: Displacing, *, whole: bool) -> Fraction:
    """By how much the rate must fall for arguments of functions to move by O(1), to first order or as a ``whole``.

    This is the largest exponent of a move, half of it where the move is of second order or above.

    Roots and negative powers are homogeneous: moves of their arguments are divided by these.
    A polynomial in the weights has no such arguments. Then moves of wide values are compared with the values.
    """
    moving = algebra.arguments or algebra.moving
    parts = [(base, j.first, 1) for base, j in moving.items()]
    parts += [(base, j.rest, 2) for base, j in moving.items() if whole]
    pairs = [(base, m, order) for base, m, order in parts if m is not None]
    found = interpret(scalars.graph, [n for base, m, _ in pairs for n in (base, m)], scalars.calculus, scalars.values)

    near = near_zero(scalars.calculus, scalars.graph)
    moves: list[Fraction] = []
    for base, m, order in pairs:
        own, move = found[base].value, found[m].value
        size = move.extreme
        if algebra.arguments:
            if base in algebra.roots:
                size = excess(move, near.least(base, scalars.calculus, scalars.values))
        elif own.exponent is not None and size is not None:
            size -= own.exponent
        else:
            size = None
        if size is not None:
            moves.append(size if size > UNBOUNDED / 2 else size / order)
    return max(moves, default=Fraction(0))


def _derived(scalars: Scalars, node: int) -> Derived:
    return interpret(scalars.graph, [node], scalars.calculus, scalars.values)[node]


def _read(rate: Fraction, rest: Derived, calculus: Calculus) -> Series:
    bit = calculus.variable(STEP).value.terms[0].content.offset
    return Series(rate, rest.value.of_parity(bit, False), rest.value.of_parity(bit, True), rest)


def _displacing(scalars: Scalars, rate: Fraction) -> Displacing:
    """The displacement of programs by ε n^rate g."""
    return Displacing(scalars.graph, Displacement((_along(scalars, rate),)), Crossings.NONE)


def _along(scalars: Scalars, rate: Fraction) -> Direction:
    """ε n^rate g, with the g of ``scalars``."""
    graph = scalars.graph
    step = graph.add(Variable(STEP))
    scale = _power(graph, rate)
    return scalars.along.mapped_left(lambda node: multiply(graph, step, node)).rescaled(graph, lambda _: scale)


def _power(graph: Nodes, exponent: Fraction) -> Scale:
    """n^exponent as a power of one of the widths."""
    widths: Iterable[Width] = graph.widths.values()
    width = next(iter(widths), None)
    return Scale() if width is None or not exponent else Scale.of(width, exponent / width.exponent)
