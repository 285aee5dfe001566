"""Structured weights: the matrix that is built, the products without it, and the law that both have."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from tests.marks import slow
from tp.graph.axes import ONE, Scale
from tp.laws import LAWS, STRUCTURES
from tp.laws.base import Form
from tp.matrix_free import sparse
from tp.matrix_free.hadamard import transformed
from tp.matrix_free.kind import MatrixFree
from tp.matrix_free.source import Shape, Source
from tp.matrix_free.sparse import most
from tp.matrix_free.streams import Seed, source
from tp.ndarray import NDArray

Array = NDArray[np.float64]
FAST = ("sparse", "low_rank", "banded", "block_diagonal", "circulant", "hadamard")
SIZES = {"sparse": (0.3, 1.0), "low_rank": (1, 3), "banded": (1, 4, 5, 100), "block_diagonal": (1, 3, 4, 100)}
CASES = [(name, size) for name in FAST for size in SIZES.get(name, (0,))]
SHAPES = ((13, 13), (16, 16), (9, 24), (24, 9), (7, 20), (20, 7), (1, 5), (5, 1))
ALPHA = 1e-4
"""Every test of a law fails with at most this probability for one seed; the seeds are fixed."""


def entries(own: Source, shape: Shape) -> Any:
    return LAWS["normal"].draw(own, shape, ())


def built(form: Form, key: Any, rows: int, columns: int, size: float, dtype: Any, law: Any = entries) -> Array:
    if isinstance(key, tuple):
        return np.stack([built(form, one, rows, columns, size, dtype, law) for one in key])
    if isinstance(key, Seed):
        return np.asarray(form.draw(key, rows, columns, size, law, dtype), np.float64)

    @jax.jit
    def drawn(key: Any) -> Any:
        return form.draw(source(key), rows, columns, size, law, dtype)

    return np.asarray(drawn(key), np.float64)


def begun(form: Form, key: Any, rows: int, columns: int, size: float, dtype: Any) -> MatrixFree:
    assert form.kind is not None
    return form.kind().begin(rows, columns, size, entries, key, dtype)


def close(found: Any, expected: Array, dtype: Any) -> None:
    scale = np.abs(expected).max() + 1e-30
    np.testing.assert_allclose(np.asarray(found, np.float64), expected, atol=200 * np.finfo(dtype).eps * scale)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("name", "size"), CASES)
def test_products_are_those_of_the_matrix(name: str, size: float, shape: tuple[int, int]) -> None:
    """W x and W' u, several at once and in blocks, in both precisions, for one draw and for several side by side."""
    form, (rows, columns) = STRUCTURES[name], shape
    random = np.random.default_rng(0)
    for key in (Seed((1,)), (Seed((1,)), Seed((2,)), Seed((5,)))):
        for dtype in (np.float32, np.float64):
            matrix = built(form, key, rows, columns, size, dtype)
            free = begun(form, key, rows, columns, size, dtype)
            before = (len(key),) if isinstance(key, tuple) else ()
            for transposed, ins, fitting in ((False, columns, matrix.swapaxes(-1, -2)), (True, rows, matrix)):
                x = random.normal(size=(*before, 5, ins)).astype(dtype)
                for block in (64, 2):
                    found, same = free.with_room(3, 3).answer(x, transposed, block=block)
                    assert found.dtype == dtype
                    assert type(same) is type(free)
                    close(found, np.asarray(x, np.float64) @ fitting, dtype)
                if before:  # one vector for all draws
                    close(free.answer(x[:1], transposed)[0], np.asarray(x[:1], np.float64) @ fitting, dtype)


SHOWN = [(name, SIZES.get(name, (0,))[0 if name == "sparse" else -1]) for name in FAST]
"""One size of each. A band of 100 fills all columns, and there are at most as many blocks as rows."""


