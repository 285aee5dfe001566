"""The second pass: equations become expressions and statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isfinite

import numpy as np

from tp.imports.axes.labels import Label, Labels
from tp.imports.axes.wide import spelled
from tp.imports.refusal import Untranslatable
from tp.imports.rules.reading import Reading
from tp.imports.rules.written import UNIT, Dim, Gap, Item, Written, labels_of, sizes_of
from tp.imports.text.declared import Assigned, DeclaredTable
from tp.imports.text.expression import Call, Index, Node, One, Ref, Renamed, within
from tp.imports.traced.equation import Known, Operand, Place, Value
from tp.imports.traced.sizes import ONE, Number, Size

INFINITE = Untranslatable("it uses infinite numbers", "use large finite ones, such as -1e9 in a mask")
MOST_NODES = 24
"""An expression with more parts gets a name of its own."""


class Writing:
    """Everything that is known while a program is written."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.labels = Labels()
        self.values: dict[Value, Written] = {}
        self.tables: list[DeclaredTable] = []
        self.statements: list[Assigned] = []
        self._tables: dict[tuple[bytes, tuple[int, ...]], Written] = {}
        self._others: dict[tuple[Label, int], Label] = {}

    # values ------------------------------------------------------------------------------------------

    def value(self, operand: Operand) -> Written:
        """The expression of an operand."""
        if isinstance(operand, Value):
            return self.values[operand]
        gaps = tuple(() if size == ONE else (Gap(size),) for size in operand.shape)
        if operand.number is not None:
            if not isfinite(operand.number.coefficient):
                raise INFINITE
            return Written(operand.number, One(), gaps)
        if operand.table is None:
            raise Untranslatable(
                "it uses numbers that the module computes and that are not a power of n times fixed numbers",
                "tables over wide axes (such as sinusoids of the width) and sums like n + 1 cannot be written: "
                "use a weight, or a power of n",
            )
        return self.table(operand)

    def table(self, known: Known) -> Written:
        """Fixed numbers, without the axes along which they are all the same."""
        assert known.table is not None
        numbers = np.asarray(known.table, np.float64)
        kept: list[int] = []
        for axis, size in enumerate(numbers.shape):
            if size == 1 or (numbers == np.take(numbers, [0], axis)).all():
                numbers = np.take(numbers, [0], axis)
            else:
                kept.append(axis)
        numbers = numbers.reshape([numbers.shape[axis] for axis in kept])
        found = self._named_table(numbers)
        labels = iter(found.labels)
        dims = [
            (next(labels),) if axis in kept else () if size == ONE else (Gap(size),)
            for axis, size in enumerate(known.shape)
        ]
        return replace(found, dims=tuple(dims), number=known.scale or UNIT)

    def _named_table(self, numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Written:
        key = (numbers.tobytes(), numbers.shape)
        if key not in self._tables:
            if not np.isfinite(numbers).all():
                raise INFINITE
            axes = tuple(Label(Size(Fraction(size))) for size in numbers.shape)
            self.labels.differ(axes)
            declared = DeclaredTable("table", numbers, axes)
            self.tables.append(declared)
            self._tables[key] = Written(UNIT, Ref(declared), tuple((axis,) for axis in axes))
        return self._tables[key]

    def bind(self, value: Value, written: Written, place: Place, *, named: bool) -> None:
        """``written`` is what ``value`` means; it gets a name of its own if ``named`` or where it is long."""
        if written.weight is None:  # the sides of a weight may be the same neurons
            self.labels.differ(written.labels)
        if not isinstance(written.node, Ref | One) and (named or sum(1 for _ in within(written.node)) > MOST_NODES):
            statement = Assigned(place.name or "z", written.number, written.node, place)
            self.statements.append(statement)
            written = replace(written, number=UNIT, node=Ref(statement))
        self.values[value] = written

    # axes --------------------------------------------------------------------------------------------

    def wide_dim(self, value: Value, axis: int) -> list[Size]:
        """The sizes of the factors of a wide array axis; of a finite one its size."""
        factor = self.reading.axes(value)[axis]
        if factor is not None:
            return [leaf.size for leaf in factor.leaves()]
        return [] if value.shape[axis] == ONE else [value.shape[axis]]

    def other(self, label: Label, taken: Iterable[Label]) -> Label:
        """A label of the same size that is none of ``taken``. Raises Untranslatable for a wide one."""
        root = label.root()
        if root.size.wide:
            raise Untranslatable(
                f"an array has two axes of the same {spelled(root.size)} neurons",
                "the language has no values with an entry for each pair of neurons of one layer",
            )
        roots = {id(each.root()) for each in taken}
        for count in range(2, 100):
            found = self._others.setdefault((root, count), Label(root.size, wish=root.wish))
            if id(found.root()) not in roots:
                return found
        raise AssertionError("an array has fewer axes")

    def renamed(self, written: Written, old: Label, new: Label) -> Written:
        """``written`` with another label. The two may be of different sizes where entries are cut or joined."""
        dims = tuple(
            tuple(new if isinstance(i, Label) and i.root() is old.root() else i for i in dim) for dim in written.dims
        )
        return replace(written, node=Renamed(as_value(written), old, new), dims=dims)

    def apart(self, written: Written, taken: Sequence[Label], only: Iterable[Label] | None = None) -> Written:
        """``written`` with labels that are none of ``taken``; labels that are not in ``only`` stay."""
        among = written.labels if only is None else tuple(only)
        roots = {id(label.root()) for label in taken}
        for label in among:
            if id(label.root()) in roots:
                written = self.renamed(written, label, self.other(label, [*taken, *written.labels]))
        return written

    def meet(self, first: Written, second: Written, one: int, two: int) -> tuple[Written, Written]:
        """Both with the same factors and labels along an array axis of each, where both have any."""
        if not any(labels_of(first.dims[one])) or not any(labels_of(second.dims[two])):
            return first, second
        first = self._divided_as(first, one, second.dims[two])
        second = self._divided_as(second, two, first.dims[one])
        if sizes_of(first.dims[one]) != sizes_of(second.dims[two]):
            first, second = self.single(first, one), self.single(second, two)
        for mine, other in zip(first.dims[one], second.dims[two], strict=True):
            if isinstance(mine, Label) and isinstance(other, Label):
                taken = any(label.root() is mine.root() for label in second.labels if label is not other)
                free = all(label.root() is not other.root() for label in first.labels if label is not mine)
                if taken and free and first.weight is None and not self.labels.merge(mine, other):
                    first = self._called(first, mine, other)
                else:
                    second = self._called(second, other, mine)
        return first, second

    def _divided_as(self, written: Written, axis: int, pattern: Dim) -> Written:
        """A weight that is not used yet with the factors of ``pattern``; anything else as it is."""
        weight = written.weight
        if weight is None or weight.outs is not None or len(written.dims[axis]) != 1 or len(pattern) < 2:
            return written
        written, parts = self.fitted(written, [written.dims[axis]], sizes_of(pattern))
        return self.with_dim(written, axis, tuple(item for part in parts for item in part))

    def _called(self, written: Written, old: Label, new: Label) -> Written:
        """``written`` with ``new`` in place of ``old``: as one label for both, or renamed."""
        if self.labels.merge(new, old):
            return written
        if old.root().size.wide:
            raise Untranslatable(
                f"two wide axes of {spelled(old.root().size)} entries meet, and are not axes of the same neurons"
            )
        clash = [label for label in written.labels if label.root() is new.root()]
        for label in clash:  # the name is in use for another axis of this value
            written = self.renamed(written, label, self.other(label, [new, *written.labels]))
        return self.renamed(written, old, new)

    def aligned(self, operands: Sequence[Written]) -> tuple[list[Written], tuple[Dim, ...]]:
        """Operands of an operation entry by entry with the same labels, and the axes of the result."""
        found = list(operands)
        rank = max((len(each.dims) for each in found), default=0)
        for position in range(rank):
            for index in range(1, len(found)):
                for before in range(index):
                    if any(labels_of(found[before].dims[position])):
                        pair = self.meet(found[before], found[index], position, position)
                        found[before], found[index] = pair
                        break
        dims: list[Dim] = []
        for position in range(rank):
            dim = self._joint([each.dims[position] for each in found])
            taken = [label for earlier in dims for label in labels_of(earlier)]
            for label in labels_of(dim):
                if any(label.root() is t.root() for t in taken):
                    fresh = self.other(label, [*taken, *(la for each in found for la in each.labels)])
                    found = [self._relabelled(each, position, label, fresh) for each in found]
            dims.append(self._joint([each.dims[position] for each in found]))
        self.labels.differ(label for dim in dims for label in labels_of(dim))
        return found, tuple(dims)

    def _relabelled(self, written: Written, position: int, old: Label, new: Label) -> Written:
        """``written`` with a new label in place of ``old``, if it has that along this array axis."""
        if any(label.root() is old.root() for label in labels_of(written.dims[position])):
            return self.renamed(written, old, new)
        return written

    def _joint(self, dims: Sequence[Dim]) -> Dim:
        """The factors of an axis of a result: labels where any operand has them."""
        present = [dim for dim in dims if any(labels_of(dim))]
        if not present:
            return max(dims, key=len)
        longest = present[0]
        joint: list[Item] = []
        for place, item in enumerate(longest):
            labels = [dim[place] for dim in present if isinstance(dim[place], Label)]
            joint.append(labels[0] if labels else item)
        return tuple(joint)

    def single(self, written: Written, axis: int) -> Written:
        """``written`` with one label along a finite array axis, entries in row-major order."""
        dim = written.dims[axis]
        if len(dim) <= 1:
            return written
        size = ONE
        for each in sizes_of(dim):
            size = size * each
        if size.wide:
            raise Untranslatable("a wide axis is divided in different ways")
        if not any(labels_of(dim)):
            return self.with_dim(written, axis, (Gap(size),))
        written = self.filled(written, axis)
        while len(written.dims[axis]) > 1:
            *rest, slow, fast = written.dims[axis]
            assert isinstance(slow, Label)
            assert isinstance(fast, Label)
            joined = Label(slow.root().size * fast.root().size)
            pieces = tuple(Index(written.node, slow, k + 1) for k in range(slow.root().size.finite))
            node = Renamed(Call("concat", pieces, (fast,)), fast, joined)
            written = self.with_dim(replace(written, node=node), axis, (*rest, joined))
        return written

    def filled(self, written: Written, axis: int) -> Written:
        """``written`` with labels in place of the gaps of a finite array axis: copies are joined."""
        items: list[Item] = []
        for item in written.dims[axis]:
            if isinstance(item, Gap):
                if item.size.wide:
                    raise Untranslatable("a value is repeated along a wide axis and then used as if it had that axis")
                label = Label(item.size)
                written = replace(written, node=Call("concat", (written.node,) * item.size.finite, (label,)))
                items.append(label)
            else:
                items.append(item)
        return self.with_dim(written, axis, tuple(items))

    def fitted(self, written: Written, dims: Sequence[Dim], targets: Sequence[Size]) -> tuple[Written, list[Dim]]:
        """The factors of ``dims``, one after the other, as factors of ``targets``: one sequence for each target.

        ``dims`` are of ``written``. Finite factors are divided where that is needed.
        """
        items = [item for dim in dims for item in dim]
        found: list[Dim] = []
        for target in targets:
            rest, part = target, list[Item]()
            while rest != ONE:
                if not items:
                    raise Untranslatable("a reshape divides axes in a way that has no common factors")
                item = items.pop(0)
                size = item.root().size if isinstance(item, Label) else item.size
                if size == rest or size.divides(rest, self.reading.widths):
                    part.append(item)
                    rest = rest / size
                elif isinstance(item, Gap) and rest.divides(size, self.reading.widths):
                    part.append(Gap(rest))
                    items.insert(0, Gap(size / rest))
                    rest = ONE
                elif isinstance(item, Label) and not size.wide and rest.divides(size, self.reading.widths):
                    slow, fast = Label(rest), Label(size / rest)
                    written = self._divided(written, item, slow, fast)
                    part.append(slow)
                    items.insert(0, fast)
                    rest = ONE
                else:
                    raise Untranslatable("a reshape divides axes in a way that has no common factors")
            found.append(tuple(part))
        return written, found

    def _divided(self, written: Written, label: Label, slow: Label, fast: Label) -> Written:
        """A finite axis as two."""
        count, length = slow.size.finite, fast.size.finite
        weight = written.weight
        if weight is not None and weight.outs is None:
            weight.shape = tuple(
                tuple(new for item in axis for new in ((slow, fast) if item.root() is label.root() else (item,)))
                for axis in weight.shape
            )
            return written
        pieces = tuple(
            Renamed(Index(written.node, label, k * length + 1, (k + 1) * length), label, fast) for k in range(count)
        )
        return replace(written, node=Call("concat", pieces, (slow,)))

    def with_dim(self, written: Written, axis: int, dim: Dim) -> Written:
        """``written`` with other factors along an array axis."""
        return replace(written, dims=(*written.dims[:axis], dim, *written.dims[axis + 1 :]))


def entries(dim: Dim) -> Number:
    """How many entries an array axis has along its gaps."""
    found = UNIT
    for item in dim:
        if isinstance(item, Gap):
            found = found * Number(float(item.size.factor), item.size.exponent)
    return found


def as_value(written: Written) -> Node:
    """The node of a value that is read. Raises TpError for a weight that can only be applied."""
    weight = written.weight
    if weight is not None and weight.outs is None:
        weight.settle(weight.axes, ())
    if weight is not None and weight.operator:
        raise Untranslatable(
            f"the weight {'/'.join(weight.weight.path)} is wide on both sides and is used other than in a product",
            "apply it to a value; norms of weights, their sums and products with each other cannot be written",
        )
    return written.node
