"""Means of functions of normal variables against brute force, exact values, and each other."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from tests.activations.test_contract import NAMES
from tests.gaussian import dense
from tests.marks import slow
from tp.activations import Smoothness, find
from tp.gaussian.law import Law
from tp.gaussian.mean import mean_of_one, mean_of_two
from tp.graph.axes import Axis, Width
from tp.graph.builder import GraphBuilder
from tp.graph.text import parse_graph, print_graph
from tp.primitives import known
from tp.primitives.gaussian_mean import GaussianMean, function_of
from tp.primitives.input import Input

EVERY = [name for name in NAMES if find(name).smoothness is not Smoothness.SINGULAR_AT_ZERO] + ["power(2)"]
LAWS = [(1.0, 1.0, 0.0), (1.5, 0.7, 0.9), (2.0, 2.0, -1.99), (1.0, 4.0, 2.0), (3.0, 0.75, -1.5), (0.0, 1.3, 0.0)]
MEANS = [(0.0, 0.0), (0.4, -1.1)]


@pytest.fixture(autouse=True)
def overflows_are_no_faults():
    with np.errstate(all="ignore"):
        yield


def two(f: tuple[tuple[str, int], ...], g: tuple[tuple[str, int], ...], means, laws) -> np.ndarray:
    """E[f(u) g(v)] for several laws at once."""
    s, t, c = np.asarray(laws).T
    centred = means == (0.0, 0.0)
    m, n = (0.0 if centred else np.full_like(s, mean) for mean in means)
    return np.broadcast_to(mean_of_two(function_of(f), function_of(g), Law(m, n, s, t, c)), s.shape)


def test_the_table_of_tanh() -> None:
    """E tanh² and the limit of the kernel of one hidden layer, all inputs equal and of mean square 1."""
    square, slope = ((("tanh", k), ("tanh", k)) for k in (0, 1))
    first, second = (float(mean_of_one(function_of(f), 0.0, np.asarray(1.0))) for f in (square, slope))
    assert first == pytest.approx(0.394294490, abs=5e-10)
    assert first + second == pytest.approx(0.858697393, abs=5e-10)


@pytest.mark.parametrize("name", EVERY)
def test_one_variable(name: str) -> None:
    for factors in (((name, 0),), ((name, 1), ("tanh", 0)), ((name, 2),), ((name, 0), (name, 0), (name, 1))):
        f = function_of(factors)
        for mean in (0.0, 0.7):
            variances = np.asarray([0.0, 0.01, 1.0, 4.0])
            ours = np.broadcast_to(mean_of_one(f, mean and np.full(4, mean), variances), 4)
            expected = [dense.one(f, mean, float(s)) for s in variances]
            size = max(1.0, dense.one(function_of((*factors, *factors)), mean, 4.0)) ** 0.5
            np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-12 * size)


@pytest.mark.parametrize("name", slow(EVERY, but=("tanh", "gelu", "hard_tanh", "leaky_relu", "mish")))
def test_two_variables(name: str) -> None:
    for j, k, other in ((0, 0, name), (1, 1, name), (2, 0, name), (0, 1, "tanh"), (1, 0, "relu")):
        f, g = ((name, j),), ((other, k),)
        for means in MEANS:
            expected = [dense.two(function_of(f), function_of(g), means, law) for law in LAWS]
            np.testing.assert_allclose(two(f, g, means, LAWS), expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", ["relu", "erf", "tanh", "silu"])
def test_parallel_variables_are_one(name: str) -> None:
    f, g = ((name, 0),), ((name, 1),)
    for means in [(0.0, 0.0), (0.3, 0.3)]:
        m = means[0] and np.full(2, means[0])
        s = np.asarray([0.3, 5.0])
        expected = mean_of_one(function_of(f + g), m, s)
        np.testing.assert_allclose(two(f, g, means, [(x, x, x) for x in s]), expected, rtol=1e-12)
        above = [(x, x, x * (1 + 1e-9)) for x in s]
        np.testing.assert_allclose(two(f, g, means, above), expected, rtol=1e-12)


PAIRS = [("relu", "relu"), ("tanh", "mish"), ("gelu", "erf"), ("sin", "tanh"), ("relu", "tanh"), ("identity", "silu")]


@pytest.mark.parametrize(("one", "other"), slow(PAIRS, but=PAIRS[:2]))
def test_jax_and_numpy_agree(one: str, other: str) -> None:
    f, g = (function_of(((name, 0),)) for name in (one, other))
    s, t, c = np.asarray(LAWS).T
    with jax.enable_x64(True):
        compiled = jax.jit(lambda s, t, c: mean_of_two(f, g, Law(0.0, 0.0, s, t, c)))(s, t, c)
    np.testing.assert_allclose(compiled, mean_of_two(f, g, Law(0.0, 0.0, s, t, c)), rtol=1e-12, atol=1e-13)


def test_the_primitive_is_printed_and_read_back() -> None:
    build = GraphBuilder({"n": Width("n")}, {})
    one, other = Axis("@left", 3), Axis("@right", 2)
    operands = [build.add(Input(name, axes)) for name, axes in (("s", (one,)), ("t", (other,)), ("c", (one, other)))]
    functions = ((("tanh", 0), ("leaky_relu(1/5)", 1)), (("relu", 0),))
    build.outputs["mean"] = build.add(GaussianMean(functions, True, 2), *operands)
    text = print_graph(build.build())
    assert print_graph(parse_graph(text, known())) == text


def test_bad_settings_say_what_is_wrong() -> None:
    x = (Axis("x", 2),)
    for functions, count, message in (
        (((("power(1/2)", 0),),), 1, "no mean under a normal law"),
        (((("nothing", 0),),), 1, "no activation is called nothing"),
        (((("tanh", -1),),), 1, "a derivative has an order"),
        (((("tanh", 0),),), 2, "has 1 operands, not 2"),
        ((), 0, "of one or two variables"),
    ):
        with pytest.raises(ValueError, match=message):
            GaussianMean(functions).infer([x] * count, {})


@pytest.mark.parametrize("gap", [0.0, 1e-16, 3e-16, 1e-15, 4e-15, 1e-13])
def test_nearly_parallel_variables_of_relu(gap: float) -> None:
    """E[relu(u) relu(v)] at a correlation within rounding of 1: errors of later layers grow from this one."""
    v = 1.7
    found = two((("relu", 0),), (("relu", 0),), (0.0, 0.0), (v, v, v * (1.0 - gap)))
    assert found == pytest.approx(0.5 * v * (1.0 - gap), rel=1e-15)


@pytest.mark.parametrize("name", ["relu", "gelu", "hard_tanh", "tanh"])
def test_single_precision(name: str) -> None:
    """Also with parallel inputs and one that is zero."""
    x = np.random.default_rng(0).normal(size=(5, 3))
    x[1], x[2] = x[0], 0.0
    gram = x @ x.T
    f = function_of(((name, 0),))

    def kernel(gram: np.ndarray) -> np.ndarray:
        diagonal = np.diagonal(gram)
        return mean_of_two(f, f, Law(0.0, 0.0, diagonal[:, None], diagonal[None], gram))

    exact = kernel(gram)
    np.testing.assert_allclose(kernel(gram.astype("float32")), exact, rtol=1e-5, atol=1e-5)
