"""NumPy and XLA compute the same functions, and draw numbers of the same law.

Two-sample tests have fixed seeds. A correct implementation fails with probability 1e-3 in all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from two_samples import Samples, inputs_of, p_values, pair_p_values, shipped

from tests.marks import exhaustive, slow
from tp.experiments import derived
from tp.experiments.at import At
from tp.experiments.blocks import drawn_in_blocks
from tp.experiments.correlations import Correlations
from tp.graph.axes import DRAWS, Axis
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator, stepper
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.cost.path import Path
from tp.laws import LAWS
from tp.matrix_free.streams import Seed, source
from tp.quantities.definitions import parse
from tp.quantities.distinct import DistinctScalars
from tp.quantities.slots import arrange
from tp.syntax import Program
from tp.transform.factored import factored

QUANTITIES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]")
DOUBLE = np.dtype("float64")
ALPHA = 1e-3 / 200


class Case:
    """All quantities of a small program as one graph, and its inputs."""

    def __init__(self, name: str, quantities: tuple[str, ...] = QUANTITIES) -> None:
        program = factored(shipped(name).graph)
        scalars = DistinctScalars(program, [parse(quantity) for quantity in quantities])
        self.parameters, self.graph = program.parameters, scalars.graph
        self.roots = [node for node in scalars.nodes.values() if node is not None]
        self.data = arrange(program, inputs_of(shipped(name)), scalars.depth)

    def by_numpy(
        self, n: int, seeds: list[Seed], fused: bool, together: bool, absent: frozenset[str] = frozenset()
    ) -> np.ndarray:
        """Values [draws, quantities], the draws ``together`` or one after another, without weights in ``absent``."""
        axis = (Axis(DRAWS, len(seeds)),) if together else ()
        run = stepper(self.graph, self.roots, n, DOUBLE, draws=axis, fused=fused)
        if together:
            values, _ = run(draw(self.parameters, n, tuple(seeds), DOUBLE, absent), self.data)
            return np.stack(values, axis=1)
        return np.stack([run(draw(self.parameters, n, seed, DOUBLE, absent), self.data)[0] for seed in seeds])


@pytest.mark.parametrize("name", slow(["mlp", "attention", "cnn", "rnn", "transformer_block"], but=["mlp"]))
def test_both_compute_the_same_functions(name: str) -> None:
    """The weights are those of NumPy."""
    case, n = Case(name), 6
    weights = draw(case.parameters, n, Seed((1,)), DOUBLE)
    with precision("float64") as kind:
        run = jax.jit(evaluator(case.graph, case.roots, n, kind))
        placed = ({k: jnp.asarray(v) for k, v in arrays.items()} for arrays in (weights, case.data))
        expected = run(*placed)
        found, _ = stepper(case.graph, case.roots, n, DOUBLE)(weights, case.data)
        np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("name", ["mlp", "attention", "cnn"])
def test_draws_side_by_side_are_those_made_one_by_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tp.interpret.arrays import fused

    case, seeds = Case(name), [Seed((k,)) for k in range(4)]
    expected = case.by_numpy(7, seeds, fused=False, together=False)
    assert np.all(expected != 0)
    np.testing.assert_allclose(case.by_numpy(7, seeds, fused=False, together=True), expected, rtol=1e-9)
    monkeypatch.setattr(fused, "FEWEST", 1)
    monkeypatch.setattr(fused, "PIECE", 3)
    for together in (False, True):
        np.testing.assert_allclose(case.by_numpy(7, seeds, fused=True, together=together), expected, rtol=1e-9)


@pytest.mark.parametrize("name", slow(["mlp", "attention", "cnn"], but=["mlp"]))
def test_matrix_free_draws_side_by_side_are_those_made_one_by_one(name: str) -> None:
    """At width 5 most vectors lie in the span of those before, which is found out for every draw apart."""
    case, seeds = Case(name), [Seed((k,)) for k in range(4)]
    absent = frozenset(p for p, parameter in case.parameters.items() if parameter.is_operator)
    assert absent
    for n in (5, 40):
        expected = case.by_numpy(n, seeds, fused=False, together=False, absent=absent)
        assert np.all(expected != 0)
        found = case.by_numpy(n, seeds, fused=True, together=True, absent=absent)
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_sums_of_products_are_found() -> None:
    from tp.interpret.arrays.fused import sums_of_products

    case = Case("mlp")
    found, spared = sums_of_products(case.graph, case.roots, lambda _: True)
    assert len(found) == 4
    assert spared
    assert not spared & set(case.roots)


def both_paths(
    program: Program, n: int, count: int, engine: str, monkeypatch: pytest.MonkeyPatch, quantities: Sequence[str]
) -> list[Samples]:
    """Independent draws of NumPy and of XLA."""
    found: list[Samples] = []
    for first, wanted in ((0, "numpy"), (10**6, "xla")):
        if wanted == "xla":
            monkeypatch.setattr(derived, "portable", lambda _: False)
        experiment = Correlations("test", program.graph, quantities, inputs_of(program))
        at = At(n, "float32", engine)
        assert experiment.engine(at).path == wanted
        found.append(experiment.draw(at, first, count))
    return found


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        *slow([("mlp", "dense"), ("mlp", "conditioned"), ("attention", "dense"), ("cnn", "conditioned")]),
        *exhaustive([("rnn", "conditioned"), ("mean_field", "dense"), ("bottleneck", "dense")]),
    ],
)
def test_same_law(name: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """25 p-values each."""
    first, second = both_paths(shipped(name), 32, 800, engine, monkeypatch, QUANTITIES)
    assert min(*p_values(first, second), *pair_p_values(first, second)) > ALPHA


@pytest.mark.parametrize(
    ("name", "engine", "n"),
    [*slow([("mlp", "dense", 8)]), *exhaustive([("mlp", "conditioned", 12), ("attention", "dense", 6)])],
)
def test_same_law_of_spectral_norms(name: str, engine: str, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = both_paths(shipped(name), n, 300, engine, monkeypatch, ("kernel", "hessian", "C[2,1]"))
    assert min(*p_values(first, second), *pair_p_values(first, second)) > ALPHA


@pytest.mark.parametrize("engine", slow(["dense", "conditioned"], but=["dense"]))
def test_spectral_norms_side_by_side_are_those_made_one_by_one(engine: str) -> None:
    """Iterations settle after different numbers of steps; a block may begin anywhere."""
    program = shipped("mlp", d="2")
    several, alone = (Correlations("test", program.graph, ("hessian",), inputs_of(program)) for _ in range(2))
    at = At(6, engine=engine)
    choice = replace(several._derived.choice(6, engine), path=Path.NUMPY)
    several._derived._choices[6, engine] = replace(choice, together=4)
    alone._derived._choices[6, engine] = replace(choice, together=1)
    found = several.draw(at, 2, 3)["hessian"]
    np.testing.assert_allclose(found, alone.draw(at, 2, 3)["hessian"], rtol=1e-9 if engine == "dense" else 1e-2)
    np.testing.assert_array_equal(several.draw(at, 4, 1)["hessian"], found[2:])


@pytest.mark.parametrize("name", sorted(set(LAWS) - {"constant"}))
def test_initial_laws(name: str) -> None:
    """The same law on both paths, and mean 0 and variance 1 with it."""
    from scipy import stats

    law = LAWS[name]
    one, other = (
        np.asarray(law.draw(source(key), (40000,), law.arguments), np.float64)
        for key in (Seed((1, 2)), jax.random.key(7))
    )
    assert stats.ks_2samp(one, other).pvalue > ALPHA
    assert abs(one.mean()) < 5 * one.std() / 200
    assert one.var() == pytest.approx(1.0, abs=0.1)
    assert law.draw(source(Seed((1,))), (3,), law.arguments).dtype == np.float32


def test_normal_numbers_of_numpy() -> None:
    """Box and Muller's method: normal, and uncorrelated between both halves that one pair of numbers makes."""
    from scipy import stats

    numbers = Seed((3,)).normal((1 << 17,)).astype(np.float64)
    assert stats.kstest(numbers, "norm").pvalue > ALPHA
    first, second = np.split(numbers, 2)
    for a, b in ((first, second), (first**2, second**2), (np.abs(first), second)):
        assert stats.pearsonr(a, b).pvalue > ALPHA
    assert not np.array_equal(Seed((3, 0)).normal((64,)), Seed((3, 1)).normal((64,)))
    assert Seed((3,)).normal((5, 3)).shape == (5, 3)


