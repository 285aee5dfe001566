"""Laws of the calculus that hold for all values, on random ones."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tp.activations.facts import facts
from tp.orders.facts import Source
from tp.orders.typical.recorder import Calculus, Derived

N, M = ("n", Fraction(1)), ("m", Fraction(3, 2))
WIDTHS = (N[1], M[1])
QUARTERS = st.integers(-8, 8).map(lambda k: Fraction(k, 4))
PLANS = st.tuples(st.lists(st.integers(0, 9), min_size=1, max_size=3), QUARTERS)
"""A value with one term, as the building blocks to multiply and a power of n."""


def blocks(calculus: Calculus) -> list[Derived]:
    """Values of exponent 0 with one term each, on the axes n, m, or both."""
    vector = calculus.source(Source("v", Fraction(0)), (N,))
    other = calculus.source(Source("u", Fraction(0)), (N,))
    skewed = calculus.source(Source("s", Fraction(0), symmetric=False), (N,))
    grid = calculus.source(Source("g", Fraction(0)), (N, M))
    matrix = Source("W", Fraction(0))
    back = calculus.apply(matrix, True, calculus.source(Source("w", Fraction(0)), (M,)), (N,), (M,), ())
    image = calculus.scaled(calculus.apply(matrix, False, vector, (M,), (N,), ()), Fraction(-1, 2), (M,))
    return [
        vector,
        other,
        skewed,
        grid,
        image,
        calculus.scaled(back, -M[1] / 2, (N,)),
        calculus.pointwise(facts("tanh"), 0, vector, (N,)),
        calculus.pointwise(facts("gelu"), 0, other, (N,)),
        calculus.pointwise(facts("cos"), 0, image, (M,)),
        calculus.pointwise(facts("gelu"), 0, skewed, (N,)),
    ]


def value(calculus: Calculus, plan: tuple[list[int], Fraction]) -> Derived:
    have = blocks(calculus)
    out = calculus.one
    for number in plan[0]:
        out = calculus.product(out, have[number], (N, M))
    return calculus.scaled(out, plan[1], (N, M))


@given(st.lists(PLANS, min_size=1, max_size=3), st.lists(PLANS, min_size=1, max_size=2), PLANS)
def test_dropping_dominated_terms_changes_no_contraction(
    left: list[tuple[list[int], Fraction]],
    right: list[tuple[list[int], Fraction]],
    last: tuple[list[int], Fraction],
) -> None:
    """The order of Σ_m (Σ_n x y) z is that of its largest part, whatever was dropped on the way."""
    calculus = Calculus(WIDTHS)

    def contracted(x: Derived, y: Derived, z: Derived) -> Fraction | None:
        inner = calculus.contract(calculus.product(x, y, (N, M)), (N,), (M,))
        return calculus.contract(calculus.product(inner, z, (M, N)), (N, M), ()).value.exponent

    lefts, rights, z = [value(calculus, p) for p in left], [value(calculus, p) for p in right], value(calculus, last)
    whole = contracted(calculus.sum(lefts, (N, M)), calculus.sum(rights, (N, M)), z)
    parts = [e for x in lefts for y in rights if (e := contracted(x, y, z)) is not None]
    assert whole == max(parts)


@given(st.lists(PLANS, min_size=1, max_size=3), PLANS, QUARTERS)
def test_powers_of_n_shift_exponents_exactly(
    plans: list[tuple[list[int], Fraction]], other: tuple[list[int], Fraction], power: Fraction
) -> None:
    calculus = Calculus(WIDTHS)
    x, y = calculus.sum([value(calculus, p) for p in plans], (N, M)), value(calculus, other)

    def orders(x: Derived) -> list[Fraction | None]:
        product = calculus.product(x, y, (N, M))
        applied = calculus.apply(Source("A", Fraction(0)), False, x, (("k", Fraction(1)),), (N,), (M,))
        return [v.value.exponent for v in (x, product, calculus.contract(product, (N, M), ()), applied)]

    before, after = orders(x), orders(calculus.scaled(x, power, (N, M)))
    assert [e + power for e in before if e is not None] == after


@given(st.lists(PLANS, min_size=2, max_size=3), PLANS)
def test_products_and_sums_do_not_depend_on_order(
    plans: list[tuple[list[int], Fraction]], other: tuple[list[int], Fraction]
) -> None:
    """In fresh calculi, so that nothing is remembered from the first time."""
    found: list[list[Fraction | None]] = []
    for order in (1, -1):
        calculus = Calculus(WIDTHS)
        x = calculus.sum([value(calculus, p) for p in plans[::order]], (N, M))
        y = value(calculus, other)
        product = calculus.product(*(x, y)[::order], (N, M))
        found.append([calculus.contract(product, over, ()).value.exponent for over in ((N,), (M,), (N, M), (M, N))])
    assert found[0] == found[1]
    assert found[0][2] == found[0][3]


@given(PLANS, st.sampled_from(["tanh", "gelu", "relu", "square", "sin"]))
@settings(max_examples=50)
def test_what_vanishes_stays_zero(plan: tuple[list[int], Fraction], function: str) -> None:
    calculus = Calculus(WIDTHS)
    x, zero = value(calculus, plan), calculus.zero
    assert calculus.product(x, zero, (N, M)) is zero
    assert calculus.product(zero, x, (N, M)) is zero
    assert calculus.sum([x, zero], (N, M)) is x
    assert calculus.sum([zero, zero], (N,)) is zero
    assert calculus.contract(zero, (N, M), ()) is zero
    assert calculus.apply(Source("A", Fraction(0)), False, zero, (N,), (N,), ()) is zero
    assert calculus.scaled(zero, plan[1], (N,)) is zero
    assert calculus.source(Source("c", Fraction(0), random=False), (N,)) is zero
    image = calculus.pointwise(facts(function), 0, zero, (N,))
    assert (image.value.exponent is None) == (not facts(function).slopes[0].at_zero)


@given(PLANS)
def test_a_contraction_adds_at_most_its_width_and_at_least_half(plan: tuple[list[int], Fraction]) -> None:
    calculus = Calculus(WIDTHS)
    x = value(calculus, plan)
    before, after = x.value.exponent, calculus.contract(x, (N,), (M,)).value.exponent
    assert before is not None
    assert after is not None
    assert Fraction(1, 2) <= after - before <= 1


@given(PLANS)
def test_squares_do_not_cancel(plan: tuple[list[int], Fraction]) -> None:
    calculus = Calculus(WIDTHS)
    x = value(calculus, plan)
    square = calculus.product(x, x, (N, M))
    degrees = [number for number in plan[0] if number in (2, 9)]
    if not degrees:
        assert x.value.exponent is not None
        assert calculus.contract(square, (N, M), ()).value.exponent == 2 * x.value.exponent + N[1] + M[1]