@pytest.mark.parametrize(("name", "size", "shape"), [
    *((*case, (7, 20)) for case in SHOWN),
    *slow((*case, shape) for case in (*SHOWN, ("banded", 4), ("block_diagonal", 3)) for shape in ((13, 13), (20, 7))),
])  # fmt: skip
def test_products_of_jax_are_those_of_the_matrix(name: str, size: float, shape: tuple[int, int]) -> None:
    form, (rows, columns), key = STRUCTURES[name], shape, jax.random.key(3)
    matrix = built(form, key, rows, columns, size, jnp.float32)

    @jax.jit
    def both(key: Any, x: Any, u: Any) -> Any:
        free = begun(form, key, rows, columns, size, jnp.float32)
        forward, free = free.answer(x, False)
        return forward, free.answer(u, True)[0]

    random = np.random.default_rng(0)
    x, u = (random.normal(size=(3, k)).astype(np.float32) for k in (columns, rows))
    forward, backward = both(key, x, u)
    close(forward, x.astype(float) @ matrix.T, np.float32)
    close(backward, u.astype(float) @ matrix, np.float32)


def test_a_wide_factored_matrix_has_the_law_of_its_array(monkeypatch: pytest.MonkeyPatch) -> None:
    """Normal factors that are matrix-free: W x, W' W x and W x again have the joint law of those of the array."""
    from tp.matrix_free import low_rank

    monkeypatch.setattr(low_rank, "LARGE", 2)
    form, rows, columns, rank, draws = STRUCTURES["low_rank"], 6, 9, 3, 4000
    x = np.random.default_rng(0).normal(size=(1, 2, columns)) / 3
    keys = tuple(Seed((8, k)) for k in range(draws))
    assert form.normal_kind is not None
    free = form.normal_kind().begin(rows, columns, rank, entries, keys, np.float64)
    assert free.learns
    x = np.broadcast_to(x, (draws, 2, columns))
    there, free = free.with_room(4, 2).answer(x, False)
    back, free = free.answer(there, True)
    again, _ = free.answer(x[:, ::-1] + 2 * x, False)
    np.testing.assert_allclose(again, there[:, ::-1] + 2 * there, atol=1e-9)
    # <u, W x> = <W' u, x>
    np.testing.assert_allclose(back @ x.swapaxes(1, 2), there @ there.swapaxes(1, 2), atol=1e-9)
    matrix = built(form, tuple(Seed((9, k)) for k in range(draws)), rows, columns, rank, np.float64)
    expected = x @ matrix.swapaxes(-1, -2)
    other = expected @ matrix
    for one, two in zip(summaries(there, back), summaries(expected, other), strict=True):
        result: Any = stats.ks_2samp(one, two)
        assert result.pvalue > ALPHA


def summaries(y: Array, z: Array) -> list[Array]:
    """Numbers of W x and W' W x that depend on the joint law."""
    sizes = np.square(y).sum((1, 2)), np.square(z).sum((1, 2))
    return [y[:, 0, 0], z[:, 1, 2], (y[:, 0] * y[:, 1]).sum(-1), *sizes, sizes[1] / sizes[0]]


def mask(form: Form, rows: int, columns: int, size: float) -> NDArray[np.bool_]:
    return built(form, Seed((4,)), rows, columns, size, np.float64) != 0


