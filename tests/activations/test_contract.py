"""Every activation keeps its promises: derivatives, parity, zeros, degree, growth, radius."""

from __future__ import annotations

import subprocess
import sys
from math import inf
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tp.activations import Activation, Smoothness, find, known

SAMPLES = {
    "monomial": ["monomial(1)", "monomial(3)", "monomial(4)"],
    "power": ["power(1/2)", "power(-1/2)", "power(-1)", "power(2)"],
    "leaky_relu": ["leaky_relu", "leaky_relu(1/5)", "leaky_relu(0)"],
}
NAMES = [name for keyword in known() for name in SAMPLES.get(keyword, [keyword])]
DERIVATIVES = range(7)

every = pytest.mark.parametrize("activation", [find(n) for n in NAMES], ids=NAMES)


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


@pytest.fixture(autouse=True)
def overflows_are_no_faults():
    with np.errstate(all="ignore"):
        yield


def grid(activation: Activation, reach: float = 4.0) -> np.ndarray:
    """Points off the kinks, positive where the function lives on the positive side only."""
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
        return np.linspace(0.3, reach, 57)
    return np.linspace(-reach, reach, 58)


def wide_grid(activation: Activation, dtype: str) -> np.ndarray:
    points = np.concatenate([[0.0, 1e-30, 1e-3], np.linspace(0.1, 100.0, 400)])
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
        return np.asarray(points[3:], dtype)
    return np.asarray(np.concatenate([points, -points]), dtype)


@every
def test_names_are_found_again(activation: Activation) -> None:
    assert find(activation.name) == activation
    assert activation.summary


@every
def test_each_derivative_is_the_slope_of_the_one_before(activation: Activation) -> None:
    x = grid(activation)

    @jax.jit
    def slopes(x: jax.Array) -> list[jax.Array]:
        return [jax.vmap(jax.grad(lambda z, k=k: activation.lower(k, z)))(x) for k in DERIVATIVES[:-1]]

    for k, slope in enumerate(slopes(x), 1):
        ours = activation.lower(k, x)
        assert ours.shape == x.shape
        np.testing.assert_allclose(ours, slope, rtol=1e-9, atol=1e-9 * (1 + float(np.abs(slope).max())))


@every
@pytest.mark.parametrize(("xp", "dtype"), [(np, "float32"), (np, "float64"), (jnp, "float32")])
def test_numbers_stay_finite_and_keep_their_type(activation: Activation, xp: Any, dtype: str) -> None:
    x = xp.asarray(wide_grid(activation, dtype))
    for k in DERIVATIVES:
        y = activation.lower(k, x)
        assert isinstance(y, type(x))
        assert y.dtype == x.dtype
        y = np.asarray(y)
        assert not np.isnan(y).any()
        if activation.growth(k) is not None:
            assert np.isfinite(y).all()


@every
def test_single_precision_agrees_with_double(activation: Activation) -> None:
    x = grid(activation).astype("float32")
    for k in DERIVATIVES:
        exact = activation.lower(k, x.astype("float64"))
        scale = float(np.abs(exact).max())
        np.testing.assert_allclose(activation.lower(k, x), exact, rtol=1e-4, atol=2e-5 * scale)


@every
def test_parity(activation: Activation) -> None:
    signs = {"odd": -1.0, "even": 1.0}
    for k in DERIVATIVES:
        sign = signs.get(activation.symmetry(k))
        if sign is not None:
            x = grid(activation)
            y = activation.lower(k, x)
            np.testing.assert_allclose(activation.lower(k, -x), sign * y, atol=1e-10 * (1 + float(np.abs(y).max())))


@every
def test_no_parity_is_missed(activation: Activation) -> None:
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
        return
    x = grid(activation)
    for k in DERIVATIVES:
        y, mirrored = activation.lower(k, x), activation.lower(k, -x)
        if activation.symmetry(k) == "none" and not activation.vanishes(k):
            assert float(np.abs(y - mirrored).max()) > 1e-3
            assert float(np.abs(y + mirrored).max()) > 1e-3


