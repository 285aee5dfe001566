"""Which engine runs, what it costs, and that the conditioned one computes with one matrix for each weight.

Statistical tests have fixed seeds; for a correct implementation all of them together fail with probability 1e-4.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from two_samples import both, draws, inputs_of, p_values, shipped

from tests.experiments.drawn import chosen, compilation, cost, memory, path, sample, without
from tests.marks import exhaustive, slow
from tp.diagnostics.diagnostic import TpError
from tp.experiments.iteration_limits import TOLERANCE
from tp.experiments.power_iteration import spectral_norm
from tp.graph.graph import Graph
from tp.interpret.arrays import initial_weights
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import Weights, evaluator, stepper, stored
from tp.interpret.cost.compilation import SHARED
from tp.matrix_free.gaussian import Gaussian
from tp.quantities.definitions import parse as quantity
from tp.quantities.distinct import DistinctScalars
from tp.quantities.hessian import HessianStep
from tp.quantities.slots import arrange, first
from tp.sampling.plan import ENGINES
from tp.syntax import Program, parse
from tp.transform.factored import factored

SCALARS = ("F", "kernel", "C[0,2]", "C[1,1]")
GAUSSIAN = ("attention", "cnn", "gru", "lstm", "mlp", "multihead_attention", "residual_mlp", "rnn", "transformer_block")


def two_layers(second: str, third: str = "normal(0, 1)") -> Program:
    return parse(f"""program p {{
        width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ {second}
        param X : [n, n] ~ {third}
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(X @ tanh(W @ tanh(U @ x) / sqrt(n)) / sqrt(n))) / sqrt(n)
    }}""")


UNIFORM = two_layers("uniform(0, 1)", "rademacher(0, 1)")
MIXED = two_layers("uniform(0, 1)")


def test_auto_is_dense_at_small_widths_and_conditioned_at_large_ones() -> None:
    graph = shipped("mlp").graph
    widths = [2**k for k in range(4, 21)]
    found = [chosen(graph, SCALARS, n) for n in widths]
    assert (found[0], found[-1]) == ("dense", "conditioned")
    assert found == sorted(found, reverse=True)
    assert chosen(graph, SCALARS, 32) == "dense"
    assert chosen(graph, SCALARS, 30_000) == "conditioned"
    for n in widths:
        assert chosen(graph, SCALARS, n, "dense") == "dense"
        assert chosen(graph, SCALARS, n, "conditioned") == "conditioned"


@pytest.mark.parametrize("name", ["mlp", "rnn", "attention", "mean_field"])
def test_auto_costs_no_more_than_either(name: str) -> None:
    graph = shipped(name).graph
    for n in (16, 128, 1024, 8192, 65536):
        auto, plain, known = (
            SHARED * cost(graph, SCALARS, n, engine) + compilation(graph, SCALARS, n, engine) for engine in ENGINES
        )
        assert auto <= min(plain, known) * (1 + 1e-12)


@pytest.mark.parametrize("name", GAUSSIAN)
def test_cost_and_memory_grow_linearly(name: str) -> None:
    graph = shipped(name).graph
    widths = [2**17, 2**18, 2**19, 2**20]
    paths = [path(graph, SCALARS, n, "conditioned") for n in widths]
    for measure in (cost, memory):
        sizes = [measure(graph, SCALARS, n, engine="conditioned") for n in widths]
        least = [1.9 if a == b else 1.0 for a, b in pairwise(paths)]  # compiled programs are faster
        assert all(low < b / a < 2.1 for low, (a, b) in zip(least, pairwise(sizes), strict=True))
    assert memory(graph, SCALARS, 2**20, engine="conditioned") < 2**36
    assert memory(graph, SCALARS, 2**20, engine="auto") <= memory(graph, SCALARS, 2**20, engine="conditioned")


def test_memory_of_the_dense_engine_grows_with_the_square() -> None:
    graph = shipped("mlp").graph
    assert memory(graph, SCALARS, 2**16, engine="dense") / memory(graph, SCALARS, 2**15, engine="dense") > 3.9


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_power_iteration_remembers_more(dtype: str) -> None:
    graph = shipped("mlp").graph
    n = 2**16
    plain, iterated = (memory(graph, q, n, dtype, "conditioned") for q in (SCALARS, (*SCALARS, "hessian")))
    assert iterated > 10 * plain
    assert 1.9 < memory(graph, (*SCALARS, "hessian"), 2 * n, dtype, "conditioned") / iterated < 2.1


def test_other_laws_are_materialised() -> None:
    for n in (16, 10**6):
        assert chosen(UNIFORM.graph, SCALARS, n) == "dense"
        assert without(UNIFORM.graph, SCALARS, n) == ()


def test_nothing_to_condition() -> None:
    with pytest.raises(TpError) as caught:
        draws(UNIFORM, ["F"], 8, 1, "conditioned")
    (found,) = caught.value.diagnostics
    assert found.code == "TP511"
    assert "W is uniform" in found.message
    assert "X is rademacher" in found.message
    assert found.hint is not None
    assert "dense" in found.hint
    for ask in (chosen, cost, memory):
        with pytest.raises(TpError, match="TP511"):
            ask(UNIFORM.graph, ["F"], 8, engine="conditioned")


@pytest.mark.slow
def test_a_mixed_program_conditions_what_is_normal() -> None:
    """Four tests at 2.5e-6 each."""
    absent = without(MIXED.graph, SCALARS, 24, "conditioned")
    assert "X" in absent
    assert "W" not in absent
    assert "X" in without(MIXED.graph, SCALARS, 30_000)
    found = both(MIXED, SCALARS, 24, 500)
    assert min(p_values(*found)) > 2.5e-6


def test_a_program_without_wide_weights() -> None:
    """mean_field has only weights with a finite side; the engine takes what is cheap. Four tests at 2.5e-6 each."""
    program = shipped("mean_field")
    assert chosen(program.graph, SCALARS, 32, "conditioned") == "conditioned"
    found = both(program, SCALARS, 32, 500)
    assert min(p_values(*found)) > 2.5e-6


@pytest.mark.slow
def test_a_wide_weight_that_is_constant() -> None:
    """Its centred part is zero, which takes no numbers; the mean is a node of the program."""
    program = two_layers("constant(1/n)", "normal(1/n, 1)")
    assert "W" in without(program.graph, SCALARS, 16, "conditioned")
    found = both(program, ("F", "C[0,2]"), 16, 500)
    assert min(p_values(*found)) > 2.5e-6
    assert all(values.all() for values in found[0].values())


@pytest.mark.parametrize("engine", ["dense", "conditioned"])
def test_draws_do_not_depend_on_how_many_are_asked_for(engine: str) -> None:
    program, quantities = shipped("mlp"), ("F", "C[0,2]", "C[1,1]")
    many = draws(program, quantities, 16, 70, engine, 5)
    for start, count in ((0, 1), (3, 4), (60, 8), (69, 1)):
        few = draws(program, quantities, 16, count, engine, 5 + start)
        for name in quantities:
            np.testing.assert_array_equal(few[name], many[name][start : start + count])
    for values in many.values():
        assert len(np.unique(values)) == 70
        assert (values != 0).all()


def test_engines_draw_different_numbers_but_the_same_materialised_weights() -> None:
    graph = shipped("mlp").graph
    with precision("float32") as kind:
        key = jax.random.key(3)
        plain = initial_weights.draw(graph.parameters, 12, key, kind)
        known = initial_weights.draw(graph.parameters, 12, key, kind, {"W[2]"})
        for name, weight in plain.items():
            if name == "W[2]":
                assert isinstance(known[name], Gaussian)
            else:
                np.testing.assert_array_equal(known[name], weight)


@pytest.mark.slow
def test_both_precisions_draw_the_same_matrices() -> None:
    """Unless a rounding error decides whether a vector brings something new."""
    program = shipped("mlp")
    x = inputs_of(program)
    single, double = (
        sample(program.graph, ["F", "kernel", "C[0,2]"], 64, 5, 1, x, dtype, "conditioned")
        for dtype in ("float32", "float64")
    )
    for name, values in single.items():
        np.testing.assert_allclose(values, double[name], rtol=1e-2, atol=1e-3 * double[name].max())


def revealed(graph: Graph, n: int, weights: Weights) -> Weights:
    """The weights as arrays, those that are known by their products asked for all of their entries."""
    out: Weights = {}
    for name, weight in weights.items():
        if not isinstance(weight, Gaussian):
            out[name] = weight
            continue
        parameter = graph.parameters[name]
        outs, ins = stored(parameter.outs), stored(parameter.ins)
        size = weight.forward.basis.shape[1]
        columns, _ = weight.with_room(size, 0).answer(jnp.eye(size, dtype=weight.forward.basis.dtype), False)
        array = columns.T.reshape([a.at(n) for a in (*outs, *ins)])
        order = [*map(outs.index, parameter.outs), *(len(outs) + ins.index(a) for a in parameter.ins)]
        out[name] = array.transpose(order) * parameter.law.scale.at(n)
    return out


def agree_with_what_is_revealed(program: Program, n: int, names: Sequence[str], tolerance: float) -> None:
    """The values of correlations are those of a dense evaluation with the matrices that later questions reveal."""
    graph = factored(program.graph)
    scalars = DistinctScalars(graph, [quantity(name) for name in names])
    roots = [node for node in scalars.nodes.values() if node is not None]
    assert roots
    with precision("float64") as kind:
        data = {k: jnp.asarray(v, kind) for k, v in arrange(graph, inputs_of(program), scalars.depth).items()}
        absent = [p.name for p in graph.parameters.values() if p.law.family == "normal" and p.is_operator]
        absent = [name for name in absent if name in without(program.graph, names, n, "conditioned")]

        def run(key: jax.Array) -> tuple[list[jax.Array], list[jax.Array]]:
            drawn = initial_weights.draw(graph.parameters, n, key, kind, absent)
            values, after = stepper(scalars.graph, roots, n, kind)(drawn, data)
            return values, evaluator(scalars.graph, roots, n, kind)(revealed(graph, n, after), data)

        found, expected = jax.jit(run)(jax.random.key(0))
        assert absent
    np.testing.assert_allclose(found, expected, rtol=tolerance)
    assert all(float(value) != 0 for value in found)


@pytest.mark.parametrize("name", ["mlp", *slow(["rnn"]), *exhaustive(["cnn", "attention"])])
def test_one_matrix_for_each_weight(name: str) -> None:
    agree_with_what_is_revealed(shipped(name), 64, ("F", "kernel"), 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", exhaustive(GAUSSIAN, but=("mlp", "residual_mlp", "rnn")))
def test_one_matrix_for_each_weight_and_all_orders(name: str) -> None:
    agree_with_what_is_revealed(shipped(name), 64, ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]"), 1e-5)


@pytest.mark.slow
def test_one_matrix_for_all_power_iterations() -> None:
    """Many more questions than the matrix has dimensions: both starts and all steps see the same one."""
    program, n = shipped("mlp", d="2"), 8
    graph = factored(program.graph)
    step = HessianStep(graph, 0)
    with precision("float64") as kind:
        data = first({k: jnp.asarray(v, kind) for k, v in arrange(graph, inputs_of(program), 0).items()}, 0)
        norm = spectral_norm(step, n, kind, jnp)

        def run(key: jax.Array) -> tuple[jax.Array, jax.Array]:
            drawn = initial_weights.draw(graph.parameters, n, key, kind, {"W[2]"})
            found, _, after = norm(drawn, data, key)
            expected, _, _ = norm(revealed(graph, n, after), data, key)
            return found, expected

        compiled = jax.jit(run)
        for seed in range(3):
            found, expected = compiled(jax.random.key(seed))
            np.testing.assert_allclose(found, expected, rtol=10 * TOLERANCE)
