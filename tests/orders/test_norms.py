"""The inequalities of the norm calculus, against vectors and matrices of known norms."""

from __future__ import annotations

from fractions import Fraction
from itertools import product as pairs
from math import factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import hadamard

from tp.activations.facts import facts
from tp.orders.bounds.functions import digest
from tp.orders.bounds.norms import (
    Axes,
    Matrix,
    Norms,
    adversarial,
    closed,
    contracted,
    dot,
    exchangeable,
    flat,
    fresh,
    meet,
    product,
    repeated,
    up,
)
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.bounds.table import NOTHING, PLACE, Table, still

GRAIN = 48
ROUNDING = 1e-6
SIZES = st.sampled_from([1, 2, 8])  # powers of two, so that exponents to the base 2 are exact

Array = np.ndarray[Any, Any]
seeds = st.integers(0, 10_000)


def exponent(size: float) -> int:
    """Grains to the base 2, rounded up; far below zero for zero."""
    return up(Fraction(float(np.log2(max(size, 1e-9))) * GRAIN))


def measured(x: Array) -> Norms:
    a = np.abs(np.asarray(x))
    return Norms(exponent(a.sum()), exponent(float(np.sqrt((a * a).sum()))), exponent(a.max()))


def count(*sizes: int) -> int:
    return exponent(float(np.prod(sizes)))


def holds(x: Array, bound: Norms) -> bool:
    """Whether ``bound`` holds, up to the rounding of exponents to whole grains; zero is below everything."""
    return float(np.abs(x).max()) < ROUNDING or all(m <= b + 1 for m, b in zip(measured(x), bound, strict=True))


def vector(rng: np.random.Generator, *shape: int) -> Array:
    """Anything between a single spike and a flat vector."""
    x = rng.standard_normal(shape)
    kind = rng.integers(4)
    if kind == 1:
        x = x**5
    elif kind == 2:
        x = x * (rng.random(shape) < 0.2)
    elif kind == 3:
        x = np.ones(shape)
    return x * 2.0 ** rng.integers(-3, 4)


@given(seeds, SIZES, SIZES)
def test_closing_keeps_true_bounds(seed: int, a: int, b: int) -> None:
    x = vector(np.random.default_rng(seed), a, b)
    omega = count(a, b)
    slack = np.random.default_rng(seed + 1).integers(0, 200, 3)
    raised = Norms(*(int(m + s) for m, s in zip(measured(x), slack, strict=True)))
    assert holds(x, closed(*raised, omega))
    assert holds(x, meet(raised, measured(x), omega))


@given(seeds, SIZES, SIZES)
def test_sums_and_repetitions(seed: int, gone: int, kept: int) -> None:
    x = vector(np.random.default_rng(seed), gone, kept)
    assert holds(x.sum(axis=0), contracted(measured(x), count(gone), count(kept)))
    assert holds(np.repeat(x, 4, axis=0), repeated(measured(x), count(4)))


