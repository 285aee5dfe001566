"""Products of arrays with sums over axes: dot_general, which einsum, matmul and @ become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tp.imports.axes.labels import Label
from tp.imports.rules.elementwise import times, whole
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing, as_value, entries
from tp.imports.rules.written import UNIT, Dim, Gap, Item, Written, labels_of
from tp.imports.text.declared import DeclaredWeight
from tp.imports.text.expression import Applied, Dot, One, Product, Total
from tp.imports.traced.equation import Equation


def _axes(equation: Equation) -> tuple[list[int], list[int], list[int], list[int], list[int], list[int]]:
    """Contracted, batch and free axes of both operands."""
    (left, right), (batch_left, batch_right) = equation.params["dimension_numbers"]
    ranks = [len(operand.shape) for operand in equation.operands]
    free = [
        [a for a in range(rank) if a not in used]
        for rank, used in zip(ranks, ([*left, *batch_left], [*right, *batch_right]), strict=True)
    ]
    return list(left), list(right), list(batch_left), list(batch_right), free[0], free[1]


@reads("dot_general")
def read_dot(equation: Equation, reading: Reading) -> None:
    x, y = equation.operands
    left, right, batch_left, batch_right, free_left, free_right = _axes(equation)
    one, two, out = reading.axes(x), reading.axes(y), reading.axes(equation.results[0])
    for a, b in zip([*left, *batch_left], [*right, *batch_right], strict=True):
        reading.equal(one[a], two[b])
    made = [one[a] for a in [*batch_left, *free_left]] + [two[a] for a in free_right]
    for place, axis in enumerate(made):
        reading.equal(axis, out[place])


@writes("dot_general")
def write_dot(equation: Equation, writing: Writing) -> Written:
    x, y = (writing.value(operand) for operand in equation.operands)
    (left, right), (batch_left, batch_right) = equation.params["dimension_numbers"]
    return contract(writing, x, y, (left, right), (batch_left, batch_right))


Pair = tuple[Sequence[int], Sequence[int]]


def contract(writing: Writing, x: Written, y: Written, over_axes: Pair, batches: Pair = ((), ())) -> Written:
    """The product of two arrays, summed over pairs of axes; axes: batch ones, then the others of x, then those of y."""
    (left, right), (batch_left, batch_right) = over_axes, batches
    free_left = [a for a in range(len(x.dims)) if a not in (*left, *batch_left)]
    free_right = [a for a in range(len(y.dims)) if a not in (*right, *batch_right)]
    pairs = [*zip(left, right, strict=True), *zip(batch_left, batch_right, strict=True)]
    for a, b in pairs:
        if y.weight is not None:  # a weight keeps its labels
            y, x = writing.meet(y, x, b, a)
        else:
            x, y = writing.meet(x, y, a, b)
    if not (x.plain or y.plain):
        for weight, other, contracted, batch, flip in (
            (y, x, (right, left), batch_right, False),
            (x, y, (left, right), batch_left, True),
        ):
            sides = _sides(weight, other, contracted[0], contracted[1], batch)
            if sides is not None:
                kept = (*batch_left, *free_left) if not flip else (*batch_right, *free_right)
                free = [label for a in kept for label in labels_of(other.dims[a])]
                made = [label for a in (free_left if flip else free_right) for label in labels_of(weight.dims[a])]
                other = writing.apart(other, made, free)
                declared, transposed = sides
                node = Applied(declared, transposed, whole(replace(other, number=UNIT)))
                x, y = (weight, other) if flip else (other, weight)
                both = [_both(x.dims[a], y.dims[b]) for a, b in zip(batch_left, batch_right, strict=True)]
                dims = (*both, *(x.dims[a] for a in free_left), *(y.dims[a] for a in free_right))
                return Written(x.number * y.number, node, dims)
    y = writing.apart(y, x.labels, [label for axis in free_right for label in labels_of(y.dims[axis])])
    joint = [_both(x.dims[a], y.dims[b]) for a, b in zip(left, right, strict=True)]
    batch = [_both(x.dims[a], y.dims[b]) for a, b in zip(batch_left, batch_right, strict=True)]
    over = tuple(label for dim in joint for label in labels_of(dim))
    number = x.number * y.number
    for dim in joint:
        number = number * entries(dim)
    out = Written(number, One(), (*batch, *(x.dims[a] for a in free_left), *(y.dims[a] for a in free_right)))
    writing.labels.differ({id(label.root()): label for label in (*x.labels, *y.labels)}.values())
    if x.plain or y.plain:
        other = y if x.plain else x
        return replace(out, node=Total(as_value(other), over) if over else other.node)
    if not over:
        return replace(times(replace(x, number=UNIT), replace(y, number=UNIT), out), number=number)
    # The language has dot for factors that both have the axes; what is repeated along one is summed as a product.
    both = all(_carries(each, label) for each in (x, y) for label in over)
    one, two = as_value(x), as_value(y)
    return replace(out, node=Dot(one, two, over) if both else Total(Product((one, two)), over))


def _carries(x: Written, label: Label) -> bool:
    return any(mine.root() is label.root() for mine in x.labels)


def _both(one: Dim, two: Dim) -> Dim:
    if not any(labels_of(one)):
        return two
    if not any(labels_of(two)):
        return one
    found: list[Item] = [b if isinstance(a, Gap) else a for a, b in zip(one, two, strict=True)]
    return tuple(found)


def _sides(
    weight: Written, other: Written, mine: Sequence[int], its: Sequence[int], batch: Sequence[int]
) -> tuple[DeclaredWeight, bool] | None:
    """The weight and whether it is transposed, where the sum goes over all of one of its sides. None otherwise.

    A weight that is used for the first time gets its sides here: what is summed is its input.
    """
    declared = weight.weight
    if declared is None or any(any(labels_of(weight.dims[a])) for a in batch):
        return None
    if not all(
        isinstance(item, Label) for a, b in zip(mine, its, strict=True) for item in (*weight.dims[a], *other.dims[b])
    ):
        return None
    summed = tuple(label for a in mine for label in labels_of(weight.dims[a]))
    among = {id(label) for label in summed}
    rest = tuple(label for label in declared.axes if id(label) not in among)
    if not summed:
        return None
    if declared.outs is None:
        if not rest:
            return None
        declared.settle(rest, tuple(label for label in declared.axes if id(label) in among))
    for transposed, side in ((False, declared.ins), (True, declared.outs)):
        if side and {id(label) for label in side} == among and rest:
            return declared, transposed
    return None
