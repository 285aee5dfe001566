"""Orthogonal matrices that are known by their products only: one matrix answers, it is orthogonal, its law is Haar's.

Statistical tests have fixed seeds and compare with Q of the QR decomposition of normal matrices, with R's diagonal
positive, which is uniform (Mezzadri, Notices AMS 54 (2007) 592). Each states with what probability it fails for a
correct implementation. The last test shows what they notice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.marks import exhaustive, slow
from tp.interpret.arrays.backend import precision
from tp.matrix_free import gaussian, haar
from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.haar import Orthogonal, unknown
from tp.matrix_free.orthonormal import resolution, split
from tp.matrix_free.streams import Seed

compiled = jax.jit(Orthogonal.answer, static_argnums=(2, 3, 4))
LIBRARIES = ["numpy", *slow(["jax"])]
SHAPES = [(6, 6), (4, 7), (7, 4), (1, 5), (5, 1)]
ROUNDING = {"float32": 2e-5, "float64": 1e-13}


def blank(rows: int, columns: int, number: int, dtype: str, library: str, room: int = 0) -> Orthogonal:
    """A matrix of which nothing is known; with ``room`` for so many questions on either side where JAX has it."""
    if library == "numpy":
        return unknown(rows, columns, Seed((number,)), np.dtype(dtype))
    matrix = unknown(rows, columns, jax.random.key(number), jnp.dtype(dtype))
    return matrix.with_room(room, room) if room else matrix


def ask(matrix: Orthogonal, x: np.ndarray, transposed: bool, block: int = 64) -> tuple[np.ndarray, Orthogonal]:
    answer = Orthogonal.answer if isinstance(matrix.key, Seed) else compiled
    made, matrix = answer(matrix, np.asarray(x, matrix.start.dtype), transposed, True, block)
    assert made.dtype == matrix.start.dtype
    return np.asarray(made, float), matrix


def revealed(matrix: Orthogonal, block: int = 64) -> np.ndarray:
    """W from its products with all unit vectors, which those of its transpose have to confirm."""
    (rows, columns) = (side.shape[-1] for side in matrix.sides)
    w, matrix = ask(matrix, np.eye(columns), False, block)
    again, _ = ask(matrix, np.eye(rows), True, block)
    np.testing.assert_allclose(again, w.T, atol=ROUNDING[str(matrix.start.dtype)])
    return w.T


def off(w: np.ndarray) -> float:
    """How far W'W or WW', of the smaller side, is from the identity."""
    gram = w.T @ w if w.shape[0] > w.shape[1] else w @ w.T
    return float(np.abs(gram - np.eye(len(gram))).max())


@pytest.mark.parametrize(
    ("library", "dtype", "rows", "columns"),
    [
        *(("numpy", dtype, *shape) for dtype in ("float32", "float64") for shape in SHAPES),
        *slow([("jax", "float32", 4, 7)]),
        *exhaustive(("jax", "float64", *shape) for shape in SHAPES),
    ],
)
def test_answers_are_of_one_orthogonal_matrix(library: str, dtype: str, rows: int, columns: int) -> None:
    """Questions on both sides, that depend on answers, with blocks cut in two ways and the matrix revealed after."""
    generator = np.random.default_rng(rows)
    with precision(dtype):
        for number, block in ((0, 64), (1, 2)):
            matrix = blank(rows, columns, number, dtype, library, 60)
            x, y = generator.standard_normal((2, columns)), generator.standard_normal((3, rows))
            a, matrix = ask(matrix, x, False, block)
            b, matrix = ask(matrix, np.concatenate([np.tanh(a), y]), True, block)
            c, matrix = ask(matrix, np.concatenate([b[:1] + x[:1], x[:1] - 3 * x[1:]]), False, block)
            w = revealed(matrix, block)
            assert off(w) < ROUNDING[dtype]
            np.testing.assert_allclose(a, x @ w.T, atol=10 * ROUNDING[dtype])
            np.testing.assert_allclose(b, np.concatenate([np.tanh(a), y]) @ w, atol=10 * ROUNDING[dtype])
            np.testing.assert_allclose(c, np.array([b[0] + x[0], x[0] - 3 * x[1]]) @ w.T, atol=10 * ROUNDING[dtype])


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lengths_and_returns(library: str, dtype: str) -> None:
    """|W x| = |x|, W'W x = x and (W x).y = x.(W'y) for a wide square matrix, to rounding."""
    n, generator = 3000, np.random.default_rng(0)
    with precision(dtype):
        matrix = blank(n, n, 5, dtype, library)
        x, y = generator.standard_normal((2, 4, n)) / n**0.5
        a, matrix = ask(matrix, x, False)
        b, matrix = ask(matrix, y, True)
        back, matrix = ask(matrix, a, True)
        again, _ = ask(matrix, b, False)
    tight = 10 * ROUNDING[dtype]
    np.testing.assert_allclose(a @ a.T, x @ x.T, atol=tight)
    np.testing.assert_allclose(a @ y.T, x @ b.T, atol=tight)
    np.testing.assert_allclose(back, x, atol=tight)
    np.testing.assert_allclose(again, y, atol=tight)


KINDS = ("new", "new", "zero", "earlier", "combination", "answer", "near")
VECTORS = 4


@given(
    st.sampled_from(SHAPES),
    st.lists(
        st.tuples(
            st.booleans(),
            st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 16)), min_size=VECTORS, max_size=VECTORS),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["float32", "float64"]),
    st.integers(0, 2**31),
)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_any_questions(
    shape: tuple[int, int], calls: list[tuple[bool, list[tuple[str, int]]]], dtype: str, seed: int
) -> None:
    """Dependent, zero and nearly dependent vectors on both sides: the matrix revealed in the end gave all answers."""
    generator = np.random.default_rng(seed)
    matrix = blank(*shape, seed, dtype, "numpy")
    asked: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    answered: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for transposed, vectors in calls:
        x: list[np.ndarray] = []
        for kind, exponent in vectors:
            before = [*asked[transposed], *x]
            new = generator.standard_normal(shape[0] if transposed else shape[1])
            if kind == "zero":
                new = np.zeros_like(new)
            elif kind == "answer" and answered[not transposed]:
                new = np.tanh(answered[not transposed][-1])
            elif kind in ("earlier", "combination", "near") and before:
                mixed = generator.standard_normal(len(before)) @ np.array(before)
                distance = 10.0**-exponent * float(np.linalg.norm(mixed))
                new = {"earlier": 1e3 * before[-1], "combination": mixed, "near": mixed + distance * new}[kind]
            length = np.linalg.norm(new)
            x.append(np.asarray(new / length if length > 0 else new, dtype).astype(float))
        made, matrix = ask(matrix, np.array(x), transposed)
        asked[transposed].extend(x)
        answered[transposed].extend(made)
    w = revealed(matrix)
    assert off(w) < ROUNDING[dtype]
    for x, a, product in ((asked[0], answered[0], w.T), (asked[1], answered[1], w)):
        if x:
            np.testing.assert_allclose(np.array(a), np.array(x) @ product, atol=3 * resolution(VECTORS, dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 2, 9, 40])
def test_nothing_is_drawn_once_all_is_known(size: int, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a space in one block, in single precision too, where late vectors are often too near the others."""
    for number in range(20):
        matrix = blank(size, size, number, dtype, "numpy")
        w, matrix = ask(matrix, np.eye(size), False)
        assert off(w) < ROUNDING[dtype]
        with monkeypatch.context() as patched:
            patched.setattr(haar, "normal", None)
            x = np.random.default_rng(number).standard_normal((3, size))
            again, _ = ask(matrix, x, True)
        np.testing.assert_allclose(again, x @ w.T, atol=10 * ROUNDING[dtype])


