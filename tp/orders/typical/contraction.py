"""Sums over wide axes (calculus, theorem 3.5): their exponents, and the contents of their results."""

from __future__ import annotations

from collections.abc import Iterable

from tp.exponent import UNBOUNDED
from tp.orders.typical.content import Content
from tp.orders.typical.context import Context
from tp.orders.typical.flips import WideAxes
from tp.orders.typical.grains import Grains, grains, half
from tp.orders.typical.tails import corners, split
from tp.orders.typical.value import Term

BEYOND = grains(UNBOUNDED / 2)
"""Larger gains are not known from above."""


def extremes(term: Term, over: WideAxes) -> Iterable[tuple[Term, WideAxes]]:
    """The parts of ``term`` that its tails on the axes ``over`` consist of, and the order in which to sum over these.

    Axes on which few entries are that large come first, so that their small number counts there.
    """
    here, rest = split(term.tail, over) if term.tail else ((), ())
    if not here:
        yield term, over
        return
    rare = {axis for rarity, _ in here for axis, _ in rarity.axes}
    order = (*(a for a in over if a[0] in rare), *(a for a in over if a[0] not in rare))
    for gain, share in corners(here, over):
        bound = term.bound or gain >= BEYOND
        yield term._replace(size=term.size + gain, part=min(term.part, share), tail=rest, bound=bound), order


def contracted(at: Context, term: Term, over: WideAxes) -> Term:
    """The sum of ``term`` over the axes ``over``."""
    found = at.sums.get((term, over))
    if found is None:
        found = at.sums[term, over] = _summed(at, term, over)
    return found


def _summed(at: Context, term: Term, over: WideAxes) -> Term:
    size, content, part = term.size, term.content, term.part
    for axis, width in over:
        # Entries that are not zero: n^(width + part) along this axis, at least one.
        entries = grains(width) + part
        count = max(entries, 0)
        part = min(entries, 0)
        size += _gain(at, content, axis, count)
        content = forgotten(at, content, axis)
    return Term(size, content, part, term.bound, remaining(at, term.symbols, over), term.tail)


def _gain(at: Context, content: Content, axis: str, count: Grains) -> Grains:
    """The grains that a sum over n^count entries adds: count, count/2 where the mean vanishes, or in between."""
    if any(degree == 1 and axis in at.skewed_axes(source) for source, degree in content.skewed):
        return half(count)
    if content.offset & at.flips.on(axis):
        mask = 0
        for blur, bits in at.flips.sharpness(axis):
            mask |= bits
            if content.misses_zero(mask):
                _witness(at, content, mask)
                return half(count) if blur is None else max(half(count), count + blur)
    return count


def _witness(at: Context, content: Content, mask: int) -> None:
    """Records the generators of one flip that makes the factor odd, unless those recorded so far suffice."""
    if not content.misses_zero(mask & at.witnesses):
        # Prefer flips of weights that are read: they can be used again at any depth.
        at.witnesses |= content.witness(mask, at.witnesses | at.flips.read)


def forgotten(at: Context, content: Content, axis: str) -> Content:
    """The content after a sum over ``axis``: generators on that axis are dropped."""
    found = at.forgotten.get((content, axis))
    if found is None:
        skewed = tuple((s, d) for s, d in content.skewed if axis not in at.skewed_axes(s))
        kept = content.kept(~at.flips.on(axis))
        found = at.forgotten[content, axis] = Content(kept.offset, kept.basis, kept.free, skewed)
    return found


def remaining(at: Context, symbols: frozenset[int], over: WideAxes) -> frozenset[int]:
    """Those of the Gaussian symbols that do not live on any axis of ``over``."""
    gone = {axis for axis, _ in over}
    return frozenset(s for s in symbols if gone.isdisjoint(at.symbols[s].axes))
