"""Bounds of sums, products and contractions follow from those of the parts, and samples agree."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.asymptotics.laws import EVEN, ONE_OR_N, cauchy, normal
from tp.asymptotics import (
    ONE,
    Bounded,
    Growth,
    N,
    Plan,
    Scale,
    Verdict,
    batched,
    has_definite_bound,
    is_bounded_by,
    joint,
)

ROOT = Scale(Fraction(1, 2))
YES = Verdict.CONFIRMED
SMALL = Plan((8, 16, 32, 64), 400)
VECTOR = Bounded(batched(lambda n, count, draw: draw.standard_normal((count, n)), "v"), ROOT, ROOT)
MATRIX = Bounded(batched(lambda n, count, draw: draw.standard_normal((count, n, n)) / n**0.5, "W"), ONE, ONE)
IDENTITY = Bounded(batched(lambda n, count, draw: np.broadcast_to(np.eye(n), (count, n, n)), "I"), ONE, ONE)
SHRINKING = Bounded(normal(-1), Scale(-1), Scale(-1))
GROWING = Bounded(cauchy(0.5), ROOT, ROOT)


def confirmed(bounded: Bounded, plan: Plan) -> bool:
    return all(found.verdict is YES for found in bounded.test(plan))


def test_sums() -> None:
    total = SHRINKING + GROWING
    assert total.upper == total.lower == ROOT
    assert confirmed(total, EVEN)
    assert (GROWING - GROWING).lower is None
    assert (GROWING - GROWING).upper == ROOT


def test_sums_of_one_order_have_no_lower_bound() -> None:
    """X - X is zero: two terms of one order may cancel."""
    found = (GROWING - GROWING).test(EVEN)
    assert [f.verdict for f in found] == [YES]


def test_products() -> None:
    product = SHRINKING * GROWING
    assert product.upper == product.lower == Scale(Fraction(-1, 2))
    assert confirmed(product, EVEN)


def test_products_with_itself() -> None:
    """Bounds hold for any joint law."""
    assert confirmed(SHRINKING * SHRINKING, Plan(EVEN.widths, 4000))


def test_a_bound_of_a_product_need_not_be_definite() -> None:
    """1 or n, times n or 1: the product is n, the product of the definite bounds n^2."""

    def both(n: int, count: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        first = np.where(draw.random(count) < 0.5, 1.0, n)
        return first, n / first

    one, two = (Bounded(s, N, ONE) for s in joint(both, 2))
    product = one * two
    assert product.upper == Scale(2)
    assert confirmed(product, EVEN)
    assert has_definite_bound(product.series, Scale(2), EVEN).verdict is Verdict.REFUTED
    assert has_definite_bound(product.series, N, EVEN).verdict is YES


def test_outer_products() -> None:
    outer = VECTOR.outer(VECTOR)
    assert outer.upper == outer.lower == N
    assert confirmed(outer, SMALL)


def test_contractions_along_one_slot() -> None:
    """A random matrix of norm O(1) with a vector of norm O(n^(1/2)); nothing is said from below."""
    image = MATRIX.contract(VECTOR)
    assert image.upper == ROOT
    assert image.lower is None
    assert confirmed(image, SMALL)
    assert confirmed(VECTOR.contract(VECTOR), SMALL)


def test_contractions_along_two_slots_need_their_size() -> None:
    """The identity with itself: without the size the bound O(1) is refuted, with it O(n) is right."""
    assert (IDENTITY.contract(IDENTITY, 2).test(SMALL))[0].verdict is Verdict.REFUTED
    right = IDENTITY.contract(IDENTITY, 2, summed=N)
    assert right.upper == N
    assert confirmed(right, SMALL)
    with pytest.raises(ValueError, match="use outer"):
        IDENTITY.contract(IDENTITY, 0)


def test_bounds_given_by_functions() -> None:
    odd = Growth(lambda n: n if n % 2 else 1, "n or 1")
    series = batched(lambda n, count, draw: odd(n) * draw.standard_normal(count))
    one = Bounded(series, odd, odd)
    product = one * SHRINKING
    assert product.upper(9) == pytest.approx(1.0)  # type: ignore[operator]
    assert confirmed(product, Plan(count=2000))
    assert (one + SHRINKING).lower is None


def test_a_wrong_bound_is_refuted() -> None:
    wrong = Bounded(ONE_OR_N, ONE, ONE)
    assert (wrong * SHRINKING).test(EVEN)[0].verdict is Verdict.REFUTED
    assert is_bounded_by(ONE_OR_N * SHRINKING.series, ONE, EVEN).verdict is YES
