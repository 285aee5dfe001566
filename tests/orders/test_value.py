"""Sums of terms: what is dropped never mattered, simplified ones only get larger, sparse ones count their entries."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tp.activations.facts import facts
from tp.orders.facts import Source
from tp.orders.typical.content import NOTHING, Content
from tp.orders.typical.generator import Generator
from tp.orders.typical.grains import GRAIN, exponent, grains, half, scaled
from tp.orders.typical.pruning import merged, prune, widened
from tp.orders.typical.recorder import Calculus
from tp.orders.typical.rules import Rules
from tp.orders.typical.value import Term, Value, symbols_of

N, M = ("n", Fraction(1)), ("m", Fraction(3, 2))
WIDTHS = (N[1], M[1])
HALF = Fraction(1, 2)
GENERATORS = [
    Generator("v", 0, frozenset("n"), None),
    Generator("u", 0, frozenset("m"), None),
    Generator("W@", 0, frozenset("n"), None),
    Generator("v", 1, frozenset("m"), -HALF),
    Generator("u", 1, frozenset("n"), -HALF),
    Generator("g", 0, frozenset("nm"), None),
]
"""Flips on one axis and on two, exact and blurred ones. The formal one is the last bit of them."""
FORMAL = Generator("@step", 0, frozenset(), None)
EVERY = (1 << len(GENERATORS)) - 1
VECTORS = st.integers(0, EVERY)
QUARTERS = st.integers(-8, 8).map(lambda k: Fraction(k, 4))
SHARES = st.sampled_from([Fraction(0), Fraction(0), Fraction(-1, 4), -HALF, Fraction(-3, 2), Fraction(-3)])


@st.composite
def terms(draw: st.DrawFn, sparse: bool = True) -> Term:
    vectors = draw(st.lists(VECTORS, max_size=2))
    content = Content.make(draw(VECTORS), vectors, draw(VECTORS) & draw(VECTORS) & draw(VECTORS))
    share = draw(SHARES) if sparse else Fraction(0)
    return Term.of(draw(QUARTERS), content, share, draw(st.booleans()) if sparse else False)


def rules(most: int = 100) -> Rules:
    return Rules(WIDTHS, GENERATORS, most)


def contracted(at: Rules, value: Value, over: Sequence[tuple[str, Fraction]]) -> Fraction | None:
    rest = tuple(a for a in (N, M) if a not in over)
    return at.apply_rule("contract", (tuple(over), rest), [value])[0].exponent


def orders(at: Rules, parts: Sequence[Term], other: Term) -> list[Fraction | None]:
    """Of the sum itself, and of its contractions after a product with ``other``."""
    value = at.value(parts, (N, M))
    product = at.apply_rule("product", ((N, M),), [value, at.value([other], (N, M))])[0]
    return [value.exponent, *(contracted(at, product, over) for over in ((N,), (M,), (N, M), (M, N)))]


@given(st.lists(terms(), min_size=1, max_size=5), terms(sparse=False))
@settings(deadline=None)
def test_what_is_dropped_never_mattered(parts: list[Term], other: Term) -> None:
    """The order of a contraction is that of its largest part, sparse or not."""
    whole = orders(rules(), parts, other)
    each = [orders(rules(), [t], other) for t in parts]
    assert whole == [max(e for e in column if e is not None) for column in zip(*each, strict=True)]


@given(st.lists(terms(), min_size=1, max_size=6), terms(sparse=False), st.sampled_from([0, 1, 2, 3]))
@settings(deadline=None)
def test_simplified_sums_are_never_smaller(parts: list[Term], other: Term, most: int) -> None:
    full, short = orders(rules(), parts, other), orders(rules(most), parts, other)
    assert all(f is not None and s is not None and s >= f for f, s in zip(full, short, strict=True))
    assert short[0] == full[0]


@given(st.lists(terms(), min_size=1, max_size=6), st.sampled_from([0, 1, 2]), st.booleans())
def test_simplifying_keeps_what_dominates(parts: list[Term], apart: int, together: bool) -> None:
    if apart:
        parts = [t._replace(content=half) for t in parts for half in t.content.split(apart)]
    joint = (EVERY >> 2, 1 << 3) if together else ()
    for found in (widened(parts, apart, joint), merged(parts, apart)):
        for t in parts:
            assert any(
                k.exponent >= t.exponent
                and k.share >= t.share
                and t.content.inside(k.content)
                and (t.content.offset ^ k.content.offset) & apart == 0
                for k in found
            )
        assert all(t.content.parity(apart) is not None for t in found)
    assert len(merged(parts, apart)) <= 2
    for t in widened(parts, apart, joint):
        group = [p for p in parts if (p.exponent, p.share) == (t.exponent, t.share)]
        for flip in joint:
            assert t.content.parity(flip) in {p.content.parity(flip) for p in group}


@given(st.lists(terms(), min_size=1, max_size=6), st.sampled_from([Fraction(1, 4), HALF, Fraction(2)]))
def test_pruned_terms_are_dominated(parts: list[Term], gap: Fraction) -> None:
    kept = prune(parts, grains(gap))
    assert kept
    assert max(t.exponent for t in kept) == max(t.exponent for t in parts)
    for t in kept:
        assert any(t.content == p.content and (t.exponent, t.share) == (p.exponent, p.share) for p in parts)
    for t in parts:
        close = any(
            k.exponent >= t.exponent and k.share >= t.share and t.content.inside(k.content) and k.bound <= t.bound
            for k in kept
        )
        far = any(not k.bound and k.exponent + k.share - gap >= t.exponent for k in kept)
        assert close or far
    assert prune(kept, grains(gap)) == kept


@given(st.lists(terms(), min_size=1, max_size=4), st.lists(st.integers(0, 15), min_size=4, max_size=4))
def test_symbols_are_kept(parts: list[Term], symbols: list[int]) -> None:
    """W' must meet every W y that a value depends on, whatever its terms are joined or dropped for."""
    held = [t._replace(symbols=s) for t, s in zip(parts, symbols, strict=False)]
    for found in (merged(held), widened(held)):
        assert symbols_of(found) == symbols_of(held)
    twice = [*held, *(t._replace(symbols=1 << 9) for t in held)]
    assert all(t.symbols >> 9 & 1 for t in prune(twice, grains(Fraction(2))))


