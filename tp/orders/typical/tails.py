"""Tails: by how much a value is larger or smaller than its typical size at a few places (calculus, section 3.14).

A :class:`~tp.orders.facts.Rarity` is a number ρ at every place, small at few. Where ρ = n^{-x}, a term is larger than
typical by n^{f(x)}. The *profile* f is piecewise linear with f(0) = 0: pairs (end, slope) with increasing ends in
grains, the last one None for no end. A *tail* has one profile for each rarity; exponents add.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from tp.exponent import UNBOUNDED
from tp.orders.facts import Rarity
from tp.orders.typical.grains import Grains, grains

Slope: TypeAlias = int | Fraction
Profile: TypeAlias = tuple[tuple[Grains | None, Slope], ...]
Tail: TypeAlias = tuple[tuple[Rarity, Profile], ...]

MOST = 4
"""The largest number of rarities in one term whose joint extremes are examined; with more there is no bound."""


def line(slope: Slope) -> Profile:
    """The profile of n^{f} = ρ^{-slope}."""
    return ((None, slope),)


def at(profile: Profile, x: Grains) -> Grains:
    """f(x)."""
    value: Grains = 0
    start: Grains = 0
    for end, slope in profile:
        stop = x if end is None or end > x else end
        value += (stop - start) * slope
        if stop == x:
            break
        start = stop
    return value


def _segments(profiles: Sequence[Profile]) -> Iterable[tuple[Grains | None, list[Slope]]]:
    """The common segments of ``profiles``, each with all slopes there."""
    places = [0] * len(profiles)
    while True:
        ends = [e for p, i in zip(profiles, places, strict=True) if (e := p[i][0]) is not None]
        end = min(ends, default=None)
        yield end, [p[i][1] for p, i in zip(profiles, places, strict=True)]
        if end is None:
            return
        places = [i + (p[i][0] == end) for p, i in zip(profiles, places, strict=True)]


def _joined(segments: Iterable[tuple[Grains | None, Slope]]) -> Profile:
    """A profile in its shortest form; () for zero everywhere."""
    found: list[tuple[Grains | None, Slope]] = []
    for end, slope in segments:
        if found and found[-1][1] == slope:
            found[-1] = (end, slope)
        else:
            found.append((end, slope))
    return () if found == [(None, 0)] else tuple(found)


def _tail(parts: Iterable[tuple[Rarity, Profile]]) -> Tail:
    return tuple(sorted((r, p) for r, p in parts if p))


def envelope(profiles: Sequence[tuple[Grains, Profile]]) -> tuple[Grains, Profile]:
    """The largest of several size + f(x) at every x, as a size and a profile."""
    lines = [(size, profile or line(0)) for size, profile in profiles]
    top = max(size for size, _ in lines)
    start: Grains = 0
    found: list[tuple[Grains | None, Slope]] = []
    for end, slopes in _segments([p for _, p in lines]):
        heights = [size + at(p, start) for size, p in lines]
        while True:
            height, slope = max(zip(heights, slopes, strict=True))
            meets = [
                start + (height - h) / Fraction(s - slope) for h, s in zip(heights, slopes, strict=True) if s > slope
            ]
            cut = min(meets, default=None)
            if cut is None or (end is not None and cut >= end):
                found.append((end, slope))
                break
            found.append((cut, slope))
            heights = [h + s * (cut - start) for h, s in zip(heights, slopes, strict=True)]
            start = cut
        if end is not None:
            start = end
    return top, _joined(found)


def times(left: Tail, right: Tail) -> Tail:
    """The tail of a product."""
    if not left or not right:
        return left or right
    found = dict(left)
    for rarity, profile in right:
        mine = found.get(rarity)
        found[rarity] = (
            profile if mine is None else _joined((end, sum(slopes)) for end, slopes in _segments([mine, profile]))
        )
    return _tail(found.items())


def power(tail: Tail, exponent: Fraction) -> Tail:
    """The tail of a power."""
    return _tail((r, _joined((end, slope * exponent) for end, slope in p)) for r, p in tail)


def renamed(tail: Tail, old: str, new: str) -> Tail:
    """The tail with the wide axis ``old`` called ``new``."""
    return _tail((r._replace(axes=tuple((new if a == old else a, w) for a, w in r.axes)), p) for r, p in tail)


def ratio(above: Tail, below: Tail, gap: Grains) -> tuple[Tail, Tail]:
    """n^gap times the quotient of two terms with these tails, where it is at most 1, over its typical size.

    The first tail is that of the rarity of ``below``, cut off where the quotient reaches 1. The second bounds the rest.
    """
    quotient = dict(times(above, power(below, Fraction(-1))))
    mine = {r for r, _ in below}
    others = _tail((r, p) for r, p in quotient.items() if r not in mine)
    if len(mine) != 1 or gap > 0:
        return (), rising(_tail(quotient.items()))
    (rarity,) = mine
    profile = quotient.get(rarity, ())
    size, least = envelope([(-gap, _joined((e, -s) for e, s in profile) if profile else ()), (0, ())])
    assert size == -gap
    cut = _joined((e, -s) for e, s in least) if least else ()
    return _tail([(rarity, cut)]), rising(others)


def rising(tail: Tail) -> Tail:
    """A tail that is nowhere below ``tail`` and nowhere falls."""
    return _tail((r, _joined((end, max(slope, 0)) for end, slope in p)) for r, p in tail)


def falling(tail: Tail) -> Tail:
    """A tail that is nowhere above ``tail`` and nowhere rises."""
    return _tail((r, _joined((end, min(slope, 0)) for end, slope in p)) for r, p in tail)


def rises(tail: Tail) -> bool:
    """Whether some profile rises somewhere."""
    return any(slope > 0 for _, p in tail for _, slope in p)


def falls(tail: Tail) -> bool:
    """Whether some profile falls somewhere."""
    return any(slope < 0 for _, p in tail for _, slope in p)


def largest(tails: Iterable[Tail]) -> Tail:
    """A tail that is nowhere below any of ``tails``: at each x the largest slope of each profile."""
    distinct = list(dict.fromkeys(tails))
    if len(distinct) < 2:
        return distinct[0] if distinct else ()
    flat = line(0)
    found = [dict(t) for t in distinct]
    rarities = dict.fromkeys(r for t in distinct for r, _ in t)
    return _tail(
        (r, _joined((end, max(slopes)) for end, slopes in _segments([t.get(r, flat) for t in found]))) for r in rarities
    )


def covers(larger: Tail, gap: Grains, smaller: Tail) -> bool:
    """Whether n^gap times a term with the tail ``larger`` is nowhere below one with the tail ``smaller``."""
    if larger == smaller:
        return True
    if not falls(larger) and not rises(smaller):
        return True
    above, below, flat = dict(larger), dict(smaller), line(0)
    for rarity in {**above, **below}:
        left, right = above.get(rarity, flat), below.get(rarity, flat)
        reach = furthest(rarity)
        ends = [e for p in (left, right) for e, _ in p if e is not None and e < reach]
        least = min(at(left, x) - at(right, x) for x in (*ends, reach))
        gap += min(least, 0)
    return gap >= 0


def apart(tail: Tail) -> Tail:
    """The tail at inputs other than that of F, of any product of values there, without what falls."""
    if not any(r.place is not None for r, _ in tail):
        return tail
    parts = [(r if r.place is None else r._replace(place=1), p) for r, p in tail]
    moved = {r for r, _ in parts if r.place is not None}
    return _tail((r, dict(rising(((r, p),))).get(r, ()) if r in moved else p) for r, p in parts)


def spread(tail: Tail, names: frozenset[str]) -> Tail:
    """The tail after entries along the finite axes ``names`` were mixed: what falls is lost."""
    kept: Tail = ()
    for rarity, profile in tail:
        if names.isdisjoint(rarity.along):
            kept = times(kept, ((rarity, profile),))
        else:
            kept = times(kept, rising(((rarity._replace(mixed=True), profile),)))
    return kept


def total(axes: Iterable[tuple[str, Fraction]]) -> Grains:
    """The number of places along ``axes``, in grains."""
    return sum((grains(w) for _, w in axes), 0)


def furthest(rarity: Rarity) -> Grains:
    """The x of the least ρ of all places."""
    return total(rarity.axes) / rarity.rate


def _independent(left: Rarity, right: Rarity) -> bool:
    """Whether the two are small independently: other weights, or another input."""
    apart = left.place is not None and right.place is not None and left.place != right.place
    return apart or not set(left.roots) & set(right.roots)


def _dependent(rarities: Sequence[Rarity]) -> list[list[int]]:
    """Positions grouped so that different groups are independent."""
    groups: list[list[int]] = []
    for i, rarity in enumerate(rarities):
        near = [g for g in groups if any(not _independent(rarities[j], rarity) for j in g)]
        groups = [g for g in groups if g not in near]
        groups.append([*(j for g in near for j in g), i])
    return groups


def corners(tail: Tail, over: Iterable[tuple[str, Fraction]] = (), within: Grains = 0) -> list[tuple[Grains, Grains]]:
    """(gain, share): a term is larger by n^gain at n^share of the places, at every corner of its profiles.

    Sums are convex in x between corners, so their extremes are there. The last corner is where one place is left of
    all, or of those along the axes ``over`` alone. Of a term that is not zero at n^within of the places only, one more
    is where as many places are left. More than :data:`MOST` rarities have no known bound.
    """
    rarities = [r for r, _ in tail]
    if len(tail) > MOST:
        return [(grains(UNBOUNDED), 0)] if rises(tail) else [(0, 0)]
    reach = total({pair for r in rarities for pair in r.axes})
    gone = {axis for axis, _ in over}
    part = total({pair for r in rarities for pair in r.axes if pair[0] in gone})
    groups = _dependent(rarities)
    stops = [[0, *(e for e, _ in p if e is not None and e * r.rate < reach)] for r, p in tail]
    found: dict[tuple[Grains, Grains], None] = {(0, 0): None}
    for last in range(len(tail)):
        mine = next(g for g in groups if last in g)
        for places in product(*(s if i != last else [0] for i, s in enumerate(stops))):
            used = _share(rarities, [g for g in groups if g is not mine], places)
            ends = [(e + used) / rarities[last].rate for e in {reach, part, -within} if e + used > 0]
            for x in (*stops[last], *ends):
                xs = [*places]
                xs[last] = x
                if len(mine) > 1:
                    # Dependent ones may be small together: all of them are followed as far as this one.
                    xs = [
                        max(xs[i], x * rarities[last].rate / rarities[i].rate) if i in mine else xs[i]
                        for i in range(len(xs))
                    ]
                share = _share(rarities, groups, xs)
                if share >= -reach:
                    gain = sum((at(p, y) for (_, p), y in zip(tail, xs, strict=True)), 0)
                    found[gain, share] = None
                    if len(mine) > 1:
                        alone = [*places]
                        alone[last] = x
                        found[sum((at(p, y) for (_, p), y in zip(tail, alone, strict=True)), 0), share] = None
    return [
        (gain, share)
        for gain, share in found
        if not any((g >= gain and s >= share) and (g, s) != (gain, share) for g, s in found)
    ]


def _share(rarities: Sequence[Rarity], groups: Sequence[Sequence[int]], places: Sequence[Grains]) -> Grains:
    return sum((min(-rarities[i].rate * places[i] for i in g) for g in groups), 0)


def worst(tail: Tail, weight: Fraction = Fraction(0), within: Grains = 0) -> Grains:
    """The largest gain of an entry plus ``weight`` times the exponent of its share, which is n^within at most.

    The places of large entries and those where a term is not zero may be the same: shares do not multiply.
    """
    return max(gain + weight * min(share, within) for gain, share in corners(tail, (), within))


def split(tail: Tail, axes: Iterable[tuple[str, Fraction]]) -> tuple[Tail, Tail]:
    """The profiles of rarities that live on some of ``axes``, and all others."""
    gone = {axis for axis, _ in axes}
    here = tuple(p for p in tail if any(a in gone for a, _ in p[0].axes))
    return here, tuple(p for p in tail if p not in here)
