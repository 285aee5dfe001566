"""Sums of a program whose leading terms may cancel: A4 (generic coefficients) is checked before it is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.orders.typical.value import Term, Value
from tp.primitives.generic import Generic
from tp.primitives.linear import Linear
from tp.primitives.sum_broadcast import Sum


def cancelling(program: Graph, calculus: Calculus) -> tuple[int, ...]:
    """The sums of ``program`` in which leading terms cancel, in the value or in a derivative.

    The terms of a sum that have its exponent cannot cancel if the content of one of them is disjoint from that of the
    others, since variances then add up. Otherwise they are evaluated at random numbers.
    """
    roots = list(program.outputs.values())
    values = {i: d.value for i, d in interpret(program, roots, calculus).items()}
    doubtful = [i for i in program.needed(roots) if not _apart(program, i, values)]
    if not doubtful:
        return ()
    from tp.theory.generic_numbers import GenericNumbers  # loads NumPy, which most programs do without

    numbers = GenericNumbers(program, values)
    return tuple(i for i in doubtful if numbers.cancel(i, leading(program, i, values)))


def leading(program: Graph, index: int, values: Mapping[int, Value]) -> list[int]:
    """The places of the operands of a linear combination, or of a sum over an axis, that have its exponent."""
    node = program[index]
    if not isinstance(node.operation, Linear):
        return [0]
    sizes = [
        None if (e := values[i].exponent) is None or not s.coefficient else e + s.exponent
        for s, i in zip(node.operation.scales, node.operands, strict=True)
    ]
    top = max((s for s in sizes if s is not None), default=None)
    return [place for place, size in enumerate(sizes) if size is not None and size == top]


def _apart(program: Graph, index: int, values: Mapping[int, Value]) -> bool:
    """Whether the node is no sum of several leading terms, or one whose terms cannot cancel."""
    operation = program[index].operation
    if isinstance(operation, Sum):
        wide = {a.name for a in program.type(program[index].operands[0]) if a.wide}
        return bool(wide & set(operation.over)) or values[index].exponent is None
    if not isinstance(operation, Linear):
        return True
    places = leading(program, index, values)
    if len(places) < 2:
        return True
    operands = [values[program[index].operands[p]] for p in places]
    terms = [[t for t in v.terms if t.size == v.top] for v in operands]
    for place, own in enumerate(terms):
        others = [t for i, found in enumerate(terms) if i != place for t in found]
        if all(_disjoint(a, b) for a in own for b in others):
            return True
    return False


def _disjoint(one: Term, other: Term) -> bool:
    """Whether the mean of the product vanishes, so that variances add up."""
    return one.content.times(other.content).misses_zero(-1)


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
