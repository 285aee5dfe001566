"""Symmetric tensors: the supremum over one vector, as Banach's theorem has it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.asymptotics.strategies import orthogonal, seeds
from tp.asymptotics.norm import subordinate_norm
from tp.asymptotics.symmetric import is_symmetric, symmetric_norm
from tp.asymptotics.tensors import contract_fully

some = settings(max_examples=20, deadline=None)


def symmetrised(rank: int, size: int, seed: int) -> np.ndarray:
    tensor = np.random.default_rng(seed).standard_normal((size,) * rank)
    orders = list(permutations(range(rank)))
    return sum(tensor.transpose(order) for order in orders) / len(orders)


@some
@given(st.integers(0, 4), st.integers(1, 4), seeds)
def test_one_vector_attains_the_norm(rank: int, size: int, seed: int) -> None:
    tensor = symmetrised(rank, size, seed)
    found, general = symmetric_norm(tensor), subordinate_norm(tensor)
    assert found.lower <= found.upper
    assert found.lower == pytest.approx(general.lower, rel=1e-6)
    assert found.upper == pytest.approx(general.upper, rel=1e-9)
    assert abs(contract_fully(tensor, found.witness)) == pytest.approx(found.lower, rel=1e-9)
    for vector in found.witness[1:]:
        assert np.array_equal(np.abs(vector), np.abs(found.witness[0]))


@some
@given(st.integers(3, 4), seeds)
def test_orthogonally_decomposable_symmetric_tensors_are_exact(rank: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    weights, basis = draw.standard_normal(3), orthogonal(4, draw)[:, :3]
    letters = "abcd"[:rank]
    spelling = ",".join(["k", *(f"{c}k" for c in letters)]) + "->" + letters
    found = symmetric_norm(np.einsum(spelling, weights, *([basis] * rank)))
    assert found.exact
    assert found.value == pytest.approx(float(np.abs(weights).max()))


def test_a_negative_definite_form_has_a_witness_with_a_sign() -> None:
    found = symmetric_norm(-np.eye(3))
    assert contract_fully(-np.eye(3), found.witness) == pytest.approx(1.0)
    assert np.array_equal(found.witness[0], -found.witness[1])


def test_symmetry_is_recognised() -> None:
    assert is_symmetric(3.0)
    assert is_symmetric([1.0, 2.0])
    assert is_symmetric(symmetrised(3, 3, 0))
    assert not is_symmetric(np.ones((2, 3)))
    assert not is_symmetric(np.arange(8.0).reshape(2, 2, 2))


def test_what_is_not_symmetric_is_refused() -> None:
    with pytest.raises(ValueError, match="not symmetric"):
        symmetric_norm(np.arange(8.0).reshape(2, 2, 2))
