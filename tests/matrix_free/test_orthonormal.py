"""Orthonormal coordinates of blocks: what they are, which vectors bring nothing new, and how far rounding may go.

All bounds are absolute statements about computed numbers, no statistics.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from tests.marks import slow
from tp.interpret.arrays.backend import precision
from tp.matrix_free.orthonormal import resolution, split

DTYPES = ("float32", "float64")
EPS = {name: float(np.finfo(name).eps) for name in DTYPES}
SHAPES = ((1, 0, 12), (4, 6, 40), (12, 20, 60))
"""Vectors of a block, of the basis, and their size."""
_compiled = jax.jit(split)
LIBRARY = ["numpy"]
"""What computes: NumPy, or JAX among the slow tests, since it compiles for every shape."""


@pytest.fixture(autouse=True, params=["numpy", *slow(["jax"])])
def _library(request: pytest.FixtureRequest) -> Iterator[None]:
    LIBRARY[0] = request.param
    with threadpool_limits(1):  # of many small products threads only wait for each other
        yield


@dataclass
class Found:
    """A split in double precision, and what it is a split of."""

    x: np.ndarray
    basis: np.ndarray
    inside: np.ndarray
    fresh: np.ndarray
    outside: np.ndarray
    new: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """|x - inside basis - outside fresh| of each row as a share of |x|; |x| itself where x = 0."""
        rest = np.linalg.norm(self.x - self.inside @ self.basis - self.outside @ self.fresh, axis=1)
        length = np.linalg.norm(self.x, axis=1)
        return rest / np.where(length > 0, length, 1.0)

    @property
    def skew(self) -> float:
        """How far fresh rows are from orthonormal, and dropped ones from zero."""
        return float(np.abs(self.fresh @ self.fresh.T - np.diag(self.new.astype(float))).max())

    @property
    def leak(self) -> float:
        """The largest product of a fresh row and one of the basis."""
        return float(np.abs(self.fresh @ self.basis.T).max(initial=0.0))


def found(x: np.ndarray, basis: np.ndarray, dtype: str) -> Found:
    kind = np.dtype(dtype)
    with precision(dtype):
        rows, known = x.astype(kind), basis.astype(kind)
        inside, fresh, outside, new = map(np.asarray, (_compiled if LIBRARY[0] == "jax" else split)(rows, known))
        assert inside.dtype == fresh.dtype == outside.dtype == kind
        exact = [np.asarray(a, np.float64) for a in (rows, known, inside, fresh, outside)]
    assert all(np.isfinite(a).all() for a in exact)
    return Found(*exact, new)


def orthonormal(generator: np.random.Generator, count: int, size: int) -> np.ndarray:
    return np.linalg.qr(generator.standard_normal((size, count)))[0].T


def conditioned(generator: np.random.Generator, count: int, size: int, kappa: float) -> np.ndarray:
    """A block with singular values from 1 down to 1/kappa."""
    values = np.geomspace(1, 1 / kappa, count)
    return (orthonormal(generator, count, count) * values) @ orthonormal(generator, count, size)


KINDS = ("generic", "zero", "copy", "combination", "known", "partly known", "near")


@dataclass(frozen=True)
class Recipe:
    """How to make a block: (what kind of row, how far from others as a negative power of ten) for each."""

    rows: tuple[tuple[str, int], ...]
    shape: tuple[int, int, int]
    seed: int
    gaps: bool

    def make(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(x, basis, which rows surely bring something new or surely not: 1, -1, else 0)."""
        _, known, size = self.shape
        generator = np.random.default_rng(self.seed)
        basis = orthonormal(generator, known, size)
        if self.gaps:
            basis[: known // 2] = 0.0
        rows: list[np.ndarray] = []
        sure: list[int] = []
        for kind, exponent in self.rows:
            row, state = self._row(kind, 10.0**-exponent, rows, basis, generator)
            rows.append(row)
            sure.append(state if any(row) else -1)
        return np.array(rows), basis, np.array(sure)

    @staticmethod
    def _row(
        kind: str, distance: float, rows: list[np.ndarray], basis: np.ndarray, generator: np.random.Generator
    ) -> tuple[np.ndarray, int]:
        generic = generator.standard_normal(basis.shape[1])
        if kind == "generic" or (not rows and kind in ("copy", "combination", "near")):
            return generic, 0 if rows else 1
        if kind == "zero":
            return np.zeros_like(generic), -1
        if kind == "copy":
            return rows[generator.integers(len(rows))] * generator.choice([1.0, -1.0, 3.0, 0.1]), -1
        if kind == "combination":
            return generator.standard_normal(len(rows)) @ np.array(rows), 0
        if kind == "known":
            return generator.standard_normal(len(basis)) @ basis, -1
        base = basis if kind == "partly known" else np.array(rows)
        row = generator.standard_normal(len(base)) @ base
        return row + distance * np.linalg.norm(row) * generic / np.linalg.norm(generic), 0


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    shape = draw(st.sampled_from(SHAPES))
    row = st.tuples(st.sampled_from(KINDS), st.integers(0, 16))
    rows = draw(st.lists(row, min_size=shape[0], max_size=shape[0]))
    return Recipe(tuple(rows), shape, draw(st.integers(0, 2**32)), draw(st.booleans()))


@pytest.mark.parametrize("dtype", DTYPES)
@given(recipe=recipes())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_block(recipe: Recipe, dtype: str) -> None:
    """Rows are reconstructed to the stated resolution, and what is new of them is orthonormal to rounding."""
    x, basis, sure = recipe.make()
    result = found(x, basis, dtype)
    assert result.errors.max() <= resolution(len(x), dtype)
    assert result.skew < 100 * EPS[dtype]
    assert result.leak < 100 * EPS[dtype]
    assert not result.fresh[~result.new].any()
    assert result.new[sure == 1].all()
    assert not result.new[sure == -1].any()


def _near_each_other(generator: np.random.Generator) -> np.ndarray:
    base = generator.standard_normal((int(generator.integers(1, 40)), 200))
    mixing = generator.standard_normal((64, len(base)))
    return mixing @ base + 10.0 ** -generator.uniform(0, 17) * generator.standard_normal((64, 200))


def _ladder(generator: np.random.Generator) -> np.ndarray:
    steps = 10.0 ** -np.linspace(0, generator.uniform(3, 17), 64)
    return np.cumsum(steps[:, None] * generator.standard_normal((64, 200)), 0)


def _pairs(generator: np.random.Generator) -> np.ndarray:
    x = generator.standard_normal((64, 200))
    distance = 10.0 ** -generator.uniform(0, 17, (32, 1))
    x[1::2] = x[::2] + distance * generator.standard_normal((32, 200))
    return x


HARD = {
    "singular values": lambda generator: conditioned(generator, 64, 200, 10.0 ** generator.uniform(0, 17)),
    "near each other": _near_each_other,
    "ladder": _ladder,
    "pairs": _pairs,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", HARD)
def test_hard_blocks(kind: str, dtype: str) -> None:
    """64 nearly dependent vectors, at all distances, off the basis and partly in its span."""
    bound = resolution(64, dtype)
    for seed in range(20):
        generator = np.random.default_rng(seed)
        basis = orthonormal(generator, 20, 200)
        x = HARD[kind](generator) + (seed % 2) * generator.standard_normal((64, 20)) @ basis
        result = found(x, basis, dtype)
        assert result.skew < 100 * EPS[dtype]
        assert result.leak < 100 * EPS[dtype]
        assert result.errors.max() <= bound
        assert result.errors[result.new].max(initial=0.0) <= bound / 100


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("exponent", [-30, 30])
def test_very_short_and_very_long_rows(exponent: int, dtype: str) -> None:
    """Rows whose squares single precision cannot hold, beside ordinary ones."""
    generator = np.random.default_rng(0)
    basis = orthonormal(generator, 6, 40)
    x = generator.standard_normal((4, 40)) + generator.standard_normal((4, 6)) @ basis
    x[:2] *= 10.0**exponent
    result = found(x, basis, dtype)
    assert result.new.all()
    assert result.skew < 100 * EPS[dtype]
    assert result.errors.max() < 100 * EPS[dtype]


@pytest.mark.parametrize("kappa", [1.0, 1e2, 1e4, 1e6])
@pytest.mark.parametrize(("k", "known", "size"), [(4, 0, 50), (16, 20, 200), (64, 100, 400)])
def test_ill_conditioned_blocks_in_double_precision(kappa: float, k: int, known: int, size: int) -> None:
    for seed in range(5):
        generator = np.random.default_rng(seed)
        basis = orthonormal(generator, known, size)
        x = conditioned(generator, k, size, kappa) + (seed % 2) * generator.standard_normal((k, known)) @ basis
        result = found(x, basis, "float64")
        assert result.new.all()
        assert result.skew < 1e-13
        assert result.leak < 1e-13
        assert result.errors.max() < 1e-12


@pytest.mark.parametrize("dtype", DTYPES)
def test_fresh_rows_are_those_of_a_triangular_factorisation(dtype: str) -> None:
    """Up to signs, for rows that are far from dependent."""
    x = conditioned(np.random.default_rng(0), 8, 60, 10.0)
    result = found(x, np.zeros((0, 60)), dtype)
    expected = np.linalg.qr(result.x.T)[0].T
    signs = np.sign(np.sum(expected * result.fresh, axis=1))
    np.testing.assert_allclose(result.fresh, signs[:, None] * expected, atol=200 * EPS[dtype])
    assert (np.diagonal(result.outside) > 0).all()
    assert np.abs(np.triu(result.outside, 1)).max() < 200 * EPS[dtype]


def _scales(dtype: str, k: int, seed: int) -> np.ndarray:
    exponents = np.linspace(-12, 12, k)
    return 10.0 ** np.random.default_rng(seed).permutation(exponents)


@pytest.mark.parametrize("dtype", DTYPES)
def test_rows_of_widely_different_size(dtype: str) -> None:
    """The fresh directions do not depend on the lengths of the rows, from 1e-12 to 1e12."""
    generator = np.random.default_rng(0)
    basis = orthonormal(generator, 6, 40)
    x = generator.standard_normal((9, 40))
    plain = found(x, basis, dtype)
    for seed in range(5):
        scales = _scales(dtype, 9, seed)
        result = found(scales[:, None] * x, basis, dtype)
        assert result.new.all()
        np.testing.assert_allclose(result.fresh, plain.fresh, atol=50 * EPS[dtype])
        np.testing.assert_allclose(result.inside, scales[:, None] * plain.inside, rtol=1e-3, atol=0)
        assert result.errors.max() < 20 * EPS[dtype]


@pytest.mark.parametrize("dtype", DTYPES)
def test_short_copies_of_long_rows_are_dropped(dtype: str) -> None:
    x = np.random.default_rng(0).standard_normal((3, 40))
    block = np.concatenate([1e12 * x, 1e-12 * x[::-1], [x.sum(0)], np.zeros((1, 40))])
    result = found(block, np.zeros((2, 40)), dtype)
    assert result.new.tolist() == [True] * 3 + [False] * 5
    assert result.errors.max() < 100 * EPS[dtype]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e-12, *slow([1.0, 1e12])])
