"""The conditioned engine has the law of the dense one: every shipped program, single quantities and pairs of them.

Two-sample Kolmogorov-Smirnov tests with fixed seeds on absolute values. No more than 1400 p-values are computed in
this file, and each has to exceed :data:`ALPHA`: a correct implementation fails with probability below 1e-3 in all. The
last test shows that wrong laws are noticed at that level, with as many draws.

Compiling takes most of the time, so programs are made small and are compiled without optimisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from two_samples import PROGRAMS, Samples, both, draws, inputs_of, p_values, pair_p_values, shipped

from tests.marks import exhaustive, slow
from tp.experiments import derived
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import Place, Role, Slot
from tp.interpret.arrays import initial_weights
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.cost.engine import absent
from tp.interpret.cost.work import questions
from tp.matrix_free import coordinates, gaussian
from tp.matrix_free.orthonormal import split
from tp.primitives.shorthand import combine
from tp.quantities.programs import datum, gradient_of, metric, scalar_output
from tp.syntax import Program
from tp.transform.direction import squared_norm
from tp.transform.factored import factored
from tp.transform.instantiate import instantiate

ALPHA = 1e-3 / 1400
DRAWS = 1000
QUANTITIES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]")
QUICK = ("mlp", "rnn", "attention")
LARGE = ("gru", "lstm", "multihead_attention", "transformer_block")
"""Programs that take long to compile: two tokens or steps, and without C[0,3] (for which see test_engine)."""
REST = tuple(sorted({p.stem for p in PROGRAMS.glob("*.tp")} - set(QUICK)))
ALL = [(name, n) for name in sorted({*QUICK, *REST}) for n in (32, 128)]
"""Widths of a program one after the other: what is derived from it is then there already."""
CASES = [(name, n) for name, n in ALL if n > 32 or name in REST]
USUAL = [("mlp", 128), *((name, 32) for name in ("bottleneck", "cnn", "mean_field", "mup_mlp", "residual_mlp"))]


@pytest.fixture(autouse=True)
def _hasty_compilation() -> Iterator[None]:
    before = jax.config.read("jax_disable_most_optimizations")
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", before)


@cache
def small(name: str) -> Program:
    return shipped(name, t="2") if name in LARGE else shipped(name)


def worst(first: Samples, second: Samples) -> float:
    return min(*p_values(first, second), *pair_p_values(first, second))


def same_law(name: str, n: int, count: int) -> None:
    quantities = tuple(q for q in QUANTITIES if q != "C[0,3]" or name not in LARGE)
    found = both(small(name), quantities, n, count)
    assert all(values.any() for values in found[1].values())
    assert worst(*found) > ALPHA


@pytest.mark.parametrize("name", slow(QUICK, but=["mlp"]))
def test_quick_program(name: str) -> None:
    """25 p-values each: 75."""
    same_law(name, 32, DRAWS)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n"), exhaustive(CASES, but=USUAL))
def test_program(name: str, n: int) -> None:
    """25 p-values at most each: 875."""
    same_law(name, n, DRAWS if n < 100 else 500)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n"), exhaustive(ALL, but=[("rnn", 32)]))
def test_hessian(name: str, n: int) -> None:
    """Four p-values each: 160."""
    assert worst(*both(small(name), ("F", "hessian"), n, 100)) > ALPHA


@pytest.mark.parametrize(("name", "n"), exhaustive((name, n) for name in LARGE for n in (32, 128)))
def test_third_correlation_of_large_programs(name: str, n: int) -> None:
    """Nine p-values each: 72."""
    assert worst(*both(small(name), ("F", "C[0,2]", "C[0,3]"), n, 300)) > ALPHA


def at_two_inputs(program: Graph) -> tuple[GraphBuilder, dict[str, int]]:
    """F, and inner products of gradients, at two inputs in one graph: their joint law is that of one network."""
    target = GraphBuilder.like(program)
    roots = list(program.outputs.values())
    outputs = []
    for place in (Place(Role.COPY, 0), Place(Role.COPY, 1)):
        image = instantiate(program, roots, target, datum(target, None, place))
        outputs.append(scalar_output(program, target, image, None, place))
    nodes = {"F(x)": outputs[0], "F(y)": outputs[1]}
    for name, node in {**nodes, "F(x) + F(y)": combine(target, outputs)}.items():
        squared = squared_norm(target, gradient_of(program, target, node), metric(program))
        assert squared is not None
        nodes[f"|gradient of {name}|"] = squared
    return target, nodes


def networks_at_two_inputs(program: Program, n: int, count: int) -> tuple[Samples, Samples]:
    """The values of :func:`at_two_inputs` from both interpreters, used directly."""
    graph = factored(program.graph)
    target, nodes = at_two_inputs(graph)
    roots = list(nodes.values())
    without = absent(graph.parameters, questions([(target, roots)], n), n, "conditioned")
    assert without
    x = inputs_of(program)
    with precision("float32") as kind:
        data = {Slot(Role.COPY, name, i): jnp.asarray(array[i], kind) for name, array in x.items() for i in range(2)}
        evaluate = evaluator(target, roots, n, kind)

        def known(key: jax.Array) -> list[jax.Array]:
            return evaluate(initial_weights.draw(graph.parameters, n, key, kind, without), data)

        def plain(key: jax.Array) -> list[jax.Array]:
            return evaluate(initial_weights.draw(graph.parameters, n, key, kind), data)

        found = []
        for one, seed in ((known, 1), (plain, 2)):
            keys = jax.random.split(jax.random.key(seed), count)
            values = jax.jit(lambda keys, one=one: jax.lax.map(one, keys))(keys)
            found.append({name: np.asarray(v, float) for name, v in zip(nodes, values, strict=True)})
    return found[0], found[1]


@pytest.mark.parametrize(
    ("name", "n"),
    [("mlp", 32), *slow((name, 32) for name in ("rnn", "attention", "cnn")), *exhaustive([("rnn", 128)])],
)
def test_joint_law_at_two_inputs(name: str, n: int) -> None:
    """25 p-values each, values with their signs: 125."""
    found = networks_at_two_inputs(small(name), n, DRAWS)
    assert np.corrcoef(found[1]["F(x)"], found[1]["F(y)"])[0, 1] > 0.1, "the inputs are related"
    assert worst(*found) > ALPHA


def _ignore_the_other_side(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.zeros((x.shape[0], y.shape[0]), x.dtype)


def _forget(x: jax.Array, basis: jax.Array) -> Any:
    return split(x, jnp.zeros_like(basis))


@pytest.mark.parametrize(
    ("name", "attribute", "wrong"),
    slow([("mlp", "products", _ignore_the_other_side), ("rnn", "split", _forget)]),
)
def test_wrong_laws_are_noticed(name: str, attribute: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that ignore what the other side's say; answers that ignore earlier ones of their own side."""
    program = shipped(name)
    # Another graph, so not the one whose sampler other tests have compiled.
    program = replace(program, graph=replace(program.graph, names={}))
    # The wrong functions are for JAX.
    monkeypatch.setattr(derived, "portable", lambda _: False)
    right = draws(program, QUANTITIES, 32, DRAWS, "dense", 10**6)
    monkeypatch.setattr(coordinates if attribute == "split" else gaussian, attribute, wrong)
    found = draws(program, QUANTITIES, 32, DRAWS, "conditioned")
    assert worst(found, right) < ALPHA / 1e3