@every
def test_split(activation: Activation) -> None:
    """A polynomial plus an odd or even function, wherever low derivatives lack the parity of the others."""
    found = activation.split()
    uneven = activation.symmetry(0) == "none" and activation.symmetry(activation.uneven) != "none"
    assert (found is not None) == uneven
    if found is None:
        return
    part = find(found.part)
    assert part.symmetry(0) in ("odd", "even")
    x = grid(activation)
    for k in range(4):
        polynomial = (found.constant + found.slope * x, found.slope)[k] if k < 2 else 0.0
        rest = found.scale * found.inside**k * part.lower(k, found.inside * x)
        np.testing.assert_allclose(polynomial + rest, activation.lower(k, x), atol=1e-12)


@every
def test_vanishing_and_constant_derivatives(activation: Activation) -> None:
    x = grid(activation)
    for k in DERIVATIVES:
        y = np.asarray(activation.lower(k, x))
        assert activation.vanishes(k) == (not y.any())
        assert activation.constant(k) == (np.ptp(y) < 1e-12)


@every
def test_values_at_zero(activation: Activation) -> None:
    for k in DERIVATIVES:
        stated = activation.at_zero(k)
        value = float(activation.lower(k, np.asarray(0.0)))
        if activation.smoothness is Smoothness.SINGULAR_AT_ZERO and abs(stated) == inf:
            assert not np.isfinite(value)
            continue
        assert value == pytest.approx(stated, rel=1e-12, abs=1e-12)
        if abs(value) < 1e-12:
            assert stated == 0.0, "orders ask whether it is exactly zero"


@every
def test_ranges(activation: Activation) -> None:
    """Stated bounds hold everywhere and are nearly attained; z φ(z) >= 0 exactly where that is stated."""
    x = wide_grid(activation, "float64")
    x = np.concatenate([x, grid(activation, 12.0)])
    y = activation.lower(0, x)
    assert activation.least <= float(y.min())
    assert float(y.max()) <= activation.most
    if activation.smoothness is not Smoothness.SINGULAR_AT_ZERO:
        assert float(y.min()) <= activation.least + 0.02 or activation.least == -inf
        assert activation.most - 0.02 <= float(y.max()) or activation.most == inf
    if activation.keeps_sign:
        assert float((x * y).min()) >= 0


@every
def test_degree(activation: Activation) -> None:
    x, degree = grid(activation), activation.degree()
    for t in (0.5, 3.0):
        ratio = activation.lower(0, t * x) / activation.lower(0, x)
        ratio = ratio[np.isfinite(ratio)]
        if degree is None:
            assert np.ptp(np.asarray(ratio)) > 1e-3
        else:
            np.testing.assert_allclose(ratio, t ** float(degree), rtol=1e-12)


@every
def test_growth(activation: Activation) -> None:
    for k in DERIVATIVES:
        growth = activation.growth(k)
        sides = [1.0] if activation.smoothness is Smoothness.SINGULAR_AT_ZERO else [1.0, -1.0]
        far = np.asarray([side * z for side in sides for z in np.geomspace(20.0, 400.0, 60)])
        size = np.abs(activation.lower(k, far))
        if growth is None:
            assert size.max() > 1e100
            continue
        ratio = size / np.abs(np.asarray(far)) ** float(growth)
        bound = max(1e-9, float(np.abs(activation.lower(k, grid(activation, 20.0))).max()))
        assert ratio.max() <= 2.0 * bound
        if growth > 0 and not activation.vanishes(k):
            assert ratio.max() > 1e-3, "a smaller power would do"


def _root_test(coefficients: np.ndarray) -> float:
    """Radius of convergence from the last coefficients (two in a row, as every second one may vanish)."""
    orders = np.arange(len(coefficients))
    late = orders >= len(coefficients) - 8
    with np.errstate(divide="ignore"):
        logs = np.log(np.abs(coefficients[late])) / orders[late]
    return float(np.exp(-logs.max()))


