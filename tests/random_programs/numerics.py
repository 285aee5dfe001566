"""A second, plain interpreter for measuring: NumPy, many draws of the weights at once, nothing compiled.

It shares with :mod:`tp.interpret.arrays.initial_weights` only the activations. Gaussian weights that are wide on both
sides are never materialised: every product with one is drawn from its law given all earlier products (W x and W' y),
which is exact and costs O(n) a product, so widths of several thousand take milliseconds. Other laws are materialised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from tp.activations import find
from tp.graph.axes import Type, names
from tp.graph.graph import Graph
from tp.graph.laws import LAWS
from tp.graph.parameter import Parameter
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.input import Input
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum

Array = npt.NDArray[np.float64]
_LOST = 1e-9
"""A column whose new part is smaller than this share of it lies in the span of earlier ones."""
_CHUNKS = (512, 16384)
"""Activations are called on arrays of these lengths only, so that each is compiled once or twice for all programs."""


class Gaussian:
    """``draws`` independent matrices [rows, columns] of independent normal entries, known through their products."""

    def __init__(self, rows: int, columns: int, draws: int, deviation: float, draw: np.random.Generator) -> None:
        self.deviation = deviation
        self._draw = draw
        self._bases = [np.empty((draws, columns, 0)), np.empty((draws, rows, 0))]
        self._images = [np.empty((draws, rows, 0)), np.empty((draws, columns, 0))]

    def apply(self, x: Array, transposed: bool) -> Array:
        """W x, or W' x, for the columns of x [draws, size, k]."""
        side, other = (1, 0) if transposed else (0, 1)
        basis, seen = self._bases[side], self._bases[other]
        inside = basis.transpose(0, 2, 1) @ x
        rest = x - basis @ inside
        again = basis.transpose(0, 2, 1) @ rest
        inside, rest = inside + again, rest - basis @ again
        fresh = _orthonormal(rest, np.linalg.norm(x, axis=1))
        noise = self._draw.standard_normal((x.shape[0], seen.shape[1], x.shape[2]))
        known = self._images[other].transpose(0, 2, 1) @ fresh - seen.transpose(0, 2, 1) @ noise
        used = (fresh != 0).any(axis=1)[:, None, :]
        image = (noise + seen @ known) * used
        out = self._images[side] @ inside + image @ (fresh.transpose(0, 2, 1) @ rest)
        self._bases[side] = np.concatenate([basis, fresh], axis=2)
        self._images[side] = np.concatenate([self._images[side], image], axis=2)
        return out * self.deviation


def _orthonormal(x: Array, sizes: Array) -> Array:
    """Gram-Schmidt on the columns of x [draws, size, k]; columns with nothing new (relative to ``sizes``) are zero."""
    out = np.zeros_like(x)
    for k in range(x.shape[2]):
        column = x[:, :, k : k + 1]
        for _ in range(2):
            column = column - out[:, :, :k] @ (out[:, :, :k].transpose(0, 2, 1) @ column)
        length = np.linalg.norm(column, axis=1)[:, 0]
        new = length > _LOST * np.maximum(sizes[:, k], 1e-300)
        out[:, :, k] = np.where(new, 1 / np.where(new, length, 1.0), 0.0)[:, None] * column[:, :, 0]
    return out


class Materialised:
    """Matrices [draws, rows, columns] kept as they are."""

    def __init__(self, entries: Array) -> None:
        self._entries = entries

    def apply(self, x: Array, transposed: bool) -> Array:
        return (self._entries.transpose(0, 2, 1) if transposed else self._entries) @ x


def draw(parameter: Parameter, shape: tuple[int, ...], generator: np.random.Generator) -> Array:
    """Entries of the centred law, by NumPy's own samplers."""
    law = parameter.law
    arguments = law.arguments or LAWS[law.family].arguments
    unit: Any
    match law.family:
        case "normal":
            unit = generator.standard_normal(shape)
        case "uniform":
            unit = generator.uniform(-(3**0.5), 3**0.5, shape)
        case "rademacher":
            unit = generator.choice([-1.0, 1.0], shape)
        case "laplace":
            unit = generator.laplace(size=shape) / 2**0.5
        case "student_t":
            unit = generator.standard_t(arguments[0], shape) * (1 - 2 / arguments[0]) ** 0.5
        case "exponential":
            unit = generator.exponential(size=shape) - 1
        case "constant":
            unit = np.zeros(shape)
        case other:
            raise ValueError(f"no sampler for {other}")
    return unit


