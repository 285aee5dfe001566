"""Parameters: sides, transposes, means, sharing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.testing import assert_allclose

from tests.syntax.running import Run, program
from tp.graph.axes import Scale
from tp.graph.text import parse_graph, print_graph
from tp.primitives import known
from tp.syntax import parse

CLOSE = {"rtol": 2e-4, "atol": 2e-5}


def test_transposes_of_operators_and_of_tables() -> None:
    run = Run(
        program("""
        input x : [d=4, t=3]
        param W : [n, n] ~ normal(0, 1)
        param U : [n, d] ~ normal(0, 1)
        param D : [d, d] ~ normal(0, 1)
        a = W' @ U @ x
        b = U' @ U @ x
        c = D @ x
        e = D' @ x
        g = D' @ D @ x""")
    )
    w, u, d, x = run.weights["W"], run.weights["U"], run.weights["D"], run.inputs["x"]
    expected = {"a": (w.T @ u @ x, "n t"), "b": (u.T @ u @ x, "d t"), "c": (d @ x, "d t"), "e": (d.T @ x, "d t"),
                "g": (d.T @ d @ x, "d t")}  # fmt: skip
    for name, (value, axes) in expected.items():
        assert_allclose(run.ordered(name, axes), value, rtol=1e-3, atol=1e-4)


def test_readouts_and_flattening() -> None:
    run = Run(
        program("""
        input x : [i=2, j=3]
        param E : [n | one] ~ normal(0, 1)
        param V : [c=5 | n] ~ normal(0, 1)
        param F : [c | n, i, j] ~ normal(0, 1)
        param B : [n] ~ normal(0, 1)
        h = E @ (x * unused) + B
        a = V @ h
        b = F @ h""")
    )
    h = run.ordered("h", "n i j")
    assert_allclose(run.ordered("a", "c i j"), np.einsum("cn,nij->cij", run.weights["V"], h), **CLOSE)
    assert_allclose(run["b"], np.einsum("cnij,nij->c", run.weights["F"], h), **CLOSE)


def test_means_are_added_on_every_use() -> None:
    run = Run(
        program("""
        input x : [d=4, t=3]
        param W : [n, n] ~ normal(1/n, 1)
        param U : [n, d] ~ normal(3, 2)
        param g : [n] ~ constant(2)
        a = W @ U @ x
        b = W' @ U @ x
        c = g * b
        e = U' @ c
        k = U * g""")
    )
    w, u = run.weights["W"] + 1 / run.n, run.weights["U"] + 3
    g, x = np.full(run.n, 2.0), run.inputs["x"]
    assert_allclose(run.weights["g"], 0)
    assert_allclose(run.ordered("a", "n t"), w @ u @ x, **CLOSE)
    assert_allclose(run.ordered("b", "n t"), w.T @ u @ x, **CLOSE)
    assert_allclose(run.ordered("e", "d t"), u.T @ (g[:, None] * (w.T @ u @ x)), rtol=1e-3)
    assert_allclose(run.ordered("k", "n d"), u * g[:, None], **CLOSE)


def test_laws_and_rates() -> None:
    graph = parse(
        program("""
        width m = n^(1/2), k = n/4, j = 3*m
        learning_rate n^(1/2)
        param A : [n, m] ~ student_t(0, 1/sqrt(n), 5) rate 1/n decay 3/m
        param B : [k] ~ uniform(1/2, 2) decay 0
        param C : [j] ~ constant(3)""")
    ).graph
    a, b, c = (graph.parameters[name] for name in "ABC")
    assert graph.learning_rate.exponent == Fraction(1, 2)
    assert (a.law.family, a.law.arguments, a.law.mean) == ("student_t", (5.0,), None)
    assert (a.law.scale.exponent, a.rate.exponent) == (Fraction(-1, 2), -1)
    assert a.decay is not None
    assert (a.decay.at(64), a.decay.exponent) == (3 / 8, Fraction(-1, 2))
    assert b.decay == Scale(0.0)
    assert c.decay is None
    assert parse_graph(print_graph(graph), known()).parameters == graph.parameters
    assert b.law.mean is not None
    assert (b.law.mean.coefficient, b.law.scale.coefficient) == (0.5, 2.0)
    assert c.law.mean is not None
    assert (c.law.mean.coefficient, c.law.scale.coefficient) == (3.0, 0.0)
    assert [graph.widths[w].at(64) for w in "nmkj"] == [64, 8, 16, 24]
    assert [graph.widths[w].exponent for w in "mkj"] == [Fraction(1, 2), 1, Fraction(1, 2)]


