"""What a program declares: weights, inputs and tables, with the labels of their axes."""

from __future__ import annotations

import numpy as np

from tp.imports.axes.labels import Label
from tp.imports.text.expression import Named, Node
from tp.imports.traced.equation import Input, Place, Weight
from tp.imports.traced.sizes import Number
from tp.ndarray import NDArray

Axes = tuple[Label, ...]


class DeclaredWeight(Named):
    """A parameter.

    ``axes`` are those of the array of the module, factors of an axis one after the other; ``shape`` has them for each
    axis of the array. ``path`` is its path without what all weights share. ``outs`` and ``ins`` are its sides; None
    until it is first used.
    """

    def __init__(self, path: tuple[str, ...], weight: Weight, shape: tuple[Axes, ...]) -> None:
        super().__init__("_".join(path))
        self.path = path
        self.weight = weight
        self.shape = shape
        self.outs: Axes | None = None
        self.ins: Axes = ()

    @property
    def axes(self) -> Axes:
        return tuple(label for axis in self.shape for label in axis)

    @property
    def sides(self) -> Axes:
        """Its axes as they are declared: outs, then ins."""
        return (*(self.outs or ()), *self.ins)

    @property
    def operator(self) -> bool:
        """Whether it is wide on both sides, so that it can only be applied."""
        return any(a.size.wide for a in self.outs or ()) and any(a.size.wide for a in self.ins)

    def settle(self, outs: Axes, ins: Axes) -> None:
        """Sides, by its first use."""
        if self.outs is None:
            self.outs, self.ins = outs, ins


class DeclaredInput(Named):
    """An input. ``hot`` is the axis along which one entry is 1, for indices."""

    def __init__(self, wish: str, given: Input, shape: tuple[Axes, ...], hot: Label | None) -> None:
        super().__init__(wish)
        self.given = given
        self.shape = shape
        self.hot = hot


class DeclaredTable(Named):
    """Fixed numbers over finite axes."""

    def __init__(self, wish: str, numbers: NDArray[np.float64], axes: Axes) -> None:
        super().__init__(wish)
        self.numbers = numbers
        self.axes = axes


class Assigned(Named):
    """A statement ``name = number * node``, and the line of the user's code that it comes from."""

    def __init__(self, wish: str, number: Number, node: Node, place: Place) -> None:
        super().__init__(wish)
        self.number = number
        self.node = node
        self.place = place
