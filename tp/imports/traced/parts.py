"""Slices along wide axes become slices of weights: ``split(x @ W)`` is a product with each part of ``W``.

In the language a wide axis has no parts, but a weight whose parts are used by themselves is several weights. Sums over
an axis that is put together, or that a weight has in parts, are sums over the pieces.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise

from tp.imports.traced.axes_of import axes_of, contracted
from tp.imports.traced.cuts import Cuts, cuts_of, one_wide_axis
from tp.imports.traced.edges import Edge, between, comparable, ends, merged, minus, plus, size, summed
from tp.imports.traced.equation import Equation, Known, Operand, Shape, Traced, Value
from tp.imports.traced.fresh import Fresh
from tp.imports.traced.simplify import needed

_ROUNDS = 4
_DEEPEST = 200
"""Equations that a slice is moved through: Python's own limit of nested calls is not far."""


def in_parts(traced: Traced) -> Traced:
    """``traced`` with slices along wide axes moved towards the weights, as far as they can be."""
    cuts: Cuts = {}
    found = traced
    for _ in range(_ROUNDS):
        parts = _Parts(traced, cuts)
        for equation in traced.equations:
            parts.add(equation)
        outputs = tuple((name, parts.now(operand)) for name, operand in traced.outputs)
        equations = needed(parts.equations, [operand for _, operand in outputs])
        found = dataclasses.replace(traced, equations=equations, outputs=outputs)
        before, cuts = cuts, cuts_of(found)
        if cuts == before:
            break
    return found


