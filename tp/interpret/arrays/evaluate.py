"""From a graph to a JAX function of weights and inputs, whether weights are arrays or matrix-free.

Arrays are stored with their wide axes last, in whatever order a type names them: entries of one coefficient of a jet
are then contiguous, and vector instructions run along wide axes. Results have their axes in the order of their types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from tp.graph.axes import Type, names, without
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Nodes
from tp.interpret.arrays.conditioned_matrix import Gaussian
from tp.interpret.cost.schedule import schedule
from tp.primitives.apply import Apply, from_rows, multiplied, rows_of
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, lowering
from tp.primitives.traits import applied_weight

Values = Float[Array, "..."]
"""The value of a node: one axis for each axis of its type, in that order."""
Weights = dict[str, Any]
"""Every weight by name: an array with the axes (outs, ins), or a :class:`Gaussian` of unit deviation."""
Inputs = Mapping[str, Values]


def evaluator(
    graph: Nodes, roots: Sequence[int], n: int, dtype: Any
) -> Callable[[Mapping[str, Any], Inputs], list[Values]]:
    """A JAX function from weights and inputs to the values of ``roots`` at width ``n``.

    Raises NotInterpreted, when it is called, where an operation has no rule.
    """
    run = stepper(graph, roots, n, dtype, forget=True)
    return lambda weights, inputs: run(weights, inputs)[0]


def stepper(
    graph: Nodes, roots: Sequence[int], n: int, dtype: Any, forget: bool = False
) -> Callable[[Mapping[str, Any], Inputs], tuple[list[Values], Weights]]:
    """As :func:`evaluator`; the function also returns the weights, matrix-free ones with the products drawn.

    With ``forget`` the weights are not used again, so the last products of each are not kept.
    """
    groups = schedule(graph, roots)
    applied = [applied_weight(graph[group[0]].operation) for group in groups]
    last = {weight.name: number for number, weight in enumerate(applied) if weight is not None}

    def run(weights: Mapping[str, Any], inputs: Inputs) -> tuple[list[Values], Weights]:
        held = dict(weights)
        low = Lowering(n, inputs, held, graph.parameters, dtype)
        values: dict[int, Values] = {}
        for number, (group, weight) in enumerate(zip(groups, applied, strict=True)):
            operation = graph[group[0]].operation
            if weight is not None:
                keep = not forget or number < last[weight.name]
                multiplication.of(operation)(operation, graph, low, held, group, values, keep)
            else:
                (index,) = group
                node = graph[index]
                types = [stored(graph.type(i)) for i in node.operands]
                operands = [values[i] for i in node.operands]
                values[index] = lowering.of(operation)(operation, low, types, stored(node.type), operands)
        return [aligned(values[i], stored(graph.type(i)), graph.type(i)) for i in roots], held

    return run


def stored(axes: Type) -> Type:
    """The axes in the order in which arrays are stored: finite ones first."""
    return (*(a for a in axes if not a.wide), *(a for a in axes if a.wide))


multiplication: Interpretation[
    Callable[[Any, Nodes, Lowering, Weights, Sequence[int], dict[int, Values], bool], None]
] = Interpretation("multiplication")
"""``rule(operation, graph, low, held, group, values, keep)`` for operations that apply a weight; all others have the
rules of ``lowering``. It writes the values of the nodes in ``group``, which all have this operation, into ``values``,
and a matrix-free weight with its new products into ``held``. With ``keep`` false no further products follow."""


@multiplication.rule(Apply)
def multiply(
    operation: Apply,
    graph: Nodes,
    low: Lowering,
    held: Weights,
    group: Sequence[int],
    values: dict[int, Values],
    keep: bool,
) -> None:
    """One matrix product for the whole group."""
    name = operation.parameter
    parameter, weight = graph.parameters[name], held[name]
    outs, ins = parameter.sides(operation.transposed)
    given = isinstance(weight, Gaussian)
    if given:  # All entries have one law, so rows and columns may stand in any order.
        outs, ins = stored(outs), stored(ins)
    types = [stored(graph.type(graph[i].operands[0])) for i in group]
    blocks = [rows_of(kind, values[graph[i].operands[0]], ins) for i, kind in zip(group, types, strict=True)]
    rows = blocks[0] if len(blocks) == 1 else jnp.concatenate(blocks)
    if given:
        made, held[name] = weight.answer(rows, operation.transposed, keep)
        made = made * jnp.asarray(parameter.law.scale.at(low.n), made.dtype)
    else:
        made = multiplied(operation, low, rows)
    start = 0
    for index, block, kind in zip(group, blocks, types, strict=True):
        stop = start + block.shape[0]
        rest = without(kind, names(ins))
        values[index] = from_rows(made[start:stop], low.n, rest, outs, stored(graph.type(index)))
        start = stop
