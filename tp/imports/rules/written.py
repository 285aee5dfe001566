"""A value as an expression: what it is in the language, and which labels its array axes have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tp.imports.axes.labels import Label
from tp.imports.text.declared import DeclaredWeight
from tp.imports.text.expression import Node, One, Ref
from tp.imports.traced.sizes import Number, Size

UNIT = Number(1.0)


@dataclass(frozen=True, slots=True)
class Gap:
    """A factor of an array axis along which the value is repeated; in the language it has no such axis."""

    size: Size


Item = Label | Gap
Dim = tuple[Item, ...]
"""An array axis as its factors, the slowest first. An axis of one entry has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """``number`` * ``node``, an array of axes ``dims``.

    ``hot`` is set for indices: the value is then the one-hot array with this axis, which is no axis of the array.
    """

    number: Number
    node: Node
    dims: tuple[Dim, ...]
    hot: Label | None = None

    @property
    def labels(self) -> tuple[Label, ...]:
        """All labels, in order."""
        return tuple(item for dim in self.dims for item in dim if isinstance(item, Label))

    @property
    def weight(self) -> DeclaredWeight | None:
        """The weight that it is, up to its number. None for anything else."""
        found = self.node.named if isinstance(self.node, Ref) else None
        return found if isinstance(found, DeclaredWeight) else None

    @property
    def plain(self) -> bool:
        """Whether it is a number."""
        return isinstance(self.node, One)

    def scaled(self, number: Number) -> Written:
        """A multiple of it."""
        return replace(self, number=self.number * number)


def labels_of(dim: Dim) -> Iterator[Label]:
    """The labels of one array axis."""
    return (item for item in dim if isinstance(item, Label))


def sizes_of(dim: Dim) -> list[Size]:
    """The sizes of its factors."""
    return [item.root().size if isinstance(item, Label) else item.size for item in dim]
