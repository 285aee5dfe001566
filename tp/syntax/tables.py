"""Tables: numbers over finite axes that a text lists."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Axis, Type, show
from tp.syntax import tree as t
from tp.syntax.build import Build
from tp.syntax.words import shown

_MOST_DIGITS = 40
_LEAST, _MOST = 1e-300, 1e300


def numbers_of(
    build: Build, syntax: t.TableSyntax, axes_of: Callable[[tuple[t.AxisUse, ...]], tuple[Axis, ...]]
) -> tuple[list[float], Type]:
    """The numbers of a table, row-major, and its axes.

    Raises TP215 for a type with a bar, TP220 for a wide axis or another number of entries, TP006 for numbers out of
    range, TP502 where all tables together are too large.
    """
    if syntax.type.ins is not None:
        raise error("TP215", "a table has no input axes", syntax.type.span, f"remove the bar; dot({syntax.name}, x, t)")
    axes = axes_of(syntax.type.outs)
    wide = [axis.name for axis in axes if axis.wide]
    if wide:
        hint = "a table is the same at every width; what grows with it is a weight: param W : [n] ~ constant(1) rate 0"
        message = f"a table has finite axes only; {', '.join(wide)} is wide"
        raise error("TP220", message, syntax.type.span, hint)
    count, places = sum(map(len, syntax.rows)), prod(axis.at(1) for axis in axes)
    if count != places:
        message = f"{syntax.name} : {show(axes)} has {places} places, and {count} numbers are given"
        raise error("TP220", message, syntax.span, _lengths(syntax, axes))
    build.entries(count, syntax.span)
    numbers: list[float] = []
    for word in (word for row in syntax.rows for word in row):
        number = float(word)
        if len(word) > _MOST_DIGITS + 1 or (number and not _LEAST <= abs(number) <= _MOST):
            message = f"numbers have at most {_MOST_DIGITS} digits and lie within 1e-300..1e300"
            raise error("TP006", message, syntax.span, f"one of them is {shown(word)}")
        numbers.append(number)
    return numbers, axes


def _lengths(syntax: t.TableSyntax, axes: Type) -> str:
    """Where a number is missing or too many, if one line alone has not the length of the last axis."""
    order = "numbers are listed in row-major order: the last axis runs fastest"
    lengths = [len(row) for row in syntax.rows]
    usual = axes[-1].at(1) if axes else 1
    odd = [number for number, length in enumerate(lengths) if length != usual]
    if len(lengths) < 2 or len(odd) != 1:
        return order
    line = odd[0]
    return f"line {line + 1} has {lengths[line]} numbers, and {axes[-1].name} has {usual} entries; {order}"
