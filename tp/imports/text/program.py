"""The printed program: declarations, then statements with the user's own lines beside them, then outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tp.imports.axes.labels import Label, Labels
from tp.imports.rules.writing import Writing
from tp.imports.rules.written import Written, labels_of
from tp.imports.text.declared import Assigned, DeclaredInput, DeclaredTable, DeclaredWeight
from tp.imports.text.expression import (
    Applied,
    Call,
    Dot,
    Index,
    Named,
    Node,
    Ref,
    Renamed,
    Total,
    within,
)
from tp.imports.text.families import Families, Family
from tp.imports.text.head import head, origin
from tp.imports.text.loop_indices import settled
from tp.imports.text.loops import Rolling
from tp.imports.text.naming import WIDE, Names, name_finite_axes, name_of, name_wide_axes
from tp.imports.text.numbers import written_size
from tp.imports.text.one_name import one_name
from tp.imports.text.printer import Printer
from tp.imports.text.series import Loop, Series
from tp.imports.text.training import Beginnings
from tp.imports.text.value_names import name_values, wish_names
from tp.imports.traced.equation import Place, Shape


@dataclass(slots=True)
class Output:
    """An output of the module; ``name`` is the one in the text in the end."""

    name: str
    written: Written
    shape: Shape


class ProgramText:
    """Settles all names, and prints."""

    def __init__(
        self,
        name: str,
        weights: Sequence[DeclaredWeight],
        inputs: Sequence[DeclaredInput],
        writing: Writing,
        outputs: Sequence[Output],
        beginnings: Beginnings,
    ) -> None:
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self._beginnings = beginnings
        self._traced_at = writing.reading.widths
        self.notes: list[str] = list(beginnings.notes)
        self.statements, reached = _reached(writing.statements, outputs)
        self.weights = [weight for weight in weights if weight in reached]
        self.inputs = [given for given in inputs if given in reached]
        self.tables = [table for table in writing.tables if table in reached]
        for weight in self.weights:
            weight.settle(weight.axes, ())
            writing.labels.differ(weight.outs or ())
            writing.labels.differ(weight.ins)
        names = Names((*function_names(), "n"))
        self._axes, self._widths = name_wide_axes(writing.labels, self._labels(), Names((*function_names(), "n")))
        wish_names(self.statements)
        self._families = self._rolled(writing.labels)
        for each in self.inputs:
            each.name = names.new(each.wish)
        for output in outputs:
            output.name = names.new(output.name)
        for family in self._families:
            _name_family(family, names)
        name_values(self._items, names)
        self._variable = names.first(["l", "k", "step"]) if self._loops else ""
        for table in self.tables:
            table.name = names.new(table.wish)
        self._rename_widths(names)
        self._axes |= name_finite_axes(self._labels(), names, self._shared(writing.labels))
        for loop in self._loops:
            loop.settle(self._variable)
        self._printer = Printer(self._axes, "n")
        self._declared: set[str] = set()

    def _rolled(self, labels: Labels) -> list[Family]:
        """Makes loops, and puts weights into families: those of a loop, and others that are numbered."""
        families = Families(self.weights, labels, self._kind)
        rolling = Rolling(labels, self._axes, families.alike)
        self._items = rolling.rolled(self.statements)
        self._loops = [item for item in self._items if isinstance(item, Loop)]
        found = [family for loop in self._loops for family in settled(loop)]
        rest = [weight for weight in self.weights if weight not in rolling.series]
        found += Families(rest, labels, self._kind).found()
        return sorted(found, key=lambda family: self.weights.index(family.members[0]))

    def _shared(self, labels: Labels) -> dict[Label, Label]:
        """Labels that have the name of another one, since they are this axis with fewer entries or more."""
        declared = [label for weight in self.weights for label in weight.sides]
        declared += [label for table in self.tables for label in table.axes]
        declared += [label for each in self.inputs for axis in each.shape for label in axis]
        declared += [each.hot for each in self.inputs if each.hot is not None]
        nodes = [output.written.node for output in self.outputs]
        return one_name(self.statements, nodes, labels.groups, declared)

    def axis(self, label: Label) -> str:
        """The name of an axis."""
        return self._axes[label.root()]

    def _labels(self) -> Iterable[Label]:
        """All labels that occur, in the order of the text."""
        for given in self.inputs:
            yield from (label for axis in given.shape for label in axis)
            if given.hot is not None:
                yield given.hot
        for weight in self.weights:
            yield from (*(weight.outs or ()), *weight.ins)
        for table in self.tables:
            yield from table.axes
        for statement in self.statements:
            yield from _labels_in(statement.node)
        for output in self.outputs:
            yield from _labels_in(output.written.node)
            yield from (label for dim in output.written.dims for label in labels_of(dim))

    def text(self) -> str:
        """The text of the program."""
        lines = head(self.name, self.statements, self._traced_at, self.notes)
        lines += [f"program {name_of(self.name)} {{", f"  width {self._width_list()}"]
        lines += [f"  input {each.name} : {self._input_type(each)}" for each in self.inputs]
        lines += self._beginnings.learning_rate()
        lines += [self._parameter(family) for family in self._families]
        lines += [self._table(table) for table in self.tables]
        lines.append("")
        before: Place | None = None
        for item in self._items:
            body = item.lines if isinstance(item, Loop) else [item]
            indent = "    " if isinstance(item, Loop) else "  "
            if isinstance(item, Loop):
                lines.append(f"  for {self._variable} in {item.base}..{item.base + item.count - 1} {{")
            for each in body:
                lines += _above(indent, each.place, before)
                lines.append(f"{indent}{each.name} = {self._printer.line(each.number, each.node)}")
                before = each.place
            if isinstance(item, Loop):
                lines.append("  }")
        for output in self.outputs:
            lines.append(f"  output {output.name} = {self._printer.line(output.written.number, output.written.node)}")
        lines += self._beginnings.optimizers(self._families)
        return "\n".join([*lines, "}", ""])

    def _width_list(self) -> str:
        rest = [
            f"{name} = {written_size(size.factor, size.exponent)}" for name, size in self._widths.items() if name != "n"
        ]
        return ", ".join(["n", *rest])

    def _axis(self, label: Label) -> str:
        """An axis in a type, with its size where it is named first."""
        name = self.axis(label)
        size = label.root().size
        if size.wide or name in self._declared:
            return name
        self._declared.add(name)
        return f"{name}={size.finite}"

    def _input_type(self, given: DeclaredInput) -> str:
        axes = [self._axis(label) for axis in given.shape for label in axis]
        if given.hot is None:
            return f"[{', '.join(axes)}]"
        return f"[{', '.join([*axes, self._axis(given.hot)])}] ~ one_hot({self.axis(given.hot)})"

    def _rename_widths(self, names: Names) -> None:
        """Names of widths that no value has; that of n stays."""
        again = {name: name if name == "n" else names.first([name, *WIDE]) for name in self._widths}
        self._widths = {again[name]: size for name, size in self._widths.items()}
        self._axes = {label: again[name] for label, name in self._axes.items()}

    def _kind(self, weight: DeclaredWeight) -> tuple[object, ...]:
        """What the weights of a family have in common, beside sizes of axes."""
        wide = [self._axes.get(label.root()) for label in (*(weight.outs or ()), *weight.ins)]
        return (self._beginnings.text(weight), *wide)

    def _parameter(self, family: Family) -> str:
        weight = family.members[0]
        outs = ", ".join(self._axis(label) for label in weight.outs or ())
        ins = ", ".join(self._axis(label) for label in weight.ins)
        both = f"{outs} | {ins}" if ins else outs if len(weight.outs or ()) < 2 else f"{outs} |"
        return f"  param {_declared_name(family)} : [{both}] ~ {self._beginnings.text(weight)}{origin(family)}"

    def _table(self, table: DeclaredTable) -> str:
        axes = ", ".join(self._axis(label) for label in table.axes)
        numbers = [_plain(float(x)) for x in table.numbers.ravel()]
        rows: list[str] = []
        for number in numbers:
            if rows and len(rows[-1]) + len(number) < 108:
                rows[-1] += f", {number}"
            else:
                rows.append(number)
        head = f"  table {table.name} : [{axes}] ="
        if len(rows) == 1:
            return f"{head} ({rows[0]})"
        body = ",\n    ".join(rows)
        return f"{head} (\n    {body}\n  )"


def _name_family(family: Family, names: Names) -> None:
    """Names for its members: ``W[0]``, ``W[1]``, as the user counts."""
    name = names.new(family.name)
    if family.first is None:
        family.members[0].name = name
    elif family.series is None:
        Series(family.members, family.first).settle(name)
    else:
        family.series.settle(name)


def _declared_name(family: Family) -> str:
    name = family.members[0].name
    if family.first is None:
        return name
    return f"{name.rpartition('[')[0]}[{family.first}..{family.first + len(family.members) - 1}]"


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _above(indent: str, place: Place, before: Place | None) -> list[str]:
    """The user's line as a comment above a statement, where that is another one than before."""
    if not place.line or (before is not None and (before.file, before.line) == (place.file, place.line)):
        return []
    file = place.file.rsplit("/", 1)[-1]
    return [f"{indent}# {file}:{place.line}  {place.text.strip()}".rstrip()]


