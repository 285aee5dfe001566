"""Sums of a program whose leading terms may cancel: A4 (generic coefficients) is checked before it is assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tp.graph.axes import wide
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.primitives.generic import Generic
from tp.theory.atoms import Atoms
from tp.theory.doubts import Doubts


def cancelling(program: Graph, calculus: Calculus) -> tuple[int, ...]:
    """The nodes of ``program`` whose leading terms cancel, in the value or in a derivative.

    These are sums with several terms of one order, sums over wide axes that are smaller than their terms suggest,
    products and functions that undo each other, selections, and weights that may be zero. The doubtful ones are
    evaluated at random numbers.
    """
    roots = list(program.outputs.values())
    derived = interpret(program, roots, calculus)
    needed = sorted(program.needed(roots))
    values = {i: derived[i].value for i in needed}
    doubts = Doubts(program, values)
    alike, finite, undone = doubts.alike(), doubts.finite_sums(), doubts.undone()
    chosen = doubts.selections()
    found = {*doubts.cancelled(), *Atoms(program, values).vanishing()}
    if alike or finite or undone or chosen:
        from tp.theory.generic_numbers import POINTS, GenericNumbers  # loads NumPy, which most programs do without

        points = [GenericNumbers(doubts, point) for point in range(POINTS)]
        signed = [GenericNumbers(doubts, point, sums=True) for point in range(POINTS)]

        def holds(node: int, orders: Callable[[GenericNumbers], frozenset[int]]) -> bool:
            if wide(program.type(node)):
                return _everywhere(map(orders, points))
            # Where finitely many numbers cancel at one point, they do so with a probability that stays positive.
            return any(map(orders, points)) or any(map(orders, signed))

        found |= {a.node for a in alike if holds(a.node, lambda p, a=a: p.cancel_in_sum(a.node, a.parts))}
        found |= {i for i in finite if holds(i, lambda p, i=i: p.cancel_over_axes(i))}
        found |= {i for i in chosen if all(p.zero(i) for p in points)}
        found |= {i for i in undone if holds(i, lambda p, i=i: p.cancel_in_derivative(i))}
    sums = [a for a in alike if a.node not in found and values[a.node].exact and not doubts.positive(a.parts)]
    contractions, kinked = doubts.contractions(), doubts.kinked()
    if sums or contractions or kinked:
        from tp.theory.drawn_sizes import DrawnSizes

        drawn = DrawnSizes(program, derived, calculus)
        found |= drawn.smaller(sums, contractions) | drawn.zero(kinked)
    return tuple(sorted(found))


def _everywhere(found: Iterable[frozenset[int]]) -> bool:
    """Whether one order is in all sets; those after an empty set are not computed."""
    common: frozenset[int] | None = None
    for orders in found:
        common = orders if common is None else common & orders
        if not common:
            return False
    return True


def without_generic_coefficients(program: Graph, sums: Iterable[int]) -> Graph:
    """``program`` with what follows from ``sums`` marked as upper bounds."""
    marked = frozenset(sums)
    if not marked:
        return program
    graph = GraphBuilder.like(program)
    image: dict[int, int] = {}
    shown = {**program.names, **program.outputs}
    for index in program.needed(list(shown.values())):
        node = program[index]
        with graph.at(node.span):
            copy = graph.add(node.operation, *(image[i] for i in node.operands), label=node.label)
            image[index] = graph.add(Generic(), copy, label=node.label) if index in marked else copy
    graph.names.update({name: image[i] for name, i in program.names.items()})
    graph.outputs.update({name: image[i] for name, i in program.outputs.items()})
    return graph.build()