def test_formal_parities_are_never_mixed() -> None:
    at = Rules(WIDTHS, [*GENERATORS, FORMAL], 0)
    bit = at.flips.variable("@step").offset
    assert bit == at.flips.formal
    small, large = Term.of(Fraction(-9), Content.make(bit)), Term(0, NOTHING)
    assert {t.exponent for t in at.value([small, large], (N,)).terms} == {-9, 0}
    both = at.value([Term(0, Content.make(0, [bit | 1], 0)), small], (N,))
    assert sorted(bool(t.content.offset & bit) for t in both.terms) == [False, True]


@given(st.fractions(max_denominator=10**6), st.fractions(max_denominator=1000))
def test_grains_are_exact(power: Fraction, factor: Fraction) -> None:
    size = grains(power)
    assert exponent(size) == power
    assert exponent(scaled(size, factor)) == power * factor
    assert exponent(half(size)) == power / 2
    assert isinstance(size, int) is (GRAIN % power.denominator == 0)


# sparse terms ----------------------------------------------------------------------------------------


@given(terms(), st.permutations([N, M]))
def test_axes_may_be_contracted_one_by_one(term: Term, order: list[tuple[str, Fraction]]) -> None:
    at = rules()
    value = at.value([term], (N, M))
    first, second = order
    between = at.apply_rule("contract", ((first,), (second,)), [value])[0]
    assert contracted(at, between, (second,)) == contracted(at, value, order)


@given(terms())
def test_fewer_entries_sum_to_less(term: Term) -> None:
    assume(term.share < 0)
    at = rules()
    dense = at.value([Term(term.size, term.content)], (N, M))
    sparse = at.value([term], (N, M))
    for over in ((N,), (M,), (N, M)):
        one, all_of_them = contracted(at, sparse, over), contracted(at, dense, over)
        assert one is not None
        assert all_of_them is not None
        assert term.exponent <= one <= all_of_them
    assert sparse.root_mean_square == term.exponent + term.share / 2


@given(terms(), terms())
def test_products_have_at_most_the_entries_of_each_factor(one: Term, other: Term) -> None:
    at = rules()
    product = at.apply_rule("product", ((N, M),), [at.value([one], (N, M)), at.value([other], (N, M))])[0]
    (found,) = product.terms
    assert found.exponent == one.exponent + other.exponent
    assert found.share == min(one.share, other.share)


@pytest.mark.parametrize(("odd", "expected"), [(True, Fraction(1, 4)), (False, HALF)])
def test_a_sum_over_few_entries(odd: bool, expected: Fraction) -> None:
    """√n of n entries are not zero: n^{1/2} without cancellation, n^{1/4} with random signs; also by drawing them."""
    at = rules()
    content = Content.make(1) if odd else NOTHING
    value = at.value([Term.of(Fraction(0), content, -HALF)], (N,))
    assert at.apply_rule("contract", ((N,), ()), [value])[0].exponent == expected
    sizes = [10_000, 100_000, 1_000_000]
    medians = []
    for n in sizes:
        generator = np.random.default_rng(n)
        draws = generator.binomial(n, n**-0.5, 400)
        sums = [2 * generator.binomial(k, 0.5) - k if odd else k for k in draws]
        medians.append(np.median(np.abs(sums)))
    assert np.polyfit(np.log(sizes), np.log(medians), 1)[0] == pytest.approx(float(expected), abs=0.05)


@pytest.mark.parametrize("power", [Fraction(-1, 4), -HALF])
def test_units_that_cross_a_kink(power: Fraction) -> None:
    """A move of n^p crosses the kink of n^{1+p} units, which then change by n^p, and their slopes by 1."""
    calculus = Calculus([Fraction(1)])
    relu = facts("relu")
    base = calculus.source(Source("v", Fraction(0)), (N,))
    move = calculus.source(Source("u", power), (N,))
    for k, size in ((0, power), (1, Fraction(0))):
        found = calculus.remainder(relu, k, 2 if k == 0 else 1, base, move, (N,), base)
        (term,) = found.value.terms
        assert (term.exponent, term.share, term.bound) == (size, power, True)
        total = calculus.contract(found, (N,), ()).value.exponent
        assert total is not None
        assert total <= size + 1 + power
    sizes = [10_000, 100_000, 1_000_000]
    sums = []
    for n in sizes:
        generator = np.random.default_rng(n)
        found_sums = []
        for _ in range(20):
            b, m = generator.normal(size=n), n ** float(power) * generator.normal(size=n)
            found_sums.append(np.sum(np.maximum(b + m, 0) - np.maximum(b, 0) - (b > 0) * m))
        sums.append(np.median(np.abs(found_sums)))
    assert np.polyfit(np.log(sizes), np.log(sums), 1)[0] <= 1 + 2 * float(power) + 0.15