DEFS = """
def block(x, n: axis, phi: activation = tanh) {
  param W : [n, n] ~ normal(0, 1)
  y = W @ phi(x) / sqrt(n)
  return x + y, y
}
def twice(x, n: axis) {
  a, _a = block(x, n)
  b, _b = block(a, n)
  return b
}
"""


def test_direct_calls_own_their_parameters_and_instances_share_them() -> None:
    text = DEFS + program("""
        param U : [n, unused_axis=1] ~ normal(0, 1)
        x = U @ rename(unused, one, unused_axis)
        a[1], b[1] = block(x, n)
        a[2], b[2] = block(a[1], n, phi=relu)
        instance own = block(n)
        instance each[1..2] = block
        c[1], e[1] = own(x)
        c[2], e[2] = own(c[1])
        for l in 1..2 { g[l], k[l] = each[l](x, n, tanh) }
        instance pair = twice(n)
        m = pair(x)
        o = pair(m) + twice(x, n)""")
    run = Run(text)
    names = set(run.program.graph.parameters)
    assert names == {
        "U", "a[1]/W", "a[2]/W", "own/W", "each[1]/W", "each[2]/W", "pair/a/W", "pair/b/W", "o/a/W", "o/b/W",
    }  # fmt: skip
    w, x, root = run.weights, run["x"], np.sqrt(run.n)
    assert_allclose(run["a[1]"], x + w["a[1]/W"] @ np.tanh(x) / root, **CLOSE)
    assert_allclose(run["b[2]"], w["a[2]/W"] @ np.maximum(run["a[1]"], 0) / root, **CLOSE)
    assert_allclose(run["c[2]"], run["c[1]"] + w["own/W"] @ np.tanh(run["c[1]"]) / root, **CLOSE)
    assert_allclose(run["k[2]"], w["each[2]/W"] @ np.tanh(x) / root, **CLOSE)
    assert {"own.y", "own(2).y", "each[2].y"} <= set(run.program.graph.names)


def test_labels_and_places() -> None:
    graph = parse(program("  param v : [n] ~ normal(0, 1)\n  h[1] = tanh(v)\n  g = 2 * h[1]"), "a.tp").graph
    node = graph[graph.names["h[1]"]]
    assert node.label == "h[1]"
    assert node.span is not None
    assert (node.span.file, node.span.line, node.span.column) == ("a.tp", 6, 10)
    assert graph[graph.names["g"]].label == "g"


def test_the_identity_leaves_no_node() -> None:
    graph = parse(program("  input x : [d=3]\n  y = identity(x)\n  z = monomial(x, 1)\n  w = x^1")).graph
    assert graph.names["y"] == graph.names["z"] == graph.names["w"] == graph.names["x"]


def test_an_index_looks_through_joins_and_slices() -> None:
    graph = parse(
        program("""
        input x : [t=6, d=2]
        a = x[t=2..5]
        b = a[t=3]
        c = x[t=4]
        e = concat(b, x[t=1], x, s)[s=2]
        g = x[t=1]""")
    ).graph
    assert graph.names["b"] == graph.names["c"]
    assert [a.name for a in graph.type(graph.names["e"])] == ["d", "t"]


def test_own_names_hide_built_in_functions() -> None:
    text = "def mean(x) {\n  return tanh(x)\n}\n" + program("  input x : [d=3]\n  sum = mean(x)\n  y = sum + 1")
    graph = parse(text).graph
    assert [a.name for a in graph.type(graph.names["y"])] == ["d"]
