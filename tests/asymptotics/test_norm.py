"""The subordinate norm: exact up to rank 2, and an interval from rank 3 on that is never wrong."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings

from tests.asymptotics.strategies import orthogonal, seeds, tensors, unit
from tp.asymptotics.ascent import ascend, random_starts
from tp.asymptotics.matricise import bipartitions, flattening_bound, nested_bound
from tp.asymptotics.norm import NormInterval, frobenius_norm, subordinate_norm
from tp.asymptotics.tensors import contract_fully

some = settings(max_examples=25, deadline=None)
SLACK = 1e-9


def close(a: float, b: float) -> bool:
    return abs(a - b) <= SLACK * max(abs(a), abs(b))


def test_small_ranks_are_exact() -> None:
    matrix = np.random.default_rng(0).standard_normal((4, 7))
    assert subordinate_norm(-3.0).value == 3.0
    assert subordinate_norm([3.0, -4.0]).value == pytest.approx(5.0)
    assert subordinate_norm(matrix).value == pytest.approx(np.linalg.norm(matrix, 2))


@some
@given(tensors())
def test_lower_is_below_upper_and_attained_by_its_witness(tensor: np.ndarray) -> None:
    found = subordinate_norm(tensor)
    assert 0 <= found.lower <= found.upper
    assert all(np.linalg.norm(v) == pytest.approx(1) for v in found.witness)
    assert close(abs(contract_fully(tensor, found.witness)), found.lower)
    if tensor.ndim:
        assert contract_fully(tensor, found.witness) >= 0


@some
@given(tensors((2, 3, 4)), seeds)
def test_no_unit_vectors_exceed_the_upper_bound(tensor: np.ndarray, seed: int) -> None:
    upper = subordinate_norm(tensor, restarts=1).upper
    ends = ascend(tensor, random_starts(tensor, 20, seed), 30)
    assert ends.values.max() <= upper * (1 + SLACK)


@some
@given(tensors((3, 4)), seeds)
def test_alternating_maximisation_is_monotone(tensor: np.ndarray, seed: int) -> None:
    climb = ascend(tensor, random_starts(tensor, 6, seed), 40)
    assert np.all(np.diff(climb.values, axis=0) >= 0)
    for k in range(6):
        reached = abs(contract_fully(tensor, [v[k] for v in climb.vectors]))
        assert reached == pytest.approx(climb.values[-1, k], rel=1e-9, abs=1e-12 * frobenius_norm(tensor))


@some
@given(seeds)
def test_rank_one_tensors_are_exact(seed: int) -> None:
    draw = np.random.default_rng(seed)
    vectors = [draw.standard_normal(size) for size in draw.integers(1, 5, size=draw.integers(3, 6))]
    tensor = np.array(1.0)
    for vector in vectors:
        tensor = np.multiply.outer(tensor, vector)
    found = subordinate_norm(tensor)
    assert found.exact
    assert close(found.value, float(prod(np.linalg.norm(v) for v in vectors)))


@some
@given(seeds)
def test_orthogonally_decomposable_tensors_are_exact(seed: int) -> None:
    """sum_k w_k a_k x b_k x c_k with orthonormal a, b and c has the norm max |w_k|, also where two are equal."""
    draw = np.random.default_rng(seed)
    terms = int(draw.integers(1, 5))
    weights = draw.standard_normal(terms)
    if draw.random() < 0.3:
        weights[:] = np.abs(weights[0]) * draw.choice([-1.0, 1.0], terms)
    a, b, c = (orthogonal(size, draw)[:, :terms] for size in (4, 5, 6))
    found = subordinate_norm(np.einsum("k,ak,bk,ck->abc", weights, a, b, c))
    assert found.exact
    assert close(found.value, float(np.abs(weights).max()))


@some
@given(tensors((1, 2, 3, 4)), seeds)
def test_invariance_under_orthogonal_changes_in_a_slot(tensor: np.ndarray, seed: int) -> None:
    draw = np.random.default_rng(seed)
    slot = int(draw.integers(tensor.ndim))
    turn = orthogonal(tensor.shape[slot], draw)
    turned = np.moveaxis(np.tensordot(turn, tensor, axes=(1, slot)), 0, slot)
    one, two = subordinate_norm(tensor, nested=False), subordinate_norm(turned, nested=False)
    assert one.upper == pytest.approx(two.upper, rel=1e-9)
    assert one.lower <= two.upper * (1 + SLACK)
    assert two.lower <= one.upper * (1 + SLACK)
    moved = [*one.witness[:slot], turn @ one.witness[slot], *one.witness[slot + 1 :]]
    assert contract_fully(turned, moved) == pytest.approx(one.lower, rel=1e-9)


@some
@given(tensors((2, 3, 4)), seeds)
def test_invariance_under_permutations_of_the_slots(tensor: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(tensor.ndim)
    one, two = subordinate_norm(tensor), subordinate_norm(tensor.transpose(order))
    assert close(one.upper, two.upper)
    assert one.lower <= two.upper * (1 + SLACK)


def test_bipartitions_are_all_there() -> None:
    for rank in range(2, 7):
        found = list(bipartitions(rank))
        assert len(found) == len(set(found)) == 2 ** (rank - 1) - 1
        assert all(0 in rows and columns for rows, columns in found)


@some
@given(tensors((3, 4)))
def test_upper_bounds_are_ordered(tensor: np.ndarray) -> None:
    """Nested is at most the best bipartition, which is at most Frobenius."""
    assert nested_bound(tensor) <= flattening_bound(tensor) * (1 + SLACK)
    assert flattening_bound(tensor) <= frobenius_norm(tensor) * (1 + SLACK)


def test_the_nested_bound_can_be_strictly_better() -> None:
    tensor = np.random.default_rng(2).standard_normal((5, 5, 5, 5))
    assert nested_bound(tensor) < 0.98 * flattening_bound(tensor)
    assert subordinate_norm(tensor, restarts=0).upper == pytest.approx(nested_bound(tensor))
    assert subordinate_norm(tensor, restarts=0, nested=False).upper == pytest.approx(flattening_bound(tensor))


def test_the_antisymmetric_tensor() -> None:
    """The volume form of three dimensions has the norm 1, and sqrt(2) in every matricisation."""
    tensor = np.zeros((3, 3, 3))
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        tensor[a, b, c], tensor[a, c, b] = 1.0, -1.0
    found = subordinate_norm(tensor)
    assert (found.lower, found.upper) == (pytest.approx(1.0), pytest.approx(np.sqrt(2)))


def test_ascent_finds_the_norm_of_a_hard_tensor() -> None:
    """e1e1e2 + e1e2e1 + e2e1e1 has the norm 2/sqrt(3), at x = (sqrt(2), 1)/sqrt(3) in all slots."""
    tensor = np.zeros((2, 2, 2))
    tensor[0, 0, 1] = tensor[0, 1, 0] = tensor[1, 0, 0] = 1.0
    found = subordinate_norm(tensor)
    assert found.lower == pytest.approx(2 / np.sqrt(3))
    assert not found.exact
    with pytest.raises(ValueError, match=r"only known to lie in \["):
        _ = found.value


@pytest.mark.parametrize("factor", [1e-200, 1e200, 5e-324])
def test_no_overflow_and_no_underflow(factor: float) -> None:
    tensor = np.ones((2, 2, 2)) * factor
    assert subordinate_norm(tensor).value == pytest.approx(np.sqrt(8) * factor, rel=1e-9, abs=5e-324)
    assert frobenius_norm(tensor) == pytest.approx(np.sqrt(8) * factor, rel=1e-9, abs=5e-324)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 2)])
def test_the_zero_tensor(shape: tuple[int, ...]) -> None:
    found = subordinate_norm(np.zeros(shape))
    assert (found.lower, found.upper, found.exact) == (0.0, 0.0, True)
    assert [v.shape for v in found.witness] == [(size,) for size in shape]
    assert all(np.linalg.norm(v) == pytest.approx(1) for v in found.witness)


def test_one_seed_one_answer() -> None:
    tensor = np.random.default_rng(3).standard_normal((4, 4, 4))
    one, two = subordinate_norm(tensor, seed=5), subordinate_norm(tensor, seed=5)
    assert (one.lower, one.upper) == (two.lower, two.upper)


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (np.nan, "finite"),
        ([1.0, np.inf], r"finite entries.*\(1,\)"),
        (np.full((2, 2, 2), np.nan), r"finite entries.*\(0, 0, 0\)"),
        (np.empty((2, 0, 3)), r"size 1 or more, not the shape \(2, 0, 3\)"),
        ([], "size 1 or more"),
        ([1j], "real entries"),
        (["x"], "real entries"),
    ],
)
def test_what_is_no_real_tensor_is_refused(tensor: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        subordinate_norm(tensor)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=message):
        frobenius_norm(tensor)  # type: ignore[arg-type]


def test_other_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        subordinate_norm(np.ones((2, 2, 2)), restarts=-1)
    with pytest.raises(ValueError, match="one vector for each axis"):
        contract_fully(np.ones((2, 3)), [unit(2, np.random.default_rng(0))])
    assert isinstance(subordinate_norm(np.ones((2, 2, 2)), restarts=0), NormInterval)