@pytest.mark.parametrize(("rows", "columns"), [(5, 5), *slow([(5, 8), (8, 5)])])
def test_in_a_loop(rows: int, columns: int) -> None:
    """Products within fori_loop, with room: more steps than there are dimensions.

    W is then the sum of the outer products of all pairs.
    """
    steps = 12

    def run(key: jax.Array) -> tuple[jax.Array, jax.Array, Orthogonal]:
        matrix = unknown(rows, columns, key, jnp.float64).with_room(steps, steps)

        def step(i: Any, state: tuple[Any, ...]) -> tuple[Any, ...]:
            x, seen, matrix = state
            y, matrix = matrix.answer(x[None], False)
            z, matrix = matrix.answer(jnp.tanh(y), True)
            seen = seen.at[i].set(jnp.concatenate([x, y[0], z[0]]))
            return z[0] + jnp.sin(x), seen, matrix

        start = jnp.arange(1.0, columns + 1), jnp.zeros((steps, 2 * columns + rows)), matrix
        return jax.lax.fori_loop(0, steps, step, start)

    with precision("float64"):
        _, seen, matrix = jax.jit(run)(jax.random.key(3))
        assert int(matrix.filled) == 2 * steps
        w = np.asarray(matrix.end.T @ matrix.start)[:rows, :columns]
        x, y, z = np.split(np.asarray(seen), [columns, columns + rows], axis=1)
    assert off(w) < 1e-12
    np.testing.assert_allclose(y, x @ w.T, atol=1e-10)
    np.testing.assert_allclose(z, np.tanh(y) @ w, atol=1e-10)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("size", "block"), [(200, 10), (200, 1), (130, 65)])
