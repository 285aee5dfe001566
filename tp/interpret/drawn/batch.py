"""A plain interpreter: NumPy, many draws of the weights at once, nothing compiled.

Weights that are wide on both sides are not materialised where their law allows that. Every product with a Gaussian one
is drawn from its law given all earlier products (W x and W' y), which is exact and costs O(n) a product, so that widths
of several thousand take milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from tp.activations import find
from tp.graph.axes import Type, names
from tp.graph.nodes import Nodes
from tp.interpret.cost.kinds import can_be_matrix_free
from tp.interpret.drawn.matrices import Array, Gaussian, Materialised, MatrixFree, draw
from tp.namespace import for_both
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted
from tp.primitives.places import before, largest, rearranged
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum

KNOWN = (
    Apply,
    Broadcast,
    Concat,
    Constant,
    Detach,
    Gather,
    Generic,
    Input,
    Largest,
    Linear,
    Peak,
    Permuted,
    Pointwise,
    Product,
    Rank,
    Read,
    Rename,
    Scatter,
    Sum,
)
"""The primitives that can be drawn: all that programs consist of before they are trained."""


class Batch:
    """The values of nodes of a graph at width n for ``draws`` draws of all weights."""

    def __init__(self, graph: Nodes, n: int, draws: int, seed: int, inputs: Mapping[str, Array]) -> None:
        self.graph = graph
        self.n = n
        self.draws = draws
        self.inputs = inputs
        self._seed = seed
        self._weights: dict[str, Any] = {}

    def run(self, roots: Sequence[int]) -> list[Array]:
        """Arrays [draws] for scalar nodes; a leading axis of length 1 where nothing is random."""
        found = {index: values[index] for index, values in self.walk(roots) if index in roots}
        return [found[i] for i in roots]

    def walk(self, roots: Sequence[int]) -> Iterator[tuple[int, Mapping[int, Array]]]:
        """Every node that ``roots`` need, with the values of the nodes so far that are still needed.

        Those are its own, its operands', and those of ``roots``.
        """
        order = list(self.graph.needed(roots))
        last: dict[int, int] = {i: index for index in order for i in self.graph[index].operands}
        values: dict[int, Array] = {}
        for index in order:
            node = self.graph[index]
            values[index] = self._value(index, [values[i] for i in node.operands])
            yield index, values
            for i in set(node.operands):
                if last[i] == index and i not in roots:
                    del values[i]

    def _weight(self, name: str) -> Any:
        if name not in self._weights:
            path = (self._seed, self.n, list(self.graph.parameters).index(name))
            parameter = self.graph.parameters[name]
            scale = parameter.law.scale.at(self.n)
            rows, columns = self._shape(parameter.outs), self._shape(parameter.ins)
            if not parameter.is_operator:
                self._weights[name] = scale * draw(parameter, (self.draws, *rows, *columns), path, self.n)
            elif parameter.law.family == "normal" and parameter.law.structure is None:
                self._weights[name] = Gaussian(
                    prod(rows), prod(columns), self.draws, scale, np.random.default_rng(path)
                )
            elif can_be_matrix_free(parameter):
                self._weights[name] = MatrixFree(parameter, self.n, self.draws, path)
            else:
                entries = draw(parameter, (self.draws, prod(rows), prod(columns)), path, self.n)
                self._weights[name] = Materialised(scale * entries)
        return self._weights[name]

    def _shape(self, axes: Type) -> tuple[int, ...]:
        return tuple(a.at(self.n) for a in axes)

    def _value(self, index: int, arrays: list[Array]) -> Array:
        node = self.graph[index]
        types = [self.graph.type(i) for i in node.operands]
        match node.operation:
            case Input(name, axes):
                return self.inputs[name].reshape((1, *self._shape(axes)))
            case Constant(numbers, axes):
                return np.asarray(numbers, float).reshape((1, *self._shape(axes)))
            case Read(name):
                return self._weight(name)
            case Detach() | Rename() | Generic():
                return arrays[0]
            case Broadcast():
                return np.broadcast_to(spread(arrays[0], types[0], node.type), self._full(arrays, node.type))
            case Sum(over):
                return arrays[0].sum(axis=tuple(1 + names(types[0]).index(a) for a in over))
            case Linear(scales):
                parts = zip(scales, arrays, types, strict=True)
                total = sum(s.at(self.n) * spread(a, t, node.type) for s, a, t in parts)
                return np.broadcast_to(total, self._full(arrays, node.type))
            case Pointwise(activation, k):
                return function(activation, k, arrays[0])
            case Product(over):
                return self.product(arrays, types, over, node.type)
            case Largest(axis):
                return largest(arrays[0], 1 + names(types[0]).index(axis), node.operation.entries(self.n))
            case Rank(axis):
                place = 1 + names(types[0]).index(axis)
                return (before(arrays[0], place) + 1.0) / arrays[0].shape[place]
            case Permuted(axis, inverse):
                ranks, entries = (spread(a, t, node.type) for a, t in zip(arrays, types, strict=True))
                return rearranged(ranks, entries, 1 + names(node.type).index(axis), inverse=inverse)
            case Peak(axis):
                return arrays[0].max(axis=1 + names(types[0]).index(axis))
            case Gather(axis, outs, table):
                moved = np.moveaxis(arrays[0], 1 + names(types[0]).index(axis.name), -1)
                places = np.asarray(table)
                taken = np.where(places < 0, 0.0, moved[..., np.maximum(places, 0)])
                return taken.reshape((*moved.shape[:-1], *self._shape(outs)))
            case Scatter(axis, ins, table):
                sources = [1 + names(types[0]).index(a.name) for a in ins]
                moved = np.moveaxis(arrays[0], sources, range(-len(ins), 0))
                flat = moved.reshape((*moved.shape[: moved.ndim - len(ins)], -1))
                places = np.asarray(table)
                return flat @ (places[:, None] == np.arange(axis.at(self.n))[None, :]).astype(float)
            case Concat(axis):
                return self._concat(node.operation, arrays, types, node.type, axis.name)
            case Apply(name, transposed):
                return self._applied(name, transposed, arrays[0], types[0], node.type)
            case other:
                raise ValueError(f"no rule for {other}")

    def _full(self, arrays: Sequence[Array], out: Type) -> tuple[int, ...]:
        return (max((a.shape[0] for a in arrays), default=1), *self._shape(out))

    def _concat(self, operation: Concat, arrays: list[Array], types: list[Type], out: Type, axis: str) -> Array:
        parts: list[Array] = []
        draws = max(a.shape[0] for a in arrays)
        for length, array, axes in zip(operation.lengths(types), arrays, types, strict=True):
            shape = (draws, *(length if a.name == axis else a.at(self.n) for a in out))
            parts.append(np.broadcast_to(spread(array, axes, out), shape))
        return np.concatenate(parts, axis=1 + names(out).index(axis))

    def _applied(self, name: str, transposed: bool, array: Array, axes: Type, out: Type) -> Array:
        _, ins = self.graph.parameters[name].sides(transposed)
        rest = [i for i, a in enumerate(axes) if a not in ins]
        order = [1 + axes.index(a) for a in ins] + [1 + i for i in rest]
        moved = np.broadcast_to(array, (self.draws, *array.shape[1:])).transpose([0, *order])
        flat = moved.reshape((self.draws, prod(self._shape(ins)), -1))
        return self._weight(name).apply(flat, transposed).reshape((self.draws, *self._shape(out)))

    def product(self, arrays: Sequence[Array], types: Sequence[Type], over: Sequence[str], out: Type) -> Array:
        """The sum over ``over`` of the products of entries of two values with ``types``."""
        left, right = arrays
        if not over:
            return spread(left, types[0], out) * spread(right, types[1], out)
        mine, theirs = names(types[0]), names(types[1])
        if set(mine) == set(theirs) == set(over):
            return np.einsum("di,di->d", *np.broadcast_arrays(_flat(left), _flat(spread(right, types[1], types[0]))))
        both = [a for a in names(out) if a in mine and a in theirs]
        first = [a for a in names(out) if a not in theirs]
        second = [a for a in names(out) if a not in mine]
        size = {a.name: a.at(self.n) for t in types for a in t}

        def block(array: Array, have: tuple[str, ...], *groups: Sequence[str]) -> Array:
            wanted = [a for g in (both, *groups) for a in g]
            moved = array.transpose([0, *(1 + have.index(a) for a in wanted)])
            return moved.reshape(
                (array.shape[0], *(size[a] for a in both), *(prod(size[a] for a in g) for g in groups))
            )

        result = block(left, mine, first, over) @ block(right, theirs, over, second)
        found = [*both, *first, *second]
        shaped = result.reshape((result.shape[0], *(size[a] for a in found)))
        return shaped.transpose([0, *(1 + found.index(a) for a in names(out))])


def function(name: str, k: int, x: Array) -> Array:
    """The ``k``-th derivative of the activation called ``name`` at the entries of ``x``."""
    activation = find(name)
    with np.errstate(all="ignore"):
        if for_both(activation):
            return activation.lower(k, x)
        from tp.interpret.arrays.backend import precision

        with precision("float64"):
            return np.asarray(activation.lower(k, x))


def _flat(array: Array) -> Array:
    return array.reshape((array.shape[0], -1))


def spread(array: Array, axes: Type, out: Type) -> Array:
    """The axes of ``array`` in the order of ``out``, those it lacks with length 1."""
    have = names(axes)
    moved = array.transpose([0, *(1 + have.index(a) for a in names(out) if a in have)])
    places = iter(moved.shape[1:])
    return moved.reshape((moved.shape[0], *(next(places) if a in have else 1 for a in names(out))))
