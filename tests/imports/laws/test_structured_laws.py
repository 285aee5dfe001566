"""Laws of weights whose entries are not independent numbers of one law."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.imports.laws.test_initial_laws import Draw, law, refused
from tests.marks import slow
from tp.imports.laws.samples import told
from tp.imports.traced.sizes import Number

fill = jax.nn.initializers
normal = jax.random.normal
ONE, HALF = Fraction(1), Fraction(-1, 2)


def with_padding(key: Any, n: int) -> Any:
    return normal(key, (10, n)).at[0].set(0.0)


def queries_keys_values(key: Any, n: int) -> Any:
    sizes = (1, 1, n**-0.5)
    return jnp.concatenate([normal(k, (n, n)) * s for k, s in zip(jax.random.split(key, 3), sizes, strict=True)], 1)


def kept(key: Any, p: Any, draw: Draw, n: int) -> Any:
    mask, value = jax.random.split(key)
    return jnp.where(jax.random.bernoulli(mask, p, (n, n)), draw(value, n), 0.0)


def normalised(array: Any) -> Any:
    return array / jnp.linalg.norm(array, axis=1, keepdims=True)


def symmetric(key: Any, n: int) -> Any:
    a = jnp.triu(normal(key, (n, n)))
    return jnp.where(jnp.eye(n, dtype=bool), a, a + a.T)


def test_parts() -> None:
    padded = law(with_padding)
    assert [(p.axis, p.start, p.stop, p.indices, p.law.law) for p in padded.parts] == [
        (0, 0, 1, True, "constant"),
        (0, 1, 10, True, "normal"),
    ]
    fused = law(queries_keys_values)
    two = Fraction(2, 3)
    assert [(p.axis, p.start, p.stop, p.indices) for p in fused.parts] == [(1, 0, two, False), (1, two, ONE, False)]
    assert [p.law.deviation for p in fused.parts] == [Number(1.0, Fraction(0)), Number(1.0, HALF)]
    gates = law(lambda key, n: jnp.concatenate([jnp.zeros(n), jnp.ones(n), jnp.zeros(2 * n)]))
    assert [(p.start, p.stop, p.law.mean.coefficient) for p in gates.parts] == [
        (0, Fraction(1, 4), 0.0),
        (Fraction(1, 4), Fraction(1, 2), 1.0),
        (Fraction(1, 2), 1, 0.0),
    ]


def test_loops_and_stacks() -> None:
    """Layers that a scan makes have one law."""

    def layers(key: Any, n: int) -> Any:
        def layer(count: Any, own: Any) -> Any:
            return count, normal(own, (n, n)) / n**0.5

        return jax.lax.scan(layer, 0, jax.random.split(key, 3))[1]

    found = law(layers)
    assert (found.law, found.deviation) == ("normal", Number(1.0, HALF))
    zeros = law(lambda key, n: jnp.stack([jnp.zeros(n) for _ in range(3)]))
    assert (zeros.law, zeros.mean) == ("constant", Number(0.0))


def test_sparse() -> None:
    found = law(lambda key, n: kept(key, 4 / n, lambda k, n: normal(k, (n, n)), n))
    assert (found.law, found.deviation) == ("normal", Number(1.0, Fraction(0)))
    assert found.share is not None
    assert found.share.exponent == -1
    assert found.share.coefficient == pytest.approx(4, rel=1e-5)
    half = law(lambda key, n: kept(key, 0.1, lambda k, n: fill.he_normal()(k, (n, n), "float32"), n))
    assert (half.law, half.square) == ("truncated_normal", 2)
    assert half.share == Number(pytest.approx(0.1, rel=1e-4), Fraction(0))  # pyright: ignore[reportArgumentType]


def test_orthogonal() -> None:
    """Tests of uniformity reject a uniform matrix once in 10^6 cases; keys are fixed."""
    wide = law(lambda key, n: fill.orthogonal(2.0)(key, (n, 2 * n), "float32"))
    assert (wide.law, wide.deviation, wide.sides) == ("orthogonal", Number(2.0, Fraction(0)), ((0,), (1,)))


@pytest.mark.slow
def test_orthogonal_kernels_and_stacks() -> None:
    """As above."""
    kernel = law(lambda key, n: fill.orthogonal()(key, (3, n, n)))
    assert (kernel.law, kernel.sides) == ("orthogonal", ((0, 1), (2,)))
    stack = law(lambda key, n: jnp.stack([fill.orthogonal()(k, (n, n)) for k in jax.random.split(key, 3)]))
    assert (stack.deviation, stack.sides) == (Number(1.0, Fraction(0)), ((1,), (2,)))


def test_tables() -> None:
    finite = law(lambda key, n: jnp.arange(8.0))
    assert finite.law == "fixed"
    assert finite.table is not None
    np.testing.assert_array_equal(finite.table, np.arange(8))
    assert law(lambda key, n: jnp.eye(n)).table is None


def test_sizes_that_are_rounded() -> None:
    def draw(key: Any, n: int) -> Any:
        root = round(n**0.5)
        return normal(key, (root, n)) / root**0.5

    found = law(draw)
    assert found.deviation == Number(pytest.approx(1.0), Fraction(-1, 4))  # pyright: ignore[reportArgumentType]


def test_few_digits_are_not_enough() -> None:
    assert "told apart" in refused(lambda key, n: fill.normal(0.02)(key, (n, n), jnp.bfloat16))


DEPENDENT: list[tuple[str, Draw]] = [
    ("symmetric", symmetric),
    ("tied", lambda key, n: jnp.tile(normal(key, (n, n)), (1, 2))),
    ("low rank", lambda key, n: jnp.matmul(normal(key, (n, 4)), normal(jax.random.fold_in(key, 1), (4, n)))),
    ("rows of one length", lambda key, n: normalised(normal(key, (n, n)))),
    ("not uniform", lambda key, n: jnp.linalg.qr(normal(key, (n, n)))[0]),
    ("permutation", lambda key, n: jax.random.permutation(key, jnp.eye(n))),
    ("kernel's centre", lambda key, n: fill.delta_orthogonal()(key, (3, n, n))),
    ("blocks", lambda key, n: jnp.concatenate([fill.orthogonal()(k, (n, n)) for k in jax.random.split(key)], 1)),
    ("circulant", lambda key, n: normal(key, (n,))[(jnp.arange(n)[:, None] - jnp.arange(n)) % n]),
]
USUAL = ("symmetric", "not uniform", "blocks")
SORTED = [*(c for c in DEPENDENT if c[0] in USUAL), *slow([c for c in DEPENDENT if c[0] not in USUAL])]


@pytest.mark.parametrize(("name", "draw"), SORTED, ids=lambda v: v if isinstance(v, str) else "")
def test_entries_that_are_not_independent_are_refused(name: str, draw: Draw) -> None:
    assert "not recognised" in refused(draw)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_laws_that_are_told_from_draws() -> None:
    """Entries of several random numbers each. A law that holds is rejected once in 10^6 cases; keys are fixed."""
    student = law(lambda key, n: jax.random.t(key, 5.0, (n, n)) / n**0.5, (16, 64))
    assert (student.law, student.extra) == ("student_t", (5.0,))
    assert student.deviation is not None
    assert student.deviation.exponent == HALF
    assert student.deviation.coefficient == pytest.approx((5 / 3) ** 0.5, rel=0.01)
    assert "measured" in student.notes[0]


def test_families_are_told_apart() -> None:
    """2^18 numbers of each law have that law alone."""
    random = np.random.default_rng(3)
    size = 2**18
    cut = random.standard_normal(2 * size)
    draws: dict[str, Any] = {
        "normal": random.normal(size=size),
        "uniform": random.uniform(-0.5, 0.5, size),
        "laplace": random.laplace(size=size),
        "exponential": random.exponential(size=size),
        "rademacher": random.integers(0, 2, size) - 0.5,
        "truncated_normal": cut[abs(cut) < 2][:size],
        "student_t": random.standard_t(5, size),
    }
    assert {name: [fit.law for fit in told(values)] for name, values in draws.items()} == {n: [n] for n in draws}
    assert told(random.gumbel(size=size)) == []
