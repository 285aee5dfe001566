"""A softmax of scores some of which are hidden, where inputs say which: weights are exponentials times the mask."""

from __future__ import annotations

from dataclasses import replace

from tp.imports.recognise.softmax import HIDDEN_SOFTMAX
from tp.imports.refusal import Untranslatable
from tp.imports.rules.elementwise import MINUS, aligned, called, linear, times, whole
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import reads, writes
from tp.imports.rules.writing import Writing, as_value
from tp.imports.rules.written import UNIT, Written, labels_of
from tp.imports.text.expression import Call, One, Quotient, Total
from tp.imports.traced.equation import Equation


@reads(HIDDEN_SOFTMAX)
def read_hidden(equation: Equation, reading: Reading) -> None:
    for operand in equation.operands:
        for mine, made in zip(reading.axes(operand), reading.axes(equation.results[0]), strict=True):
            reading.equal(mine, made)


@writes(HIDDEN_SOFTMAX)
def write_hidden(equation: Equation, writing: Writing) -> Written:
    """Where no score of a row counts and one finite number stands for all, their weights are equal."""
    axis: int = equation.params["axis"]
    (scores, shown), out = aligned(equation, writing)
    labels = [label.root() for label in labels_of(shown.dims[axis])]
    if len(labels) != 1 or [label.root() for label in labels_of(scores.dims[axis])] != labels:
        raise Untranslatable("a mask that inputs make hides whole rows of scores", "let it say which scores count")
    one = Written(UNIT, One(), out.dims)
    if equation.params["hides"]:
        shown = linear([one, shown.scaled(MINUS)], out)
    if equation.params["even"]:
        some = replace(out, node=Call("max", (whole(shown),), (labels[0],)))
        scores, shown = times(scores, some, out), linear([one, shown, some.scaled(MINUS)], out)
    weights = as_value(times(called("exp", scores), shown, out))
    return replace(out, node=Quotient(weights, Total(weights, (labels[0],))))