@pytest.mark.parametrize(("k", "known"), [(2, 0), (2, 5), (16, 5), (64, 0)])
def test_the_stated_bound_near_earlier_rows(k: int, known: int, scale: float, dtype: str) -> None:
    """The last row at all distances from the others: this is the bound on the error of the law.

    An answer to a dropped row is the answer to its reconstruction, which is at most the resolution off; every kept
    row is answered as it is.
    """
    generator = np.random.default_rng(k)
    size, bound = 200, resolution(k, dtype)
    basis = orthonormal(generator, known, size)
    dropped = []
    for exponent in np.linspace(-17, 0, 35):
        x = generator.standard_normal((k, size))
        near = generator.standard_normal(k - 1) @ x[:-1]
        direction = generator.standard_normal(size)
        x[-1] = near + 10**exponent * np.linalg.norm(near) * direction / np.linalg.norm(direction)
        result = found(scale * x, basis, dtype)
        assert result.new[:-1].all()
        assert result.errors.max() <= bound
        assert result.errors[result.new].max() <= 50 * EPS[dtype]
        assert result.skew < 100 * EPS[dtype]
        distance = float(_outside(result))
        assert result.new[-1] or distance < 1.2 * bound
        assert not result.new[-1] or distance > EPS[dtype]
        dropped.append(not result.new[-1])
    assert any(dropped)
    assert not all(dropped)


