"""From equations to the text of a program."""

from __future__ import annotations

from collections.abc import Mapping

from tp.imports.axes.labels import Label
from tp.imports.axes.wide import Factor
from tp.imports.laws.initial import Initial
from tp.imports.rates.found import Rates
from tp.imports.recognise.batch import of_one_sample
from tp.imports.recognise.rewrite import recognised
from tp.imports.refusal import Untranslatable, refusal
from tp.imports.rules import load
from tp.imports.rules.elementwise import FUNCTIONS
from tp.imports.rules.reading import Reading
from tp.imports.rules.registry import readers, writers
from tp.imports.rules.writing import Writing
from tp.imports.rules.written import UNIT, Written, labels_of
from tp.imports.text.declared import DeclaredInput, DeclaredWeight
from tp.imports.text.expression import Ref
from tp.imports.text.program import Output, ProgramText
from tp.imports.text.training import Beginnings
from tp.imports.traced.equation import Equation, Known, Place, Traced, Value
from tp.imports.traced.sizes import ONE
from tp.imports.translation import Fed, Given, Placed, Translation

_PRODUCTS = ("dot_general", "conv_general_dilated")

NOWHERE = Place("", 0, "")


def translate(
    traced: Traced, initials: Mapping[tuple[str, ...], Initial], name: str, rates: Rates | None = None
) -> Translation:
    """The program that computes what ``traced`` computes.

    ``initials`` are laws of weights by path; weights without one start with ``normal(0, 1)``. ``rates`` say how they
    are trained.

    Raises TP902 for an equation that the language cannot express, TP907 for an initial law that it lacks.
    """
    load()
    leaves = {weight.path: leaf for leaf, weight in enumerate(traced.weights)}
    one = of_one_sample(traced)
    traced = recognised(one.traced, initials)
    reading = _read(traced)
    writing = Writing(reading)
    weights = [_weight(writing, index, traced) for index in range(len(traced.weights))]
    inputs = [_input(writing, index, traced) for index in range(len(traced.inputs))]
    _write(traced, writing)
    outputs = [_output(writing, name, operand) for name, operand in traced.outputs]
    text = ProgramText(name, weights, inputs, writing, outputs, Beginnings.of(traced.weights, initials, rates))
    printed = text.text()
    placed = tuple(_placed(weight, leaves[weight.weight.path]) for weight in text.weights)
    fed = tuple(_fed(each, inputs.index(each), inputs.index(each) in one.batched) for each in text.inputs)
    given = tuple(
        Given(
            output.name,
            tuple(tuple(text.axis(i) if isinstance(i, Label) else i.size for i in dim) for dim in output.written.dims),
            output.shape,
            samples,
        )
        for output, samples in zip(outputs, one.outputs, strict=True)
    )
    return Translation(name, printed, placed, fed, given, (*one.notes, *text.notes), one.batch)


def _read(traced: Traced) -> Reading:
    """All that equations say of wide axes."""
    reading = Reading(traced.widths)
    for equation in traced.equations:
        rule = readers.get(equation.primitive)
        if rule is None:
            continue  # writing refuses it
        try:
            rule(equation, reading)
        except Untranslatable as problem:
            raise refusal(equation.primitive, equation.place, problem) from None
    return reading


def _write(traced: Traced, writing: Writing) -> None:
    """Expressions of all equations, and statements for those that need a name."""
    reader: dict[Value, list[Equation | None]] = {}
    for equation in traced.equations:
        for operand in equation.operands:
            if isinstance(operand, Value):
                reader.setdefault(operand, []).append(equation)
    for _, operand in traced.outputs:
        if isinstance(operand, Value):
            reader.setdefault(operand, []).append(None)
    for equation in traced.equations:
        rule = writers.get(equation.primitive)
        try:
            if rule is None:
                raise Untranslatable(
                    "the language has no such operation", "write it with other operations: tp explain TP902"
                )
            found = rule(equation, writing)
        except Untranslatable as problem:
            raise refusal(equation.primitive, equation.place, problem) from None
        results = [found] if isinstance(found, Written) else found
        for value, written in zip(equation.results, results, strict=True):
            later = reader.get(value, [])
            named = len(later) > 1 or any(e is not None and (_apart(e, equation) or _layer(e, equation)) for e in later)
            writing.bind(value, written, equation.place, named=named)


def _apart(later: Equation, equation: Equation) -> bool:
    """Whether ``later`` stands on another line, or in another module, and does more than multiply with a number."""
    one, two = later.place, equation.place
    scaled = later.primitive in ("mul", "div") and any(isinstance(o, Known) and o.number for o in later.operands)
    return not scaled and (one.file, one.line, one.scope) != (two.file, two.line, two.scope)


