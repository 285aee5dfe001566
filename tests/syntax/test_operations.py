"""Every operation of the language against a formula written by hand."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.syntax.running import Run, program

CLOSE = {"rtol": 2e-4, "atol": 2e-5}


def test_the_sketch_of_the_language() -> None:
    run = Run("""
        program mlp(depth: int = 3, phi: activation = tanh) {
          width n
          input x : [d=16]
          param U : [n, d] ~ normal(0, 1)
          param W[2..depth] : [n, n] ~ normal(0, 1)
          param v : [n] ~ normal(0, 1)
          h[1] = U @ x / sqrt(d)
          for l in 2..depth { h[l] = W[l] @ phi(h[l-1]) / sqrt(n) }
          output f = dot(v, phi(h[depth])) / sqrt(n)
          claim f : Theta(1)
          claim weakly_correlated(n)
        }""")
    w, x = run.weights, run.inputs["x"]
    h = w["U"] @ x / 4
    for layer in ("W[2]", "W[3]"):
        h = w[layer] @ np.tanh(h) / np.sqrt(run.n)
    assert_allclose(run["h[3]"], h, **CLOSE)
    assert_allclose(run["f"], w["v"] @ np.tanh(h) / np.sqrt(run.n), **CLOSE)


def test_tables_are_in_row_major_order() -> None:
    run = Run(
        program("""
        input x : [t=2, d=3]
        table r : [d, e=2] = (1, -0.5,  # of d = 1
            2e-1, 0, 0, 3)
        y = dot(x, r, d)
        z = x * r""")
    )
    table = np.array([[1, -0.5], [0.2, 0], [0, 3]])
    assert_allclose(run.ordered("y", "t e"), run.inputs["x"] @ table, **CLOSE)
    assert_allclose(run.ordered("z", "t d e"), run.inputs["x"][..., None] * table, **CLOSE)


@pytest.mark.parametrize(
    ("size", "kernel", "stride"), [(8, 3, 1), (8, 3, 2), (7, 3, 2), (8, 2, 1), (9, 5, 3), (4, 4, 4)]
)
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_convolution_in_one_dimension(size: int, kernel: int, stride: int, padding: str) -> None:
    run = Run(
        program(f"""
        input x : [c=2, i={size}]
        param K : [n | c, k={kernel}] ~ normal(0, 1)
        y = conv(K, x, i=k, padding={padding}, stride={stride})""")
    )
    expected = jax.lax.conv_general_dilated(
        run.inputs["x"][None], run.weights["K"], (stride,), padding.upper(), dimension_numbers=("NCH", "OIH", "NCH")
    )[0]
    assert_allclose(run.ordered("y", "n i"), expected, **CLOSE)


@pytest.mark.parametrize(("padding", "stride"), [("same", 1), ("same", 2), ("valid", 1), ("valid", 3)])
def test_convolution_in_two_dimensions(padding: str, stride: int) -> None:
    run = Run(
        program(f"""
        input x : [i=8, j=7, c=2]
        param K : [n | c, ki=3, kj=2] ~ normal(0, 1)
        y = conv(K, x, i=ki, j=kj, padding={padding}, stride={stride})""")
    )
    expected = jax.lax.conv_general_dilated(
        run.inputs["x"][None],
        run.weights["K"],
        (stride, stride),
        padding.upper(),
        dimension_numbers=("NHWC", "OIHW", "NCHW"),
    )[0]
    assert_allclose(run.ordered("y", "n i j"), expected, **CLOSE)


@pytest.mark.parametrize("stride", [1, 2])
def test_circular_convolution_wraps(stride: int) -> None:
    run = Run(
        program(f"""
        input x : [c=2, i=6]
        param K : [n | c, k=3] ~ normal(0, 1)
        y = conv(K, x, i=k, padding=circular, stride={stride})""")
    )
    x, kernel = run.inputs["x"], run.weights["K"]
    expected = sum(kernel[:, :, k] @ np.roll(x, 1 - k, axis=1) for k in range(3))[:, ::stride]
    assert_allclose(run.ordered("y", "n i"), expected, **CLOSE)


@pytest.mark.parametrize(
    ("padding", "stride", "width"), [("same", 2, 3), ("same", 3, 2), ("same", 1, 4), ("valid", 2, 3), ("valid", 3, 2)]
)
def test_transposed_convolution_as_jax_has_it(padding: str, stride: int, width: int) -> None:
    run = Run(
        program(f"""
        input x : [c=2, i=5]
        param K : [n | c, k={width}] ~ normal(0, 1)
        y = conv_transpose(K, x, i=k, padding={padding}, stride={stride})""")
    )
    expected = jax.lax.conv_transpose(
        run.inputs["x"][None], run.weights["K"], (stride,), padding.upper(), dimension_numbers=("NCH", "OIH", "NCH")
    )[0]
    assert_allclose(run.ordered("y", "n i"), expected, **CLOSE)


def test_circular_transposed_convolution_wraps() -> None:
    run = Run(
        program("""
        input x : [c=2, i=3]
        param K : [n | c, k=3] ~ normal(0, 1)
        y = conv_transpose(K, x, i=k, padding=circular)""")
    )
    kernel, wide = run.weights["K"], np.zeros((2, 6))
    wide[:, ::2] = run.inputs["x"]
    expected = sum(kernel[:, :, k] @ np.roll(wide, 1 - k, axis=1) for k in range(3))
    assert_allclose(run.ordered("y", "n i"), expected, **CLOSE)


def test_entries_are_repeated() -> None:
    run = Run(program("input x : [i=3, j=2]\na = repeat(x, i, 2)\nb = repeat(repeat(2 * x, j, 3), i, 1)[j=2..5]"))
    x = run.inputs["x"]
    assert_allclose(run.ordered("a", "i j"), np.repeat(x, 2, axis=0), **CLOSE)
    assert_allclose(run.ordered("b", "i j"), 2 * np.repeat(x, 3, axis=1)[:, 1:5], **CLOSE)


def test_a_wide_kernel_is_one_operator() -> None:
    run = Run(
        program("""
        input x : [i=5]
        param E : [n | one] ~ normal(0, 1)
        param K : [n | n, k=3] ~ normal(0, 1)
        h = E @ (x * unused)
        y = conv(K, h, i=k) / sqrt(n)""")
    )
    h = np.pad(run.ordered("h", "n i"), ((0, 0), (1, 1)))
    windows = np.stack([h[:, k : k + 5] for k in range(3)], -1)
    expected = np.einsum("onk,nik->oi", run.weights["K"], windows) / np.sqrt(run.n)
    assert_allclose(run.ordered("y", "n i"), expected, **CLOSE)


def test_pooling_takes_whole_blocks() -> None:
    run = Run(
        program(
            "input x : [i=5, j=4]\na = avg_pool(x[i=1..4], i=2, j=2)\nb = max_pool(x[i=1..4], i=2, j=4)\n"
            "c = -2 * max_pool(-x, i=5)"
        )
    )
    x = run.inputs["x"]
    assert_allclose(run["a"], x[:4].reshape(2, 2, 2, 2).mean((1, 3)), **CLOSE)
    assert_allclose(run.ordered("b", "i j"), x[:4].reshape(2, 2, 1, 4).max((1, 3)), **CLOSE)
    assert_allclose(run.ordered("c", "i j")[0], 2 * x.min(0), **CLOSE)


def test_functions_of_a_whole_axis() -> None:
    run = Run(
        program("""
        input x : [d=3]
        input z : [t=5]
        param U : [n, d] ~ normal(0, 1)
        h = U @ x
        a = softmax(300 * h, n)
        b = max(h, n)
        c = top_k(h, n^(1/2), n)
        e = sort(h, n) + 0 * h
        g = rank(h, n)
        i = normalize(2 * h, n)
        j = normalize(h, n, center=0, eps=0.5)
        k = where(h > 0.2, x, h)
        l = where(z < 0, top_k(z, 2, t), sort(z, t))
        m = where(z >= z[t=2], z, 5) + where(z <= z[t=2], 7, 0)
        o = max(z, 0) + 10 * min(0.5, z) + 100 * min(z, t) + max(h, 2 * h)"""),
        n=7,
    )
    x, z = run.inputs["x"], run.inputs["z"]
    h = (run.weights["U"] @ x).astype(np.float32)
    assert_allclose(run["a"], jax.nn.softmax(300 * h), **CLOSE)
    assert_allclose(run["b"], h.max(), **CLOSE)
    assert_allclose(run["c"], np.where(h >= np.sort(h)[-3], h, 0), **CLOSE)
    assert_allclose(run["e"], np.sort(h), **CLOSE)
    assert_allclose(run["g"], (np.argsort(np.argsort(h)) + 1) / 7, **CLOSE)
    centred = 2 * h - 2 * h.mean()
    assert_allclose(run["i"], centred / np.sqrt((centred**2).mean() + 1e-5), **CLOSE)
    assert_allclose(run["j"], h / np.sqrt((h**2).mean() + 0.5), **CLOSE)
    assert_allclose(run.ordered("k", "n d"), np.where(h[:, None] > 0.2, x, h[:, None]), **CLOSE)
    assert_allclose(run["m"], np.where(z >= z[1], z, 5) + np.where(z <= z[1], 7, 0), **CLOSE)
    larger = np.maximum(z, 0) + 10 * np.minimum(z, 0.5) + 100 * z.min()
    assert_allclose(run.ordered("o", "t n"), larger[:, None] + np.maximum(h, 2 * h), **CLOSE)
    assert_allclose(run["l"], np.where(z < 0, np.where(z >= np.sort(z)[-2], z, 0), np.sort(z)), **CLOSE)


@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_softmax_is_stable_and_causal(scale: float) -> None:
    run = Run(
        program("""
        input x : [t=4, s=4]
        a = softmax(x, s)
        b = softmax(x, s, causal=t)
        c = softmax(rename(rename(x, t, u), s, t), t, causal=u)"""),
        scale=scale,
    )
    x = run.inputs["x"].astype(np.float32)
    assert_allclose(run.ordered("a", "t s"), jax.nn.softmax(x, axis=1), **CLOSE)
    masked = jax.nn.softmax(np.where(np.tril(np.ones((4, 4))) > 0, x, -np.inf), axis=1)
    assert_allclose(run.ordered("b", "t s"), masked, **CLOSE)
    assert_allclose(run.ordered("c", "u t"), masked, **CLOSE)


def test_causal_softmax_keeps_rows_whose_allowed_scores_are_far_below_the_others() -> None:
    x = np.array([[-900.0, 0.0], [0.0, 0.0]], np.float32)
    run = Run(program("input x : [t=2, s=2]\na = softmax(x, s, causal=t)"), inputs={"x": x})
    assert_allclose(run["a"], [[1, 0], [0.5, 0.5]])


def test_softmax_of_the_entries_of_a_mask() -> None:
    x = np.array([[1.0, 700.0, 2.0], [-900.0, 0.0, 1000.0]])
    text = "input x : [t=2, s=3]\ntable m : [s, t] = (1, 1,\n 0, 0,\n 1, 0)\na = softmax(x, s, mask=m)"
    run = Run(program(text), inputs={"x": x})
    share = 1 / (1 + np.exp(1))
    assert_allclose(run.ordered("a", "t s"), [[share, 0, 1 - share], [1, 0, 0]], **CLOSE)


def test_steps_and_zeros_along_an_axis() -> None:
    run = Run(
        program("""
        input x : [t=6, d=2]
        a = x[t=1..6 by 2]
        b = x[t=5..2 by -3]
        c = pad(x, t, 1, 2)
        e = pad(a, t, 2, 0)[t=5..1 by -1]
        for l in 1..5 { h[l] = l * x }
        g = concat(h[5..1 by -2], s)""")
    )
    x = run.inputs["x"]
    zeros = np.zeros((1, 2))
    assert_allclose(run.ordered("a", "t d"), x[::2], **CLOSE)
    assert_allclose(run.ordered("b", "t d"), x[[4, 1]], **CLOSE)
    assert_allclose(run.ordered("c", "t d"), np.concatenate([zeros, x, zeros, zeros]), **CLOSE)
    assert_allclose(run.ordered("e", "t d"), np.concatenate([x[[4, 2, 0]], zeros, zeros]), **CLOSE)
    assert_allclose(run.ordered("g", "s t d"), [5 * x, 3 * x, x], **CLOSE)


def test_shifts_slices_and_joins() -> None:
    run = Run(
        program("""
        input x : [t=5, d=2]
        a = shift(x, t, 2)
        b = shift(x, t, -1, circular)
        c = x[t=2..4]
        e = concat(x[t=1..2], x[t=5], t)
        g = concat(x, x[t=1], t)[t=6]
        h[1] = x[t=1]
        h[2] = x[t=3]
        k = concat(h[1..2], s)
        m = max(x, t)""")
    )
    x = run.inputs["x"]
    assert_allclose(run.ordered("a", "t d"), np.concatenate([np.zeros((2, 2)), x[:3]]), **CLOSE)
    assert_allclose(run.ordered("b", "t d"), np.roll(x, -1, 0), **CLOSE)
    assert_allclose(run.ordered("c", "t d"), x[1:4], **CLOSE)
    assert_allclose(run.ordered("e", "t d"), x[[0, 1, 4]], **CLOSE)
    assert_allclose(run["g"], x[0], **CLOSE)
    assert_allclose(run.ordered("k", "s d"), x[[0, 2]], **CLOSE)
    assert_allclose(run["m"], x.max(0), **CLOSE)


def test_contractions() -> None:
    run = Run(
        program("""
        input x : [t=3, d=4]
        param U : [n, d] ~ normal(0, 1)
        h = U @ x
        a = dot(h, U)
        b = dot(h, h, n, t)
        c = norm(h)
        e = mean(h)
        g = sum(h * U, d)
        k = mean(h, n, t)
        m = norm(-2 * x, d)""")
    )
    x, u = run.inputs["x"], run.weights["U"]
    h = u @ x.T
    assert_allclose(run.ordered("a", "t d"), h.T @ u, **CLOSE)
    assert_allclose(run["b"], (h * h).sum(), **CLOSE)
    assert_allclose(run["c"], np.linalg.norm(h, axis=0), **CLOSE)
    assert_allclose(run["e"], h.mean(0), **CLOSE)
    assert_allclose(run.ordered("g", "n t"), u.sum(1)[:, None] * h, **CLOSE)
    assert_allclose(run["k"], h.mean(), **CLOSE)
    assert_allclose(run["m"], 2 * np.linalg.norm(x, axis=1), **CLOSE)


def test_arithmetic_of_values_and_numbers() -> None:
    run = Run(
        program("""
        input x : [d=4]
        y = x^2 + 1
        a = 1 - x / 2 - x + 3
        b = x / y
        c = 2 / y
        e = y^(-1/2)
        g = -x * -3
        k = x^3 - x^1
        m = n^(1/2) * x * sqrt(n) / n
        o = sqrt(y) + 1e-5""")
    )
    x = run.inputs["x"]
    y = x**2 + 1
    expected = {
        "a": 4 - 1.5 * x, "b": x / y, "c": 2 / y, "e": y**-0.5, "g": 3 * x, "k": x**3 - x, "m": x, "o": y**0.5 + 1e-5,
    }  # fmt: skip
    for name, value in expected.items():
        assert_allclose(run[name], value, **CLOSE)
