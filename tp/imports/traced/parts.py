"""Slices along wide axes are taken of weights: ``split(x @ W)`` is a product with each part of ``W``.

In the language a wide axis has no parts, but a weight whose parts are used by themselves is several weights.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tp.imports.traced.equation import Equation, Known, Operand, Shape, Traced, Value
from tp.imports.traced.folding import ELEMENTWISE
from tp.imports.traced.simplify import needed
from tp.imports.traced.sizes import Size

Edge = int | Size
_ELEMENTWISE = frozenset({*ELEMENTWISE, "logistic", "erf", "erfc", "erf_inv", "expm1", "log1p", "exp2", "cbrt", "tan"})
_REDUCTIONS = frozenset({"reduce_sum", "reduce_max", "reduce_min", "reduce_prod"})


def in_parts(traced: Traced) -> Traced:
    """``traced`` with slices along wide axes moved towards the weights, as far as they can be."""
    parts = _Parts(traced)
    for equation in traced.equations:
        parts.add(equation)
    outputs = tuple((name, parts.now(operand)) for name, operand in traced.outputs)
    equations = needed(parts.equations, [operand for _, operand in outputs])
    return dataclasses.replace(traced, equations=equations, outputs=outputs)


class _Parts:
    def __init__(self, traced: Traced) -> None:
        self.equations: list[Equation] = []
        self._makers: dict[Value, Equation] = {}
        self._instead: dict[Operand, Operand] = {}
        self._found: dict[tuple[Operand, int, Edge, Edge], Operand] = {}
        last = max((value.number for e in traced.equations for value in e.results), default=-1)
        self._next = max([last, *(one.value.number for one in (*traced.weights, *traced.inputs))]) + 1

    def now(self, operand: Operand) -> Operand:
        return self._instead.get(operand, operand)

    def add(self, equation: Equation) -> None:
        """Keep an equation, unless it is a slice that can be had of an earlier value."""
        equation = dataclasses.replace(equation, operands=tuple(map(self.now, equation.operands)))
        if equation.primitive == "slice" and isinstance(equation.operands[0], Value):
            axis = _one_wide_axis(equation)
            if axis is not None:
                start, limit = (equation.params[key][axis] for key in ("start_indices", "limit_indices"))
                self._instead[equation.results[0]] = self._part(equation.operands[0], axis, start, limit, equation)
                return
        cut = self._contracted(equation)
        if cut is not None:
            self._instead[equation.results[0]] = self._summed(equation, *cut)
        else:
            self._keep(equation)

    def _contracted(self, equation: Equation) -> tuple[list[int | None], list[Edge]] | None:
        """The wide axis of each operand that is summed over, and where it is cut, if it is a concatenation."""
        if equation.primitive == "dot_general":
            contracted, _ = equation.params["dimension_numbers"]
            axes: list[int | None] = [side[0] if len(side) == 1 else None for side in contracted]
        elif equation.primitive == "reduce_sum" and len(equation.params["axes"]) == 1:
            axes = [equation.params["axes"][0]]
        else:
            return None
        edges = [self._edges(x, at) for x, at in zip(equation.operands, axes, strict=True) if at is not None]
        merged = _merged(edges)
        return (axes, merged) if len(merged) > 2 else None

    def _edges(self, operand: Operand, axis: int) -> list[Edge]:
        """The edges along a wide ``axis`` of the pieces that ``operand`` is put together of."""
        if not operand.shape[axis].wide or not isinstance(operand, Value):
            return []
        maker = self._makers.get(operand)
        if maker is None or len(maker.results) != 1:
            return []
        if maker.primitive == "concatenate" and maker.params["dimension"] == axis:
            edges: list[Edge] = [0]
            for piece in maker.operands:
                after = _plus(_size(edges[-1]), piece.shape[axis])
                if after is None:
                    return []
                edges.append(after)
            return edges
        axes = _axes(maker, axis) or []
        return _merged([self._edges(x, at) for x, at in zip(maker.operands, axes, strict=False) if at is not None])

    def _summed(self, equation: Equation, axes: Sequence[int | None], edges: Sequence[Edge]) -> Operand:
        """The sum over the pieces of what is summed over an axis."""
        shape = equation.results[0].shape
        total: Operand | None = None
        for start, limit in pairwise(edges):
            operands = tuple(
                operand if at is None else self._part(operand, at, start, limit, equation)
                for operand, at in zip(equation.operands, axes, strict=True)
            )
            term = self._new(dataclasses.replace(equation, operands=operands), shape)
            if total is not None:
                added = dataclasses.replace(equation, primitive="add", operands=(total, term), params={})
                term = self._new(added, shape)
            total = term
        assert total is not None
        return total

    def _keep(self, equation: Equation) -> None:
        self.equations.append(equation)
        self._makers.update(dict.fromkeys(equation.results, equation))

    def _part(self, operand: Operand, axis: int, start: Edge, limit: Edge, wanted: Equation) -> Operand:
        """``operand`` from ``start`` to ``limit`` along ``axis``, for the slice ``wanted``."""
        key = operand, axis, start, limit
        if key not in self._found:
            size = _between(start, limit)
            shape = (*operand.shape[:axis], size, *operand.shape[axis + 1 :])
            self._found[key] = (
                dataclasses.replace(operand, shape=shape)
                if isinstance(operand, Known)
                else self._moved(operand, axis, start, limit, shape, wanted)
                or self._sliced(operand, axis, start, limit, shape, wanted)
            )
        return self._found[key]

    def _moved(
        self, value: Value, axis: int, start: Edge, limit: Edge, shape: Shape, wanted: Equation
    ) -> Operand | None:
        """The part as a function of parts of what ``value`` is made of. None where it is no such function."""
        maker = self._makers.get(value)
        if maker is None or len(maker.results) != 1:
            return None
        if maker.primitive == "concatenate" and maker.params["dimension"] == axis:
            return self._piece(maker, axis, start, limit, wanted)
        axes = _axes(maker, axis)
        if axes is None or any(
            isinstance(x, Known) and x.number is None and a is not None and x.table is None
            for x, a in zip(maker.operands, axes, strict=True)
        ):
            return None
        operands = tuple(
            operand if at is None else self._part(operand, at, start, limit, wanted)
            for operand, at in zip(maker.operands, axes, strict=True)
        )
        params = {**maker.params, **{key: _edges(shape) for key in ("shape", "new_sizes") if key in maker.params}}
        return self._new(dataclasses.replace(maker, operands=operands, params=params), shape)

    def _piece(self, maker: Equation, axis: int, start: Edge, limit: Edge, wanted: Equation) -> Operand | None:
        """The piece of a concatenation that a slice lies in."""
        before: Size = Size(Fraction(0))
        first, last = _size(start), _size(limit)
        for piece in maker.operands:
            after = _plus(before, piece.shape[axis])
            if after is None or not _comparable(before, after, first, last):
                return None
            if before.factor <= first.factor and last.factor <= after.factor:
                low, high = _minus(first, before), _minus(last, before)
                return piece if (before, after) == (first, last) else self._part(piece, axis, low, high, wanted)
            before = after
        return None

    def _sliced(self, value: Value, axis: int, start: Edge, limit: Edge, shape: Shape, wanted: Equation) -> Value:
        starts: list[Edge] = [0] * len(shape)
        limits = list(_edges(value.shape))
        starts[axis], limits[axis] = start, limit
        params = {"start_indices": tuple(starts), "limit_indices": tuple(limits), "strides": None}
        sliced = Equation("slice", (value,), params, (dataclasses.replace(value, shape=shape),), wanted.place)
        return self._new(sliced, shape)

    def _new(self, equation: Equation, shape: Shape) -> Value:
        result = dataclasses.replace(equation.results[0], number=self._next, shape=shape)
        self._next += 1
        self._keep(dataclasses.replace(equation, results=(result,)))
        return result


def _one_wide_axis(equation: Equation) -> int | None:
    """The axis of a slice, if it is wide, the only one that is cut, and cut without strides."""
    (operand,), params = equation.operands, equation.params
    starts, limits, strides = params["start_indices"], params["limit_indices"], params["strides"]
    cut = [
        axis
        for axis, (start, limit, size) in enumerate(zip(starts, limits, operand.shape, strict=True))
        if start != 0 or _size(limit) != size
    ]
    single = len(cut) == 1 and operand.shape[cut[0]].wide and equation.results[0].shape[cut[0]].wide
    return cut[0] if single and all(stride == 1 for stride in strides or ()) else None


def _axes(maker: Equation, axis: int) -> list[int | None] | None:
    """The axis of each operand that ``axis`` of the result is; None for operands that do not have it.

    The whole is None where a part of the result is no such function of parts of the operands.
    """
    result, operands = maker.results[0], maker.operands
    if maker.primitive in _ELEMENTWISE:
        return [axis if x.shape and x.shape[axis] == result.shape[axis] else None for x in operands]
    if maker.primitive == "concatenate":
        return [axis] * len(operands)
    if maker.primitive == "dot_general":
        return _factors(maker, axis)
    if len(operands) != 1:
        return None
    at = _source(maker, operands[0], axis)
    return None if at is None else [at if at >= 0 else None]


def _factors(maker: Equation, axis: int) -> list[int | None]:
    (contracted, batched) = maker.params["dimension_numbers"]
    count = len(batched[0])
    if axis < count:
        return [batched[0][axis], batched[1][axis]]
    free = [
        [i for i in range(len(x.shape)) if i not in contracted[side] and i not in batched[side]]
        for side, x in enumerate(maker.operands)
    ]
    at = axis - count
    return [free[0][at], None] if at < len(free[0]) else [None, free[1][at - len(free[0])]]


def _source(maker: Equation, operand: Operand, axis: int) -> int | None:
    """The axis of the only operand; -1 if it does not have it, None if parts of the result are none of the operand."""
    params, shape = maker.params, maker.results[0].shape
    if maker.primitive == "transpose":
        return params["permutation"][axis]
    if maker.primitive == "broadcast_in_dim":
        if axis not in params["broadcast_dimensions"]:
            return -1
        at = params["broadcast_dimensions"].index(axis)
        return at if operand.shape[at] == shape[axis] else -1
    if maker.primitive in _REDUCTIONS:
        return [i for i in range(len(operand.shape)) if i not in params["axes"]][axis]
    if maker.primitive in ("reshape", "squeeze", "expand_dims"):
        long = [[i for i, size in enumerate(each) if size != Size(Fraction(1))] for each in (operand.shape, shape)]
        same = [operand.shape[i] for i in long[0]] == [shape[i] for i in long[1]]
        return long[0][long[1].index(axis)] if same and params.get("dimensions") in (None, *_dims(maker)) else None
    return None


def _dims(maker: Equation) -> tuple[Any, ...]:
    return (maker.params.get("dimensions"),) if maker.primitive != "reshape" else ()


def _size(edge: Edge) -> Size:
    return edge if isinstance(edge, Size) else Size(Fraction(int(edge)))


def _comparable(*sizes: Size) -> bool:
    return len({size.exponent for size in sizes if size.factor}) <= 1


def _plus(one: Size, other: Size) -> Size | None:
    if not _comparable(one, other):
        return None
    return Size(one.factor + other.factor, other.exponent if other.factor else one.exponent)


def _minus(one: Size, other: Size) -> Edge:
    factor = one.factor - other.factor
    return Size(factor, one.exponent) if factor else 0


def _merged(cuts: Sequence[Sequence[Edge]]) -> list[Edge]:
    """All edges of several ways to cut an axis, in order."""
    edges = {_size(edge).factor: edge for each in cuts for edge in each}
    return [edges[factor] for factor in sorted(edges)]


def _between(start: Edge, limit: Edge) -> Size:
    return _size(_minus(_size(limit), _size(start)))


def _edges(shape: Sequence[Size]) -> tuple[Edge, ...]:
    return tuple(size if size.wide else size.finite for size in shape)