@every
@pytest.mark.parametrize("k", range(3))
def test_how_often_derivatives_are_near_zero(activation: Activation, k: int) -> None:
    """|f| is below ε, and not 0, at a share of about ε^(1/m) of an interval, m the multiplicity of its zeros."""
    z = np.random.default_rng(k).uniform(-3.0, 3.0, 1_000_000)
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
        z = np.abs(z)
    sizes = np.abs(np.asarray(activation.lower(k, z)))
    assert activation.vanishes(k) or bool((sizes == 0).mean() > 0.1) == activation.masks(k)
    touches = activation.touches(k)
    if touches is None:
        return
    shares = [((sizes > 0) & (sizes < eps)).mean() for eps in (1e-2, 1e-4)]
    assert shares[1] <= 3 * max(shares[0], 1e-2) * 10 ** (-2 / float(touches) if touches else -2.0)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "silu", "mish"])
def test_radius_at_the_origin_by_the_root_test(name: str) -> None:
    """The singularities nearest to the real line of these lie above the origin."""
    activation = find(name)
    count = 30
    coefficients = np.asarray([activation.at_zero(k) for k in range(count)])
    factorials = np.cumprod(np.concatenate([[1.0], np.arange(1.0, count)]))
    assert _root_test(coefficients / factorials) == pytest.approx(activation.radius, rel=0.12)


def test_radius_of_gelu_tanh_is_the_distance_to_the_nearest_pole() -> None:
    c, a = np.sqrt(2 / np.pi), 0.044715
    poles = np.concatenate([np.roots([c * a, 0, c, -1j * np.pi * (m + 0.5)]) for m in range(-20, 20)])
    nearest = poles[np.argmin(np.abs(poles.imag))]
    activation = find("gelu_tanh")
    assert abs(nearest.imag) == pytest.approx(activation.radius, rel=1e-9)

    circle = nearest.real + 0.98 * activation.radius * np.exp(2j * np.pi * np.arange(4096) / 4096)
    values = circle * (1 + np.tanh(c * (circle + a * circle**3))) / 2
    by_cauchy = np.fft.fft(values)[:31] / 4096 / (0.98 * activation.radius) ** np.arange(31)
    ours = np.asarray([float(activation.lower(k, jnp.asarray(nearest.real))) for k in range(7)])
    factorials = np.cumprod([1.0, 1, 2, 3, 4, 5, 6])
    np.testing.assert_allclose(ours / factorials, by_cauchy[:7].real, rtol=1e-9, atol=1e-12)
    assert _root_test(by_cauchy) == pytest.approx(activation.radius, rel=0.12)


@pytest.mark.parametrize("name", ["erf", "gelu", "sin", "cos", "exp"])
def test_entire_functions_have_ever_smaller_coefficients(name: str) -> None:
    activation = find(name)
    assert activation.radius == inf
    count = 60
    factorials = np.cumprod(np.concatenate([[1.0], np.arange(1.0, count)]))
    coefficients = np.asarray([activation.at_zero(k) for k in range(count)]) / factorials
    assert _root_test(coefficients) > 1.5 * _root_test(coefficients[:16])


@every
def test_piecewise_and_singular_functions_have_no_radius(activation: Activation) -> None:
    assert (activation.radius == 0.0) == (activation.smoothness is not Smoothness.ANALYTIC)


def test_slopes_at_the_kink() -> None:
    zero = jnp.asarray(0.0)
    assert float(find("relu").lower(1, zero)) == 0.0
    assert float(find("abs").lower(1, zero)) == 0.0
    assert float(find("leaky_relu(1/4)").lower(1, zero)) == 0.25


@pytest.mark.parametrize(
    "name",
    ["monomial(0)", "monomial(1/2)", "monomial(x)", "power(1/0)", "power(1e999999999)", "leaky_relu(1)",
     "leaky_relu(-1)",
     "leaky_relu(a)", "tanh(1)", "identity(3)", "square(3)", "power(1, 2)"],
)  # fmt: skip
def test_arguments_that_do_not_fit(name: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        find(name)


@pytest.mark.parametrize("name", ["nothing", "", "tanh(", "__init__", "tanh)("])
def test_unknown_names(name: str) -> None:
    with pytest.raises(KeyError):
        find(name)


def test_facts_do_not_need_jax() -> None:
    """Orders are computed before JAX is loaded."""
    code = (
        "import sys\nfrom tp.activations import find, known\n"
        "for a in map(find, known()):\n"
        "    for k in range(7): a.at_zero(k), a.symmetry(k), a.vanishes(k), a.constant(k), a.growth(k)\n"
        "    a.degree(), a.radius\n"
        "assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
