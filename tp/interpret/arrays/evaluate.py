"""From a graph to a function of weights and inputs, whether weights are arrays or matrix-free.

The same function works on arrays of NumPy and of JAX. Arrays are stored with their wide axes last, in whatever order a
type names them: entries of one coefficient of a jet are then contiguous, and vector instructions run along wide axes.
Results have their axes in the order of their types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from jaxtyping import Float

from tp.graph.axes import Type, names, without
from tp.graph.interpretation import Interpretation
from tp.graph.nodes import Nodes
from tp.interpret.arrays.fused import SumOfProducts, sums_of_products
from tp.interpret.cost.schedule import schedule
from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.kind import MatrixFree
from tp.matrix_free.orthonormal import Array
from tp.namespace import namespace
from tp.primitives.apply import Apply, from_rows, multiplied, rows_of
from tp.primitives.arrays import aligned
from tp.primitives.input import Input
from tp.primitives.interpretations import Lowering, lowering
from tp.primitives.traits import applied_weight, weight_of

Values = Float[Array, "..."]
"""The value of a node: one axis for each axis of its type, in that order."""
Weights = dict[str, Any]
"""Every weight by name: an array with the axes (outs, ins), or a :class:`MatrixFree` one of unit deviation."""
Inputs = Mapping[str, Values]


def evaluator(
    graph: Nodes, roots: Sequence[int], n: int, dtype: Any
) -> Callable[[Mapping[str, Any], Inputs], list[Values]]:
    """A function from weights and inputs to the values of ``roots`` at width ``n``.

    Raises NotInterpreted, when it is called, where an operation has no rule.
    """
    run = stepper(graph, roots, n, dtype, forget=True)
    return lambda weights, inputs: run(weights, inputs)[0]


def stepper(
    graph: Nodes,
    roots: Sequence[int],
    n: int,
    dtype: Any,
    forget: bool = False,
    draws: Type = (),
    fused: bool = False,
    random: Collection[str] = (),
) -> Callable[[Mapping[str, Any], Inputs], tuple[list[Values], Weights]]:
    """As :func:`evaluator`; the function also returns the weights, matrix-free ones with the products drawn.

    With ``forget`` the weights are not used again, so the last products of each are not kept. ``draws`` may be one axis
    of draws made side by side: it is then the first axis of all weights, which are arrays of NumPy, of the inputs in
    ``random``, and of all results.
    With ``fused``, for arrays of NumPy, products in algebras are single steps.
    """
    types = _types(graph, roots, draws, random)
    sums, spared = _fused(graph, roots, types, n) if fused else ({}, frozenset())
    groups = [group for group in schedule(graph, roots) if group[0] not in spared]
    operands = {index: sums[index].operands if index in sums else graph[index].operands for index in types}
    applied = [applied_weight(graph[group[0]].operation) for group in groups]
    last = {weight.name: number for number, weight in enumerate(applied) if weight is not None}
    over = _last_uses(operands, roots, groups)
    vectors = [None if w is None else _vectors(graph, group) for w, group in zip(applied, groups, strict=True)]
    users = Counter(vectors)

    def run(weights: Mapping[str, Any], inputs: Inputs) -> tuple[list[Values], Weights]:
        held = dict(weights)
        low = Lowering(n, inputs, held, graph.parameters, dtype, draws)
        values: dict[int, Values] = {}
        left, known = users.copy(), dict[Any, Coordinates]()
        for number, (group, weight) in enumerate(zip(groups, applied, strict=True)):
            operation = graph[group[0]].operation
            if weight is not None:
                keep, key = not forget or number < last[weight.name], vectors[number]
                shared = known.setdefault(key, Coordinates(users[key]))
                left[key] -= 1
                if not left[key]:
                    del known[key]
                multiplication.of(operation)(operation, Products(graph, types, low, held, values, shared), group, keep)
            else:
                (index,) = group
                arrays, kinds = [values[i] for i in operands[index]], [types[i] for i in operands[index]]
                if index in sums:
                    values[index] = sums[index].value(kinds, types[index], arrays)
                else:
                    values[index] = lowering.of(operation)(operation, low, kinds, types[index], arrays)
            for index in over[number]:
                del values[index]
        return [aligned(values[i], types[i], (*draws, *graph.type(i))) for i in roots], held

    return run


def _vectors(graph: Nodes, group: Sequence[int]) -> tuple[Any, ...]:
    """What the weight of ``group`` is applied to: nodes, and the axes that are summed over."""
    weight = applied_weight(graph[group[0]].operation)
    axes = () if weight is None else graph.parameters[weight.name].sides(weight.transposed)[1]
    return axes, tuple(graph[i].operands[0] for i in group)


def _types(graph: Nodes, roots: Sequence[int], draws: Type, inputs: Collection[str]) -> dict[int, Type]:
    """The axes of every node as it is stored; those that depend on weights or on ``inputs`` begin with ``draws``."""
    out: dict[int, Type] = {}
    for index in graph.needed(roots):
        node = graph[index]
        own = weight_of(node.operation) is not None or (isinstance(o := node.operation, Input) and o.name in inputs)
        random = own or any(out[i][:1] == draws for i in node.operands)
        out[index] = (draws if random else ()) + stored(node.type)
    return out


def _fused(
    graph: Nodes, roots: Sequence[int], types: Mapping[int, Type], n: int
) -> tuple[dict[int, SumOfProducts], frozenset[int]]:
    return sums_of_products(graph, roots, lambda found: found.pays([types[i] for i in found.operands], n))


def _last_uses(
    operands: Mapping[int, Sequence[int]], roots: Sequence[int], groups: Sequence[Sequence[int]]
) -> list[list[int]]:
    """By group: the nodes that nothing needs after it, given the ``operands`` of every node."""
    last: dict[int, int] = {}
    for number, group in enumerate(groups):
        for index in group:
            last[index] = number
            last.update(dict.fromkeys(operands[index], number))
    out: list[list[int]] = [[] for _ in groups]
    for index, number in last.items():
        if index not in roots:
            out[number].append(index)
    return out


def stored(axes: Type) -> Type:
    """The axes in the order in which arrays are stored: finite ones first."""
    return (*(a for a in axes if not a.wide), *(a for a in axes if a.wide))


class Products(NamedTuple):
    """What a rule for products with a weight may use, beside ``low``: the ``graph``, the ``types`` of stored values.

    It writes results into ``values``, and a matrix-free weight with its new products into ``held``. Other weights that
    are applied to the same vectors have the same ``shared``.
    """

    graph: Nodes
    types: Mapping[int, Type]
    low: Lowering
    held: Weights
    values: dict[int, Values]
    shared: Coordinates


multiplication: Interpretation[Callable[[Any, Products, Sequence[int], bool], None]] = Interpretation("multiplication")
"""``rule(operation, products, group, keep)`` for operations that apply a weight; all others have the rules of
``lowering``. The nodes in ``group`` all have this operation. With ``keep`` false no further products follow."""


@multiplication.rule(Apply)
def multiply(operation: Apply, products: Products, group: Sequence[int], keep: bool) -> None:
    """One matrix product for the whole group."""
    graph, types, low, held, values, shared = products
    name = operation.parameter
    parameter, weight = graph.parameters[name], held[name]
    outs, ins = parameter.sides(operation.transposed)
    given = isinstance(weight, MatrixFree)
    if given and weight.exchangeable:  # Rows and columns may stand in any order.
        outs, ins = stored(outs), stored(ins)
    elif given:  # Others have their rows in another order.
        shared = Coordinates()
    kinds = [types[graph[i].operands[0]] for i in group]
    blocks = [rows_of(kind, values[graph[i].operands[0]], ins, low.draws) for i, kind in zip(group, kinds, strict=True)]
    if given:
        rows = shared.of(lambda: _joined(blocks))
        made, held[name] = weight.answer(rows, operation.transposed, keep, shared=shared)
        made = made * namespace(made).asarray(parameter.law.scale.at(low.n), made.dtype)
    else:
        made = multiplied(operation, low, _joined(blocks))
    start = 0
    for index, block, kind in zip(group, blocks, kinds, strict=True):
        stop = start + block.shape[-2]
        rest = without(kind, names(ins))
        values[index] = from_rows(made[..., start:stop, :], low, rest, outs, types[index])
        start = stop


def _joined(blocks: Sequence[Array]) -> Array:
    """Blocks of rows [...draws, rows, entries] one after the other."""
    if len(blocks) == 1:
        return blocks[0]
    xp = namespace(*blocks)
    most = max(block.shape[:-2] for block in blocks)
    return xp.concatenate([xp.broadcast_to(block, (*most, *block.shape[-2:])) for block in blocks], axis=-2)
