"""What is certain of whole numbers: comparisons that hold at every index within its bounds, and bounds of results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.traced.flat_equation import INFINITY, Atom, Unknown, is_known
from tp.imports.traced.folding import is_uniform

Bounds = tuple[float, float]

_COMPARISONS: dict[str, Callable[[Bounds, Bounds], bool | None]] = {
    "lt": lambda a, b: True if a[1] < b[0] else False if a[0] >= b[1] else None,
    "ge": lambda a, b: False if a[1] < b[0] else True if a[0] >= b[1] else None,
    "gt": lambda a, b: True if a[0] > b[1] else False if a[1] <= b[0] else None,
    "le": lambda a, b: False if a[0] > b[1] else True if a[1] <= b[0] else None,
    "eq": lambda a, b: False if a[1] < b[0] or a[0] > b[1] else None,
    "ne": lambda a, b: True if a[1] < b[0] or a[0] > b[1] else None,
}

_MOVES = frozenset(
    {"broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose", "slice", "rev", "concatenate", "gather"}
    | {"dynamic_slice", "copy", "reduce_max", "reduce_min"}
)
"""Primitives whose entries are entries of the operands."""


def bounds(atom: Atom) -> Bounds:
    """The least and the largest entry that whole numbers can have."""
    if isinstance(atom, Unknown):
        return atom.low, atom.high
    return (float(atom.min()), float(atom.max())) if atom.size else (INFINITY, -INFINITY)


def certain(name: str, operands: Sequence[Atom], shape: tuple[int, ...]) -> Atom | None:
    """The result of an equation where it is known, or is one of the operands. None: it has to be computed."""
    if name in _COMPARISONS and all(_whole(x) for x in operands):
        answer = _COMPARISONS[name](bounds(operands[0]), bounds(operands[1]))
        return None if answer is None else np.broadcast_to(np.asarray(answer), shape)
    if name == "select_n":
        return _selected(operands, shape)
    if name in ("and", "or"):
        return _logical(name == "and", operands, shape)
    if name in ("max", "min") and all(_whole(x) for x in operands):
        return _extreme(name == "max", operands, shape)
    if name == "clamp" and all(_whole(x) for x in operands):
        low, x, high = operands
        inside = bounds(low)[1] <= bounds(x)[0] and bounds(x)[1] <= bounds(high)[0]
        return x if inside and x.shape == shape else None
    return None


def result_bounds(name: str, params: Mapping[str, Any], operands: Sequence[Atom]) -> Bounds:
    """The bounds of the entries of a result that are whole numbers."""
    each = [bounds(x) for x in operands if _whole(x)]
    if name in _MOVES or (name == "select_n" and len(each) == len(operands) - 1):
        each = each[:1] if name in ("gather", "dynamic_slice") else each
        return (min(a for a, _ in each), max(b for _, b in each)) if each else (-INFINITY, INFINITY)
    if name == "convert_element_type" and not each:
        return (0, 1) if _kind(operands[0]) == "bool" else (-INFINITY, INFINITY)
    if name in ("argmax", "argmin"):
        return 0, operands[0].shape[params["axes"][0]] - 1
    if len(each) != len(operands):
        return -INFINITY, INFINITY
    return _arithmetic(name, each)


def _arithmetic(name: str, each: Sequence[Bounds]) -> Bounds:
    if name == "convert_element_type":
        return each[0]
    if name == "neg":
        return -each[0][1], -each[0][0]
    if name == "clamp":
        return max(each[0][0], min(each[1][0], each[2][0])), min(each[2][1], max(each[1][1], each[0][1]))
    if len(each) == 2:
        (a, b), (c, d) = each
        if name == "add":
            return a + c, b + d
        if name == "sub":
            return a - d, b - c
        if name == "max":
            return max(a, c), max(b, d)
        if name == "min":
            return min(a, c), min(b, d)
        if name == "rem" and a >= 0 and c > 0:
            return 0, min(b, d - 1)
        if name == "mul" and a >= 0 and c >= 0:
            return a * c, b * d if b and d else 0.0
    return -INFINITY, INFINITY


def _selected(operands: Sequence[Atom], shape: tuple[int, ...]) -> Atom | None:
    which, *cases = operands
    chosen = None
    if is_known(which) and is_uniform(which):
        chosen = cases[int(which[(0,) * which.ndim])]
    elif all(case is cases[0] for case in cases):
        chosen = cases[0]
    if chosen is None or (not is_known(chosen) and chosen.shape != shape):
        return None
    return np.broadcast_to(chosen, shape) if is_known(chosen) else chosen


def _logical(conjunction: bool, operands: Sequence[Atom], shape: tuple[int, ...]) -> Atom | None:
    for one, other in (operands, tuple(reversed(operands))):
        if is_known(one) and one.dtype == np.bool_ and is_uniform(one):
            if bool(one[(0,) * one.ndim]) != conjunction:
                return np.broadcast_to(np.asarray(not conjunction), shape)
            if other.shape == shape:
                return other
    return None


def _extreme(largest: bool, operands: Sequence[Atom], shape: tuple[int, ...]) -> Atom | None:
    for one, other in (operands, tuple(reversed(operands))):
        (a, b), (c, d) = bounds(one), bounds(other)
        if (a >= d if largest else b <= c) and one.shape == shape:
            return one
    return None


def _kind(atom: Atom) -> str:
    if isinstance(atom, Unknown):
        return atom.kind
    return {"i": "int", "u": "int", "b": "bool"}.get(atom.dtype.kind, "float")


def _whole(atom: Atom) -> bool:
    return _kind(atom) == "int"
