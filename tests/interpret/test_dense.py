"""The dense interpreter against networks written out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tp.graph.graph import Graph
from tp.interpret.arrays import evaluate
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.cost.schedule import schedule
from tp.matrix_free.streams import Seed
from tp.quantities.definitions import parse as quantity
from tp.quantities.distinct import DistinctScalars
from tp.quantities.slots import arrange
from tp.syntax import parse

Arrays = Mapping[str, Any]
N = 6


def mlp(w: Arrays, x: Any, n: int) -> Any:
    h = w["U"] @ x / np.sqrt(x.size)
    for name in ("W[2]", "W[3]"):
        h = w[name] @ np.tanh(h) / np.sqrt(n)
    return w["v"] @ np.tanh(h) / np.sqrt(n)


MLP = """program p {
    width n
    input x : [d=5]
    param U : [n, d] ~ normal(0, 1)
    param W[2..3] : [n, n] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h[1] = U @ x / sqrt(d)
    for l in 2..3 { h[l] = W[l] @ tanh(h[l-1]) / sqrt(n) }
    output f = dot(v, tanh(h[3])) / sqrt(n)
}"""


def rnn(w: Arrays, x: Any, n: int) -> Any:
    h = w["U"] @ x[0]
    for step in x[1:]:
        h = w["W"] @ np.tanh(h) / np.sqrt(n) + w["U"] @ step
    return w["V"] @ np.tanh(h) / n


RNN = """program p {
    width n
    input x : [t=4, d=3]
    param U : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ normal(0, 1)
    param V : [c=2, n] ~ normal(0, 1)
    h[1] = U @ x[t=1]
    for s in 2..t { h[s] = W @ tanh(h[s-1]) / sqrt(n) + U @ x[t=s] }
    output f = V @ tanh(h[t]) / n
}"""


def attention(w: Arrays, x: Any, n: int) -> Any:
    e = np.tanh(x @ w["E"].T)
    q, k, u = (e @ w[name].T / np.sqrt(n) for name in "QKV")
    scores = q @ k.T / np.sqrt(n)
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    return np.tanh(weights @ u).mean(0) @ w["v"]


ATTENTION = """program p {
    width n
    input x : [t=4, d=3]
    param E : [n, d] ~ normal(0, 1)
    param Q : [n, n] ~ normal(0, 1)
    param K : [n, n] ~ normal(0, 1)
    param V : [n, n] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    e = tanh(E @ x)
    q = Q @ e / sqrt(n)
    k = rename(K @ e / sqrt(n), t, s)
    u = rename(V @ e / sqrt(n), t, s)
    o = sum(softmax(dot(q, k) / sqrt(n), s) * u, s)
    output f = dot(v, mean(tanh(o), t))
}"""


def transposed(w: Arrays, x: Any, n: int) -> Any:
    return w["U"].T @ (w["W"].T @ np.tanh(w["W"] @ (w["U"] @ x))) / n**2


TRANSPOSED = """program p {
    width n, m = n^(1/2)
    input x : [d=3]
    param U : [n, d] ~ normal(0, 1)
    param W : [m, n] ~ normal(0, 1)
    output f = U' @ W' @ tanh(W @ U @ x) / n^2
}"""


@pytest.mark.parametrize(("xp", "dtype"), [(np, "float32"), (np, "float64"), (jnp, "float32")])
@pytest.mark.parametrize(
    ("text", "by_hand"),
    [(MLP, mlp), (RNN, rnn), (ATTENTION, attention), (TRANSPOSED, transposed)],
    ids=["mlp", "rnn", "attention", "transposed"],
)
def test_networks_by_hand(text: str, by_hand: Callable[[Arrays, Any, int], Any], xp: Any, dtype: str) -> None:
    program = parse(text)
    x = np.random.default_rng(0).standard_normal([a.at(N) for a in program.inputs["x"]])
    kind = np.dtype(dtype)
    weights = draw(program.graph.parameters, N, Seed((1,)), kind)
    run = evaluator(program.graph, [program.graph.outputs["f"]], N, kind)
    with precision(dtype):
        (found,) = (run if xp is np else jax.jit(run))(weights, {"x": x.astype(kind)})
    exact = {name: np.asarray(w, np.float64) for name, w in weights.items()}
    assert isinstance(found, np.ndarray | np.generic if xp is np else jax.Array)
    assert found.dtype == kind
    tolerance = 1e-12 if dtype == "float64" else 2e-5
    np.testing.assert_allclose(found, by_hand(exact, x, N), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("size", [5, 6])
def test_convolution(padding: str, stride: int, size: int) -> None:
    text = f"""program p {{
        width n
        input x : [c=2, i={size}, j=7]
        param K : [n | c, a=3, b=2] ~ normal(0, 1)
        h = conv(K, x, i=a, j=b, padding={padding}, stride={stride})
        output f = mean(square(h))
    }}"""
    program = parse(text)
    graph = program.graph
    node = graph.names["h"]
    x = np.random.default_rng(0).standard_normal((2, size, 7))
    with precision("float64"):
        weights = draw(graph.parameters, N, Seed((1,)), np.float64)
        (found,) = evaluator(graph, [node], N, np.float64)(weights, {"x": x})
        expected = jax.lax.conv_general_dilated(x[None], weights["K"], (stride, stride), padding.upper())[0]
    order = [[a.name for a in graph.type(node)].index(name) for name in ("n", "i", "j")]
    np.testing.assert_allclose(np.transpose(found, order), expected, rtol=1e-12, atol=1e-12)


def test_circular_convolution() -> None:
    text = """program p {
        width n
        input x : [i=5]
        param K : [n, k=3] ~ normal(0, 1)
        h = conv(K, x, i=k, padding=circular)
        output f = mean(square(h))
    }"""
    graph = parse(text).graph
    x = np.random.default_rng(0).standard_normal(5)
    weights = draw(graph.parameters, N, Seed((1,)), np.float64)
    (found,) = evaluator(graph, [graph.names["h"]], N, np.float64)(weights, {"x": x})
    kernel = weights["K"]
    expected = sum(kernel[:, [k]] * np.roll(x, 1 - k) for k in range(3))
    first = graph.type(graph.names["h"])[0].name
    np.testing.assert_allclose(found if first == "n" else found.T, expected, rtol=1e-12)


def _derived(text: str, names: tuple[str, ...]) -> tuple[Graph, list[int], dict[str, np.ndarray]]:
    """The graph of correlations, their nodes, and inputs."""
    program = parse(text)
    scalars = DistinctScalars(program.graph, [quantity(name) for name in names])
    x = np.random.default_rng(2).standard_normal((scalars.depth + 1, *(a.at(N) for a in program.inputs["x"])))
    nodes = [node for node in scalars.nodes.values() if node is not None]
    return scalars.graph, nodes, arrange(program.graph, {"x": x}, scalars.depth)


SIAMESE = """program p {
    width n
    input x : [d=3]
    param U : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ normal(0, 1)
    h = W @ tanh(U @ x) / sqrt(n)
    k = W @ cos(U @ x) / sqrt(n)
    output f = mean(tanh(h) * gelu(k))
}"""


@pytest.mark.parametrize("text", [SIAMESE, TRANSPOSED], ids=["siamese", "transposed"])
def test_grouping_products_changes_nothing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, nodes, inputs = _derived(text, ("F", "C[0,2]"))
    weights = draw(graph.parameters, N, Seed((1,)), np.float64)
    assert any(len(group) > 1 for group in schedule(graph, nodes))
    grouped = evaluator(graph, nodes, N, np.float64)(weights, inputs)
    monkeypatch.setattr(evaluate, "schedule", lambda graph, roots: [[i] for i in graph.needed(roots)])
    single = evaluator(graph, nodes, N, np.float64)(weights, inputs)
    np.testing.assert_allclose(grouped, single, rtol=1e-11)


def test_every_node_is_scheduled_once_and_after_its_operands() -> None:
    graph, nodes, _ = _derived(RNN, ("C[0,3]", "C[1,1]"))
    groups = schedule(graph, nodes)
    order = [index for group in groups for index in group]
    assert sorted(order) == graph.needed(nodes)
    done: set[int] = set()
    for group in groups:
        assert all(i in done for index in group for i in graph[index].operands)
        done.update(group)


def test_jit_vmap_and_grad() -> None:
    program = parse(MLP)
    xs = np.random.default_rng(0).standard_normal((3, 5))
    with precision("float64") as kind:
        weights = draw(program.graph.parameters, N, jax.random.key(1), kind)
        evaluate = evaluator(program.graph, [program.graph.outputs["f"]], N, kind)

        def f(weights: Any, x: Any) -> Any:
            return evaluate(weights, {"x": x})[0]

        w = {name: np.asarray(array) for name, array in weights.items()}
        one_by_one = [f(w, x) for x in xs]
        np.testing.assert_allclose(jax.jit(jax.vmap(f, (None, 0)))(weights, jnp.asarray(xs)), one_by_one, rtol=1e-12)
        slope = jax.jit(jax.grad(f))(weights, jnp.asarray(xs[0]))
        step = 1e-6 * np.random.default_rng(3).standard_normal(w["W[2]"].shape)
        change = (mlp(w | {"W[2]": w["W[2]"] + step}, xs[0], N) - mlp(w | {"W[2]": w["W[2]"] - step}, xs[0], N)) / 2
        assert (np.asarray(slope["W[2]"]) * step).sum() == pytest.approx(change, rel=1e-6)


def _sizes(jaxpr: Any) -> list[tuple[str, int]]:
    """(primitive, entries) of every intermediate result, those of inner functions included."""
    out: list[tuple[str, int]] = []
    for equation in jaxpr.eqns:
        inner = [p for p in jax.tree.leaves(list(equation.params.values()), is_leaf=_is_jaxpr) if _is_jaxpr(p)]
        for one in inner:
            out += _sizes(getattr(one, "jaxpr", one))
        if not inner:
            out += [(equation.primitive.name, int(np.prod(v.aval.shape))) for v in equation.outvars]
    return out


def _is_jaxpr(value: Any) -> bool:
    return hasattr(value, "eqns") or hasattr(value, "jaxpr")


@pytest.mark.parametrize("text", [MLP, RNN], ids=["mlp", "rnn"])
def test_no_intermediate_result_has_an_entry_for_each_weight(text: str) -> None:
    """Only views of the weights themselves are as large; directions and jets stay in factors."""
    n = 1024
    graph, nodes, x = _derived(text, ("kernel", "C[0,2]", "C[0,3]", "C[0,4]"))
    weights = {
        name: jax.ShapeDtypeStruct([a.at(n) for a in (*p.outs, *p.ins)], jnp.float32)
        for name, p in graph.parameters.items()
    }
    inputs = {name: jax.ShapeDtypeStruct(array.shape, jnp.float32) for name, array in x.items()}
    traced = jax.make_jaxpr(evaluator(graph, nodes, n, jnp.float32))(weights, inputs)
    sizes = _sizes(traced.jaxpr)
    products = [name for name, _ in sizes if name == "dot_general"]
    assert len(products) > 5
    assert {name for name, size in sizes if size >= n * n} <= {"reshape", "transpose"}


@pytest.mark.parametrize("n", [2, 4])
def test_fourth_moment_of_a_linear_network(n: int) -> None:
    """E F^4 = (3 + 6/n)|x|^4 exactly, for f = v.Ux/sqrt(n).

    F^8 has mean 105 n(n+2)(n+4)(n+6)/n^4 |x|^8, hence the deviation of the average; |z| < 4 fails for one seed in
    16000, and 3|x|^4, the value at infinite width, is more than ten deviations away.
    """
    text = """program p {
        width n
        input x : [d=3]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, U @ x) / sqrt(n)
    }"""
    graph = parse(text).graph
    draws, x = 200_000, np.array([0.5, -1.0, 0.7])
    with precision("float64") as kind:
        evaluate = evaluator(graph, [graph.outputs["f"]], n, kind)

        def one(key: Any) -> Any:
            return evaluate(draw(graph.parameters, n, key, kind), {"x": jnp.asarray(x, kind)})[0]

        values = np.asarray(jax.jit(jax.vmap(one))(jax.random.split(jax.random.key(5), draws)))
    length = float(x @ x)
    expected = (3 + 6 / n) * length**2
    eighth = 105 * n * (n + 2) * (n + 4) * (n + 6) / n**4 * length**4
    deviation = np.sqrt((eighth - expected**2) / draws)
    assert abs((values**4).mean() - expected) < 4 * deviation
    assert abs(3 * length**2 - expected) > 10 * deviation