def test_many_pairs_stay_orthonormal(size: int, block: int, dtype: str) -> None:
    """Half of the space, each time asked about the answers before: pairs are orthonormal within a few roundings."""
    matrix = blank(size, size, 0, dtype, "numpy")
    x = np.random.default_rng(0).standard_normal((block, size))
    for number in range(size // (2 * block)):
        x, matrix = ask(matrix, np.tanh(3 * x) + np.roll(x, 1, axis=-1), bool(number % 3 == 2))
    known = size // (2 * block) * block
    for rows in (matrix.start, matrix.end):
        assert rows.shape == (known, size)
        np.testing.assert_allclose(rows @ rows.T, np.eye(known), atol=30 * float(np.finfo(dtype).eps))


def test_shared_coordinates() -> None:
    """Matrices with the same questions keep one basis, beside a Gaussian one too, and answer as they do alone."""
    x, y = np.random.default_rng(0).standard_normal((2, 3, 50))

    def several() -> list[Any]:
        made = [blank(50, 50, number, "float64", "numpy") for number in range(2)]
        return [*made, gaussian.unknown(50, 50, Seed((2,)), np.dtype("float64"))]

    alone, together = several(), several()
    for rows, transposed in ((x, False), (np.tanh(x), True), (y, False)):
        shared = Coordinates(3)
        one, other = (
            [w.answer(rows, transposed, shared=s) for w in ws] for ws, s in ((alone, None), (together, shared))
        )
        np.testing.assert_array_equal([made for made, _ in one], [made for made, _ in other])
        alone, together = ([w for _, w in found] for found in (one, other))
        if rows is x:
            assert together[0].start is together[1].start is together[2].forward.basis
            assert together[0].end is not together[1].end


def test_draws_side_by_side_have_the_bits_of_each_alone() -> None:
    """Where a frame takes all that is left, some draws need several tries, and others do not wait for them."""
    size, draws = 12, 40
    x = np.eye(size, dtype=np.float32)
    seeds = tuple(Seed((number,)) for number in range(draws))
    both, _ = unknown(size, size, seeds, np.float32).answer(np.broadcast_to(x, (draws, size, size)), False)
    one = unknown(size, size, seeds[:8], np.float32).answer(np.broadcast_to(x, (8, size, size)), False)[0]
    np.testing.assert_array_equal(both[:8], one)
    assert max(map(off, both.astype(float))) < ROUNDING["float32"]


Ask = Callable[[Any, bool], Any]


def conversation(ask: Ask, rows: int, columns: int) -> list[Any]:
    """Questions on both sides, most of which depend on answers [..., vectors, size]."""
    x = np.broadcast_to(np.random.default_rng(0).standard_normal((2, columns)) / columns**0.5, (1, 2, columns))
    a = ask(x, False)
    b = ask(np.tanh(3 * a), True)
    c = ask(np.concatenate([b[..., :1, :] * x[..., 1:, :], np.abs(b[..., 1:, :])], -2), False)
    d = ask(np.concatenate([a[..., 1:, :] + c[..., :1, :], c[..., 1:, :] ** 2], -2), True)
    return [a, b, c, d]


def statistics(answers: Sequence[Any]) -> np.ndarray:
    """By draw: some entries of all answers, inner products of those of one side, and sums of fourth powers."""
    found: list[np.ndarray] = []
    for side in (answers[0::2], answers[1::2]):
        rows = np.concatenate(side, axis=-2)
        found += [rows[..., :3].reshape((len(rows), -1)), (rows**4).sum(-1), rows.sum(-1)]
        gram = rows @ rows.swapaxes(-1, -2)
        found.append(gram[:, *np.triu_indices(gram.shape[-1])])
    return np.concatenate(found, axis=1)


def dense(rows: int, columns: int, draws: int) -> np.ndarray:
    """Haar matrices [draws, rows, columns] by QR."""
    size = max(rows, columns)
    q, r = np.linalg.qr(np.random.default_rng(7).standard_normal((draws, size, size)))
    q *= np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :]
    return q[:, :rows, :columns]


@cache
def expected(rows: int, columns: int, draws: int) -> np.ndarray:
    w = dense(rows, columns, draws)
    transpose = w.transpose(0, 2, 1)
    return statistics(conversation(lambda x, transposed: x @ (w if transposed else transpose), rows, columns))


def drawn(rows: int, columns: int, draws: int, block: int = 64, dtype: str = "float64") -> np.ndarray:
    matrix = unknown(rows, columns, tuple(Seed((number,)) for number in range(draws)), np.dtype(dtype))

    def ask(x: np.ndarray, transposed: bool) -> np.ndarray:
        nonlocal matrix
        x = np.broadcast_to(x, (draws, *x.shape[1:])).astype(dtype)
        made, matrix = matrix.answer(x, transposed, block=block)
        return made.astype(float)

    return statistics(conversation(ask, rows, columns))


