"""What holds for means of any functions under any law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gaussian import dense
from tp.activations import find
from tp.gaussian.law import Law
from tp.gaussian.mean import mean_of_one, mean_of_two
from tp.primitives.gaussian_mean import function_of

SMOOTH = ("tanh", "sigmoid", "silu", "softplus", "gelu_tanh", "mish", "erf", "gelu", "sin", "cos")
KINKED = ("relu", "leaky_relu(1/5)", "abs", "hard_tanh", "sign", "piecewise_power(2, 1, -1)")
POLYNOMIAL = ("identity", "square", "monomial(3)")
FACTORS = st.lists(st.tuples(st.sampled_from(SMOOTH + KINKED + POLYNOMIAL), st.integers(0, 2)), min_size=1, max_size=2)
MEAN = st.floats(-2.0, 2.0) | st.just(0.0)
VARIANCE = st.floats(0.05, 5.0) | st.just(0.0)
CORRELATION = st.floats(-1.0, 1.0) | st.sampled_from([-1.0, 0.0, 1.0])


@pytest.fixture(autouse=True)
def overflows_are_no_faults():
    with np.errstate(all="ignore"):
        yield


@given(f=FACTORS, g=FACTORS, m=MEAN, n=MEAN, s=VARIANCE, t=VARIANCE, r=CORRELATION)
@settings(max_examples=40, deadline=None)
def test_random_products_under_random_laws(f, g, m, n, s, t, r) -> None:
    one, other = (function_of(tuple(sorted(x))) for x in (f, g))
    c = r * np.sqrt(s * t)
    law = Law(*(np.asarray([x]) for x in (m, n, s, t, c)))
    found = float(np.broadcast_to(mean_of_two(one, other, law), (1,))[0])
    size = 1.0 + dense.one(function_of((*f, *f)), m, s) ** 0.5 * dense.one(function_of((*g, *g)), n, t) ** 0.5
    assert found == pytest.approx(dense.two(one, other, (m, n), (s, t, c)), rel=1e-9, abs=1e-9 * size)
    turned = float(np.broadcast_to(mean_of_two(other, one, law.swapped()), (1,))[0])
    assert turned == pytest.approx(found, rel=1e-9, abs=1e-9 * size)


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "hard_tanh", "sin"])
@pytest.mark.parametrize("k", [0, 1])
def test_kernels_are_positive_semidefinite(name: str, k: int) -> None:
    """Also for inputs that are equal, opposite or zero."""
    x = np.random.default_rng(0).normal(size=(12, 3))
    x[3], x[4], x[5] = x[0], -x[1], 0.0
    gram = x @ x.T
    f = function_of(((name, k),))
    diagonal = np.diagonal(gram)
    law = Law(0.0, 0.0, diagonal[:, None], diagonal[None], gram)
    kernel = mean_of_two(f, f, law)
    np.testing.assert_allclose(kernel, kernel.T, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(
        np.diagonal(kernel), mean_of_one(function_of(((name, k),) * 2), 0.0, diagonal), atol=1e-12
    )
    assert np.linalg.eigvalsh(kernel).min() > -1e-9


@pytest.mark.parametrize("name", [*SMOOTH[:6], *KINKED])
def test_no_law_gives_a_number_that_is_not_one(name: str) -> None:
    """Variances from 0 to very large, covariances up to their bound and a little beyond it by rounding."""
    sizes = np.asarray([0.0, 1e-300, 1e-12, 1e-4, 1.0, 1e4, 1e8])
    s, t, r = (x.ravel() for x in np.meshgrid(sizes, sizes, [-1.0, 0.5, 1.0, 1.0 + 1e-12]))
    for j, k, mean in ((0, 0, 0.0), (1, 1, 0.0), (0, 1, 0.7)):
        f, g = function_of(((name, j),)), function_of(((name, k),))
        m = mean and np.full_like(s, mean)
        found = np.broadcast_to(mean_of_two(f, g, Law(m, m, s, t, r * np.sqrt(s * t))), s.shape)
        assert np.isfinite(found).all()
        point = np.asarray(mean)
        still = found[(s == 0.0) & (t == 0.0)]
        np.testing.assert_allclose(still, find(name).lower(j, point) * find(name).lower(k, point), atol=1e-13)


@pytest.mark.parametrize("name", SMOOTH[:6])
def test_two_resolutions_say_how_large_the_error_is(name: str) -> None:
    s = np.geomspace(0.1, 400.0, 12)
    f = function_of(((name, 0),))
    coarse, usual, fine = (mean_of_two(f, f, Law(0.0, 0.0, s, s, 0.98 * s), resolution) for resolution in (0, 1, 2))
    assert (abs(usual - fine) <= np.maximum(abs(coarse - usual), 1e-10 * fine)).all()
    np.testing.assert_allclose(usual, fine, rtol=1e-9)
    np.testing.assert_allclose(coarse, fine, rtol=1e-5)
