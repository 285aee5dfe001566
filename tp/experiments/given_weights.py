"""The width that given weights have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tp.graph.axes import Width
from tp.graph.graph import Graph


def width_of(graph: Graph, params: Mapping[str, Any]) -> int:
    """The n at which ``params`` (arrays by name of the weight) have the shapes that ``graph`` declares.

    Raises ValueError for missing parameters, and where the shapes fit no n. Without wide axes n is 1.
    """
    seen: dict[Width, int] = {}
    for name, parameter in graph.parameters.items():
        axes = (*parameter.outs, *parameter.ins)
        if name not in params:
            raise ValueError(f"no parameter {name} in params")
        shape = tuple(params[name].shape)
        fits = len(shape) == len(axes) and all(a.wide or a.size == s for a, s in zip(axes, shape, strict=True))
        if not fits:
            raise ValueError(f"parameter {name} has shape {shape}, which does not fit [{', '.join(map(str, axes))}]")
        for axis, size in zip(axes, shape, strict=True):
            if isinstance(axis.size, Width) and seen.setdefault(axis.size, size) != size:
                raise ValueError(f"parameter {name} has {size} for the axis {axis}, another one has {seen[axis.size]}")
    if not seen:
        return 1
    steepest = max(seen, key=lambda w: w.exponent)
    guess = round((seen[steepest] / float(steepest.factor)) ** (1 / float(steepest.exponent)))
    near = sorted(range(max(1, guess - guess // 8 - 64), guess + guess // 8 + 64), key=lambda n: abs(n - guess))
    for n in near:
        if all(w.at(n) == size for w, size in seen.items()):
            return n
    raise ValueError("the shapes of the parameters belong to different widths")
