"""Windows along finite axes, as convolution and pooling see them."""

from __future__ import annotations

from collections.abc import Sequence

from tp.construct.construction import Combination, Construction, single
from tp.construct.selection import axis_of
from tp.construct.softmax import maximum
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import Axis, names
from tp.primitives.gather_scatter import Gather

PADDINGS = ("same", "valid", "circular")


def windows(build: Construction, x: int, name: str, window: Axis, padding: str, stride: int, span: Span | None) -> int:
    """``x`` with axis ``name`` replaced by places along it and the offsets ``window``.

    ``padding`` is one of :data:`PADDINGS`: entries outside the axis are 0, with "circular" they wrap around.
    Raises TP207 where ``x`` has the axis ``window``, TP214 where with "valid" the window is longer than the axis.
    """
    axis, size = axis_of(build, x, name, span)
    width = window.at(1)
    if window.name in names(build.graph.type(x)):
        raise error("TP207", f"the value already has the axis {window.name}", span)
    if padding == "valid":
        if width > size:
            raise error("TP214", f"a window of {width} does not fit into the {size} entries of {name}", span)
        count, before = (size - width) // stride + 1, 0
    else:
        count = -(-size // stride)
        before = (width - 1) // 2 if padding == "circular" else max((count - 1) * stride + width - size, 0) // 2
    build.entries(count * width, span)
    table: list[int] = []
    for place in range(count):
        for offset in range(width):
            at = place * stride + offset - before
            table.append(at % size if padding == "circular" else at if 0 <= at < size else -1)
    return build.graph.add(Gather(axis, (Axis(name, count), window), tuple(table)), x)


def spaced_windows(
    build: Construction, x: int, name: str, window: Axis, padding: str, stride: int, span: Span | None
) -> int:
    """The windows of a transposed convolution: ``stride`` - 1 zeros stand between two entries, and windows move by 1.

    Of N entries ``padding`` "same" and "circular" make N * ``stride`` places, "valid" as many as windows touch.
    Raises TP207 where ``x`` has the axis ``window``.
    """
    axis, size = axis_of(build, x, name, span)
    width = window.at(1)
    if window.name in names(build.graph.type(x)):
        raise error("TP207", f"the value already has the axis {window.name}", span)
    count = size * stride
    if padding == "circular":
        before = (width - 1) // 2
    elif padding == "valid":
        count, before = count + max(width - stride, 0), width - 1
    else:
        before = width - 1 if stride > width - 1 else (width + stride - 1) // 2
    build.entries(count * width, span)
    table: list[int] = []
    for place in range(count):
        for offset in range(width):
            at, rest = divmod(place + offset - before, stride)
            inside = padding == "circular" or 0 <= at < size
            table.append(at % size if inside and not rest else -1)
    return build.graph.add(Gather(axis, (Axis(name, count), window), tuple(table)), x)


def blocks(build: Construction, x: int, name: str, length: int, span: Span | None) -> tuple[int, Axis]:
    """``x`` with axis ``name`` cut into blocks of ``length`` entries, and the axis within a block.

    Raises TP214 where the blocks do not fill the axis.
    """
    _, size = axis_of(build, x, name, span)
    if size % length:
        whole = size - size % length
        raise error(
            "TP214",
            f"blocks of {length} do not fill the {size} entries of {name}",
            span,
            f"leave out the rest: x[{name}=1..{whole}]" if whole else f"{name} has {size} entries",
        )
    # A quote cannot be part of a name in the text, so this axis meets no other.
    block = Axis(name + "'block", length)
    return windows(build, x, name, block, "valid", length, span), block


def maxima(build: Construction, x: int, over: Sequence[Axis], span: Span | None) -> Combination:
    """The maximum over finite axes, one axis after the other."""
    found = single(x)
    for axis in over:
        found = maximum(build, build.node(found), axis.name, span)
    return found