def test_a_band_has_its_entries_next_to_the_diagonal() -> None:
    expected = np.array([[1, 1, 0, 0, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [1, 0, 0, 1, 1]], bool)
    np.testing.assert_array_equal(mask(STRUCTURES["banded"], 5, 5, 3), expected)
    for rows, columns in ((6, 12), (12, 6), (7, 20), (20, 7)):
        found = mask(STRUCTURES["banded"], rows, columns, 3)
        assert (found.sum(1) == 3).all()
        away = np.abs(np.arange(rows)[:, None] / rows - np.arange(columns) / columns)
        assert (np.minimum(away, 1 - away)[found] <= 2 / columns + 1e-9).all()


def test_blocks_cover_the_diagonal() -> None:
    found = mask(STRUCTURES["block_diagonal"], 6, 4, 2)
    np.testing.assert_array_equal(found, np.kron(np.eye(2), np.ones((3, 2))).astype(bool))
    uneven = mask(STRUCTURES["block_diagonal"], 7, 5, 3)
    assert (uneven.sum(0) >= 2).all()
    assert (uneven.sum(1) >= 1).all()
    assert sorted(uneven.sum(1)) == [1, 1, 2, 2, 2, 2, 2]


def test_a_circulant_matrix_depends_on_differences() -> None:
    for rows, columns in ((6, 6), (4, 9), (9, 4)):
        found = built(STRUCTURES["circulant"], Seed((2,)), rows, columns, 0, np.float64)
        np.testing.assert_array_equal(found[1:, 1:], found[:-1, :-1])
        assert len(np.unique(found)) == min(max(rows, columns), rows + columns - 1)
    square = built(STRUCTURES["circulant"], Seed((2,)), 6, 6, 0, np.float64)
    np.testing.assert_array_equal(square[1:, 0], square[:-1, -1])


def test_a_low_rank_matrix_has_its_rank() -> None:
    found = built(STRUCTURES["low_rank"], Seed((2,)), 20, 30, 4, np.float64)
    assert np.linalg.matrix_rank(found, tol=1e-4) == 4


@pytest.mark.parametrize("shape", [(12, 12), (5, 12), (12, 5)])
@pytest.mark.parametrize("key", [Seed((3,)), jax.random.key(1)])
def test_an_orthogonal_matrix_is_orthogonal(key: Any, shape: tuple[int, int]) -> None:
    found = built(STRUCTURES["orthogonal"], key, *shape, 0, np.float32)
    gram = found.T @ found if shape[0] >= shape[1] else found @ found.T
    tolerance = 1e-12 if isinstance(key, Seed) else 1e-5
    np.testing.assert_allclose(gram, np.eye(min(shape)), atol=tolerance)


def test_hadamard_matrices_are_orthogonal_where_the_size_is_a_power_of_two() -> None:
    found = built(STRUCTURES["hadamard"], Seed((3,)), 16, 16, 0, np.float64)
    np.testing.assert_array_equal(found @ found.T, 16 * np.eye(16))
    assert (np.abs(built(STRUCTURES["hadamard"], Seed((3,)), 11, 5, 0, np.float64)) == 1).all()


def test_the_fast_transform_is_that_of_walsh_and_hadamard() -> None:
    from scipy.linalg import hadamard

    for size in (1, 2, 32, 64, 2048):
        x = np.random.default_rng(size).normal(size=(3, size))
        np.testing.assert_allclose(transformed(x), x @ hadamard(size), atol=1e-9)


@pytest.mark.parametrize("key", [Seed((3,)), jax.random.key(1)])
def test_entries_of_a_sparse_matrix_are_there_independently(key: Any) -> None:
    """The number of entries in all, in rows and in columns is binomial, and their values have the law inside."""
    rows, columns, share = 300, 200, 0.02
    found = built(STRUCTURES["sparse"], key, rows, columns, share, np.float32)
    there = found != 0
    assert stats.binomtest(int(there.sum()), rows * columns, share).pvalue > ALPHA
    for axis, trials in ((0, rows), (1, columns)):
        counts = there.sum(axis)
        spread = counts.var(ddof=1) * (len(counts) - 1) / (trials * share * (1 - share))
        assert ALPHA / 2 < stats.chi2.cdf(spread, len(counts) - 1) < 1 - ALPHA / 2
    assert stats.kstest(found[there], "norm").pvalue > ALPHA
    # Neighbours along a row are independent.
    together = int((there[:, 1:] & there[:, :-1]).sum())
    assert stats.binomtest(together, rows * (columns - 1), share**2).pvalue > ALPHA


@pytest.mark.parametrize("corner", [(0, 0), (0, -1), (-1, 0), (-1, -1)])
def test_corners_of_a_sparse_matrix_are_as_likely_as_others(corner: tuple[int, int]) -> None:
    """The first and the last entry are met as often as all others, also for one draw after the other."""
    draws = 2000
    for share in (0.1, 0.9):
        made = (built(STRUCTURES["sparse"], Seed((k,)), 3, 4, share, np.float64) for k in range(draws))
        assert stats.binomtest(sum(int(m[corner] != 0) for m in made), draws, share).pvalue > ALPHA


@pytest.mark.parametrize("key", [Seed((3,)), *slow([jax.random.key(1)])])
def test_few_entries_of_a_large_matrix(key: Any) -> None:
    """As many as the law says where gaps between entries, or their number, are larger than integers of 32 bits hold."""
    side, draws = 10**6, 40
    for share, mean in ((1e-12, 1.0), (3e-11, 30.0), (1e-18, 1e-6)):

        def entry(key: Any, share: float = share) -> Any:
            _, columns, values = sparse.compressed(source(key), side, side, share, entries)
            there = values != 0
            return there.sum(), (columns / side * there).sum()

        if isinstance(key, Seed):
            found = [entry(Seed((3, k))) for k in range(draws)]
            count, right = sum(int(f[0]) for f in found), sum(float(f[1]) for f in found)
        else:
            made = jax.jit(jax.vmap(entry))(jax.random.split(key, draws))
            count, right = int(made[0].sum()), float(made[1].sum())
        assert stats.poisson.cdf(count, draws * mean) > ALPHA / 2
        assert stats.poisson.sf(count - 1, draws * mean) > ALPHA / 2
        # Columns are uniform.
        assert abs(right - count / 2) <= 4 * (count / 12) ** 0.5 + 1e-9


def few(rows: int, columns: int, share: float) -> int:
    return 5


def test_more_gaps_are_drawn_where_the_first_do_not_reach_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law is the same when only a few entries are drawn at once."""
    assert most(1000, 1000, 0.01) >= 10_000 + 12 * 99
    monkeypatch.setattr(sparse, "most", few)
    draws = [built(STRUCTURES["sparse"], Seed((k,)), 10, 10, 0.3, np.float64) != 0 for k in range(200)]
    assert stats.binomtest(int(np.sum(draws)), 200 * 100, 0.3).pvalue > ALPHA
    last = stats.binomtest(int(sum(d[-1, -1] for d in draws)), 200, 0.3).pvalue
    assert last > ALPHA


def test_a_sparse_matrix_of_jax_without_room_shows_no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparse, "most", few)
    assert np.isnan(built(STRUCTURES["sparse"], jax.random.key(0), 10, 10, 0.3, np.float32)).any()


LAWS_INSIDE = ("normal", "uniform", "exponential")
MOMENTS = [
    ("orthogonal", 0, ONE),
    ("sparse", 0.1, Scale(0.1)),
    ("low_rank", 8, Scale(8.0)),
    ("banded", 9, Scale(9.0)),
    ("block_diagonal", 4, Scale(4.0)),
    ("circulant", 0, ONE),
    ("hadamard", 0, ONE),
]


@pytest.mark.parametrize(("name", "size", "written", "key"), [
    *((*case, Seed((7,))) for case in MOMENTS),
    *slow((*case, jax.random.key(7)) for case in MOMENTS),
])  # fmt: skip
def test_moments(name: str, size: float, written: Scale, key: Any) -> None:
    """Mean 0, and the mean square that the structure states, for a matrix [120, 90] and for entries of other laws."""
    rows, columns, form = 120, 90, STRUCTURES[name]
    expected = form.mean_square(Scale(float(rows)), Scale(float(columns)), written)
    square = float(expected) if isinstance(expected, float | int) else expected.at(1)
    laws = (form.family,) if not form.of_entries else LAWS_INSIDE if isinstance(key, Seed) else LAWS_INSIDE[-1:]
    for law in laws:

        def inside(own: Source, shape: Shape, law: str = law) -> Any:
            return LAWS[law].draw(own, shape, ())

        def one(key: Any, inside: Any = inside) -> Any:
            return form.draw(source(key), rows, columns, size, inside, np.float32)

        if isinstance(key, Seed):
            found = np.stack([np.asarray(one(Seed((*key.path, k)))) for k in range(6)])
        else:
            found = np.asarray(jax.jit(jax.vmap(one))(jax.random.split(key, 6)))
        # Entries of one matrix depend on one another: only some count as independent.
        independent = 6 * max(rows, columns) if name == "circulant" else 6 * columns
        spread = square**0.5
        assert abs(found.mean()) < 5 * spread / independent**0.5
        assert np.square(found).mean() == pytest.approx(square, rel=0.25 if name == "circulant" else 0.1)