class _Parts:
    def __init__(self, traced: Traced, cuts: Cuts) -> None:
        self.equations: list[Equation] = []
        self._makers: dict[Value, Equation] = {}
        self._depth = 0
        self._instead: dict[Operand, Operand] = {}
        self._found: dict[tuple[Operand, int, Edge, Edge], Operand] = {}
        self._known_edges: dict[tuple[Value, int], Sequence[Edge]] = dict(cuts)
        self._fresh = Fresh(traced)

    def now(self, operand: Operand) -> Operand:
        return self._instead.get(operand, operand)

    def add(self, equation: Equation) -> None:
        """Keep an equation, or what it is in parts."""
        equation = dataclasses.replace(equation, operands=tuple(map(self.now, equation.operands)))
        first = equation.operands[0] if equation.operands else None
        axis = one_wide_axis(equation)
        if axis is not None and isinstance(first, Value):
            start, limit = (equation.params[key][axis] for key in ("start_indices", "limit_indices"))
            self._instead[equation.results[0]] = self._part(first, axis, start, limit, equation)
            return
        for axes in contracted(equation):
            pieces = [self._edges(x, at) for x, at in zip(equation.operands, axes, strict=True)]
            edges = merged(pieces)
            if len(edges) > 2:
                self._instead[equation.results[0]] = self._summed(equation, axes, edges)
                return
        self._keep(equation)

    def _keep(self, equation: Equation) -> None:
        self.equations.append(equation)
        self._makers.update(dict.fromkeys(equation.results, equation))
        for result in equation.results:
            for axis in range(len(result.shape)):
                self._edges(result, axis)

    def _new(self, equation: Equation, shape: Shape) -> Value:
        result = self._fresh.value(shape, equation.results[0].kind)
        self._keep(dataclasses.replace(equation, results=(result,)))
        return result

    def _edges(self, operand: Operand, axis: int) -> Sequence[Edge]:
        """The edges along a wide ``axis`` of the pieces that ``operand`` is put together of; empty if it is one."""
        if not operand.shape[axis].wide or not isinstance(operand, Value):
            return []
        if (operand, axis) not in self._known_edges:
            maker = self._makers.get(operand)
            self._known_edges[operand, axis] = self._edges_of(maker, axis) if maker else []
        return self._known_edges[operand, axis]

    def _edges_of(self, maker: Equation, axis: int) -> Sequence[Edge]:
        if len(maker.results) != 1:
            return []
        if maker.primitive == "concatenate" and maker.params["dimension"] == axis:
            return summed([piece.shape[axis] for piece in maker.operands])
        axes = axes_of(maker, axis) or []
        return merged([self._edges(x, at) for x, at in zip(maker.operands, axes, strict=False) if at is not None])

    def _summed(self, equation: Equation, axes: Sequence[int], edges: Sequence[Edge]) -> Operand:
        """The sum over pieces of what is summed over an axis."""
        shape = equation.results[0].shape
        total: Operand | None = None
        for start, limit in pairwise(edges):
            operands = tuple(
                self._part(operand, at, start, limit, equation)
                for operand, at in zip(equation.operands, axes, strict=True)
            )
            term = self._new(dataclasses.replace(equation, operands=operands), shape)
            if total is not None:
                added = dataclasses.replace(equation, primitive="add", operands=(total, term), params={})
                term = self._new(added, shape)
            total = term
        assert total is not None
        return total

    def _part(self, operand: Operand, axis: int, start: Edge, limit: Edge, wanted: Equation) -> Operand:
        """``operand`` from ``start`` to ``limit`` along ``axis``, for the equation ``wanted``."""
        key = operand, axis, start, limit
        if (start, limit) == (0, ends(operand.shape)[axis]):
            return operand
        if key not in self._found:
            shape = (*operand.shape[:axis], between(start, limit), *operand.shape[axis + 1 :])
            if isinstance(operand, Known):
                return dataclasses.replace(operand, shape=shape)
            self._depth += 1
            moved = self._moved(operand, axis, start, limit, shape, wanted) if self._depth < _DEEPEST else None
            self._depth -= 1
            self._found[key] = moved or self._sliced(operand, axis, start, limit, shape, wanted)
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
        if maker.primitive == "slice":
            return self._of_slice(maker, axis, start, limit, wanted)
        axes = axes_of(maker, axis)
        if axes is None:
            return None
        operands = tuple(
            operand if at is None else self._part(operand, at, start, limit, wanted)
            for operand, at in zip(maker.operands, axes, strict=True)
        )
        params = {**maker.params, **{key: ends(shape) for key in ("shape", "new_sizes") if key in maker.params}}
        return self._new(dataclasses.replace(maker, operands=operands, params=params), shape)

    def _piece(self, maker: Equation, axis: int, start: Edge, limit: Edge, wanted: Equation) -> Operand | None:
        """The piece of a concatenation that a slice lies in."""
        edges = summed([piece.shape[axis] for piece in maker.operands])
        first, last = size(start), size(limit)
        if not edges or not comparable(first, last, *map(size, edges)):
            return None
        for piece, (before, after) in zip(maker.operands, pairwise(map(size, edges)), strict=True):
            if before.factor <= first.factor and last.factor <= after.factor:
                return self._part(piece, axis, minus(first, before), minus(last, before), wanted)
        return None

    def _of_slice(self, maker: Equation, axis: int, start: Edge, limit: Edge, wanted: Equation) -> Operand | None:
        """The part of a slice: of what it is a slice of, further on."""
        (operand,), params = maker.operands, maker.params
        if params["strides"] is not None and params["strides"][axis] != 1:
            return None
        before = size(params["start_indices"][axis])
        first, last = (plus(before, size(edge)) for edge in (start, limit))
        if first is None or last is None:
            return None
        starts, limits = list(params["start_indices"]), list(params["limit_indices"])
        starts[axis], limits[axis] = minus(first, size(0)), last
        if operand in self._makers:
            operand = self._part(operand, axis, starts[axis], last, wanted)
            starts[axis], limits[axis] = 0, ends(operand.shape)[axis]
        if all(edge == 0 for edge in starts) and tuple(limits) == ends(operand.shape):
            return operand
        shape = (*maker.results[0].shape[:axis], between(start, limit), *maker.results[0].shape[axis + 1 :])
        params = {**params, "start_indices": tuple(starts), "limit_indices": tuple(limits)}
        return self._new(dataclasses.replace(maker, operands=(operand,), params=params), shape)

    def _sliced(self, value: Value, axis: int, start: Edge, limit: Edge, shape: Shape, wanted: Equation) -> Value:
        starts: list[Edge] = [0] * len(shape)
        limits = list(ends(value.shape))
        starts[axis], limits[axis] = start, limit
        params = {"start_indices": tuple(starts), "limit_indices": tuple(limits), "strides": None}
        return self._new(Equation("slice", (value,), params, (value,), wanted.place), shape)
