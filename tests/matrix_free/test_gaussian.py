"""A matrix that is known by its products only: they are those of one matrix, and their joint law is right.

Statistical tests have fixed seeds. Each states with what probability it fails for a correct implementation; together
these are below 1e-3. The last test shows what they notice. What must hold for every draw is tested with NumPy, and
with JAX, which compiles for seconds, where loops and laws are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from tp.matrix_free import coordinates, gaussian
from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.gaussian import Gaussian, unknown
from tp.matrix_free.orthonormal import resolution, split
from tp.matrix_free.streams import Seed

Ask = Callable[[jax.Array, bool], jax.Array]
"""W x, or W' x, for the rows of x."""

compiled = jax.jit(Gaussian.answer, static_argnums=(2, 3, 4))
LIBRARIES = ["numpy", *slow(["jax"])]


def fresh(rows: int, columns: int, number: int, dtype: str, library: str, room: int = 0) -> Gaussian:
    """A matrix of which nothing is known; with ``room`` for so many questions on either side where JAX has it."""
    if library == "numpy":
        return unknown(rows, columns, Seed((number,)), np.dtype(dtype))
    matrix = unknown(rows, columns, jax.random.key(number), jnp.dtype(dtype))
    return matrix.with_room(room, room) if room else matrix


class Asked:
    """A matrix with all questions and answers so far, in double precision.

    Questions are filled up with zeros to ``pad`` vectors, so that a matrix with room is compiled once for each side.
    Matrices of NumPy have no room, and their questions stay as they are.
    """

    def __init__(self, matrix: Gaussian, dtype: str, block: int = 64, pad: int = 0) -> None:
        self.numpy = isinstance(matrix.key, Seed)
        self.matrix, self.dtype, self.block, self.pad = matrix, dtype, block, 0 if self.numpy else pad
        self.questions: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
        self.answers: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])

    def ask(self, x: np.ndarray, transposed: bool, keep: bool = True) -> np.ndarray:
        x = np.asarray(x, self.dtype)
        filled = np.pad(x, ((0, max(0, self.pad - len(x))), (0, 0)))
        answer = Gaussian.answer if self.numpy else compiled
        made, self.matrix = answer(self.matrix, filled, transposed, keep, self.block)
        assert made.dtype == x.dtype
        assert np.isfinite(made).all()
        assert not made[len(x) :].any()
        self.questions[transposed].extend(x.astype(float))
        self.answers[transposed].extend(np.asarray(made[: len(x)], float))
        return np.asarray(made[: len(x)], float)

    def pairs(self, transposed: bool) -> tuple[np.ndarray, np.ndarray]:
        """Questions of unit length and their answers; zero questions, which must have zero answers, are left out."""
        questions, answers = (np.array(side[transposed]) for side in (self.questions, self.answers))
        size = self.matrix.backward.basis.shape[1] if transposed else self.matrix.forward.basis.shape[1]
        other = self.matrix.backward.images.shape[1] if transposed else self.matrix.forward.images.shape[1]
        questions, answers = questions.reshape((-1, size)), answers.reshape((-1, other))
        length = np.linalg.norm(questions, axis=1)
        assert not answers[length == 0].any()
        some = length > 0
        return questions[some] / length[some, None], answers[some] / length[some, None]


def misfit(asked: Asked, accuracy: float) -> float:
    """The least C such that a matrix of norm at most C has products within C * accuracy of all answers, to within √2.

    The standard deviation of all answers to unit vectors is 1. Two answers that contradict each other need a large
    residual, or, where questions are near each other, a large matrix.
    """
    (x, a), (u, b) = asked.pairs(False), asked.pairs(True)
    rows, columns = a.shape[1], b.shape[1]
    equations = [np.kron(np.eye(rows), x), np.kron(u, np.eye(columns)), accuracy * np.eye(rows * columns)]
    values = np.concatenate([a.T.ravel(), b.ravel(), np.zeros(rows * columns)])
    system = np.concatenate(equations)
    found = np.linalg.lstsq(system, values, rcond=None)[0]
    return float(np.linalg.norm(system @ found - values)) / accuracy


ROWS, COLUMNS, VECTORS = 5, 7, 4
KINDS = ("new", "new", "zero", "earlier", "scaled", "combination", "answer", "near")


