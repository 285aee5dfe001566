"""Weights that are used in parts become several weights: layers that are stacked, gates that are joined.

The language applies a weight as a whole. A part of a matrix that is cut along a wide axis is a matrix of its own, and
so is an entry along a finite axis of a weight that is wide on both sides. Gains, biases and tables of positions are
values, whose parts the language has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

from tp.imports.laws.initial import Initial
from tp.imports.recognise.graph import substituted
from tp.imports.traced.equation import Equation, Operand, Traced, Value, Weight
from tp.imports.traced.fresh import Fresh
from tp.imports.traced.sizes import ONE, Size

ZERO = Size(Fraction(0))
Edges = tuple[tuple[Size, ...], ...]
"""Along every axis of a weight where it is cut, ends included."""


def with_parts_of_weights(traced: Traced, initials: Mapping[tuple[str, ...], Initial]) -> Traced:
    """``traced`` with a weight for each part that is used, or that has an initial law of its own."""
    traced = _without_batches(traced)
    fresh = Fresh(traced)
    weights: list[Weight] = []
    instead: dict[Value, dict[tuple[tuple[Size, Size], ...], Value]] = {}
    edges: dict[Value, Edges] = {}
    for weight in traced.weights:
        found = _edges(weight.value, traced.equations, initials.get(weight.path))
        if all(len(each) == 2 for each in found):
            weights.append(weight)
            continue
        edges[weight.value] = found
        parts = instead[weight.value] = {}
        for count, bounds in enumerate(product(*(pairwise(each) for each in found)), 1):
            value = fresh.value(tuple(_less(b, a) for a, b in bounds), weight.value.kind)
            parts[bounds] = value
            cut = tuple(
                None if (a, b) == (ZERO, size) else (a, b)
                for (a, b), size in zip(bounds, weight.value.shape, strict=True)
            )
            weights.append(replace(weight, value=value, cut=cut, part=count, whole=weight.value.shape))
    equations: list[Equation] = []
    for equation in traced.equations:
        equations += _with_parts(equation, instead, edges, fresh)
    return substituted(replace(traced, weights=tuple(weights)), {}, equations)


def _less(limit: Size, start: Size) -> Size:
    """The number of entries between two edges."""
    if not start.factor:
        return limit
    assert start.exponent == limit.exponent
    return Size(limit.factor - start.factor, limit.exponent)


def _bounds(equation: Equation, axis: int) -> tuple[Size, Size]:
    return Size.of(equation.params["start_indices"][axis]), Size.of(equation.params["limit_indices"][axis])


def _sliced(equation: Equation) -> bool:
    strides = equation.params.get("strides")
    return equation.primitive == "slice" and (strides is None or all(int(each) == 1 for each in strides))


def _edges(weight: Value, equations: Sequence[Equation], initial: Initial | None) -> Edges:
    """Where a weight is cut. Only where cuts grow alike: others are refused when they are written."""
    found: list[list[Size]] = [[ZERO, size] for size in weight.shape]
    wide = sum(size.wide for size in weight.shape)
    for equation in equations:
        if equation.operands[:1] != (weight,) or not _sliced(equation):
            continue
        for axis, size in enumerate(weight.shape):
            bounds = _bounds(equation, axis)
            if bounds == (ZERO, size) or not (size.wide or wide > 1):
                continue
            found[axis] += [each for each in bounds if each not in found[axis]]
    for part in initial.parts if initial is not None else ():
        size = weight.shape[part.axis]
        for share in (part.start, part.stop):
            edge = Size(share, ZERO.exponent) if part.indices else Size(share * size.factor, size.exponent)
            if edge.factor and edge not in found[part.axis]:
                found[part.axis].append(edge)
    for axis, size in enumerate(weight.shape):
        if any(each.factor and each.exponent != size.exponent for each in found[axis]):
            return tuple((ZERO, each) for each in weight.shape)
        found[axis].sort(key=lambda each: each.factor)
    return tuple(map(tuple, found))


def _with_parts(
    equation: Equation,
    instead: Mapping[Value, Mapping[tuple[tuple[Size, Size], ...], Value]],
    edges: Mapping[Value, Edges],
    fresh: Fresh,
) -> list[Equation]:
    """``equation`` with parts of weights in place of what it cuts, or puts together again."""
    made: list[Equation] = []
    operands: list[Operand] = []
    divided = _divided(equation, instead, edges, fresh)
    if divided is not None:
        return divided
    for operand in equation.operands:
        if not isinstance(operand, Value) or operand not in instead:
            operands.append(operand)
            continue
        asked = tuple((ZERO, size) for size in operand.shape)
        cut = _sliced(equation)
        if cut:
            asked = tuple(
                _bounds(equation, axis) if len(edges[operand][axis]) > 2 else bounds
                for axis, bounds in enumerate(asked)
            )
        joined, steps = _joined(operand, asked, instead[operand], edges[operand], equation, fresh)
        made += steps
        operands.append(joined)
        if cut:
            full = [
                axis
                for axis, bounds in enumerate(asked)
                if len(edges[operand][axis]) > 2 or bounds == _bounds(equation, axis)
            ]
            equation = _narrowed(equation, joined, full)
    return [*made, replace(equation, operands=tuple(operands))]


def _divided(
    equation: Equation,
    instead: Mapping[Value, Mapping[tuple[tuple[Size, Size], ...], Value]],
    edges: Mapping[Value, Edges],
    fresh: Fresh,
) -> list[Equation] | None:
    """A product with a weight that is cut along one axis, as products with its parts: joined, or added.

    None for other equations, and for a weight that is a value: its parts are joined before they are used.
    """
    if equation.primitive != "dot_general":
        return None
    for place, weight in enumerate(equation.operands):
        if not isinstance(weight, Value) or weight not in instead or sum(size.wide for size in weight.shape) < 2:
            continue
        axes = [axis for axis, each in enumerate(edges[weight]) if len(each) > 2]
        over, batches = equation.params["dimension_numbers"]
        if len(axes) != 1 or axes[0] in batches[place]:
            return None
        (axis,), (out,) = axes, equation.results
        other = equation.operands[1 - place]
        made: list[Equation] = []
        results: list[Value] = []
        free = [a for a in range(len(weight.shape)) if a not in (*over[place], *batches[place])]
        rest = len(other.shape) - len(over[place]) - len(batches[place])
        at = len(batches[0]) + (0 if place == 0 else rest) + (free.index(axis) if axis in free else 0)
        for bounds, part in instead[weight].items():
            operands: list[Operand] = [part, other] if place == 0 else [other, part]
            shape = out.shape
            if axis in free:
                shape = tuple(part.shape[axis] if k == at else size for k, size in enumerate(shape))
            else:
                along = over[1 - place][over[place].index(axis)]
                cut = fresh.value(tuple(part.shape[axis] if k == along else s for k, s in enumerate(other.shape)))
                start, limit = bounds[axis]
                params = {
                    "start_indices": tuple(start if k == along else 0 for k in range(len(other.shape))),
                    "limit_indices": tuple(limit if k == along else s for k, s in enumerate(other.shape)),
                    "strides": None,
                }
                made.append(Equation("slice", (other,), params, (cut,), equation.place))
                operands[1 - place] = cut
            result = fresh.value(shape)
            made.append(replace(equation, operands=tuple(operands), results=(result,)))
            results.append(result)
        if axis in free:
            return [*made, Equation("concatenate", tuple(results), {"dimension": at}, (out,), equation.place)]
        total = results[0]
        for k, each in enumerate(results[1:], 2):
            new = out if k == len(results) else fresh.value(out.shape)
            made.append(Equation("add", (total, each), {}, (new,), equation.place))
            total = new
        return made
    return None


def _narrowed(equation: Equation, joined: Operand, done: Sequence[int]) -> Equation:
    """A slice that takes all of ``joined`` along the axes that are cut already."""
    params = dict(equation.params)
    rank = range(len(joined.shape))
    params["start_indices"] = tuple(0 if axis in done else params["start_indices"][axis] for axis in rank)
    params["limit_indices"] = tuple(
        joined.shape[axis] if axis in done else params["limit_indices"][axis] for axis in rank
    )
    return replace(equation, params=params)


def _joined(
    weight: Value,
    asked: tuple[tuple[Size, Size], ...],
    parts: Mapping[tuple[tuple[Size, Size], ...], Value],
    edges: Edges,
    equation: Equation,
    fresh: Fresh,
) -> tuple[Value, list[Equation]]:
    """The part of a weight between bounds, and the equations that join it from smaller parts."""

    def within(axis: int) -> list[tuple[Size, Size]]:
        start, limit = asked[axis]
        return [(a, b) for a, b in pairwise(edges[axis]) if a.factor >= start.factor and b.factor <= limit.factor]

    made: list[Equation] = []

    def join(bounds: tuple[tuple[Size, Size], ...], axis: int) -> Value:
        if axis == len(asked):
            return parts[bounds]
        pieces = [join((*bounds, each), axis + 1) for each in within(axis)]
        if len(pieces) == 1:
            return pieces[0]
        shape = tuple(_less(asked[k][1], asked[k][0]) if k == axis else s for k, s in enumerate(pieces[0].shape))
        out = fresh.value(shape, weight.kind)
        made.append(Equation("concatenate", tuple(pieces), {"dimension": axis}, (out,), equation.place))
        return out

    return join((), 0), made


def _without_batches(traced: Traced) -> Traced:
    """``traced`` with a product for each entry of a finite axis that a stack of matrices shares with a value."""
    weights = {weight.value for weight in traced.weights}
    fresh = Fresh(traced)
    equations: list[Equation] = []
    for equation in traced.equations:
        equations += _entries(equation, weights, fresh)
    return replace(traced, equations=tuple(equations))


def _entries(equation: Equation, weights: set[Value], fresh: Fresh) -> list[Equation]:
    if equation.primitive != "dot_general":
        return [equation]
    _, batches = equation.params["dimension_numbers"]
    matrices = [
        place
        for place, each in enumerate(equation.operands)
        if isinstance(each, Value) and each in weights and sum(size.wide for size in each.shape) > 1
    ]
    finite = [
        place
        for place, (a, _) in enumerate(zip(*batches, strict=True))
        if not equation.operands[0].shape[a].wide and equation.operands[0].shape[a] != ONE
    ]
    if not matrices or not finite or not all(isinstance(each, Value) for each in equation.operands):
        return [equation]
    (first, *_) = finite
    count = equation.operands[0].shape[batches[0][first]].finite
    made: list[Equation] = []
    results: list[Value] = []
    (out,) = equation.results
    for entry in range(count):
        cuts: list[Operand] = []
        for operand, axes in zip(equation.operands, batches, strict=True):
            axis = axes[first]
            shape = tuple(ONE if k == axis else size for k, size in enumerate(operand.shape))
            cut = fresh.value(shape)
            params = {
                "start_indices": tuple(entry if k == axis else 0 for k in range(len(shape))),
                "limit_indices": tuple(entry + 1 if k == axis else size for k, size in enumerate(operand.shape)),
                "strides": None,
            }
            made.append(Equation("slice", (operand,), params, (cut,), equation.place))
            cuts.append(cut)
        shape = tuple(ONE if k == first else size for k, size in enumerate(out.shape))
        result = fresh.value(shape)
        made += _entries(replace(equation, operands=tuple(cuts), results=(result,)), weights, fresh)
        results.append(result)
    made.append(Equation("concatenate", tuple(results), {"dimension": first}, (out,), equation.place))
    return made
