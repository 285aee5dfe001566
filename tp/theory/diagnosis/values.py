"""The first values that grow, or vanish, as a value of the program does."""

from __future__ import annotations

from collections.abc import Sequence

from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.primitives.traits import function_of
from tp.theory.diagnosis.culprits import Blame, named
from tp.theory.diagnosis.describe import Place


def blame_values(program: Graph, name: str, roots: Sequence[int], calculus: Calculus) -> Blame:
    """The blame for the size of ``roots``, which are called ``name`` together.

    Its nodes are arguments of functions, named values and roots: the first that grow if the roots grow, or vanish if
    they vanish. There are none if the roots are of order 1.
    """
    needed = program.needed(list(roots))
    values = interpret(program, list(roots), calculus)
    exponents = {i: values[i].value.exponent for i in needed}
    exponent = max((e for i in roots if (e := exponents[i]) is not None), default=None)
    exact = any(values[i].value.exact for i in roots if exponents[i] == exponent)
    if not exponent:
        return Blame(name, exponent, (), (), exact)
    shown = {*program.names.values(), *roots}
    for index in needed:
        operation = program[index].operation
        if function_of(operation) is not None or isinstance(operation, MapOperation):
            shown.update(program[index].operands)
    tainted: set[int] = set()
    places: list[Place] = []
    for index in needed:
        node = program[index]
        if any(i in tainted for i in node.operands):
            tainted.add(index)
            continue
        own = exponents[index]
        if index in shown and own is not None and (own > 0 if exponent > 0 else own < 0):
            tainted.add(index)
            places.append(Place(program, index, own))
    return Blame(name, exponent, (), named(places), exact)