def _outside(result: Found) -> float:
    """The distance of the last row from the span of all others and the basis, as a share of its part off the basis."""
    span = np.linalg.qr(np.concatenate([result.basis, result.x[:-1]]).T)[0]
    off = np.linalg.qr(result.basis.T)[0] if len(result.basis) else np.zeros((result.x.shape[1], 0))
    last = result.x[-1]
    rest, part = (last - q @ (q.T @ last) for q in (span, off))
    return float(np.linalg.norm(rest) / np.linalg.norm(part))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_stated_bound_near_the_basis(dtype: str) -> None:
    """What is off the basis by much more than rounding is kept, however little that is, and orthogonal to it."""
    generator = np.random.default_rng(0)
    size = 200
    basis = orthonormal(generator, 10, size)
    with precision(dtype) as kind:
        basis = np.asarray(jnp.asarray(basis, kind), np.float64)
    for exponent in np.linspace(-17, 0, 35):
        x = generator.standard_normal((4, 10)) @ basis
        directions = orthonormal(generator, 4, size)
        x += 10**exponent * np.linalg.norm(x, axis=1)[:, None] * directions
        result = found(x, basis, dtype)
        assert result.errors.max() <= resolution(1, dtype)
        assert result.skew < 1e3 * EPS[dtype]
        assert result.leak < 1e3 * EPS[dtype]
        if 10**exponent > 200 * EPS[dtype]:
            assert result.new.all()
        if 10**exponent < EPS[dtype]:
            assert not result.new.any()