def _reached(statements: Sequence[Assigned], outputs: Sequence[Output]) -> tuple[list[Assigned], set[Named]]:
    """The statements that outputs depend on, and everything that has a name there."""
    found: set[Named] = set()
    for output in outputs:
        found |= set(_names_in(output.written.node))
    kept: list[Assigned] = []
    for statement in reversed(statements):
        if statement in found:
            kept.append(statement)
            found |= set(_names_in(statement.node))
    return kept[::-1], found


def _names_in(node: Node) -> Iterable[Named]:
    for each in within(node):
        if isinstance(each, Ref):
            yield each.named
        elif isinstance(each, Applied):
            yield each.weight


def _labels_in(node: Node) -> Iterable[Label]:
    for each in within(node):
        match each:
            case Total(_, labels) | Dot(_, _, labels):
                yield from labels
            case Call():
                yield from each.labels
                yield from (a for pair in each.pairs for a in pair if isinstance(a, Label))
                yield from (v for _, v in each.settings if isinstance(v, Label))
            case Index(_, label):
                yield label
            case Renamed(_, old, new):
                yield from (old, new)
            case _:
                pass


def function_names() -> frozenset[str]:
    """Names of functions of the language, which values do not take."""
    from tp.activations import known

    return frozenset(
        (*known(), "softmax", "max", "top_k", "sort", "rank", "normalize", "where", "shift", "concat", "rename", "sum",
         "mean", "dot", "norm", "conv", "table", "avg_pool", "max_pool", "pad", "sqrt", "elu", "selu", "softsign")
    )  # fmt: skip
