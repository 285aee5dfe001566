"""How the settings of operations are written in the textual form of graphs.

Writing and reading are both directed by the declared type of a setting, so names need no quotes where names are
expected, and what is read back is equal to what was written (floats by repr, rationals as such).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import Field, fields
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from tp.diagnostics.span import Span
from tp.graph.axes import Axis, Scale, Type, Width

NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9'.]*(/[A-Za-z_][A-Za-z_0-9'.]*)*(\[[0-9,]*\])*")
"""Names that need no quotes."""
KEYWORDS = frozenset({"none", "inf", "nan"})


@cache
def settings_of(kind: type) -> tuple[tuple[Field[Any], Any], ...]:
    """The constructor fields of a dataclass, except spans, with their resolved types."""
    hints = get_type_hints(kind)
    return tuple((f, hints[f.name]) for f in fields(kind) if f.init and f.type is not Span)


def inner_of(kind: Any) -> tuple[Any, bool]:
    """The type inside ``X | None``, and whether None is allowed."""
    if get_origin(kind) in (Union, UnionType):
        inner = [a for a in get_args(kind) if a is not NoneType]
        return inner[0], len(inner) < len(get_args(kind))
    return kind, False


def write(value: Any, kind: Any) -> str:
    """``value`` as text that is read back as a value of type ``kind``. Raises TypeError for unknown types."""
    kind, _ = inner_of(kind)
    if value is None:
        return "none"
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if inner[-1] is not Ellipsis:
            return "(" + ", ".join(write(v, k) for v, k in zip(value, inner, strict=True)) + ")"
        return "[" + ", ".join(_runs(value, inner[0])) + "]"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(int(value))
    if kind is float:
        return repr(float(value))
    if kind is str:
        return write_name(value)
    if kind is Fraction:
        return str(value)
    if kind is Axis:
        return write_axis(value)
    if kind is Scale:
        return write_scale(value)
    raise TypeError(f"settings of type {kind} have no textual form")


def write_name(name: str) -> str:
    return name if NAME.fullmatch(name) and name not in KEYWORDS else json.dumps(name)


def write_axis(axis: Axis) -> str:
    """``d=16`` for a finite axis, ``n`` for a wide one named like its width, else ``h~n``."""
    name = write_name(axis.name)
    if not isinstance(axis.size, Width):
        return f"{name}={axis.size}"
    return name if axis.size.name == axis.name else f"{name}~{write_name(axis.size.name)}"


def write_axes(axes: Type) -> str:
    return "[" + ", ".join(map(write_axis, axes)) + "]"


def write_scale(scale: Scale) -> str:
    """``2.0``, ``n^(-1/2)`` or ``2.0*n^(-1/2)*m``."""
    powers = [write_name(w.name) + ("" if p == 1 else f"^({p})") for w, p in scale.powers]
    return "*".join(powers if powers and scale.coefficient == 1.0 else [repr(float(scale.coefficient)), *powers])


def _runs(values: Sequence[Any], kind: Any) -> list[str]:
    """Items of a tuple; ``a..b`` for whole numbers in sequence, ``v x k`` for k equal numbers."""
    if kind not in (int, float):
        return [write(v, kind) for v in values]
    out: list[str] = []
    start = 0
    while start < len(values):
        end = start + 1
        # Equality of texts, not of numbers: 0.0 and -0.0 differ, nan equals itself.
        first = write(values[start], kind)
        while end < len(values) and write(values[end], kind) == first:
            end += 1
        if end - start > 2:
            out.append(f"{first} x {end - start}")
            start = end
            continue
        end = start + 1
        while kind is int and end < len(values) and values[end] == values[end - 1] + 1:
            end += 1
        if end - start > 2:
            out.append(f"{first}..{values[end - 1]}")
            start = end
        else:
            out.append(first)
            start += 1
    return out


def settings(operation: Any) -> str:
    """All settings of an operation by name: ``axis=d=16, outs=[], table=[3]``."""
    found = settings_of(type(operation))
    return ", ".join(f"{f.name}={write(getattr(operation, f.name), kind)}" for f, kind in found)
