"""What was seen at several widths as a function of the width, or TP901 with what was seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
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
    listed = ", ".join(f"{one} at {n}" for one, n in zip(seen, widths, strict=True))
    hint = "what make builds may depend on its argument by sizes and numbers only, not by which operations there are"
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
        kind = _KINDS.get(getattr(seen[0].dtype, "kind", ""), str(seen[0].dtype))
        numeric = all(isinstance(array, np.ndarray) for array in seen)
        if numeric and all(array.size and (is_uniform(array) or (array == array.flat[0]).all()) for array in seen):
            return Known(shape, self.number([array.flat[0].item() for array in seen]), None, kind)
        same = numeric and all(array.shape == seen[0].shape for array in seen)
        table = seen[0] if same and all(np.array_equal(array, seen[0]) for array in seen) else None
        return Known(shape, None, table, kind)

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
        if all(one is first for one in seen) or all(_same(one, first) for one in seen):
            return first
        if all(isinstance(one, int) for one in seen):
            return self.size(seen, what)
        if all(isinstance(one, float) for one in seen):
            return self.number(seen)
        if dataclasses.is_dataclass(first) and all(type(one) is type(first) for one in seen):
            names = [field.name for field in dataclasses.fields(first)]
            changes = {name: self.parameter([getattr(one, name) for one in seen], what) for name in names}
            return dataclasses.replace(first, **changes)  # pyright: ignore[reportArgumentType]
        raise parted(what, seen, self.widths, self._span())

    def _span(self) -> Span | None:
        return span_of(place_of(self.source)) if self.source else None

    def _no_power(self, what: str, seen: Sequence[float], found: Sequence[Size]) -> TpError:
        listed = ", ".join(f"{value} at {n}" for value, n in zip(seen, self.widths, strict=True))
        if found:
            fits = " and ".join(f"{size.factor} n^({size.exponent})" for size in found[:2])
            hint = "give other widths, further apart, at which nothing is rounded"
            return error("TP901", f"{what} is {listed}: both {fits} would fit", self._span(), hint)
        hint = (
            "sizes and numbers have to be c n^w at every width: choose widths that are multiples of what they are "
            "divided by, and powers of 4 where roots are taken"
        )
        return error("TP901", f"{what} is {listed}, which is no multiple of a power of the width", self._span(), hint)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
