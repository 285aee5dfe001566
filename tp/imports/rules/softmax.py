"""A softmax that was recognised, with a causal mask or any other fixed one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tp.imports.axes.labels import Label
from tp.imports.recognise.softmax import SOFTMAX, is_causal
from tp.imports.refusal import Untranslatable
from tp.imports.rules.elementwise import times, whole
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import ONE, Writing
from tp.imports.rules.written import UNIT, Written, labels_of
from tp.imports.text.expression import Call, Ref
from tp.imports.traced.equation import Equation, Known


@reads(SOFTMAX)
def read_softmax(equation: Equation, reading: Reading) -> None:
    for mine, made in zip(reading.axes(equation.operands[0]), reading.axes(equation.results[0]), strict=True):
        reading.equal(mine, made)


@writes(SOFTMAX)
def write_softmax(equation: Equation, writing: Writing) -> Written:
    axis: int = equation.params["axis"]
    x = writing.value(equation.operands[0])
    kept: Known | None = equation.params["kept"]
    settings: tuple[tuple[str, str | Label | Ref], ...] = ()
    if kept is not None:
        x, kept = _never_empty(writing, x, kept, axis, even=equation.params["even"])
        causal = _causal(writing, x, kept, axis)
        if causal is not None:
            x, label = causal
            settings = (("causal", label),)
        else:
            x, mask = _masked(writing, x, kept)
            settings = (("mask", mask),)
    if len(x.dims[axis]) > 1:
        x = writing.single(x, axis)
    labels = list(labels_of(x.dims[axis]))
    if not labels:
        raise Untranslatable("it is a softmax over an axis along which all scores are equal")
    return replace(x, number=UNIT, node=Call("softmax", (whole(x),), (labels[0],), settings=settings))


def _never_empty(writing: Writing, x: Written, kept: Known, axis: int, *, even: bool) -> tuple[Written, Known]:
    """Where no entry counts, and one finite number stands for all scores, all entries count and have equal scores."""
    assert kept.table is not None
    mask = np.asarray(kept.table, bool)
    some = np.asarray(mask.any(axis=axis, keepdims=True))
    if some.all():
        return x, kept
    if not even:
        raise Untranslatable("a mask hides all scores of a softmax", "let it show one of them")
    shape = tuple(ONE if k == axis else size for k, size in enumerate(kept.shape))
    (scores, table), dims = writing.aligned([x, writing.table(Known(shape, None, some.astype(np.float64)))])
    return times(scores, table, replace(x, dims=dims)), replace(kept, table=mask | ~some)


def _causal(writing: Writing, x: Written, kept: Known, axis: int) -> tuple[Written, Label] | None:
    """The scores and the label of rows t, where exactly the entries s <= t count."""
    assert kept.table is not None
    mask = np.asarray(kept.table, bool)
    if mask.ndim != len(x.dims):
        return None
    for each in range(mask.ndim):
        if bool((mask == np.take(mask, [0], each)).all()):
            mask = np.take(mask, [0], each)
    others = [a for a, size in enumerate(mask.shape) if size > 1 and a != axis]
    if len(others) != 1 or others[0] > axis:
        return None
    if not is_causal(mask.reshape([size for size in mask.shape if size > 1])):
        return None
    rows, columns = x.dims[others[0]], x.dims[axis]
    if len(rows) != 1 or len(columns) != 1 or not isinstance(rows[0], Label) or not isinstance(columns[0], Label):
        return None
    return x, rows[0]


def _masked(writing: Writing, x: Written, kept: Known) -> tuple[Written, Ref]:
    """The scores with the axes of a table of 0 and 1, and that table."""
    assert kept.table is not None
    numbers = np.asarray(kept.table, np.float64)
    (scores, table), dims = writing.aligned([x, writing.table(replace(kept, table=numbers, kind="float"))])
    if not isinstance(table.node, Ref):
        raise Untranslatable("an axis of the mask is another axis of the scores")
    return replace(scores, dims=dims), table.node
