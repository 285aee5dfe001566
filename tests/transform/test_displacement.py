"""Displaced and trained programs against the same programs at weights that were really moved.

Values are computed with NumPy, derivatives with JAX.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.marks import exhaustive, slow
from tp.activations import Smoothness, find
from tp.activations import known as activations
from tp.graph.axes import Axis, Scale, Width, names
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import HERE, Place, Role, Slot
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.matrix_free.streams import Seed
from tp.primitives.input import Input
from tp.primitives.pointwise import Pointwise
from tp.primitives.remainder import Crossings, Remainder
from tp.primitives.shorthand import multiply
from tp.primitives.traits import Function
from tp.primitives.variable import Variable
from tp.quantities.programs import datum, gradient_at, metric
from tp.quantities.training import Trained, backprop, trained
from tp.syntax import load, parse
from tp.transform.direction import Direction
from tp.transform.displacement import Displaced, Displacement, Displacing
from tp.transform.jet import jets

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = {"t": "3", "d": "2", "i": "4", "j": "4"}
INLINE = {
    "tied": """program p {
        width n, m = n^(1/2)
        learning_rate 2
        input x : [t=2, d=2]
        param U : [n, d] ~ normal(0, 1) rate 1/3
        param W : [m, n] ~ normal(0, 1)
        h = W' @ tanh(W @ gelu(U @ x))
        output f = sum(U' @ tanh(h), t, d) / n
    }""",
    "window": """program p {
        width n
        input x : [i=5]
        param K : [n | k=3] ~ normal(0, 1)
        param L : [n | n, k] ~ normal(0, 1)
        param v : [n, i |] ~ normal(0, 1)
        h = conv(L, tanh(conv(K, x, i=k, padding=circular)), i=k) / sqrt(n)
        output f = sum(dot(v, silu(h)), i) / sqrt(n)
    }""",
    "norm": """program p {
        width n
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param g : [n] ~ constant(1)
        param b : [n] ~ constant(0)
        param v : [n] ~ normal(0, 1)
        h = W @ tanh(U @ x) / sqrt(n)
        output f = dot(v, g * (h - mean(h)) / sqrt(mean(h^2) + 1) + b) / sqrt(n)
    }""",
    "whole_axis": """program p {
        width n
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x
        k = W @ where(h > 0.1, tanh(h), 0.3 * h) / sqrt(n)
        y = normalize(sin(sort(k, n)) + rank(h, n) * top_k(k, n/2, n), n, eps=0.1)
        output f = dot(softmax(h, n), v * y, n) + max(k, n) + where(mean(k) < 5, dot(v, y), 0)
    }""",
    "kinks": """program p {
        width n
        input x : [t=2, d=2]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = W @ relu(U @ x) / sqrt(n)
        output f = sum(dot(v, abs(h) + leaky_relu(h, 0.1)), t) / sqrt(n)
    }""",
    "several_outputs": """program p {
        width n
        input x : [d=2]
        param U : [n, d] ~ normal(0, 1)
        param V : [c=3, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = tanh(U @ x)
        output f = V @ h / sqrt(n)
        output g = dot(v, square(h)) / sqrt(n)
    }""",
    "maximum": """program p {
        width n
        input x : [t=3, d=2]
        param U : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = max(U @ x, t)
        output f = dot(v, h) / sqrt(n)
    }""",
    "causal": """program p {
        width n
        input x : [t=3, d=2]
        param E : [n, d] ~ normal(0, 1)
        param Q : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        e = tanh(E @ x)
        w = softmax(dot(Q @ e / sqrt(n), rename(e, t, s)) / n, s, causal=t)
        output f = sum(dot(v, dot(w, rename(e, t, s), s)), t) / sqrt(n)
    }""",
}
QUICK = {
    "mlp": 4,
    "mup_mlp": 4,
    "standard_mlp": 4,
    "mean_field": 5,
    "rnn": 3,
    "relu_mlp": 8,
    "deep_linear": 4,
    "bottleneck": 4,
    "nonlinear_output": 4,
    "residual_mlp": 3,
    "attention": 3,
    **dict.fromkeys(("tied", "norm", "kinks", "several_outputs"), 4),
}
USUAL = ("mlp", "mup_mlp", "rnn", "relu_mlp", "norm", "kinks", "several_outputs")
SLOW = {
    "cnn": 3,
    "gru": 2,
    "window": 4,
    "causal": 4,
    "lstm": 2,
    "multihead_attention": 8,
    "transformer_block": 8,
    "cnn_flatten": 3,
    "attention_sqrt": 3,
}

Arrays = dict[str, np.ndarray]


@cache
def program(name: str) -> Graph:
    if name in INLINE:
        return parse(INLINE[name]).graph
    path = PROGRAMS / f"{name}.tp"
    known = load(path).settings
    return load(path, {k: v for k, v in SMALL.items() if k in known}).graph


@dataclass
class Setting:
    """A program with numbers: weights, and inputs under their own names and with the suffixes of directions."""

    graph: Graph
    n: int
    weights: Arrays
    inputs: Arrays

    def values(self, graph: Graph, roots: Sequence[int | None], weights: Arrays | None = None) -> list[Any]:
        """The values of ``roots``, 0 for None."""
        present = [r for r in roots if r is not None]
        at = self.weights if weights is None else weights
        found = iter(evaluator(graph, present, self.n, np.float64)(at, self.inputs))
        return [0.0 if r is None else next(found) for r in roots]

    def materialised(self, graph: Graph, direction: Direction) -> Arrays:
        """A direction as arrays, one entry for every weight."""
        pieces = [(name, f) for name, factors in direction.factors.items() for f in factors]
        sides = self.values(graph, [node for _, f in pieces for node in (f.left, f.right)])
        out = {name: np.zeros_like(w) for name, w in self.weights.items()}
        for (name, f), left, right in zip(pieces, sides[::2], sides[1::2], strict=True):
            outs, ins = (names(side) for side in (self.graph.parameters[name].outs, self.graph.parameters[name].ins))
            lefts = list(names(graph.type(f.left)))
            rights = [f"{a} in" if a in ins else a for a in names(graph.type(f.right))]
            number = {a: i for i, a in enumerate(dict.fromkeys([*lefts, *rights]))}
            wanted = [number[a] for a in (*outs, *(f"{a} in" for a in ins))]
            out[name] += np.einsum(left, [number[a] for a in lefts], right, [number[a] for a in rights], wanted)
        for (name, node), array in zip(
            direction.leaves.items(), self.values(graph, list(direction.leaves.values())), strict=True
        ):
            axes = names((*self.graph.parameters[name].outs, *self.graph.parameters[name].ins))
            out[name] += array.transpose([names(graph.type(node)).index(a) for a in axes])
        return out


COPIES = (Place(Role.COPY, 1), Place(Role.COPY, 2))


def setting(name: str, n: int, places: Sequence[Place] = (HERE,), seed: int = 0) -> Setting:
    graph = program(name)
    generator = np.random.default_rng(seed)
    inputs: Arrays = {}
    shapes = {op.name: op.axes for i in graph if isinstance(op := graph[i].operation, Input)}
    shapes |= {Slot(Role.OUTPUT, o): graph.type(node) for o, node in graph.outputs.items() if graph.type(node)}
    for place in places:
        for key, axes in shapes.items():
            inputs[place.of(key)] = generator.normal(size=[a.at(n) for a in axes])
    weights = draw(graph.parameters, n, Seed((seed,)), np.float64)
    # Constants are moved as well: at 0 and 1 much would hold by accident.
    weights = {k: w + 0.1 * generator.normal(size=w.shape) for k, w in weights.items()}
    return Setting(graph, n, weights, inputs)


@pytest.fixture(autouse=True)
def double_precision() -> Any:
    with precision("float64"):
        yield


def close(found: Any, expected: Any, message: str = "", *, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-11, err_msg=message)


def named(graph: Graph) -> dict[str, int]:
    return {**graph.names, **graph.outputs}


def check_displaced(name: str, n: int, *, size: float) -> None:
    """A program moved by ``size`` times one gradient to first order, and by another gradient besides."""
    given = setting(name, n, (HERE, *COPIES))
    graph = GraphBuilder.like(given.graph)
    along, besides = (
        gradient_at(given.graph, graph, None, place).rescaled(graph, lambda _: Scale(size)) for place in COPIES
    )
    algebra = Displacing(graph, Displacement((along,), (besides,)))
    roots = named(given.graph)
    moved = jets(given.graph, list(roots.values()), algebra, datum(graph))
    first, rest = given.materialised(graph, along), given.materialised(graph, besides)
    there = {k: w + first[k] + rest[k] for k, w in given.weights.items()}

    def function(weights: Arrays) -> list[Any]:
        return given.values(given.graph, list(roots.values()), weights)

    base, slope = jax.jit(partial(jax.jvp, function))((given.weights,), (first,))
    whole = function(there)
    found = given.values(
        graph, [node for r in roots.values() for node in (moved[r].base, moved[r].first, moved[r].rest)]
    )
    assert max(float(np.abs(np.asarray(r)).max()) for r in found[2::3]) > 1e-6
    for i, key in enumerate(roots):
        b, f, r = found[3 * i : 3 * i + 3]
        close(b, base[i], key)
        close(np.broadcast_to(f, slope[i].shape), slope[i], key, rtol=1e-8)
        close(b + f + r, whole[i], key, rtol=1e-8)


@pytest.mark.parametrize("name", slow(QUICK, but=USUAL))
def test_displaced_programs(name: str) -> None:
    check_displaced(name, QUICK[name], size=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("name", exhaustive(SLOW, but=set(SLOW) - {"lstm", "multihead_attention"}))
def test_larger_displaced_programs(name: str) -> None:
    check_displaced(name, SLOW[name], size=0.3)


def test_displaced_maximum() -> None:
    check_displaced("maximum", 8, size=1.0)


@pytest.mark.parametrize("size", [0.3, *slow([2.0])])
def test_displaced_functions_of_a_whole_axis(size: float) -> None:
    """Masks, ranks, orders and conditions change on the way."""
    check_displaced("whole_axis", 8, size=size)


def test_every_shipped_program_is_displaced() -> None:
    assert {p.stem for p in PROGRAMS.glob("*.tp")} == {*QUICK, *SLOW, "false_claim"} - {*INLINE}


def test_without_a_displacement_nothing_moves() -> None:
    graph = GraphBuilder.like(program("rnn"))
    flat = jets(program("rnn"), list(named(program("rnn")).values()), Displacing(graph, Displacement()), datum(graph))
    assert not any(d.moves for d in flat.values())


@pytest.mark.parametrize("name", ["mlp", *slow(["attention", "norm"])])
def test_a_formal_step_is_a_displacement_of_that_size(name: str) -> None:
    """The variable of a series is an input; F(θ + ε g) and its linear part by JAX at several ε."""
    given = setting(name, QUICK[name])
    graph = GraphBuilder.like(given.graph)
    gradient = gradient_at(given.graph, graph)
    step = graph.add(Variable("@step"))
    along = gradient.mapped_left(lambda node: multiply(graph, step, node))
    algebra = Displacing(graph, Displacement((along,)), Crossings.NONE)
    (output,) = given.graph.outputs.values()
    moved = jets(given.graph, [output], algebra, datum(graph))[output]
    arrays = given.materialised(graph, gradient)

    def along_it(epsilon: Any) -> Any:
        weights = {k: w + epsilon * arrays[k] for k, w in given.weights.items()}
        return given.values(given.graph, [output], weights)[0]

    base, slope = jax.jit(partial(jax.jvp, along_it))((0.0,), (1.0,))
    for epsilon in (0.0, 1e-2, -0.7, 1.0):
        given.inputs["@step"] = np.asarray(epsilon)
        b, f, r = given.values(graph, [moved.base, moved.first, moved.rest])
        close(b, base)
        close(f, epsilon * slope)
        close(b + f + r, along_it(epsilon))


# remainders ------------------------------------------------------------------------------------------


def examples() -> list[str]:
    """An instance of every activation."""
    arguments = {"monomial": "(3)", "power": "(-1/2)", "leaky_relu": "(0.2)"}
    return [name + arguments.get(name, "") for name in activations()]


@pytest.mark.parametrize("activation", examples())
@pytest.mark.parametrize("k", [0, 1, 2])
def test_remainders(activation: str, k: int) -> None:
    """φ^{(k)}(b + m) minus Taylor polynomials whose coefficients JAX differentiates."""
    function = find(activation)
    axis = Axis("n", Width("n"))
    positive = function.smoothness is Smoothness.SINGULAR_AT_ZERO
    b = np.asarray([0.7, 1.4, 2.0, 0.9] if positive else [-1.3, 0.4, 2.0, -0.6])
    m = np.asarray([0.6, -0.5, 1.1, 0.2])
    expected, derivative, factorial = function.lower(k, b + m), partial(function.lower, k), 1.0
    for terms in (1, 2, 3):
        graph = GraphBuilder({"n": Width("n")})
        base, move = graph.add(Input("b", (axis,))), graph.add(Input("m", (axis,)))
        node = graph.add(Remainder(activation, k, terms), base, move)
        (found,) = evaluator(graph, [node], 4, np.float64)({}, {"b": b, "m": m})
        expected = expected - derivative(b) * m ** (terms - 1) / factorial
        factorial *= terms
        derivative = _slopes(derivative)
        close(found, expected, f"{terms} terms", rtol=1e-7)


def _slopes(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda z: jax.jvp(function, (z,), (jnp.ones_like(z),))[1]


@pytest.mark.parametrize("activation", ["relu", "abs", "leaky_relu(0.2)"])
def test_kinks_are_crossed_by_real_moves_and_not_by_formal_ones(activation: str) -> None:
    axis = Axis("n", Width("n"))
    for formal in (True, False):
        graph = GraphBuilder({"n": Width("n")})
        base, move = graph.add(Input("b", (axis,))), graph.add(Input("m", (axis,)))
        algebra = Displacing(graph, Displacement(), Crossings.NONE if formal else Crossings.SEEN)
        jet = algebra.pointwise(Pointwise(activation), Function(activation, 0), Displaced(base, move))
        assert (jet.rest is None) is formal
        if jet.rest is not None:
            b, m = jnp.asarray([-1.0, 0.5, 0.5]), jnp.asarray([1.5, 0.25, -2.0])
            nodes = [jet.base, jet.first, jet.rest]
            assert jet.first is not None
            parts = evaluator(graph, [n for n in nodes if n is not None], 3, jnp.float64)({}, {"b": b, "m": m})
            close(sum(parts), find(activation).lower(0, b + m))
            assert [bool(r) for r in parts[2]] == [True, False, True]


# training --------------------------------------------------------------------------------------------


def descent(given: Setting, steps: int) -> tuple[Callable[[Arrays], Any], Callable[[Arrays], Any], list[Arrays]]:
    """F, its gradient and the weights after 0..steps steps of Λ∇F by JAX: error signals of one."""
    graph = given.graph

    def hypothesis(weights: Arrays) -> Any:
        values = given.values(graph, list(graph.outputs.values()), weights)
        parts = zip(values, graph.outputs, strict=True)
        return sum((value * given.inputs.get(Slot(Role.OUTPUT, name), 1.0)).sum() for value, name in parts)

    gradient = jax.jit(jax.grad(hypothesis))
    rates = {name: metric(graph)(name).at(given.n) for name in given.weights}
    path = [given.weights]
    for _ in range(steps):
        slopes = jax.device_get(gradient(path[-1]))
        path.append({k: w + rates[k] * slopes[k] for k, w in path[-1].items()})
    return hypothesis, gradient, path


def check_training(name: str, n: int, steps: int, seed: int = 0) -> None:
    given = setting(name, n, seed=seed)
    for key, array in given.inputs.items():
        given.inputs[key] = 0.5 * array
    hypothesis, gradient, path = descent(given, steps)
    back = backprop(given.graph)
    after: Trained = trained(back, steps)
    roots = {key: back.image[node] for key, node in named(given.graph).items()}
    parts = [(d.base, d.first, d.rest) for d in (after.nodes[i] for i in [back.output, *roots.values()])]
    (b, f, r), *features = zip(*[iter(given.values(after.graph, [n for p in parts for n in p]))] * 3, strict=True)
    start, end = path[0], path[-1]
    slope = gradient(start)
    rates = {key: metric(given.graph)(key).at(n) for key in start}
    moved = {key: steps * rates[key] * slope[key] for key in start}
    linear = sum(float((moved[key] * slope[key]).sum()) for key in start)
    assert float(f) == pytest.approx(linear, rel=1e-9)
    assert float(b + f + r) == pytest.approx(float(hypothesis(end)), rel=1e-8, abs=1e-11)
    for (one, first, rest), key in zip(features, roots, strict=True):
        close(one + first + rest, given.values(given.graph, [named(given.graph)[key]], end)[0], key, rtol=1e-7)
    assert back.kernel is not None
    assert abs(float(r)) > 1e-9


TRAINED = {"mlp": 4, "rnn": 3, "attention": 3, "tied": 4, "norm": 4, "several_outputs": 4, "kinks": 5}


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("name", slow(TRAINED, but=USUAL))
def test_trained_programs_are_gradient_descent(name: str, steps: int) -> None:
    check_training(name, TRAINED[name], steps)


def test_three_steps() -> None:
    check_training("mean_field", 4, 3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cnn", "bottleneck", "mup_mlp", "window", "causal", "gru", "transformer_block"])
def test_more_trained_programs(name: str) -> None:
    # With rates of order one, weights of the transformer drawn from seed 0 leave the range of exponentials.
    check_training(name, {**QUICK, **SLOW}[name], 2, seed=1 if name == "transformer_block" else 0)


def test_the_kernel_after_training() -> None:
    given = setting("mean_field", 5)
    _, gradient, path = descent(given, 1)
    back = backprop(given.graph)
    assert back.kernel is not None
    after = trained(back, 1)
    found = after.nodes[back.kernel]
    before, *moves = (float(v) for v in given.values(after.graph, [found.base, found.first, found.rest]))

    def kernel(weights: Mapping[str, Any]) -> float:
        return sum(metric(given.graph)(k).at(5) * float((g**2).sum()) for k, g in gradient(dict(weights)).items())

    # Kernels of orders leave out products of distinct factors; with one factor for each weight there are none.
    assert all(len(factors) == 1 for factors in back.gradient.factors.values())
    assert before == pytest.approx(kernel(path[0]), rel=1e-10)
    assert before + sum(moves) == pytest.approx(kernel(path[1]), rel=1e-9)


def test_training_with_tiny_rates_is_linear() -> None:
    """F - F_lin is of second order in the learning rate."""
    found: list[float] = []
    for rate in ("0.1", "0.001"):
        graph = parse(f"""program p {{
            width n
            learning_rate {rate}
            input x : [d=2]
            param U : [n, d] ~ normal(0, 1)
            param v : [n] ~ normal(0, 1)
            output f = dot(v, tanh(U @ x)) / sqrt(n)
        }}""").graph
        back = backprop(graph)
        after = trained(back, 2)
        weights = draw(graph.parameters, 8, Seed((1,)), np.float64)
        given = Setting(graph, 8, weights, {"x": np.asarray([0.5, -0.3])})
        found.append(float(given.values(after.graph, [after.nodes[back.output].rest])[0]))
    assert found[1] / found[0] == pytest.approx(float(Fraction(1, 10000)), rel=0.2)
