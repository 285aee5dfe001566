"""The dense interpreter: JAX arrays, weights materialised, any initial law, any backend.

Products with one weight that do not depend on each other are done as one matrix product, so a weight is read as
few times as the program allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from tp.graph.graph import Graph
from tp.graph.laws import LAWS
from tp.graph.operation import Lowering
from tp.graph.parameter import Parameter
from tp.primitives.apply import Apply

Weights = dict[str, jax.Array]


def draw(parameters: Mapping[str, Parameter], n: int, key: jax.Array, dtype: Any) -> Weights:
    """Initial weights at width ``n``, axes (outs, ins); the centred part where the law has a mean.

    Every weight has a random stream of its own, so adding one to a program changes no other. Entries are drawn in
    single precision, so runs in both precisions have the same weights.
    """
    weights: Weights = {}
    for index, (name, parameter) in enumerate(parameters.items()):
        shape = tuple(a.at(n) for a in (*parameter.outs, *parameter.ins))
        family = LAWS[parameter.law.family]
        arguments = parameter.law.arguments or family.arguments
        unit = family.draw(jax.random.fold_in(key, index), shape, jnp.float32, arguments)
        weights[name] = jnp.asarray(unit, dtype) * jnp.asarray(parameter.law.scale.at(n), dtype)
    return weights


def evaluator(
    graph: Graph, roots: Sequence[int], n: int, dtype: Any
) -> Callable[[Weights, Mapping[str, jax.Array]], list[jax.Array]]:
    """A JAX function from weights and inputs to the values of ``roots`` at width ``n``."""
    schedule = _schedule(graph, roots)

    def evaluate(weights: Weights, inputs: Mapping[str, jax.Array]) -> list[jax.Array]:
        low = Lowering(n, inputs, weights, graph.parameters, dtype)
        values: dict[int, jax.Array] = {}
        for group in schedule:
            if isinstance(graph[group[0]].operation, Apply):
                _multiply(graph, low, group, values)
            else:
                (index,) = group
                node = graph[index]
                types = [graph.type(i) for i in node.operands]
                values[index] = node.operation.lower(low, types, node.type, [values[i] for i in node.operands])
        return [values[i] for i in roots]

    return evaluate


def _multiply(graph: Graph, low: Lowering, group: Sequence[int], values: dict[int, jax.Array]) -> None:
    """One matrix product for all applications in ``group``, written into ``values``."""
    blocks: list[jax.Array] = []
    operation = graph[group[0]].operation
    assert isinstance(operation, Apply)
    for index in group:
        (operand,) = graph[index].operands
        blocks.append(operation.flattened(low, graph.type(operand), values[operand]))
    joined = blocks[0] if len(blocks) == 1 else jnp.concatenate(blocks, axis=1)
    product = jnp.matmul(operation.matrix(low), joined, precision="highest")
    start = 0
    for index, block in zip(group, blocks, strict=True):
        stop = start + block.shape[1]
        values[index] = operation.restored(product[:, start:stop], low, graph.type(index))
        start = stop


def _schedule(graph: Graph, roots: Sequence[int]) -> list[list[int]]:
    """Groups of nodes in an order of evaluation; a group of applications shares weight and side.

    A node's level is the number of applications on the longest path to it: those of one level are independent.
    """
    levels: dict[int, int] = {}
    products: dict[tuple[int, Apply], list[int]] = {}
    others: dict[int, list[int]] = {}
    for index in graph.needed(roots):
        node = graph[index]
        level = max((levels[i] for i in node.operands), default=0)
        if isinstance(node.operation, Apply):
            level += 1
            products.setdefault((level, node.operation), []).append(index)
        else:
            others.setdefault(level, []).append(index)
        levels[index] = level
    out: list[list[int]] = []
    for level in range(max(levels.values(), default=0) + 1):
        out += [group for (at, _), group in products.items() if at == level]
        out += [[index] for index in others.get(level, ())]
    return out