class Batch:
    """The values of nodes of a graph at width n for ``draws`` draws of all weights."""

    def __init__(self, graph: Graph, n: int, draws: int, seed: int, inputs: Mapping[str, Array]) -> None:
        self.graph = graph
        self.n = n
        self.draws = draws
        self.inputs = inputs
        self._seed = seed
        self._weights: dict[str, Any] = {}

    def run(self, roots: Sequence[int]) -> list[Array]:
        """Arrays [draws] for scalar nodes; a leading axis of length 1 where nothing is random."""
        order = list(self.graph.needed(roots))
        last: dict[int, int] = {i: index for index in order for i in self.graph[index].operands}
        values: dict[int, Array] = {}
        for index in order:
            node = self.graph[index]
            values[index] = self._value(index, [values[i] for i in node.operands])
            for i in set(node.operands):
                if last[i] == index and i not in roots:
                    del values[i]
        return [values[i] for i in roots]

    def _weight(self, name: str) -> Any:
        if name not in self._weights:
            number = list(self.graph.parameters).index(name)
            generator = np.random.default_rng([self._seed, self.n, number])
            parameter = self.graph.parameters[name]
            scale = parameter.law.scale.at(self.n)
            rows, columns = self._shape(parameter.outs), self._shape(parameter.ins)
            if not parameter.is_operator:
                self._weights[name] = scale * draw(parameter, (self.draws, *rows, *columns), generator)
            elif parameter.law.family == "normal":
                self._weights[name] = Gaussian(prod(rows), prod(columns), self.draws, scale, generator)
            else:
                entries = draw(parameter, (self.draws, prod(rows), prod(columns)), generator)
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
            case Detach() | Rename():
                return arrays[0]
            case Broadcast():
                return np.broadcast_to(_spread(arrays[0], types[0], node.type), self._full(arrays, node.type))
            case Sum(over):
                return arrays[0].sum(axis=tuple(1 + names(types[0]).index(a) for a in over))
            case Linear(scales):
                parts = zip(scales, arrays, types, strict=True)
                total = sum(s.at(self.n) * _spread(a, t, node.type) for s, a, t in parts)
                return np.broadcast_to(total, self._full(arrays, node.type))
            case Pointwise(activation, k):
                return _pointwise(activation, k, arrays[0])
            case Product(over):
                return self._product(arrays, types, over, node.type)
            case Largest(axis):
                place = 1 + names(types[0]).index(axis)
                best = np.expand_dims(arrays[0].argmax(axis=place), place)
                count = np.arange(arrays[0].shape[place]).reshape([-1 if i == place else 1 for i in range(best.ndim)])
                return (best == count).astype(float)
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
            parts.append(np.broadcast_to(_spread(array, axes, out), shape))
        return np.concatenate(parts, axis=1 + names(out).index(axis))

    def _applied(self, name: str, transposed: bool, array: Array, axes: Type, out: Type) -> Array:
        _, ins = self.graph.parameters[name].sides(transposed)
        rest = [i for i, a in enumerate(axes) if a not in ins]
        order = [1 + axes.index(a) for a in ins] + [1 + i for i in rest]
        moved = np.broadcast_to(array, (self.draws, *array.shape[1:])).transpose([0, *order])
        flat = moved.reshape((self.draws, prod(self._shape(ins)), -1))
        return self._weight(name).apply(flat, transposed).reshape((self.draws, *self._shape(out)))

    def _product(self, arrays: list[Array], types: list[Type], over: tuple[str, ...], out: Type) -> Array:
        left, right = arrays
        if not over:
            return _spread(left, types[0], out) * _spread(right, types[1], out)
        mine, theirs = names(types[0]), names(types[1])
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


def _spread(array: Array, axes: Type, out: Type) -> Array:
    """The axes of ``array`` in the order of ``out``, those it lacks with length 1."""
    have = names(axes)
    moved = array.transpose([0, *(1 + have.index(a) for a in names(out) if a in have)])
    places = iter(moved.shape[1:])
    return moved.reshape((moved.shape[0], *(next(places) if a in have else 1 for a in names(out))))


@cache
def _compiled(activation: str, k: int) -> Any:
    import jax

    return jax.jit(lambda x: find(activation).lower(k, x))


def _pointwise(activation: str, k: int, array: Array) -> Array:
    from tp.interpret.arrays.backend import precision

    flat = array.ravel()
    chunk = _CHUNKS[0] if flat.size <= _CHUNKS[0] else _CHUNKS[-1]
    padded = np.concatenate([flat, np.full(-flat.size % chunk, 1.0)])
    with precision("float64"):
        function = _compiled(activation, k)
        parts = [np.asarray(function(padded[i : i + chunk])) for i in range(0, padded.size, chunk)]
    return np.concatenate(parts)[: flat.size].reshape(array.shape)