def drawn_by_jax(rows: int, columns: int, draws: int) -> np.ndarray:
    def one(key: jax.Array) -> list[jax.Array]:
        matrix = unknown(rows, columns, key, jnp.dtype("float64"))
        made = []
        x = jnp.asarray(np.random.default_rng(0).standard_normal((2, columns)) / columns**0.5)
        a, matrix = matrix.answer(x, False)
        b, matrix = matrix.answer(jnp.tanh(3 * a), True)
        c, matrix = matrix.answer(jnp.concatenate([b[:1] * x[1:], jnp.abs(b[1:])]), False)
        d, matrix = matrix.answer(jnp.concatenate([a[1:] + c[:1], c[1:] ** 2]), True)
        made += [a, b, c, d]
        return made

    with precision("float64"):
        found = jax.jit(lambda keys: jax.lax.map(one, keys))(jax.random.split(jax.random.key(2), draws))
        return statistics([np.asarray(part) for part in found])


def worst(found: np.ndarray, right: np.ndarray) -> float:
    """The least p-value of two-sample Kolmogorov-Smirnov tests for all statistics, and for 20 random linear and as many
    bilinear combinations. Those that no draw of ``right`` changes have to be the same; 0 where they are not.
    """
    centre, spread = right.mean(0), right.std(0)
    constant = spread < 1e-6 * np.abs(right).max(0)
    if not np.allclose(found[:, constant], centre[constant], rtol=1e-4):
        return 0.0
    left, other = np.random.default_rng(1).standard_normal((2, int((~constant).sum()), 20))

    def all_of(numbers: np.ndarray) -> np.ndarray:
        unit = ((numbers - centre) / np.where(constant, 1.0, spread))[:, ~constant]
        return np.concatenate([unit, unit @ left, (unit @ left) * (unit @ other)], axis=1)

    return min(stats.ks_2samp(a, b).pvalue for a, b in zip(all_of(found).T, all_of(right).T, strict=True))


@pytest.mark.parametrize(
    ("rows", "columns", "draws", "block", "dtype"),
    [
        (3, 3, 2000, 64, "float64"),
        (3, 3, 2000, 1, "float32"),
        (32, 32, 1000, 64, "float64"),
        (20, 32, 1000, 64, "float64"),
        (32, 20, 1000, 2, "float64"),
        *slow([(128, 128, 400, 64, "float64"), (2, 3, 20000, 64, "float64"), (5, 4, 20000, 64, "float32")]),
    ],
)
def test_joint_law(rows: int, columns: int, draws: int, block: int, dtype: str) -> None:
    """About 130 p-values each time: fails with probability 2e-5. At 3 dimensions the space is used up on the way."""
    assert worst(drawn(rows, columns, draws, block, dtype), expected(rows, columns, draws)) > 1e-7


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns"), [(32, 32), (3, 4)])
def test_joint_law_by_jax(rows: int, columns: int) -> None:
    assert worst(drawn_by_jax(rows, columns, 2000), expected(rows, columns, 2000)) > 1e-7


def _sphere_of_all(key: Any, basis: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return right_frame(key, np.zeros_like(basis), wanted)


def _normal_rows(key: Any, basis: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    rows = haar.normal(key, (wanted.shape[-1], basis.shape[-1]), basis.dtype) / basis.shape[-1] ** 0.5
    return (rows - rows @ basis.swapaxes(-1, -2) @ basis) * wanted[..., None]


def _positive(key: Any, basis: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Frames with signs that are not uniform."""
    rows = right_frame(key, basis, wanted)
    return rows * np.where(rows[..., :1] < 0, -1.0, 1.0)


right_frame = haar.uniform_frame


@pytest.mark.parametrize("wrong", [_sphere_of_all, _normal_rows, _positive])
def test_wrong_laws_are_noticed(wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames that ignore known images, vectors that are normal instead of orthonormal, signs that are not uniform."""

    def drawn_wrongly(key: Any, basis: Any, wanted: Any, inside: Any, outside: Any) -> tuple[Any, Any]:
        frame = wrong(key, basis, wanted)
        return frame, inside @ basis + outside @ frame

    monkeypatch.setattr(haar, "frame_and_answers", drawn_wrongly)
    monkeypatch.setattr(haar, "late_frame_and_answers", drawn_wrongly)
    assert worst(drawn(32, 32, 1000), expected(32, 32, 1000)) < 1e-12


def test_split_forgotten_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that ignore what is known of the vectors asked about."""
    monkeypatch.setattr(Coordinates, "split", lambda _, start, x, basis: split(x, np.zeros_like(basis)))
    assert worst(drawn(32, 32, 1000), expected(32, 32, 1000)) < 1e-12
