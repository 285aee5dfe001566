"""Lemma A.1 (as section 2.1 lists it), equation A.2, and what else the norm of eq. 1 satisfies; one test a property.

From rank 3 on only bounds are known, so an inequality is tested where it could fail: a certain lower bound of its
left side against an upper bound of its right side; a few are sharper because an upper bound obeys them by itself.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.asymptotics.strategies import pairs, seeds, tensors
from tp.asymptotics.norm import frobenius_norm, subordinate_norm

some = settings(max_examples=25, deadline=None)
SLACK = 1 + 1e-9


def outer(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.multiply.outer(first, second)


@some
@given(tensors())
def test_positive_definiteness(tensor: np.ndarray) -> None:
    found = subordinate_norm(tensor)
    assert (found.lower > 0) == bool(np.any(tensor != 0))
    assert (found.upper > 0) == bool(np.any(tensor != 0))


@some
@given(tensors(), st.floats(-100, 100, allow_nan=False, allow_subnormal=False))
def test_absolute_homogeneity(tensor: np.ndarray, factor: float) -> None:
    one, two = subordinate_norm(tensor), subordinate_norm(factor * tensor)
    assert two.lower == pytest.approx(abs(factor) * one.lower, rel=1e-6, abs=1e-300)
    assert two.upper == pytest.approx(abs(factor) * one.upper, rel=1e-6, abs=1e-300)


@some
@given(pairs())
def test_triangle_inequality(both: tuple[np.ndarray, np.ndarray]) -> None:
    """Lemma A.1, [i]."""
    first, second = both
    assert subordinate_norm(first + second).lower <= SLACK * (
        subordinate_norm(first).upper + subordinate_norm(second).upper
    )


@some
@given(pairs((0, 1, 2)))
def test_reverse_triangle_inequality(both: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = both
    one, two = subordinate_norm(first).value, subordinate_norm(second).value
    assert abs(one - two) <= subordinate_norm(first - second).value + 1e-9 * (one + two)


@some
@given(tensors((1, 2, 3, 4)), seeds)
def test_contraction_with_vectors_in_every_slot(tensor: np.ndarray, seed: int) -> None:
    """Lemma A.1, [ii], q = r: |M·(v^1 x ... x v^r)| <= ||M|| |v^1| ... |v^r|."""
    draw = np.random.default_rng(seed)
    left, bound = tensor, subordinate_norm(tensor).upper
    for size in reversed(tensor.shape):
        vector = draw.standard_normal(size)
        left, bound = left @ vector, bound * np.linalg.norm(vector)
    assert abs(left) <= SLACK * bound


@some
@given(tensors((2, 3, 4)), seeds)
def test_contraction_with_vectors_in_some_slots(tensor: np.ndarray, seed: int) -> None:
    """Lemma A.1, [ii], q < r: what is left is a tensor, and its norm obeys the same bound."""
    draw = np.random.default_rng(seed)
    slots = sorted(draw.choice(tensor.ndim, size=int(draw.integers(1, tensor.ndim)), replace=False), reverse=True)
    left, bound = tensor, subordinate_norm(tensor).upper
    for slot in slots:
        vector = draw.standard_normal(tensor.shape[slot])
        left, bound = np.tensordot(left, vector, axes=(slot, 0)), bound * np.linalg.norm(vector)
    assert subordinate_norm(left).lower <= SLACK * bound


@some
@given(tensors((3,)))
def test_the_supremum_is_attained_slot_by_slot(tensor: np.ndarray) -> None:
    """||M|| = sup over v of ||M·v||: the matrix left by the witness of one slot has the norm found for the whole."""
    found = subordinate_norm(tensor)
    left = np.tensordot(tensor, found.witness[2], axes=(2, 0))
    assert subordinate_norm(left).value == pytest.approx(found.lower, rel=1e-6, abs=1e-12)


@some
@given(tensors((0, 1, 2)), tensors((0, 1, 2)))
def test_outer_product(first: np.ndarray, second: np.ndarray) -> None:
    """Lemma A.1, [iii]: ||M1 x M2|| = ||M1|| ||M2||, here for all ranks whose norms are known exactly."""
    found = subordinate_norm(outer(first, second))
    assert found.exact
    assert found.value == pytest.approx(subordinate_norm(first).value * subordinate_norm(second).value, rel=1e-9)


@some
@given(tensors((3,)), tensors((1,)))
def test_outer_product_of_higher_rank(first: np.ndarray, second: np.ndarray) -> None:
    """Lemma A.1, [iii], where only bounds are known: the intervals overlap, and the witness of one side serves both."""
    one, two = subordinate_norm(first), subordinate_norm(second).value
    found = subordinate_norm(outer(first, second), restarts=2, nested=False)
    assert one.lower * two <= SLACK * found.upper
    assert found.lower <= SLACK * one.upper * two


@some
@given(tensors((1, 2)), seeds)
def test_contraction_along_one_axis(first: np.ndarray, seed: int) -> None:
    """||M1·M2|| <= ||M1|| ||M2|| for a contraction along one shared axis, any ranks."""
    draw = np.random.default_rng(seed)
    shape = tuple(int(s) for s in draw.integers(1, 4, size=int(draw.integers(0, 3))))
    second = draw.standard_normal((first.shape[-1], *shape))
    product = np.tensordot(first, second, axes=(-1, 0))
    bound = subordinate_norm(first).value * subordinate_norm(second).upper
    assert subordinate_norm(product, restarts=2).lower <= SLACK * bound


def test_contraction_along_two_axes_is_not_submultiplicative() -> None:
    """The identity contracted with itself along both axes is n, while its norm is 1: [ii] needs vectors."""
    identity = np.eye(5)
    assert np.tensordot(identity, identity, axes=2) == 5
    assert subordinate_norm(identity).value == pytest.approx(1.0)


@some
@given(seeds)
def test_contraction_along_several_axes(seed: int) -> None:
    """||M1·M2|| <= N_2 ... N_k ||M1|| ||M2|| along k shared axes: all but one of them are summed over."""
    draw = np.random.default_rng(seed)
    sizes = tuple(int(s) for s in draw.integers(1, 5, size=2))
    first, second = draw.standard_normal((3, *sizes)), draw.standard_normal((*sizes, 2))
    product = np.tensordot(first, second, axes=2)
    bound = min(sizes) * subordinate_norm(first).upper * subordinate_norm(second).upper
    assert subordinate_norm(product).lower <= SLACK * bound


@some
@given(tensors())
def test_frobenius_comparison(tensor: np.ndarray) -> None:
    """Equation A.2: ||M|| <= ||M||_F, and ||M||_F <= ||M|| times the root of all axes but the longest."""
    found, whole = subordinate_norm(tensor), frobenius_norm(tensor)
    assert found.upper <= SLACK * whole
    longest = max(tensor.shape, default=1)
    assert whole <= SLACK * found.upper * np.sqrt(tensor.size / longest)


@some
@given(tensors((0, 1)))
def test_frobenius_equality_for_vectors(tensor: np.ndarray) -> None:
    """Equation A.2, "with equality for vectors"."""
    assert subordinate_norm(tensor).value == pytest.approx(frobenius_norm(tensor), rel=1e-12)


@some
@given(tensors((1, 2, 3)), seeds)
def test_parts_are_no_larger(tensor: np.ndarray, seed: int) -> None:
    """Leaving out entries along an axis, or fixing an index, does not raise the norm."""
    draw = np.random.default_rng(seed)
    slot = int(draw.integers(tensor.ndim))
    upper = subordinate_norm(tensor).upper
    kept = np.flatnonzero(draw.random(tensor.shape[slot]) < 0.6)
    assume(kept.size)
    assert subordinate_norm(np.take(tensor, kept, axis=slot)).lower <= SLACK * upper
    assert subordinate_norm(np.take(tensor, int(kept[0]), axis=slot)).lower <= SLACK * upper


@some
@given(tensors((1, 2, 3)))
def test_entries_are_no_larger(tensor: np.ndarray) -> None:
    assert np.abs(tensor).max() <= SLACK * subordinate_norm(tensor).upper
