"""The first pass: wide axes of all arrays, and what equations say of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tp.imports.axes.wide import Factor, WideAxes
from tp.imports.traced.equation import Known, Operand, Value
from tp.imports.traced.sizes import Size


class Reading(WideAxes):
    """Wide axes of the arrays of a program, by value and position."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__(widths)
        self._factors: dict[Value, tuple[Factor | None, ...]] = {}

    def axes(self, operand: Operand) -> tuple[Factor | None, ...]:
        """The axes of an array; None for finite ones, and for those of a constant, which has no wide axes."""
        if isinstance(operand, Known):
            return tuple(None for _ in operand.shape)
        if operand not in self._factors:
            self._factors[operand] = tuple(Factor(size) if size.wide else None for size in operand.shape)
        return self._factors[operand]

    def equal(self, first: Factor | None, second: Factor | None) -> None:
        """The two are one axis, if both are wide."""
        if first is not None and second is not None:
            self.same(first, second)

    def without(self, full: Operand, gone: Collection[int], rest: Operand) -> None:
        """The axes of ``full`` but those ``gone`` are those of ``rest``, in their order."""
        kept = [axis for place, axis in enumerate(self.axes(full)) if place not in gone]
        for mine, other in zip(kept, self.axes(rest), strict=True):
            self.equal(mine, other)

    def in_line(self, operand: Operand, axes: Sequence[int]) -> list[Factor]:
        """Array axes as factors, finite ones included, without those of one entry."""
        found: list[Factor] = []
        for axis in axes:
            size = operand.shape[axis]
            wide = self.axes(operand)[axis]
            if wide is not None:
                found.append(wide)
            elif size != Size(1):  # pyright: ignore[reportArgumentType]
                found.append(Factor(size))
        return found