@dataclass(frozen=True)
class Call:
    """One question: what kinds of vectors, and for near ones the distance as a negative power of ten."""

    transposed: bool
    vectors: tuple[tuple[str, int], ...]

    def make(self, asked: Asked, generator: np.random.Generator) -> np.ndarray:
        size = ROWS if self.transposed else COLUMNS
        rows: list[np.ndarray] = []
        for kind, exponent in self.vectors:
            before = [*asked.questions[self.transposed], *rows]
            new = generator.standard_normal(size)
            if kind == "zero":
                rows.append(np.zeros(size))
            elif kind == "answer" and asked.answers[not self.transposed]:
                rows.append(np.tanh(asked.answers[not self.transposed][-1]))
            elif kind in ("new", "answer") or not before:
                rows.append(new)
            elif kind in ("earlier", "scaled"):
                old = before[generator.integers(len(before))]
                rows.append(old if kind == "earlier" else old * generator.choice([-1.0, 7.0, 1e-4, 1e4]))
            else:
                mixed = generator.standard_normal(len(before)) @ np.array(before)
                distance = 10.0**-exponent if kind == "near" else 0.0
                rows.append(mixed + distance * np.linalg.norm(mixed) * new)
        return np.array(rows)


@st.composite
def calls(draw: st.DrawFn, most: int) -> tuple[Call, ...]:
    vector = st.tuples(st.sampled_from(KINDS), st.integers(0, 16))
    vectors = st.lists(vector, min_size=VECTORS, max_size=VECTORS)
    return tuple(Call(draw(st.booleans()), tuple(draw(vectors))) for _ in range(draw(st.integers(2, most))))


MISFIT = 30.0
"""A matrix of 5 times 7 entries has norm 6 on average (above 11 with probability 1e-11), and 40 answers off by the
resolution amount to 6 more for each deviation; near vectors magnify that a few times."""


def consistent(sequence: tuple[Call, ...], matrix: Gaussian, seed: int, dtype: str, block: int) -> None:
    generator = np.random.default_rng(seed)
    asked = Asked(matrix, dtype, block)
    for call in sequence:
        asked.ask(call.make(asked, generator), call.transposed)
    assert misfit(asked, resolution(VECTORS, dtype)) < MISFIT