def test_numbers_depend_neither_on_calls_nor_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    program = shipped("mlp")
    experiment = Correlations("test", program.graph, ("F", "C[0,2]", "C[1,1]"), inputs_of(program))
    for at in (At(16), At(200), At(64, engine="conditioned")):
        many: list[Mapping[str, Any]] = []
        for processors in (1, 3):
            monkeypatch.setattr("tp.experiments.blocks.processors", lambda processors=processors: processors)
            many.append(experiment.draw(at, 5, 40))
        few = experiment.draw(at, 5 + 33, 4)
        for name, values in many[0].items():
            np.testing.assert_array_equal(values, many[1][name])
            np.testing.assert_array_equal(values[33:37], few[name])


def test_the_path_depends_on_the_work() -> None:
    """Small widths are not worth compiling, huge ones are."""
    program = shipped("mlp")
    experiment = Correlations("test", program.graph, QUANTITIES, {})
    assert experiment.engine(At(64)).path == "numpy"
    assert experiment.engine(At(10**7)).path == "xla"
    assert experiment.compilation(At(64)) == 0 < experiment.compilation(At(10**7))


def test_blocks_are_whole() -> None:
    """A block is never cut: what is not asked for is dropped."""
    asked: list[int] = []

    def block(numbers: Any) -> dict[str, Any]:
        asked.append(len(numbers))
        return {"k": np.asarray(numbers, np.float64)}

    found = drawn_in_blocks(block, 10, 7, 4, memory=1)
    np.testing.assert_array_equal(found["k"], np.arange(10, 17))
    assert asked == [4, 4]
