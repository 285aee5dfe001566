"""What was seen at several widths as a function of the width, or TP901 with what was seen."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.span import Span
from tp.imports.traced.equation import Known, Shape
from tp.imports.traced.fits import number_of, sizes_of
from tp.imports.traced.flat_equation import Source
from tp.imports.traced.folding import is_uniform
from tp.imports.traced.places import place_of, span_of
from tp.imports.traced.sizes import Number, Size

_KINDS = {"i": "int", "u": "int", "b": "bool", "f": "float"}


def parted(what: str, seen: Sequence[object], widths: Sequence[int], span: Span | None) -> TpError:
    """TP901: the structure differs between widths."""
    listed = ", ".join(f"{one} at n = {n}" for one, n in zip(seen, widths, strict=True))
    hint = "build the same operations at every width: only sizes and numbers may depend on n"
    return error("TP901", f"{what} differ between widths: {listed}", span, hint)


class Widths:
    """The widths, and the place of the equation that is looked at."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        self.widths = widths
        self.source: Source | None = None
        self._sizes: dict[tuple[int, ...], Size] = {}

    def size(self, seen: Sequence[int], what: str) -> Size:
        """The size that was ``seen``. Raises TP901 where there is none, or where there are several."""
        key = tuple(seen)
        if key not in self._sizes:
            found = sizes_of(key, self.widths)
            if len(found) != 1:
                raise self._no_power(what, seen, found)
            self._sizes[key] = found[0]
        return self._sizes[key]

    def shape(self, seen: Sequence[tuple[int, ...]], what: str) -> Shape:
        """The shape that was ``seen``."""
        if any(len(shape) != len(seen[0]) for shape in seen):
            raise parted(f"the axes of {what}", seen, self.widths, self._span())
        return tuple(self.size(each, what) for each in zip(*seen, strict=True))

    def known(self, seen: Sequence[Any]) -> Known:
        """A constant: one number, a table, or neither."""
        shape = self.shape([array.shape for array in seen], "a constant")
        kind = _KINDS.get(getattr(seen[0].dtype, "kind", ""), "key")
        if kind == "key":
            return Known(shape, None, None, kind)
        if all(array.size and _uniform(array) for array in seen):
            return Known(shape, self.number([array.flat[0].item() for array in seen]), None, kind)
        tables = [table for array in seen if (table := _narrowed(array, shape)) is not None]
        if len(tables) < len(seen):
            return Known(shape, None, None, kind)
        if all(np.array_equal(table, tables[0]) for table in tables):
            return Known(shape, None, tables[0], kind)
        return self._scaled(shape, tables, kind)

    def _scaled(self, shape: Shape, tables: Sequence[Any], kind: str) -> Known:
        """A table that is multiplied by one number at each width, or neither."""
        at = int(np.argmax(np.abs(tables[0])))
        entries = [float(table.flat[at]) for table in tables]
        scale = number_of(entries, self.widths) if kind == "float" else None
        if scale is None or not entries[0]:
            return Known(shape, None, None, kind)
        unit = tables[0] / scale.at(self.widths[0])
        fits = (
            np.allclose(unit * scale.at(n), t, rtol=1e-12, atol=0) for t, n in zip(tables, self.widths, strict=True)
        )
        return Known(shape, None, unit, kind, scale) if all(fits) else Known(shape, None, None, kind)

    def number(self, seen: Sequence[float]) -> Number:
        """The number that was ``seen``."""
        found = number_of([float(x) for x in seen], self.widths)
        if found is None:
            raise self._no_power("a constant", seen, [])
        return found

    def parameter(self, seen: Sequence[Any], what: str) -> Any:
        """A parameter of equations: as it is where it is the same at all widths, else with sizes and numbers within."""
        first = seen[0]
        if isinstance(first, tuple) and all(type(one) is type(first) and len(one) == len(first) for one in seen):
            parts = [self.parameter(each, what) for each in zip(*seen, strict=True)]
            return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
        if all(isinstance(one, int | np.integer) for one in seen):
            same = all(one == first for one in seen)
            return first if same else self.size([int(one) for one in seen], what)
        if all(one is first for one in seen) or all(_same(one, first) for one in seen):
            return first
        if all(isinstance(one, float | np.floating) for one in seen):
            return self.number(seen)
        if dataclasses.is_dataclass(first) and all(type(one) is type(first) for one in seen):
            names = [field.name for field in dataclasses.fields(first)]
            changes = {name: self.parameter([getattr(one, name) for one in seen], what) for name in names}
            return dataclasses.replace(first, **changes)  # pyright: ignore[reportArgumentType]
        raise parted(what, seen, self.widths, self._span())

    def _span(self) -> Span | None:
        return span_of(place_of(self.source)) if self.source else None

    def _no_power(self, what: str, seen: Sequence[float], found: Sequence[Size]) -> TpError:
        listed = ", ".join(f"{value} at n = {n}" for value, n in zip(seen, self.widths, strict=True))
        if found:
            fits = " and ".join(f"{size.factor} n^({size.exponent})" for size in found[:2])
            hint = "give other widths, further apart, at which nothing is rounded"
            return error("TP901", f"{what} is {listed}: both {fits} would fit", self._span(), hint)
        line = _line(seen, self.widths)
        what = f"{what} is {listed}, which is not a constant times a power of n{f': it is {line}' if line else ''}"
        return error("TP901", what, self._span(), _SUM if line else _POWER)


_POWER = (
    "where a size is rounded, choose widths that are multiples of what they are divided by, and powers of 4 where "
    "roots are taken; otherwise make it a constant times a power of n"
)
_SUM = (
    "write n in place of n + 1 or n - 1; where a finite part is joined to a wide one, keep them apart: a sum of two "
    "products in place of one product with a concatenation"
)


def _line(seen: Sequence[float], widths: Sequence[int]) -> str | None:
    """``seen`` as a n + b, if it is that with simple a and b."""
    if not all(map(math.isfinite, seen)):
        return None
    slope = Fraction((seen[-1] - seen[0]) / (widths[-1] - widths[0])).limit_denominator(64)
    rest = [value - float(slope) * n for value, n in zip(seen, widths, strict=True)]
    if not slope or any(abs(one - round(rest[0])) > 1e-9 for one in rest):
        return None
    factor = "n" if slope == 1 else f"{slope} n"
    return f"{factor} {'+' if rest[0] > 0 else '-'} {abs(round(rest[0]))}"


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _uniform(array: Any) -> bool:
    return is_uniform(array) or bool((array == array.flat[0]).all())


def _narrowed(array: Any, shape: Shape) -> Any | None:
    """``array`` with wide axes of size 1, or None where entries differ along one."""
    for axis, size in enumerate(shape):
        if size.wide:
            first = array[(slice(None),) * axis + (slice(0, 1),)]
            if array.strides[axis] and not (array == first).all():
                return None
            array = first
    return array