@given(seeds, SIZES, SIZES, SIZES, SIZES)
def test_products(seed: int, over: int, shared: int, left: int, right: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = vector(rng, over, shared, left), vector(rng, over, shared, right)
    z = np.einsum("osl,osr->slr", x, y)
    axes = Axes(count(over), count(shared), count(left), count(right))
    assert holds(z, product(measured(x), measured(y), axes))
    full = dot(measured(x[..., 0]), measured(y[..., 0]))
    assert holds((x[..., 0] * y[..., 0]).sum(), Norms(full, full, full))


@given(seeds, SIZES, SIZES, SIZES)
def test_a_matrix_on_any_vectors(seed: int, ins: int, outs: int, rest: int) -> None:
    """Rows of a Hadamard matrix: entries, rows, columns and operator norm are exactly those of the rule."""
    rng = np.random.default_rng(seed)
    matrix = hadamard(max(ins, outs))[rng.permutation(max(ins, outs))][:outs, :ins]
    x = vector(rng, ins, rest)
    assert holds(matrix @ x, adversarial(Matrix(0, count(ins), count(outs), count(rest)), measured(x)))


@pytest.mark.parametrize(("ins", "outs"), [(512, 512), (512, 64), (64, 512)])
def test_a_random_matrix_on_computed_vectors(ins: int, outs: int) -> None:
    rng = np.random.default_rng(0)
    w = rng.standard_normal((outs, ins))
    m = Matrix(0, count(ins), count(outs), 0)
    x = rng.standard_normal((ins, 1))
    back = w.T @ rng.standard_normal((outs, 1))
    slack = exponent(6.0)  # constants and logarithms
    assert holds(w @ x, fresh(m, measured(x)).scaled(slack))
    assert holds(w @ back, exchangeable(m, measured(back)).scaled(slack))
    if ins > outs:
        # The coherent part W W' y: the rule for independent vectors would be too small.
        assert not holds(w @ back, fresh(m, measured(back)).scaled(exponent(1.5)))


def test_heavy_tails_keep_their_largest_entry() -> None:
    rng = np.random.default_rng(0)
    n, moments = 512, 3
    w = rng.standard_t(moments, (n, n))
    heaviest = up(Fraction(2 * count(n), moments))
    m = Matrix(0, count(n), count(n), 0, heaviest, heaviest // 2)
    spike = np.eye(n)[:, [int(np.abs(w).max(axis=0).argmax())]]
    slack = exponent(4.0)
    for x in (spike, np.ones((n, 1)), w[[int(np.abs(w).max(axis=1).argmax())]].T):
        assert holds(w @ x, adversarial(m, measured(x)).scaled(slack))
    assert holds(w @ np.ones((n, 1)), fresh(m, measured(np.ones((n, 1)))).scaled(slack))


@given(seeds, SIZES, SIZES, SIZES)
def test_a_free_slot_of_a_matrix(seed: int, ins: int, outs: int, rest: int) -> None:
    rng = np.random.default_rng(seed)
    u = vector(rng, outs, ins) if rng.random() < 0.5 else np.outer(vector(rng, outs), vector(rng, ins))
    u = u / max(float(np.linalg.norm(u)), 1e-6)
    z = vector(rng, ins, rest)
    arguments = (0, None, 0, count(ins), count(outs), count(rest), ())
    found = NORM_RULES["norm.apply.source"](arguments, [still(measured(z))])[PLACE[0, 1]]
    assert holds(u @ z, found)


@given(seeds, SIZES, SIZES, SIZES)
def test_a_contracted_slot_of_a_matrix(seed: int, ins: int, outs: int, rest: int) -> None:
    rng = np.random.default_rng(seed)
    left, right, z = vector(rng, outs, 2), vector(rng, ins, 2), vector(rng, ins, rest)
    inner = Axes(count(ins), 0, count(2), count(rest))
    outer = Axes(count(2), 0, count(outs), count(rest))
    arguments = (0, 0, None, count(ins), count(outs), count(rest), ((tuple(inner), tuple(outer)),))
    tables = [still(measured(x)) for x in (z, left, right)]
    found = NORM_RULES["norm.apply.source"](arguments, tables)[PLACE[1, 0]]
    assert holds((left @ right.T) @ z, found)


def moving(base: Array, along: Array, free: Array) -> Table:
    table = list(NOTHING)
    table[0], table[PLACE[1, 0]], table[PLACE[0, 1]] = map(measured, (base, along, free))
    return tuple(table)


@pytest.mark.parametrize("name", ["exp", "tanh", "square", "monomial(5)", "relu"])
@settings(max_examples=20, deadline=None)
@given(seeds, SIZES)
def test_powers_at_every_order(name: str, seed: int, size: int) -> None:
    """Coefficients φ^{(a+b)} m^a u^b / (a! b!) of a jet with two first moves, far beyond order two."""
    import jax.numpy as jnp

    from tp.activations import find

    rng = np.random.default_rng(seed)
    base = rng.choice([-1.0, 1.0], size) * 0.5
    along, free = vector(rng, size), vector(rng, size)
    along, free = (x / max(float(np.abs(x).max()), 1.0) for x in (along, free))
    plain = digest(facts(name), 0)
    arguments = ((plain.degree, plain.endless, tuple(map(tuple, plain.slopes))), True, False, (None, ()), count(size))
    flat_base = moving(np.ones(size), along, free)
    table = NORM_RULES["norm.pointwise.source"](arguments, [flat_base])
    for a, b in pairs(range(5), range(5)):
        if a + b < 2:
            continue
        slope = np.asarray(find(name).lower(a + b, jnp.asarray(base)))
        coefficient = slope * along**a * free**b / (factorial(a) * factorial(b))
        bound = table[PLACE[min(a, 2), min(b, 2)]]
        if not np.abs(coefficient).max() > ROUNDING:
            continue
        # Constants of a derivative are not counted: 120 for the fifth power.
        assert bound is not None
        assert holds(coefficient, bound.scaled(exponent(120.0)))


def test_an_endless_series_of_a_large_move_has_no_bound() -> None:
    plain = digest(facts("exp"), 0)
    arguments = ((plain.degree, plain.endless, tuple(map(tuple, plain.slopes))), True, False, (None, ()), 0)
    table = list(NOTHING)
    table[0], table[PLACE[1, 0]] = flat(0, 48), flat(1, 48)
    found = NORM_RULES["norm.pointwise.source"](arguments, [tuple(table)])[PLACE[2, 0]]
    assert found is not None
    assert found.top > 10**8


def test_homogeneous_functions_compare_the_move_with_the_base() -> None:
    """x^{-1} at n^{1/2}: moves of n^{1/2} are allowed, and every power of them gives n^{-1/2}."""
    plain = digest(facts("power(-1)"), 0)
    arguments = ((plain.degree, plain.endless, tuple(map(tuple, plain.slopes))), True, False, (None, ()), 0)
    table = list(NOTHING)
    table[0], table[PLACE[1, 0]] = flat(24, 0), flat(24, 0)
    found = NORM_RULES["norm.pointwise.source"](arguments, [tuple(table)])[PLACE[2, 0]]
    assert found == flat(-24, 0)
