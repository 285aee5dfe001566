"""Tails against direct evaluation: products, envelopes, domination and extremes of sums."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tp.orders.facts import Rarity
from tp.orders.typical import tails
from tp.orders.typical.grains import GRAIN
from tp.orders.typical.tails import Profile, Tail

N = (("n", Fraction(1)),)
SMALL = Rarity("h", Fraction(2), N, ("U",), place=0)
OTHER = SMALL._replace(place=1)
HEAVY = Rarity("v", Fraction(3), N, ("v",))
POINTS = [Fraction(GRAIN * i, 8) for i in range(9)]

slopes = st.integers(-3, 3).map(Fraction)
ends = st.lists(st.integers(1, 7).map(lambda i: Fraction(GRAIN * i, 8)), max_size=2, unique=True).map(sorted)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    return (*((e, draw(slopes)) for e in draw(ends)), (None, draw(slopes)))


def tail(profile: Profile, rarity: Rarity = SMALL) -> Tail:
    return tails.times((), ((rarity, profile),)) if any(s for _, s in profile) else ()


def value(found: Tail, x: Fraction) -> Fraction:
    return Fraction(sum((tails.at(p, x) for _, p in found), Fraction(0)))


@settings(max_examples=60, deadline=None)
@given(profiles(), profiles())
def test_products_add_and_sums_are_dominated(one: Profile, two: Profile) -> None:
    a, b = tail(one), tail(two)
    for x in POINTS:
        assert value(tails.times(a, b), x) == value(a, x) + value(b, x)
        assert value(tails.largest([a, b]), x) >= max(value(a, x), value(b, x))
        assert value(tails.rising(a), x) >= max(value(a, x), 0)
        assert value(tails.power(a, Fraction(-1, 2)), x) == -value(a, x) / 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-2, 2).map(lambda i: Fraction(GRAIN * i, 4)), profiles()), min_size=1, max_size=3)
)
def test_an_envelope_is_the_largest_everywhere(parts: list[tuple[Fraction, Profile]]) -> None:
    size, profile = tails.envelope(parts)
    for x in POINTS:
        here = size + (tails.at(profile, x) if profile else 0)
        assert here == max(s + tails.at(p, x) for s, p in parts)


@settings(max_examples=60, deadline=None)
@given(profiles(), profiles(), st.integers(-2, 2))
def test_what_covers_is_nowhere_smaller(one: Profile, two: Profile, gap: int) -> None:
    a, b, more = tail(one), tail(two), Fraction(GRAIN * gap, 4)
    if more >= 0 and tails.covers(a, more, b):
        for x in POINTS:
            if x * SMALL.rate <= GRAIN:
                assert more + value(a, x) >= value(b, x)


@settings(max_examples=60, deadline=None)
@given(profiles())
def test_corners_hold_the_extremes_of_a_sum(profile: Profile) -> None:
    """The largest of n^{f(x) + share} over all x, as a sum over the places has it, is at a corner."""
    found = tail(profile)
    best = max(g + s for g, s in tails.corners(found))
    for x in POINTS:
        if x * SMALL.rate <= GRAIN:
            assert value(found, x) - SMALL.rate * x <= best


def test_small_at_other_inputs_is_small_at_other_places() -> None:
    """ρ(x)^-2 ρ(y)^-2 with P(ρ < t) = t^2: the largest of n places is n for either alone, and for both no more."""
    both = tails.times(((SMALL, tails.line(2)),), ((OTHER, tails.line(2)),))
    assert max(gain for gain, _ in tails.corners(both)) == GRAIN
    assert max(gain for gain, _ in tails.corners(((SMALL, tails.line(4)),))) == 2 * GRAIN
    heavy = tails.times(((SMALL, tails.line(2)),), ((HEAVY, tails.line(3)),))
    assert max(gain for gain, _ in tails.corners(heavy)) == GRAIN
