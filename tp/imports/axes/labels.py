"""Names of axes before they have a text: which finite axes are the same, and which must differ."""

from __future__ import annotations

from collections.abc import Iterable

from tp.imports.axes.wide import Factor
from tp.imports.traced.sizes import Size


class Label:
    """An axis of a value. Finite ones are merged where values meet, and renamed where they cannot be.

    ``wish`` is the name that it would like.
    """

    __slots__ = ("groups", "parent", "size", "wish")

    def __init__(self, size: Size, wish: str | None = None) -> None:
        self.size = size
        self.wish = wish
        self.parent: Label | None = None
        self.groups: set[int] = set()

    def root(self) -> Label:
        found = self
        while found.parent is not None:
            found = found.parent
        return found


class Labels:
    """All labels of a program, with groups of labels that occur in one value and therefore have different names."""

    def __init__(self) -> None:
        self._wide: dict[int, Label] = {}
        self.groups: list[tuple[Label, ...]] = []

    def wide(self, leaf: Factor) -> Label:
        """The label of a wide factor that is divided no further."""
        root = leaf.root()
        if id(root) not in self._wide:
            self._wide[id(root)] = Label(root.size)
        return self._wide[id(root)]

    def differ(self, labels: Iterable[Label]) -> bool:
        """These occur together. False where two of them are the same."""
        roots = [label.root() for label in labels]
        group = len(self.groups)
        self.groups.append(tuple(roots))
        for root in roots:
            root.groups.add(group)
        return len(set(map(id, roots))) == len(roots)

    def merge(self, first: Label, second: Label) -> bool:
        """One name for two finite axes. False where they occur together, so that one must be renamed."""
        a, b = first.root(), second.root()
        if a is b:
            return True
        if not self.can_merge(a, b):
            return False
        b.parent = a
        a.groups |= b.groups
        a.wish = a.wish or b.wish
        return True

    def can_merge(self, first: Label, second: Label) -> bool:
        """Whether two finite axes may have one name."""
        a, b = first.root(), second.root()
        return a is b or (a.size == b.size and not a.size.wide and not a.groups & b.groups)
