"""Weights with a finite side as applications, so that their gradients stay in factors.

A weight U : [n | d] is elaborated as a value that is multiplied with x : [d] and summed over d. Its gradient is then an
array [n, d] for each sample, and moving along it takes [n, d, 2^k] in a jet: far more than any value of the program.
Applied, U @ x, it has the gradient δ ⊗ x with δ : [n], like a weight that is wide on both sides.
"""

from __future__ import annotations

from math import prod

from tp.graph.axes import names, wide, without
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.primitives.apply import Apply
from tp.primitives.product import Product
from tp.primitives.traits import datum_of, read_weight

Applications = dict[int, tuple[Apply, int]]
"""By the number of a product: the application that has the same value, and its operand."""


def factored(program: Graph) -> Graph:
    """The same program, where every weight that outputs only use in products accepted by :func:`_applied` is applied.

    All nodes that outputs and names need keep their types, spans and labels.
    """
    applied = _applications(program)
    graph = GraphBuilder.like(program)
    image: dict[int, int] = {}
    for index in program.needed([*program.outputs.values(), *program.names.values()]):
        node = program[index]
        with graph.at(node.span):
            if index in applied:
                operation, operand = applied[index]
                image[index] = graph.add(operation, image[operand], label=node.label)
            else:
                image[index] = graph.add(node.operation, *(image[i] for i in node.operands), label=node.label)
    graph.outputs = {name: image[i] for name, i in program.outputs.items()}
    graph.names = {name: image[i] for name, i in program.names.items()}
    return graph.build().pruned()


def _applications(program: Graph) -> Applications:
    """The products to replace: all uses of a weight or none, since a weight's gradient has one form."""
    roots = list(program.outputs.values())
    sampled = _sampled(program)
    uses: dict[str, Applications] = {}
    values = {name for i in roots if (name := read_weight(program[i].operation)) is not None}
    for index in program.needed(roots):
        for place, operand in enumerate(program[index].operands):
            weight = read_weight(program[operand].operation)
            if weight is not None:
                use = _applied(program, index, place)
                if use is None or use[1] not in sampled:
                    values.add(weight)
                else:
                    uses.setdefault(weight, {})[index] = use
    return {i: use for name, products in uses.items() if name not in values for i, use in products.items()}


def _applied(program: Graph, index: int, place: int) -> tuple[Apply, int] | None:
    """The application equal to the node ``index``, with axes in the same order, and the node that it is applied to.

    The operand at ``place`` is a weight that is read. The result is None unless the node sums over one whole side of
    the weight, and factors of the gradient are smaller than the array: they have the axes ``rest`` of the operand
    (pixels, tokens) in place of the weight's finite side. Vectors, and weights with one axis on both sides, give None.
    """
    node = program[index]
    if not isinstance(node.operation, Product):
        return None
    weight, other = node.operands[place], node.operands[1 - place]
    name = read_weight(program[weight].operation)
    if name is None:
        return None
    parameter = program.parameters[name]
    if not wide(program.type(weight)) or program.type(weight) != parameter.outs + parameter.ins:
        return None
    finite = parameter.outs if wide(parameter.ins) else parameter.ins
    for transposed in (False, True):
        outs, ins = parameter.sides(transposed)
        rest = without(program.type(other), names(ins))
        whole = set(node.operation.over) == set(names(ins)) and node.type == outs + rest
        if whole and not wide(rest) and prod(a.at(1) for a in rest) < prod(a.at(1) for a in finite):
            return Apply(name, transposed), other
    return None


def _sampled(program: Graph) -> set[int]:
    """Nodes that depend on an input.

    At several samples only they, and weights that are read, have a sample axis. A weight applied to any other node
    would have a result without it, and the gradients of the samples would be added up.
    """
    found: set[int] = set()
    for index in program:
        node = program[index]
        if datum_of(node.operation) is not None or not found.isdisjoint(node.operands):
            found.add(index)
    return found