def test_a_row_at_the_floor_where_space_runs_out() -> None:
    """The first row is 64 rounding errors off the basis, in the only direction left, and the others need that one."""
    size, worst = 5, 0.0
    for seed in range(10):
        generator = np.random.default_rng(seed)
        axes = orthonormal(generator, size, size)
        x = generator.standard_normal((4, size))
        inside = generator.standard_normal(4) @ axes[:4]
        for roundings in np.linspace(63.9, 64.5, 61):
            x[0] = inside + roundings * EPS["float64"] * np.linalg.norm(inside) * axes[4]
            worst = max(worst, float(found(x, axes[:4], "float64").errors.max()))
    assert worst <= resolution(4, np.float64)


@pytest.mark.parametrize("dtype", DTYPES)
def test_more_rows_than_dimensions(dtype: str) -> None:
    generator = np.random.default_rng(0)
    x = generator.standard_normal((9, 5))
    result = found(x, np.zeros((0, 5)), dtype)
    assert result.new.tolist() == [True] * 5 + [False] * 4
    assert result.errors.max() < 1e3 * EPS[dtype]
    whole = found(x, orthonormal(generator, 5, 5), dtype)
    assert not whole.new.any()
    assert whole.errors.max() < 1e3 * EPS[dtype]


def test_resolution() -> None:
    """About the root of the precision: 3e-4 and 1.3e-8 times the root of 8 k, at 64 vectors 8e-3 and 3.4e-7."""
    assert resolution(1, np.float32) == pytest.approx(9.8e-4, rel=0.01)
    assert resolution(64, np.float32) == pytest.approx(7.8e-3, rel=0.01)
    assert resolution(64, np.float64) == pytest.approx(3.4e-7, rel=0.02)


def test_under_vmap() -> None:
    generator = np.random.default_rng(0)
    x = generator.standard_normal((5, 4, 30))
    x[1, 2] = x[1, 0]
    x[2] = conditioned(generator, 4, 30, 1e5)
    basis = np.stack([orthonormal(generator, 3, 30) for _ in range(5)])
    with precision("float64"):
        together = jax.vmap(split)(jnp.asarray(x), jnp.asarray(basis))
        for i in range(5):
            alone = _compiled(jnp.asarray(x[i]), jnp.asarray(basis[i]))
            for a, b in zip(together, alone, strict=True):
                np.testing.assert_allclose(a[i], b, rtol=1e-9, atol=1e-9)
