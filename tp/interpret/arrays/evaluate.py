"""From a graph to a JAX function of weights and inputs, whether weights are arrays or known by their products only.

Arrays are stored with their wide axes last, in whatever order a type names them: entries of one coefficient of a jet
are then neighbours, and finite axes cost no vector lanes. What is handed out has the axes in the order of its type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from tp.graph.axes import Type
from tp.graph.nodes import Nodes
from tp.interpret.arrays.gaussian import Gaussian
from tp.interpret.cost.schedule import schedule
from tp.primitives.apply import Apply
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, lowering

Weights = dict[str, Any]
"""Every weight by name: an array with the axes (outs, ins), or a :class:`Gaussian` of unit deviation."""
Inputs = Mapping[str, jax.Array]


def evaluator(
    graph: Nodes, roots: Sequence[int], n: int, dtype: Any
) -> Callable[[Mapping[str, Any], Inputs], list[jax.Array]]:
    """A JAX function from weights and inputs to the values of ``roots`` at width ``n``."""
    run = stepper(graph, roots, n, dtype, forget=True)
    return lambda weights, inputs: run(weights, inputs)[0]


def stepper(
    graph: Nodes, roots: Sequence[int], n: int, dtype: Any, forget: bool = False
) -> Callable[[Mapping[str, Any], Inputs], tuple[list[jax.Array], Weights]]:
    """As :func:`evaluator`; also returns the weights with what was learned of them, for whoever asks next.

    With ``forget`` nobody asks next, and the last answers of each weight need not be kept.
    """
    groups = schedule(graph, roots)
    last = {op.parameter: i for i, group in enumerate(groups) if isinstance(op := graph[group[0]].operation, Apply)}

    def run(weights: Mapping[str, Any], inputs: Inputs) -> tuple[list[jax.Array], Weights]:
        held = dict(weights)
        low = Lowering(n, inputs, held, graph.parameters, dtype)
        values: dict[int, jax.Array] = {}
        for number, group in enumerate(groups):
            operation = graph[group[0]].operation
            if isinstance(operation, Apply):
                keep = not forget or number < last[operation.parameter]
                _multiply(graph, low, held, operation, group, values, keep)
            else:
                (index,) = group
                node = graph[index]
                types = [stored(graph.type(i)) for i in node.operands]
                operands = [values[i] for i in node.operands]
                values[index] = lowering.of(operation)(operation, low, types, stored(node.type), operands)
        return [aligned(values[i], stored(graph.type(i)), graph.type(i)) for i in roots], held

    return run


def stored(axes: Type) -> Type:
    """The axes in the order in which arrays have them: finite ones first."""
    return (*(a for a in axes if not a.wide), *(a for a in axes if a.wide))


def _multiply(
    graph: Nodes,
    low: Lowering,
    held: Weights,
    operation: Apply,
    group: Sequence[int],
    values: dict[int, jax.Array],
    keep: bool,
) -> None:
    """One product for all applications in ``group``, written into ``values``; ``keep``: the weight is asked again."""
    name = operation.parameter
    parameter, weight = graph.parameters[name], held[name]
    outs, ins = parameter.sides(operation.transposed)
    given = isinstance(weight, Gaussian)
    if given:  # entries are alike, so the order of rows and columns is ours to choose
        outs, ins = stored(outs), stored(ins)
    types = [stored(graph.type(graph[i].operands[0])) for i in group]
    blocks = [
        operation.flattened(kind, values[graph[i].operands[0]], ins) for i, kind in zip(group, types, strict=True)
    ]
    rows = blocks[0] if len(blocks) == 1 else jnp.concatenate(blocks)
    if given:
        made, held[name] = weight.answer(rows, operation.transposed, keep)
        made = made * jnp.asarray(parameter.law.scale.at(low.n), made.dtype)
    else:
        made = operation.product(low, rows)
    start = 0
    for index, block, kind in zip(group, blocks, types, strict=True):
        stop = start + block.shape[0]
        values[index] = operation.restored(made[start:stop], low, kind, stored(graph.type(index)), outs)
        start = stop
