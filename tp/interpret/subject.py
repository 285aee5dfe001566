"""What a certificate speaks about: a graph with named outputs, and how its orders are to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from tp.exponent import UNBOUNDED
from tp.graph.graph import Graph
from tp.interpret.adjoint import Adjoint, AdjointBounds, Recorder
from tp.interpret.near_zero import near_zero
from tp.interpret.orders import interpret
from tp.orders.proof.derivation import Derivation
from tp.orders.typical.grains import exponent as grain_exponent
from tp.orders.typical.recorder import Calculus
from tp.orders.typical.series import Least
from tp.orders.typical.tails import power, rising, times, worst
from tp.orders.typical.value import Value

STEP = "@step"
"""The formal variable ε of a displacement."""
_NAMES = {(0, 0): "F", (0, 1): "kernel", (2, 0): "hessian"}
MOVE = "move of argument "
"""The names of the outputs that must be O(1) for a closed form to hold, before their numbers."""
ARGUMENT = "argument "
"""The names of arguments that may come near zero, before the numbers of their moves."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One upper bound that a subject proves: ``quantity`` = O(n^exponent), where None means that it is 0.

    ``kind`` says how it was read: ``order`` of a node, ``series`` for all orders of one parity, ``norm`` of one order
    without cancellation, ``form`` of a class of orders; ``scope`` says of which.
    """

    kind: str
    quantity: str
    exponent: str | None
    scope: str = ""

    @property
    def sentence(self) -> str:
        size = "0" if self.exponent is None else f"n^({self.exponent})"
        return f"{self.quantity} <= {size}{self.scope and ' ' + self.scope}"

    @property
    def json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "quantity": self.quantity,
            "exponent": self.exponent,
            "scope": self.scope,
            "sentence": self.sentence,
        }


class Subject(Protocol):
    """A graph whose lines prove statements."""

    @property
    def name(self) -> str: ...
    @property
    def graph(self) -> Graph: ...

    def statements(self, calculus: Calculus, recorder: Recorder) -> Iterator[Statement]:
        """What the graph proves by the lines of ``calculus`` and of the norm calculi that ``recorder`` makes."""
        ...

    @property
    def details(self) -> Mapping[str, Any]:
        """All that belongs to the subject beside the text of its graph, as JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Orders:
    """The typical order of every output, under the name of the output."""

    name: str
    graph: Graph

    def statements(self, calculus: Calculus, recorder: Recorder) -> Iterator[Statement]:
        values = interpret(self.graph, list(self.graph.outputs.values()), calculus)
        for name, node in self.graph.outputs.items():
            size = values[node].value.exponent
            if size is None or size < UNBOUNDED / 2:
                yield Statement("order", name, _text(size))

    @property
    def details(self) -> Mapping[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """C^{0,d} for all d >= 2 from a program displaced by ε n^rate g (docs/calculus.md, theorem 4).

    The first output is F beyond first order in ε. The others are moves of arguments of functions, which must be O(1),
    and the arguments of roots and negative powers, by which their moves are divided.
    """

    name: str
    graph: Graph
    rate: Fraction

    def statements(self, calculus: Calculus, recorder: Recorder) -> Iterator[Statement]:
        first, *_ = outputs = self.graph.outputs
        values = interpret(self.graph, list(outputs.values()), calculus)
        found = {name: values[node] for name, node in outputs.items()}
        for name, move in found.items():
            if name.startswith(MOVE):
                base = outputs.get(ARGUMENT + name.removeprefix(MOVE))
                size = move.value.extreme
                if base is not None:
                    size = excess(move.value, near_zero(calculus, self.graph).least(base, calculus, values))
                if size is not None and size > 0:
                    return
        bit = calculus.variable(STEP).value.terms[0].content.offset
        for odd, word in ((False, "even"), (True, "odd")):
            size = found[first].value.of_parity(bit, odd)
            if size is None or size < UNBOUNDED / 2:
                text = None if size is None else _affine(size, self.rate)
                yield Statement("series", "C[0,d]", text, f"for all {word} d >= 2")

    @property
    def details(self) -> Mapping[str, Any]:
        return {"rate": str(self.rate)}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of C^{D,d} without cancellation, along directions of the given ``sizes`` in grains.

    ``classes`` are pairs (D, d), each 0, 1, or 2 for two and more.
    """

    name: str
    graph: Graph
    adjoint: Adjoint
    sizes: tuple[tuple[int, int], ...]
    classes: tuple[tuple[int, int], ...]

    def statements(self, calculus: Calculus, recorder: Recorder) -> Iterator[Statement]:
        if not self.sizes:
            return
        adjoint = AdjointBounds(self.adjoint, None, recorder)
        sweeps = [adjoint.sweep(along, free)[0] for along, free in self.sizes]
        for D, d in self.classes:
            lines = [sweep.line(D, d) for sweep in sweeps]
            yield from _least(D, d, lines)
            if 2 in (D, d):
                yield from _all(D, d, lines)

    @property
    def details(self) -> Mapping[str, Any]:
        pulled = self.adjoint.pulled
        return {
            "output": self.adjoint.output,
            "reads": dict(self.adjoint.reads),
            "cotangents": [list(pair) for pair in pulled.cotangents.items()],
            "factors": {w: [[f.left, f.right, list(f.shared)] for f in fs] for w, fs in pulled.factors.items()},
            "sizes": [list(pair) for pair in self.sizes],
            "classes": [list(pair) for pair in self.classes],
        }


def _text(exponent: Fraction | None) -> str | None:
    return None if exponent is None else str(exponent)


def _least(D: int, d: int, lines: Sequence[Derivation[Any]]) -> Iterator[Statement]:
    """The bound of the least order of a class, by that of the ``lines`` which bounds it best."""
    known = [None if x.value is None else x.value[0] - x.value[1] * d - x.value[2] * D for x in lines]
    exponent = min(known, key=lambda e: (e is not None, e or 0))
    if exponent is None or exponent < UNBOUNDED / 2:
        yield Statement("norm", _NAMES.get((D, d), f"C[{D},{d}]"), _text(exponent), "without cancellation")


def _all(D: int, d: int, lines: Sequence[Derivation[Any]]) -> Iterator[Statement]:
    """The bounds of all orders of a class."""
    scope = f"for {_class('D', D)}, {_class('d', d)}, without cancellation"
    for line in lines:
        if line.value is None:
            yield Statement("form", "C[D,d]", None, scope)
        elif line.value[0] < UNBOUNDED / 2 and line.value[1] >= 0 <= line.value[2]:
            constant, along, free = line.value
            yield Statement("form", "C[D,d]", _affine(constant, along, free), scope)


def excess(move: Value, least: Least | None) -> Fraction | None:
    """The largest exponent, over all places, of a move divided by the argument that it moves.

    ``least`` is what the argument is not smaller than. Without one no move is known to be small: ``UNBOUNDED``.
    """
    if least is None:
        return UNBOUNDED if move.terms else None
    below = rising(power(least.tail, Fraction(-1)))
    return max((grain_exponent(t.size - least.size + worst(times(t.tail, below))) for t in move.terms), default=None)


def _affine(constant: Fraction, along: Fraction, free: Fraction = Fraction(0)) -> str:
    """constant - along d - free D, without what is 0."""
    parts = [str(constant)] if constant else []
    for rate, letter in ((along, "d"), (free, "D")):
        if rate:
            size = "" if abs(rate) == 1 else f"{abs(rate)} "
            parts.append(f"{'-' if rate > 0 else '+'} {size}{letter}")
    text = " ".join(parts).removeprefix("+ ")
    return text.replace("- ", "-", 1) if text.startswith("- ") else text or "0"


def _class(letter: str, order: int) -> str:
    return f"{letter} >= 2" if order == 2 else f"{letter} = {order}"