def _layer(later: Equation, equation: Equation) -> bool:
    """Whether ``equation`` ends a layer: a function of entries whose values are multiplied with weights next."""
    return later.primitive in _PRODUCTS and equation.primitive in FUNCTIONS


def _labels(writing: Writing, value: Value, axis: int, wish: str | None = None) -> tuple[Label, ...]:
    """Labels of an array axis of a weight or an input, of its own: they show which axis a sum goes over."""
    factor: Factor | None = writing.reading.axes(value)[axis]
    if factor is None:
        return () if value.shape[axis] == ONE else (Label(value.shape[axis], wish=wish),)
    found: list[Label] = []
    for leaf in factor.leaves():
        label = Label(leaf.size)
        label.parent = writing.labels.wide(leaf)
        found.append(label)
    return tuple(found)


def _weight(writing: Writing, index: int, traced: Traced) -> DeclaredWeight:
    weight = traced.weights[index]
    shape = tuple(_labels(writing, weight.value, axis) for axis in range(len(weight.value.shape)))
    declared = DeclaredWeight(_own_path(weight.path, traced), weight, shape)
    writing.labels.differ(label for axis in shape for label in axis if not label.size.wide)
    writing.values[weight.value] = Written(UNIT, Ref(declared), shape)
    return declared


def _own_path(path: tuple[str, ...], traced: Traced) -> tuple[str, ...]:
    """The path of a weight, without what all paths begin with. A number keeps the part before it: ``layers_0``."""
    paths = [weight.path for weight in traced.weights if weight.trained]
    shared = 0
    while len({each[: shared + 1] for each in paths}) == 1 and all(len(each) > shared + 1 for each in paths):
        shared += 1
    if shared and any(each[shared].isdigit() for each in paths):
        shared -= 1
    return path[shared:] if paths and path[:shared] == paths[0][:shared] else path


def _input(writing: Writing, index: int, traced: Traced) -> DeclaredInput:
    given = traced.inputs[index]
    rank = len(given.value.shape)
    several = [axis for axis in range(rank) if given.value.shape[axis] != ONE]
    if any(size.wide for size in given.value.shape):
        problem = Untranslatable("the input has an axis that grows with n", "give inputs of a fixed size")
        raise refusal(f"the input {given.name}", NOWHERE, problem)
    wishes = dict(zip(several, _wishes(len(several), given.value.kind), strict=True))
    shape = tuple(_labels(writing, given.value, axis, wishes.get(axis)) for axis in range(rank))
    hot = Label(ONE, wish="v") if given.value.kind == "int" else None
    declared = DeclaredInput(given.name, given, shape, hot)
    writing.labels.differ([*(label for axis in shape for label in axis), *([hot] if hot else [])])
    writing.values[given.value] = Written(UNIT, Ref(declared), shape, hot)
    return declared


def _wishes(rank: int, kind: str) -> list[str | None]:
    """Names that axes of inputs usually have: features d, tokens t, pixels i and j."""
    if kind == "int":
        return [*([None] * max(0, rank - 1)), "t"][:rank]
    usual = {1: ["d"], 2: ["t", "d"], 3: ["i", "j", "d"], 4: ["b", "i", "j", "d"]}
    return [*usual.get(rank, [None] * rank)]


def _output(writing: Writing, name: str, operand: object) -> Output:
    assert not isinstance(operand, str)
    written = writing.value(operand)  # pyright: ignore[reportArgumentType]
    if any(label.root().size.wide for dim in written.dims for label in labels_of(dim)):
        problem = Untranslatable(
            "the output has an axis that grows with n", "let the function return an array of a fixed size"
        )
        raise refusal(f"the output {name}", NOWHERE, problem)
    return Output("f" if name in ("", "output") else name, written, operand.shape)  # pyright: ignore[reportAttributeAccessIssue]


def _fed(given: DeclaredInput, position: int, batched: bool) -> Fed:
    sizes = tuple(label.root().size for axis in given.shape for label in axis)
    if given.hot is not None and given.hot.root().size == ONE:
        reason = "its whole numbers are no indices of an axis of known size"
        raise refusal(f"the input {given.name}", NOWHERE, Untranslatable(reason, "give real numbers in their place"))
    return Fed(given.name, position, sizes, None if given.hot is None else given.hot.root().size.finite, batched)


def _placed(weight: DeclaredWeight, leaf: int) -> Placed:
    axes = weight.axes
    order = tuple(axes.index(label) for label in (*(weight.outs or ()), *weight.ins))
    sizes = tuple(a.root().size for a in axes)
    return Placed(weight.name, leaf, weight.weight.path, weight.weight.cut, sizes, order)
