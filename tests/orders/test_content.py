"""The algebra of contents: laws on random contents, and a brute-force reading of the affine subspace."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from tp.orders.typical.content import NOTHING, UNKNOWN, Content, even, generic, hull, odd
from tp.orders.typical.f2 import extended, reduced, remainder
from tp.orders.typical.space import Images

BITS = 6
VECTORS = st.integers(0, (1 << BITS) - 1)
SKEWED = st.dictionaries(st.integers(0, 2), st.integers(UNKNOWN, 3), max_size=2)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """A content in canonical form on at most six generators."""
    vectors = draw(st.lists(VECTORS, max_size=3))
    return Content.make(draw(VECTORS), vectors, draw(VECTORS) & draw(VECTORS), draw(SKEWED).items())


def span(vectors: list[int]) -> set[int]:
    """All sums over F2, by brute force."""
    out = {0}
    for vector in vectors:
        out |= {other ^ vector for other in out}
    return out


def support(content: Content) -> set[int]:
    """Every character that the content allows."""
    units = [1 << i for i in range(BITS) if content.free >> i & 1]
    return {content.offset ^ v for v in span([*content.basis, *units])}


def subsets() -> Iterator[int]:
    bits = [1 << i for i in range(BITS)]
    return map(sum, chain.from_iterable(combinations(bits, k) for k in range(BITS + 1)))


@given(st.lists(VECTORS, max_size=6))
def test_reduced_bases_are_canonical(vectors: list[int]) -> None:
    basis = reduced(vectors)
    assert span(list(basis)) == span(vectors)
    assert len(span(vectors)) == 2 ** len(basis)
    assert basis == reduced(reversed(vectors)) == reduced(basis)
    first = reduced(vectors[:2])
    assert basis == extended(first, [remainder(v, first) for v in vectors[2:]])
    leads = [b.bit_length() - 1 for b in basis]
    assert leads == sorted(leads, reverse=True)
    assert all(sum(b >> lead & 1 for b in basis) == 1 for lead in leads)


@given(VECTORS, st.lists(VECTORS, max_size=5))
def test_remainder_is_zero_in_the_span_only(vector: int, vectors: list[int]) -> None:
    basis = reduced(vectors)
    rest = remainder(vector, basis)
    assert (rest == 0) == (vector in span(vectors))
    assert rest ^ vector in span(vectors)
    assert rest == min(v ^ vector for v in span(vectors))


@given(VECTORS, st.lists(VECTORS, max_size=4), VECTORS)
def test_canonical_contents_do_not_depend_on_their_description(offset: int, vectors: list[int], free: int) -> None:
    one = Content.make(offset, vectors, free)
    units = [1 << i for i in range(BITS) if free >> i & 1]
    assert support(one) == {offset ^ v for v in span([*vectors, *units])}
    assert one == Content.make(offset, [*reversed(vectors), *units])
    moved = offset ^ vectors[0] if vectors else offset
    assert one == Content.make(moved, vectors, free)


@given(contents(), contents())
def test_products_commute(a: Content, b: Content) -> None:
    assert a.times(b) == b.times(a)


@given(contents(), contents(), contents())
def test_products_associate(a: Content, b: Content, c: Content) -> None:
    assert a.times(b).times(c) == a.times(b.times(c))


@given(contents())
def test_nothing_is_neutral(a: Content) -> None:
    assert a.times(NOTHING) == NOTHING.times(a) == a


@given(contents(), contents())
def test_products_add_supports(a: Content, b: Content) -> None:
    assert support(a.times(b)) == {x ^ y for x in support(a) for y in support(b)}


@given(contents(), contents())
def test_degrees_of_skewed_sources_add(a: Content, b: Content) -> None:
    left, right, both = dict(a.skewed), dict(b.skewed), dict(a.times(b).skewed)
    assert set(both) == {*left, *right}
    for source, degree in both.items():
        parts = [d[source] for d in (left, right) if source in d]
        assert degree == (UNKNOWN if UNKNOWN in parts else sum(parts))


@given(st.lists(contents(), min_size=1, max_size=3))
def test_odd_and_even_functions_are_generic_functions(items: list[Content]) -> None:
    whole = support(generic(items))
    assert support(odd(items)) <= whole
    assert support(even(items)) <= whole
    assert 0 in whole
    assert 0 in support(even(items))
    assert set().union(*map(support, items)) <= support(odd(items))
    assert whole == support(odd(items)) | support(even(items))


@given(contents())
def test_an_odd_function_of_one_thing_has_its_parities(a: Content) -> None:
    assert support(odd([a])) == support(a)
    assert support(odd([a]).times(odd([a]))) == support(even([a]))


@given(st.lists(contents(), min_size=1, max_size=3))
def test_a_hull_holds_all_it_was_made_of(items: list[Content]) -> None:
    joint = hull(items)
    assert set().union(*map(support, items)) <= support(joint)
    for source, degree in joint.skewed:
        assert degree == UNKNOWN or all(dict(c.skewed).get(source) == degree for c in items)


@given(contents(), contents())
def test_inside_is_inclusion(a: Content, b: Content) -> None:
    assert a.inside(b) == (a.skewed == b.skewed and support(a) <= support(b))


@given(contents(), contents(), contents())
def test_inside_is_transitive_and_kept_by_products(a: Content, b: Content, c: Content) -> None:
    assert a.inside(a)
    if a.inside(b):
        assert a.times(c).inside(b.times(c))
        if b.inside(c):
            assert a.inside(c)
        if b.inside(a):
            assert a == b


@given(contents())
def test_means_vanish_where_the_support_misses_zero(a: Content) -> None:
    """A mean over flips in ``mask`` vanishes exactly when every character is nontrivial on them."""
    for mask in subsets():
        assert a.misses_zero(mask) == all(v & mask for v in support(a)), bin(mask)


@given(contents(), VECTORS)
def test_kept_parities_are_those_in_the_mask(a: Content, mask: int) -> None:
    assert support(a.kept(mask)) == {v & mask for v in support(a)}


@given(contents())
def test_mapped_contents(a: Content) -> None:
    """An injective map of generators moves the support."""
    shifted = a.mapped(Images(lambda number: 2 << number))
    units = [1 << i for i in range(BITS + 1) if shifted.free >> i & 1]
    assert {shifted.offset ^ v for v in span([*shifted.basis, *units])} == {v << 1 for v in support(a)}


IMAGES = st.lists(st.sampled_from([0, 0, 1, 2, 4, 8]), min_size=BITS, max_size=BITS)
"""A bit for every generator, 0 where it is forgotten; several generators may have the same."""


@given(contents(), IMAGES)
def test_generators_that_meet_in_one_image_are_flipped_together(a: Content, images: list[int]) -> None:
    found = a.mapped(Images(lambda number: images[number]))

    def moved(vector: int) -> int:
        out = 0
        for number in range(BITS):
            out ^= images[number] * (vector >> number & 1)
        return out

    assert support(found) == {moved(v) for v in support(a)}
    assert not found.skewed
    for flip in (1, 2, 4, 8):
        together = sum(1 << number for number in range(BITS) if images[number] == flip)
        if not a.free & together:
            assert found.parity(flip) == a.parity(together)


@given(contents(), VECTORS)
def test_parities_are_those_of_every_character(a: Content, flip: int) -> None:
    parities = {(v & flip).bit_count() & 1 for v in support(a)}
    assert a.parity(flip) == (parities.pop() if len(parities) == 1 else None)


@given(contents(), VECTORS, VECTORS)
def test_a_witness_is_one_flip_that_makes_the_factor_odd(a: Content, mask: int, preferred: int) -> None:
    odd_ones = [flip for flip in subsets() if not flip & ~mask and a.parity(flip) == 1]
    assert a.misses_zero(mask) == bool(odd_ones)
    if odd_ones:
        for liked in (0, preferred, mask):
            flip = a.witness(mask, liked)
            assert flip in odd_ones
            assert a.misses_zero(flip)
            # Alone it need not do, but with all that is forgotten besides it still vanishes.
            assert a.kept(flip).misses_zero(flip)


@given(contents(), st.integers(0, BITS - 1))
def test_the_even_and_the_odd_part_are_all(a: Content, number: int) -> None:
    bit = 1 << number
    parts = a.split(bit)
    assert 1 <= len(parts) <= 2
    assert set().union(*map(support, parts)) == support(a)
    assert sum(len(support(part)) for part in parts) == len(support(a))
    for part in parts:
        assert {bool(v & bit) for v in support(part)} == {bool(part.offset & bit)}
        assert part.skewed == a.skewed
        assert part == Content.make(part.offset, part.basis, part.free, part.skewed)
    if len(parts) == 2:
        assert [bool(part.offset & bit) for part in parts] == [False, True]


@given(contents(), contents(), st.integers(0, BITS - 1))
def test_parts_multiply_like_parities(a: Content, b: Content, number: int) -> None:
    bit = 1 << number
    whole = {bool(v & bit) for v in support(a.times(b))}
    assert {x ^ y for x in _sides(a, bit) for y in _sides(b, bit)} == whole


def _sides(content: Content, bit: int) -> set[bool]:
    return {bool(part.offset & bit) for part in content.split(bit)}
