"""What becomes of rows that are put together and taken apart again, as loops do: the rows themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.traced.flat_equation import Atom, FlatEquation, Source, Unknown, is_known
from tp.imports.traced.loops import Evaluator

Shape = tuple[int, ...]
_LIFTS = frozenset({"broadcast_in_dim", "reshape", "expand_dims"})
_DROPS = frozenset({"squeeze", "reshape"})


class Views:
    """Values that are concatenations, and values that are another with one more axis of size 1."""

    def __init__(self) -> None:
        self._pieces: dict[Unknown, tuple[int, tuple[Atom, ...]]] = {}
        self._lifts: dict[Unknown, tuple[int, Unknown]] = {}

    def pieces(self, value: Atom) -> tuple[int, tuple[Atom, ...]] | None:
        """The axis and the pieces of a concatenation; None for other values."""
        return self._pieces.get(value) if isinstance(value, Unknown) else None

    def products(
        self, evaluator: Evaluator, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape, source: Source
    ) -> Atom | None:
        """A product of two concatenations, summed along them, as a sum of products of their pieces.

        Pieces of one size are left joined. None for any other product.
        """
        over, _ = params["dimension_numbers"]
        for axes in zip(*over, strict=True):
            found = [self.pieces(operand) for operand in operands]
            (one, other) = found
            if one is None or other is None or (one[0], other[0]) != axes:
                continue
            sizes, others = ([piece.shape[axis] for piece in pieces] for axis, pieces in (one, other))
            if sizes != others or len(set(sizes)) == 1:
                continue
            total: Atom | None = None
            for pair in zip(one[1], other[1], strict=True):
                if all(is_known(piece) for piece in pair) or any(_zero(piece) for piece in pair):
                    if not any(_zero(piece) for piece in pair):
                        return None
                    continue
                product = evaluator.emit("dot_general", pair, params, shape, source)
                total = product if total is None else evaluator.emit("add", [total, product], {}, shape, source)
            return total
        return None

    def shortcut(self, name: str, operands: Sequence[Atom], params: Mapping[str, Any], shape: Shape) -> Atom | None:
        """The value that an equation gives, where it is there already."""
        first = operands[0]
        if name in _DROPS and isinstance(first, Unknown) and first in self._lifts:
            axis, lifted = self._lifts[first]
            if lifted.shape == shape and (name != "squeeze" or tuple(params["dimensions"]) == (axis,)):
                return lifted
        if name == "slice" and isinstance(first, Unknown) and first in self._pieces:
            inside = self._inside(first, params)
            return inside[0] if inside and len(inside) == 1 else None
        return None

    def note(self, evaluator: Evaluator, equation: FlatEquation) -> None:
        """Keep what the result of ``equation`` is made of."""
        name, operands, params, (result,) = equation.primitive, equation.operands, equation.params, equation.results
        first = operands[0]
        if name == "concatenate":
            self._pieces[result] = params["dimension"], tuple(operands)
        elif name in _LIFTS and isinstance(first, Unknown):
            axis = _added(name, first.shape, result.shape, params)
            if axis is not None:
                self._lifts[result] = axis, first
        elif name == "slice" and isinstance(first, Unknown) and first in self._pieces:
            inside = self._inside(first, params)
            if inside:
                self._pieces[result] = self._pieces[first][0], inside
        elif name == "rev" and isinstance(first, Unknown) and first in self._pieces:
            axis, pieces = self._pieces[first]
            if tuple(params["dimensions"]) == (axis,) and all(piece.shape[axis] == 1 for piece in pieces):
                self._pieces[result] = axis, pieces[::-1]
        elif name == "transpose" and isinstance(first, Unknown):
            self._transposed(evaluator, first, tuple(params["permutation"]), result, equation.source)

    def _inside(self, whole: Unknown, params: Mapping[str, Any]) -> tuple[Atom, ...] | None:
        """The pieces that a slice of ``whole`` consists of, where it cuts none."""
        axis, pieces = self._pieces[whole]
        starts, limits = params["start_indices"], params["limit_indices"]
        full = all(
            (start, limit) == (0, size)
            for i, (start, limit, size) in enumerate(zip(starts, limits, whole.shape, strict=True))
            if i != axis
        )
        if not full or (params["strides"] is not None and any(stride != 1 for stride in params["strides"])):
            return None
        at, edges = 0, [0]
        for piece in pieces:
            at += piece.shape[axis]
            edges.append(at)
        if starts[axis] not in edges or limits[axis] not in edges or starts[axis] == limits[axis]:
            return None
        return pieces[edges.index(starts[axis]) : edges.index(limits[axis])]

    def _transposed(
        self, evaluator: Evaluator, first: Unknown, permutation: Shape, result: Unknown, source: Source
    ) -> None:
        if first in self._lifts:
            axis, lifted = self._lifts[first]
            rest = [i for i in permutation if i != axis]
            if rest == sorted(rest):
                self._lifts[result] = permutation.index(axis), lifted
        if first in self._pieces:
            axis, pieces = self._pieces[first]
            turned = [_turned(evaluator, piece, permutation, source) for piece in pieces]
            self._pieces[result] = permutation.index(axis), tuple(turned)


def _zero(piece: Atom) -> bool:
    return is_known(piece) and not np.any(piece)


def _turned(evaluator: Evaluator, piece: Atom, permutation: Shape, source: Source) -> Atom:
    if not isinstance(piece, Unknown):
        return piece.transpose(permutation)
    shape = tuple(piece.shape[i] for i in permutation)
    return evaluator.emit("transpose", [piece], {"permutation": permutation}, shape, source)


def _added(name: str, shape: Shape, result: Shape, params: Mapping[str, Any]) -> int | None:
    """The axis of size 1 that was added to ``shape``, if nothing else was done."""
    if len(result) != len(shape) + 1 or (params.get("dimensions") is not None and name == "reshape"):
        return None
    if name == "broadcast_in_dim":
        (axis,) = set(range(len(result))) - set(params["broadcast_dimensions"])
    elif name == "expand_dims":
        (axis,) = params["dimensions"]
    else:
        axis = next((i for i, size in enumerate(result) if shape[i : i + 1] != (size,)), len(shape))
    return axis if result[axis] == 1 and result[:axis] + result[axis + 1 :] == shape else None
