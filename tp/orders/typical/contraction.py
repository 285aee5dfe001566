"""Sums over wide axes (calculus, theorem 3.5): their exponents, and the contents of their results."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tp.exponent import UNBOUNDED
from tp.orders.typical.content import UNKNOWN, Content, generic
from tp.orders.typical.context import Context
from tp.orders.typical.f2 import numbers
from tp.orders.typical.generator import WideAxes
from tp.orders.typical.grains import Grains, grains, half
from tp.orders.typical.tails import corners, split
from tp.orders.typical.value import Term, members_of

BEYOND = grains(UNBOUNDED / 2)
"""Larger gains are not known from above."""
VECTORS = 10
"""The most Gaussian vectors on one axis whose covariances are examined one by one."""


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
    for gain, share in corners(here, over, term.part):
        # Few places where the term is not zero need not be those where it is large.
        few = bool(term.part) or any(r.moving for r, _ in here)
        bound = term.bound or gain >= BEYOND or (gain > 0 and few)
        yield term._replace(size=term.size + gain, part=min(term.part, share), tail=rest, bound=bound), order


def contracted(at: Context, term: Term, over: WideAxes) -> tuple[Term, ...]:
    """The parts of the sum of ``term`` over the axes ``over``."""
    known = at.sums.setdefault(over, {})
    found = known.get(term)
    if found is None:
        parts: list[Term] = [term]
        for axis in over:
            parts = [part for t in parts for part in _summed(at, t, axis)]
        found = known[term] = tuple(parts)
    return found


def _summed(at: Context, term: Term, over: tuple[str, Fraction]) -> Iterable[Term]:
    """The sum over one axis: its mean over the sources on this axis, and its fluctuation about it."""
    axis, width = over
    size, content, part, bound, symbols, tail, members = term if not term.bound else term._replace(members=())
    # Entries that are not zero: n^(width + part) along this axis, at least one.
    count, part = max(grains(width) + part, 0), min(grains(width) + part, 0)
    left = remaining(at, symbols, (over,))
    sums = summed(at, content, axis, count)
    projected = forgotten(at, content, axis).loosened(sums)
    parts = members_of(projected, (forgotten(at, c, axis).loosened(sums) for c in members)) if members else members
    if not count:
        yield Term(size, projected, part, bound, left, tail, parts)
        return
    mean = _mean(at, content, axis, symbols, count)
    if mean is None:
        inner = at.flips.averaged(content, axis, width)
        content = projected.times(inner)
        parts = members_of(content, (c.times(inner) for c in parts)) if parts else parts
        yield Term(size + half(count), content, part, bound, left, tail, parts)
        return
    lost, kept, only_bound = mean
    kept = kept.loosened(sums)
    stay = members
    if members:
        # The mean is as large as said if that of a part is.
        means = (_mean(at, c, axis, symbols, count) for c in members)
        sections = [found[1].loosened(sums) for found in means if found is not None and found[0] == lost]
        only_bound = only_bound or not sections
        stay = members_of(kept, sections) if sections else ()
    yield Term(size + count + lost, kept, part, bound or only_bound, left, tail, stay)
    if kept != projected:
        yield Term(size + half(count), projected, part, bound, left, tail, parts)


def _mean(at: Context, content: Content, axis: str, symbols: int, count: Grains) -> tuple[Grains, Content, bool] | None:
    """The mean over all that lives on ``axis``, where it may exceed the fluctuation of a sum over n^count entries.

    Its size in grains relative to that of no cancellation, its content, and whether the size is a bound only.
    """
    if any(degree == 1 and axis in at.skewed_axes(source) for source, degree in content.skewed):
        return None
    on = at.flips.on(axis)
    mixed = bool(content.skewed) and at.flips.blurs(axis, content).mixed
    if mixed:
        content = _met(at, content, axis)
    if not content.offset & on or not content.misses_zero(on):
        tied = content.mixes(on)
        if not tied:
            bound = symbols.bit_count() > 3 and _uncorrelated(at, content, axis, symbols)
            return 0, forgotten(at, content, axis, all_skewed=True), bound or mixed
        at.witnesses |= tied
        kept = content.section(on)
        assert kept is not None
        return 0, _with_skewed(at, kept, content, axis), mixed
    blurs = at.flips.blurs(axis, content)
    mask = 0
    for blur, bits in blurs.levels:
        mask |= bits
        if content.misses_zero(mask):
            _witness(at, content, mask)
            if blur is None or count + blur <= half(count):
                return None
            return _blurred(at, content, axis, symbols, count)
    raise AssertionError("all generators on an axis have a level")


def _blurred(
    at: Context, content: Content, axis: str, symbols: int, count: Grains
) -> tuple[Grains, Content, bool] | None:
    """As :func:`_mean` where blurred flips make the mean vanish at leading order: what covariances leave of it."""
    blurs = at.flips.blurs(axis, content)
    lost = _lost(at, content, axis)
    bound = bool(blurs.broken) or blurs.mixed or bool(content.present & blurs.loose)
    # A skewed weight has other cumulants than covariances.
    gaussian = not any(cause.endswith("@") for cause in blurs.by_cause)
    if count + lost > half(count) and gaussian and not blurs.broken:
        covered = _covariances(at, content, axis, symbols)
        bound = bound or covered is None or covered[1] or lost < covered[0]
        lost = lost if covered is None else min(lost, covered[0])
    if count + lost <= half(count):
        return None
    loose = _met(at, content, axis)
    kept = loose.section(at.flips.on(axis))
    assert kept is not None
    return lost, _with_skewed(at, kept, loose, axis), bound


def _met(at: Context, content: Content, axis: str) -> Content:
    """``content`` without what is not known in a mean over ``axis`` that a sum over another axis leaves."""
    blurs = at.flips.blurs(axis, content)
    loose = content.loosened(at.flips.on(axis) & ~blurs.exact | blurs.met)
    if not blurs.met_sources:
        return loose
    degrees = dict(loose.skewed) | dict.fromkeys(blurs.met_sources, UNKNOWN)
    return loose.with_degrees(tuple(sorted(degrees.items())))


def summed(at: Context, content: Content, axis: str, count: Grains, *, images: bool = False) -> int:
    """What a sum over ``axis`` leaves in the content of its result, see :meth:`Flips.summed`."""
    # Functions of skewed sources whose degree is not known have means that such sums do not change.
    skewed = {s: axes for s, degree in content.skewed if degree != UNKNOWN and axis in (axes := at.skewed_axes(s))}
    return at.flips.summed(content, axis, count, skewed, images=images)


def _uncorrelated(at: Context, content: Content, axis: str, symbols: int) -> bool:
    """Whether a mean that ``content`` lets stay may need covariances that vanish at leading order (theorem 3.7b).

    So it is where flips of four or more of the vectors on ``axis`` add up to none, though those of their pairs do not.
    With one width it is examined only where all vectors that take part are on the axis, and are made of no others.
    """
    on = at.flips.on(axis)
    found = at.uncorrelated.get((axis, symbols))
    if found is None:
        here = symbols & at.symbols_on(axis)
        alone = at.spread or (here == symbols and not any(map(at.inside, numbers(symbols))))
        vectors = [at.symbols[s].own.kept(on) for s in numbers(here)] if alone else []
        found = at.uncorrelated[axis, symbols] = _tangled(vectors)
    return bool(found) and not content.space.present & found


def _tangled(contents: Iterable[Content]) -> int:
    """The generators of such of ``contents`` as add up to none though no two of them do; 0 where there are none.

    What is not known of one of them is left out in all.
    """
    known = list(contents)
    span = generic(Content.over(c.space) for c in known)
    rows: dict[int, tuple[int, int]] = {}
    found = 0
    for offset in dict.fromkeys(span.space.remainder(c.offset) for c in known):
        rest, members = offset, offset
        while rest and (row := rows.get(rest.bit_length())):
            rest, members = rest ^ row[0], members | row[1]
        if rest:
            rows[rest.bit_length()] = rest, members
        else:
            found |= members
    return found


def _lost(at: Context, content: Content, axis: str) -> Grains:
    """The size, relative to that of no cancellation, of a mean that blurred flips make vanish at leading order.

    Flips of one cause are broken together, those of different causes by different sums, whose sizes multiply.
    """
    blurs = at.flips.blurs(axis, content)
    mask, least = 0, 0
    for blur, bits in blurs.levels:
        mask |= bits
        if blur is not None and content.misses_zero(mask):
            least = blur
            break
    together: Grains = 0
    for levels in blurs.by_cause.values():
        mask = blurs.exact
        for blur, bits in levels:
            mask |= bits
            if content.misses_zero(mask):
                _witness(at, content, mask)
                together += blur
                break
    return min(least, together)


def _covariances(at: Context, content: Content, axis: str, symbols: int) -> tuple[Grains, bool] | None:
    """As :func:`_lost`, from the covariances of Gaussian vectors after which no flip of the axis is odd.

    The largest product of one or two covariances that suffice; three count as a bound. None where too many vectors
    would have to be examined. Where some have other cumulants, a single covariance has to be as large as any of these.
    """
    on = at.flips.on(axis)
    vectors = dict.fromkeys(at.symbols[s] for s in numbers(symbols & at.symbols_on(axis)))
    own = list(dict.fromkeys((v.source, v.transpose, v.own.kept(on)) for v in vectors))
    if not 0 < len(own) <= VECTORS:
        return None
    pairs = dict.fromkeys(a[2].times(b[2]) for i, a in enumerate(own) for b in own[i:] if a[:2] == b[:2])
    start = content.kept(on)
    sizes = {pair: _lost(at, pair, axis) for pair in pairs}
    found = [size for pair, size in sizes.items() if not start.times(pair).misses_zero(on)]
    if not all(v.regular for v in vectors):
        lost = _lost(at, content, axis)
        return (lost, False) if lost in found else None
    for one in pairs:
        rest = start.times(one)
        found += [sizes[one] + sizes[two] for two in pairs if not rest.times(two).misses_zero(on)]
    more = 3 * max((size for size in sizes.values() if size), default=0)
    return max([*found, more]), max(found, default=more) <= more


def _witness(at: Context, content: Content, mask: int) -> None:
    """Records the generators of one flip that makes the factor odd, unless those recorded so far suffice."""
    if not content.misses_zero(mask & at.witnesses):
        # Prefer flips of weights that are read: they can be used again at any depth.
        at.witnesses |= content.witness(mask, at.witnesses | at.flips.read)


def forgotten(at: Context, content: Content, axis: str, *, all_skewed: bool = False) -> Content:
    """The content without the generators on ``axis``.

    A skewed source that lives on other axes too keeps its degree, unless ``all_skewed`` are to be dropped.
    """
    key = (content, axis, all_skewed)
    found = at.forgotten.get(key)
    if found is None:
        kept = content.kept(~at.flips.on(axis))
        found = at.forgotten[key] = _with_skewed(at, kept, content, axis, alone=not all_skewed)
    return found


def _with_skewed(at: Context, kept: Content, content: Content, axis: str, *, alone: bool = False) -> Content:
    """``kept`` with the skewed sources of ``content`` that do not live on ``axis``, or not on it ``alone``."""
    skewed = tuple(
        (s, d) for s, d in content.skewed if axis not in (axes := at.skewed_axes(s)) or (alone and len(axes) > 1)
    )
    return kept.with_degrees(skewed)


def remaining(at: Context, symbols: int, over: WideAxes) -> int:
    """Those of the Gaussian symbols that do not live on any axis of ``over``."""
    for axis, _ in over:
        symbols &= ~at.symbols_on(axis)
    return symbols
