"""How far the updates of each weight alone move the first values that the weight enters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.exponent import largest
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.primitives.traits import weight_of
from tp.quantities.programs import datum
from tp.quantities.training import Backprop, Trained
from tp.theory.reach import reached
from tp.transform.displacement import Displaced, Displacement, Displacing
from tp.transform.jet import jets


@dataclass(frozen=True, slots=True)
class Mover:
    """A weight, and the exponent ``moved`` of the move that its own updates give a value it enters (None: no move).

    ``target`` is the exponent of that value at initialisation, or 0 for an output. ``verdict`` is ``maximally`` at the
    target, ``less`` below it and ``too much`` above it.
    """

    name: str
    span: Span | None
    moved: Fraction | None
    target: Fraction

    @property
    def lead(self) -> Fraction:
        """The exponent of the move minus the target; -10^6 where there is no move."""
        return Fraction(-(10**6)) if self.moved is None else self.moved - self.target

    @property
    def verdict(self) -> str:
        return "maximally" if self.lead == 0 else "less" if self.lead < 0 else "too much"


def movers(
    program: Graph, back: Backprop, after: Trained, order: Callable[[int | None], Fraction | None]
) -> Iterable[Mover]:
    """One mover for each weight of ``program`` that an output depends on, at the value where ``lead`` is largest.

    ``back`` is the program with its gradient, ``after`` the trained program. ``order(node)`` is the exponent of a node
    of the trained program.
    """
    outputs = set(program.outputs.values())
    displacement = after.algebra.displacement
    for name, places in reached(program).items():
        first, rest = (tuple(d.only(name) for d in ds) for ds in (displacement.first, displacement.rest))
        image = {place: back.image[place] for place in places}
        roots = list(image.values())
        still = {i: Displaced(after.nodes[i].base) for i in _untouched(back.graph, roots, name)}
        algebra = Displacing(after.graph, Displacement(first, rest))
        moved = jets(back.graph, roots, algebra, datum(after.graph), still)
        found: list[Mover] = []
        for place, node in image.items():
            far = largest(order(moved[node].first), order(moved[node].rest))
            size = Fraction(0) if place in outputs else order(moved[node].base) or Fraction(0)
            found.append(Mover(name, program.parameters[name].span, far, size))
        yield max(found, key=lambda m: m.lead)


def _untouched(graph: Nodes, roots: list[int], name: str) -> list[int]:
    """The nodes below ``roots`` that the weight ``name`` does not enter."""
    touched: set[int] = set()
    found: list[int] = []
    for index in graph.needed(roots):
        node = graph[index]
        weight = weight_of(node.operation)
        if (weight is not None and weight.name == name) or any(i in touched for i in node.operands):
            touched.add(index)
        else:
            found.append(index)
    return found