@pytest.mark.parametrize("library", ["numpy", *exhaustive(["jax"])])
@given(calls(3), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_questions_are_answered_by_one_matrix(library: str, sequence: tuple[Call, ...], seed: int) -> None:
    with precision("float64"):
        consistent(sequence, fresh(ROWS, COLUMNS, seed, "float64", library), seed, "float64", 64)


@pytest.mark.parametrize(("dtype", "block"), [("float64", 3), *slow([("float32", 64), ("float64", 64)])])
@given(calls(6), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_questions_with_room_for_them(dtype: str, block: int, sequence: tuple[Call, ...], seed: int) -> None:
    with precision(dtype):
        consistent(sequence, fresh(ROWS, COLUMNS, seed, dtype, "jax", 6 * VECTORS), seed, dtype, block)


ROUNDING = {"float32": 1e-4, "float64": 1e-12}
"""For generic questions, relative to |u| |x|; answers are sums of up to 100 numbers."""


def _generic(dtype: str, library: str, block: int = 64, room: int = 50) -> tuple[Asked, np.random.Generator]:
    """A matrix [150, 100] that was asked a few questions on both sides."""
    generator = np.random.default_rng(0)
    asked = Asked(fresh(150, 100, 3, dtype, library, room), dtype, block, pad=7 if room else 0)
    for count, transposed in ((3, False), (5, True), (7, False), (2, True)):
        asked.ask(generator.standard_normal((count, 150 if transposed else 100)), transposed)
    return asked, generator


@pytest.mark.parametrize(
    ("library", "dtype", "block", "room"),
    [
        ("numpy", "float32", 64, 0),
        ("numpy", "float64", 4, 0),
        *slow([("jax", "float64", 4, 50)]),
        *exhaustive([("jax", "float32", 64, 0), ("jax", "float64", 4, 0)]),
    ],
)
def test_both_sides_agree(library: str, dtype: str, block: int, room: int) -> None:
    """u.(W x) = (W' u).x to rounding for questions in any order and blocks of any size."""
    with precision(dtype):
        asked, _ = _generic(dtype, library, block, room)
    (x, a), (u, b) = asked.pairs(False), asked.pairs(True)
    assert (len(x), len(u)) == (10, 7)
    np.testing.assert_allclose(u @ a.T, b @ x.T, atol=ROUNDING[dtype])


@pytest.mark.parametrize(
    ("library", "dtype", "transposed"),
    [("numpy", "float32", False), ("jax", "float64", True), *slow([("jax", "float32", False)])],
)
def test_linearity(library: str, transposed: bool, dtype: str) -> None:
    """Answers to combinations of earlier questions, alone and beside others, are the combinations of the answers."""
    with precision(dtype):
        asked, generator = _generic(dtype, library)
        questions, answers = (np.array(side[transposed]) for side in (asked.questions, asked.answers))
        mixing = generator.standard_normal((6, len(questions)))
        together = asked.ask(mixing[:3] @ questions, transposed)
        new = generator.standard_normal((1, questions.shape[1]))
        beside = asked.ask(np.concatenate([mixing[3:] @ questions, new, new]), transposed)
        size = np.linalg.norm(mixing @ questions, axis=1)[:, None]
    np.testing.assert_allclose(together / size[:3], mixing[:3] @ answers / size[:3], atol=ROUNDING[dtype])
    np.testing.assert_allclose(beside[:3] / size[3:], mixing[3:] @ answers / size[3:], atol=ROUNDING[dtype])
    np.testing.assert_allclose(beside[3], beside[4], atol=10 * ROUNDING[dtype])


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_question_again(library: str, dtype: str) -> None:
    with precision(dtype):
        asked, _ = _generic(dtype, library)
        for transposed in (False, True):
            questions, answers = (np.array(side[transposed][-5:]) for side in (asked.questions, asked.answers))
            again = asked.ask(questions[::-1], transposed)
            np.testing.assert_allclose(again[::-1], answers, atol=10 * ROUNDING[dtype])


@pytest.mark.parametrize(
    ("library", "rows", "columns"),
    [*(("numpy", *shape) for shape in ((3, 8), (6, 6), (8, 3), (1, 4))), *slow([("jax", 3, 8), ("jax", 6, 6)])],
)
def test_a_matrix_of_which_all_is_known(library: str, rows: int, columns: int) -> None:
    """After enough questions every answer, on either side, is a product of the one matrix that they reveal."""
    generator = np.random.default_rng(1)
    forward, backward = generator.standard_normal((columns, columns)), generator.standard_normal((rows, rows))
    more = generator.standard_normal((13, columns))
    orders = {
        "forward": [(forward, False)],
        "backward": [(backward, True)],
        "more than there are": [(more, False)],
        "mixed": [
            (part[i : i + 1], side) for i in range(columns) for part, side in ((forward, False), (backward, True))
        ],
    }
    with precision("float64"):
        for order in orders.values():
            asked = Asked(fresh(rows, columns, 2, "float64", library, 20 * 13), "float64", pad=13)
            for question, transposed in order:
                if len(question):
                    asked.ask(question, transposed)
            x, u = generator.standard_normal((4, columns)), generator.standard_normal((4, rows))
            w = asked.ask(np.eye(columns), False).T
            np.testing.assert_allclose(asked.ask(np.eye(rows), True), w, atol=1e-10)
            np.testing.assert_allclose(asked.ask(x, False), x @ w.T, atol=1e-10)
            np.testing.assert_allclose(asked.ask(u, True), u @ w, atol=1e-10)
            for transposed, matrix in ((False, w.T), (True, w)):
                questions, answers = asked.pairs(transposed)
                np.testing.assert_allclose(answers, questions @ matrix, atol=1e-9)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("dtype", "distance"), [("float32", 1e-4), ("float64", 1e-12)])
def test_near_vectors_where_space_runs_out(library: str, dtype: str, distance: float) -> None:
    """A vector that is barely off what is known, and then as many generic ones as there are dimensions."""
    for seed in range(10):
        generator = np.random.default_rng(seed)
        x, near, *others = generator.standard_normal((6, 4))
        with precision(dtype):
            asked = Asked(fresh(3, 4, seed, dtype, library, 24), dtype, pad=5)
            asked.ask(x[None], False)
            asked.ask(np.array([x + distance * near, *others]), False)
            w = asked.ask(np.eye(4), False).T
        questions, answers = asked.pairs(False)
        np.testing.assert_allclose(answers, questions @ w.T, atol=20 * resolution(5, dtype))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_pair_and_its_difference(library: str, dtype: str) -> None:
    """x, x + r with r above the resolution, and r / |r|, which is what the first two already say."""
    for seed in range(10):
        generator = np.random.default_rng(seed)
        x, r = generator.standard_normal((2, 40)) / 40**0.5
        with precision(dtype):
            asked = Asked(fresh(30, 40, seed, dtype, library, 6), dtype, pad=3)
            asked.ask(np.array([x, x + 1.5 * resolution(3, dtype) * r, r]), False)
            asked.ask(r[None], False)
        first, again = asked.answers[0][2:]
        assert np.abs(first - again).max() < 20 * resolution(3, dtype)


@pytest.mark.parametrize("dtype", ["float64", *slow(["float32"])])
def test_in_a_loop(dtype: str) -> None:
    """Power iteration within fori_loop, from two starts, more steps than there are dimensions.

    The norms that it finds, and every product on the way, are those of the matrix that later questions reveal.
    """
    rows, columns, steps = 5, 7, 30

    def run(key: jax.Array) -> tuple[jax.Array, Gaussian]:
        kind = jnp.dtype(dtype)
        matrix = unknown(rows, columns, key, kind).with_room(2 * steps, 2 * steps)
        x = jax.random.normal(jax.random.fold_in(key, 1), (2, columns), kind)

        def step(_: Any, carry: tuple[jax.Array, jax.Array, Gaussian]) -> tuple[jax.Array, jax.Array, Gaussian]:
            x, _, matrix = carry
            x = x / jnp.linalg.norm(x, axis=1, keepdims=True)
            forward, matrix = matrix.answer(x, False)
            backward, matrix = matrix.answer(forward, True)
            return backward, jnp.linalg.norm(backward, axis=1), matrix

        _, norms, matrix = jax.lax.fori_loop(0, steps, step, (x, jnp.zeros(2, kind), matrix))
        return norms, matrix

    with precision(dtype):
        for seed in range(5):
            norms, matrix = jax.jit(run)(jax.random.key(seed))
            assert matrix.filled is not None
            assert [int(count) for count in matrix.filled] == [2 * steps, 2 * steps]
            asked = Asked(matrix.with_room(7, 5), dtype)
            w = asked.ask(np.eye(columns), False).T
            np.testing.assert_allclose(asked.ask(np.eye(rows), True), w, atol=20 * resolution(2, dtype))
            largest = np.linalg.svd(w, compute_uv=False)
            gap = (largest[1] / largest[0]) ** (2 * steps)
            np.testing.assert_allclose(norms, largest[0] ** 2, rtol=20 * gap + 5 * resolution(2, dtype))


@pytest.mark.slow
def test_room_changes_nothing() -> None:
    generator = np.random.default_rng(0)
    questions = [(generator.standard_normal((3, 7 if side else 5)), side) for side in (False, True, False, True)]
    with precision("float64") as kind:
        matrix = unknown(7, 5, jax.random.key(0), kind)
        (first, side), *rest = questions
        _, started = compiled(matrix, first, side, True)
        later = Asked(started.with_room(9, 9), "float64")
        plain, roomy = (Asked(m, "float64") for m in (matrix, matrix.with_room(9, 9)))
        for question, side in questions:
            np.testing.assert_allclose(plain.ask(question, side), roomy.ask(question, side), atol=1e-12)
        for question, side in rest:
            later.ask(question, side)
        np.testing.assert_allclose(later.pairs(True)[1], plain.pairs(True)[1], atol=1e-12)


@pytest.mark.slow
def test_the_last_question_need_not_be_kept() -> None:
    x = np.random.default_rng(0).standard_normal((5, 8))
    with precision("float64") as kind:
        for block, known in ((2, 4), (64, 0)):
            kept, dropped = (Asked(unknown(9, 8, jax.random.key(0), kind), "float64", block) for _ in range(2))
            np.testing.assert_allclose(kept.ask(x, False), dropped.ask(x, False, keep=False), rtol=1e-12)
            assert kept.matrix.forward.basis.shape[0] == 5
            assert dropped.matrix.forward.basis.shape[0] == known


@pytest.mark.slow
def test_many_keys_at_once() -> None:
    """Under vmap every key has the answers that it has alone."""

    def one(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        matrix = unknown(6, 5, key, jnp.float64)
        first, matrix = matrix.answer(jnp.eye(3, 5), False)
        second, matrix = matrix.answer(jnp.tanh(first), True)
        return matrix.answer(second, False)[0], second

    with precision("float64"):
        keys = jax.random.split(jax.random.key(0), 7)
        together = jax.jit(jax.vmap(one))(keys)
        for i, key in enumerate(keys):
            for many, alone in zip(together, jax.jit(one)(key), strict=True):
                np.testing.assert_allclose(many[i], alone, rtol=1e-9, atol=1e-9)
        assert len(np.unique(together[0])) == together[0].size


def test_weights_share_the_coordinates_of_what_they_are_applied_to() -> None:
    """The same numbers as each by itself, from fewer splits; the last vectors are those of one weight only."""
    draw = np.random.default_rng(0)
    vectors = [draw.normal(size=(k, 40)) for k in (3, 70, 2)]
    alone, together = ([unknown(30, 40, Seed((1, k)), np.float64) for k in range(3)] for _ in range(2))
    for x in vectors:
        shared = Coordinates(3)
        for k in range(3):
            one, alone[k] = alone[k].answer(x, False)
            other, together[k] = together[k].answer(x, False, shared=shared)
            assert np.array_equal(one, other)
    bases = [matrix.forward.basis for matrix in together]
    assert bases[0] is bases[1] is bases[2]
    x = draw.normal(size=(2, 40))
    _, together[0] = together[0].answer(x, False)
    shared = Coordinates(2)
    later = [together[k].answer(x + 1, False, shared=shared)[0] for k in (0, 1)]
    assert np.array_equal(later[1], alone[1].answer(x + 1, False)[0])


def test_same_key_same_bits() -> None:
    with precision("float64"):
        first, second = (_generic("float64", "jax")[0] for _ in range(2))
    for a, b in zip(jax.tree.leaves(first.matrix), jax.tree.leaves(second.matrix), strict=True):
        if not jnp.issubdtype(a.dtype, jax.dtypes.prng_key):
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(first.pairs(False)[1], second.pairs(False)[1])


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_answers_to_near_questions(library: str, dtype: str) -> None:
    """x and x + r, in one block or one after the other: W r has deviation |r|, or is missing where r is too small.

    |W r| / |r| is within 10% of √4000 except with probability 1e-18; below the resolution it is at most that much.
    """
    generator = np.random.default_rng(0)
    rows, bound = 4000, resolution(2, dtype)
    for exponent in np.linspace(-16, 0, 17):
        x, r = generator.standard_normal((2, 40))
        r *= 10**exponent * np.linalg.norm(x) / np.linalg.norm(r)
        with precision(dtype):
            block = Asked(fresh(rows, 40, 1, dtype, library), dtype)
            block.ask(np.array([x, x + r]), False)
            after = Asked(fresh(rows, 40, 1, dtype, library), dtype)
            after.ask(np.array([x, x]), False)
            after.ask(np.array([x + r, x + r]), False)
        for asked, share in ((block, bound), (after, resolution(1, dtype) / 8)):
            questions, answers = (np.array(side[0]) for side in (asked.questions, asked.answers))
            moved = np.linalg.norm(questions[-1] - questions[0])
            seen = np.linalg.norm(answers[-1] - answers[0]) / rows**0.5
            length = np.linalg.norm(x)
            assert seen < 1.1 * moved + share * length
            if moved > 1.2 * share * length:
                assert seen > 0.9 * moved - 1e-5 * share * length


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("dtype", "block"), [("float32", 2), ("float64", 64)])
def test_entries_are_standard_normal(library: str, dtype: str, block: int) -> None:
    """Whitened answers are independent standard normal numbers, also those after the other side was asked.

    Kolmogorov-Smirnov on 20 000 entries, six times, each failing with probability 1e-5, and |z| < 5 for 2 * 15
    correlations (2e-5).
    """
    generator = np.random.default_rng(0)
    rows, columns = 20_000, 30
    with precision(dtype):
        asked = Asked(fresh(rows, columns, 1, dtype, library), dtype, block)
        asked.ask(generator.standard_normal((2, columns)), False)
        asked.ask(generator.standard_normal((3, rows)), True)
        asked.ask(generator.standard_normal((4, columns)), False)
    x, a = asked.pairs(False)
    white = np.linalg.solve(np.linalg.cholesky(x @ x.T), a)
    for entries in white:
        assert stats.kstest(entries, stats.norm.cdf).pvalue > 1e-5
    for values in (white, (white**2 - 1) / 2**0.5):
        z = values @ values.T / rows**0.5
        assert np.abs(z[~np.eye(6, dtype=bool)]).max() < 5


@pytest.mark.parametrize("transposed", [True, *slow([False])])
def test_lengths_are_chi_square(transposed: bool) -> None:
    """|W x|^2 / |x|^2 over 20 000 matrices [4, 6], before and after others were asked (3 times probability 1e-5)."""
    generator = np.random.default_rng(0)
    x, others = generator.standard_normal((3, 4 if transposed else 6)), generator.standard_normal((2, 4))
    others = generator.standard_normal((2, 6)) if transposed else others

    def lengths(key: jax.Array) -> jax.Array:
        matrix = unknown(4, 6, key, jnp.float64)
        first, matrix = matrix.answer(jnp.asarray(x[:1]), transposed)
        _, matrix = matrix.answer(jnp.asarray(others), not transposed)
        second, _ = matrix.answer(jnp.asarray(x[1:]), transposed)
        return jnp.sum(jnp.concatenate([first, second]) ** 2, axis=1)

    with precision("float64"):
        found = np.asarray(jax.jit(jax.vmap(lengths))(jax.random.split(jax.random.key(5), 20_000)))
    for squared, vector in zip(found.T, x, strict=True):
        law = stats.chi2(6 if transposed else 4)
        assert stats.kstest(squared / (vector @ vector), law.cdf).pvalue > 1e-5


def conditioned(rows: int, columns: int, block: int) -> Callable[[jax.Array], Ask]:
    def start(key: jax.Array) -> Ask:
        known = [unknown(rows, columns, key, jnp.float64)]

        def ask(x: jax.Array, transposed: bool) -> jax.Array:
            made, known[0] = known[0].answer(x, transposed, block=block)
            return made

        return ask

    return start


def materialised(rows: int, columns: int) -> Callable[[jax.Array], Ask]:
    def start(key: jax.Array) -> Ask:
        w = jax.random.normal(jax.random.fold_in(key, 99), (rows, columns), jnp.float64)
        return lambda x, transposed: x @ w if transposed else x @ w.T

    return start


def drawn(start: Callable[[jax.Array], Ask], conversation: Callable[[Ask], list[jax.Array]], draws: int) -> np.ndarray:
    """All answers [draws, numbers] of a conversation with independent matrices."""

    def one(key: jax.Array) -> jax.Array:
        return jnp.concatenate([part.ravel() for part in conversation(start(key))])

    keys = jax.random.split(jax.random.key(11), draws)
    return np.asarray(jax.jit(jax.vmap(one))(keys))


X = np.array([[1.0, -0.5, 0.3, 2.0], [0.2, 1.0, 1.0, -1.0], [0.9, -1.0, -0.7, 3.0], [0.0, 0.5, -2.0, 0.1]])
U = np.array([[0.7, 1.0, -1.0], [1.5, 0.0, 0.4]])
"""Of the rows of X the third is the first minus the second, nearly; the last is asked later."""
ORDERS = {"forward first": (X[:3], U, X[3:]), "backward first": (U[:1], X, U[1:])}


def plain(first: str) -> Callable[[Ask], list[jax.Array]]:
    """Questions that do not depend on answers: those of both sides taking turns."""
    turned = first == "backward first"
    return lambda ask: [ask(jnp.asarray(x), turned ^ bool(i % 2)) for i, x in enumerate(ORDERS[first])]


def covariance(first: str) -> np.ndarray:
    """Of all answers: u.v for the same column of W' u and W' v, u_r x_c between (W x)_r and (W' u)_c."""
    turned = first == "backward first"
    forms = []
    for i, vectors in enumerate(ORDERS[first]):
        for vector in vectors:
            transposed = turned ^ bool(i % 2)
            forms.append(_form(vector, transposed))
    stacked = np.concatenate(forms)
    return stacked @ stacked.T


def _form(vector: np.ndarray, transposed: bool) -> np.ndarray:
    """The answer to a question as a linear map of the 12 entries of W."""
    if transposed:
        return np.einsum("r,cd->crd", vector, np.eye(4)).reshape(4, 12)
    return np.einsum("c,rs->rsc", vector, np.eye(3)).reshape(3, 12)


DRAWS = 200_000


def worst_covariance(first: str, block: int) -> float:
    """The largest deviation of an empirical second moment from theory, in standard errors."""
    with precision("float64"):
        found = drawn(conditioned(3, 4, block), plain(first), DRAWS)
    expected = covariance(first)
    variance = np.diagonal(expected)
    error = np.sqrt((np.outer(variance, variance) + expected**2) / DRAWS)
    return float(np.abs((found.T @ found / DRAWS - expected) / error).max())


@pytest.mark.parametrize(
    ("first", "block"), [("backward first", 64), *slow([("forward first", 64), ("forward first", 1)])]
)
def test_covariances_of_all_answers(first: str, block: int) -> None:
    """For jointly Gaussian answers these are the law. 20 answers at most, 210 moments, |z| < 6: 4e-7 each time."""
    assert worst_covariance(first, block) < 6


def adaptive(rows: int, columns: int) -> Callable[[Ask], list[jax.Array]]:
    """Questions that depend on answers, more of them than a small matrix has dimensions."""
    start = np.random.default_rng(0).standard_normal((2, columns))

    def conversation(ask: Ask) -> list[jax.Array]:
        x = jnp.asarray(start)
        a = ask(x, False)
        b = ask(jnp.tanh(a), True)
        c = ask(jnp.concatenate([b[:1] * x[1:], jnp.tanh(b[1:])]), False)
        d = ask(jnp.concatenate([a[1:] + c[:1], jnp.ones((1, rows))]), True)
        e = ask(jnp.concatenate([d[1:] - b[:1], x[:1] - x[1:]]), False)
        return [a, b, c, d, e]

    return conversation


STATISTICS = 40


@cache
def _expected(rows: int, columns: int) -> np.ndarray:
    return drawn(materialised(rows, columns), adaptive(rows, columns), 20_000)


def worst_p_value(rows: int, columns: int, block: int) -> float:
    """The least p-value of two-sample Kolmogorov-Smirnov tests against materialised matrices, for every answer, and
    for :data:`STATISTICS` random linear and as many bilinear combinations of all of them."""
    with precision("float64"):
        samples = [drawn(conditioned(rows, columns, block), adaptive(rows, columns), 20_000), _expected(rows, columns)]
    generator = np.random.default_rng(1)
    left, right = generator.standard_normal((2, samples[0].shape[1], STATISTICS))
    scale = samples[1].std(0)
    first, second = (
        np.concatenate([x, x / scale @ left, (x / scale @ left) * (x / scale @ right)], axis=1) for x in samples
    )
    return min(stats.ks_2samp(a, b).pvalue for a, b in zip(first.T, second.T, strict=True))


@pytest.mark.parametrize(("rows", "columns", "block"), [*slow([(3, 4, 64)]), *exhaustive([(3, 4, 1), (6, 5, 64)])])
def test_joint_law_of_a_conversation(rows: int, columns: int, block: int) -> None:
    """At most 140 tests, each failing with probability 1e-7."""
    assert worst_p_value(rows, columns, block) > 1e-7


def _ignore_the_other_side(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.zeros((x.shape[0], y.shape[0]), x.dtype)


def _forget(x: jax.Array, basis: jax.Array) -> Any:
    return split(x, jnp.zeros_like(basis))


@pytest.mark.parametrize(("name", "wrong"), slow([("products", _ignore_the_other_side), ("split", _forget)]))
def test_wrong_laws_are_noticed(name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that ignore what the other side's say, and answers that ignore earlier ones of their own side."""
    monkeypatch.setattr(coordinates if name == "split" else gaussian, name, wrong)
    assert worst_p_value(3, 4, 64) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize(("name", "wrong"), [("products", _ignore_the_other_side), ("split", _forget)])
def test_wrong_covariances_are_noticed(name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordinates if name == "split" else gaussian, name, wrong)
    assert worst_covariance("forward first", 64) > 20
