"""Axes that keep their name when their size changes: slices, pads, strides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tp.imports.axes.labels import Label
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

Axes = frozenset[Label]


def one_name(
    statements: Sequence[Assigned],
    outputs: Iterable[Node],
    groups: Iterable[Sequence[Label]],
    declared: Collection[Label],
) -> dict[Label, Label]:
    """For a label whose name is that of another one, this one; both are roots.

    Two labels share a name where one is what a slice or the like makes of the other, and where they meet in no
    operation and in no type: ``groups`` are those that are known to occur together, and labels of ``declared`` keep
    their own names.
    """
    meeting = Meeting()
    for statement in statements:
        meeting.values[statement] = meeting.axes(statement.node)
    nodes = [statement.node for statement in statements] + list(outputs)
    for node in outputs:
        meeting.axes(node)
    held: dict[Label, set[int]] = {}
    for number, members in enumerate([*groups, *meeting.groups]):
        for member in members:
            held.setdefault(member.root(), set()).add(number)
    fixed = {label.root() for label in declared}
    found: dict[Label, Label] = {}
    together: dict[Label, list[Label]] = {}
    for each in (inner for node in nodes for inner in within(node)):
        if not isinstance(each, Renamed):
            continue
        old, new = each.old.root(), each.new.root()
        if new in found or new in fixed or new in together or old.size == new.size or old.size.wide or new.size.wide:
            continue
        first = found.get(old, old)
        sharing = together.setdefault(first, [first])
        if not any(held.get(label, set()) & held.get(new, set()) for label in sharing):
            found[new] = first
            sharing.append(new)
    return found


class Meeting:
    """Which axes meet in operations. Axes that an operation sums over count as well, so that there are rather more."""

    def __init__(self) -> None:
        self.values: dict[Named, Axes] = {}
        self.groups: list[tuple[Label, ...]] = []

    def axes(self, node: Node) -> Axes:
        """The axes of a value, and perhaps some more."""
        found: Axes = frozenset().union(*(self.axes(part) for part in node.parts()))
        match node:
            case Ref(named):
                found = self._of(named)
            case Applied(weight, transposed, _):
                found |= self._of(weight)
                self._meet(found)
                if isinstance(weight, DeclaredWeight):
                    gone = (weight.outs or ()) if transposed else weight.ins
                    found -= {label.root() for label in gone}
            case Index(_, label, _, last):
                if last is None:
                    found -= {label.root()}
            case Renamed(_, old, new):
                self._meet(found)
                found = found - {old.root()} | {new.root()}
            case Total(_, labels) | Dot(_, _, labels):
                self._meet(found)
                found -= {label.root() for label in labels}
            case Call():
                found |= {label.root() for label in node.labels}
                found |= {v.root() for pair in node.pairs for v in pair if isinstance(v, Label)}
                found |= {v.root() for _, v in node.settings if isinstance(v, Label)}
            case _:
                pass
        self._meet(found)
        return found

    def _meet(self, axes: Axes) -> None:
        self.groups.append(tuple(axes))

    def _of(self, named: Named) -> Axes:
        match named:
            case DeclaredWeight():
                labels = named.sides
            case DeclaredInput():
                labels = (*(label for axis in named.shape for label in axis), *([named.hot] if named.hot else ()))
            case DeclaredTable():
                labels = named.axes
            case _:
                return self.values.get(named, frozenset())
        return frozenset(label.root() for label in labels)
