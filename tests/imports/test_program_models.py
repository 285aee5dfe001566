"""Programs that are written in a framework come back: same exponents, same regime, same numbers at the same weights."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tp
from tests.imports.correlations_at import correlations
from tests.marks import exhaustive, slow
from tp.imports.frameworks.made import modules
from tp.imports.traced.jax_internals import double
from tp.studies.imported.sides import weights as held

ROOT = Path(__file__).parents[2]
NAMES = sorted(
    path.stem for path in (Path(__file__).parent / "models" / "programs").glob("*.py") if path.stem != "__init__"
)
SHOWN = ("relu_mlp",)
IN_CI = ("attention", "cnn", "mean_field")
CASES = [
    *SHOWN,
    *slow(IN_CI),
    *exhaustive([name for name in NAMES if name not in (*SHOWN, *IN_CI)]),
]
ORDERS = (0, 1, 2, 3)


@cache
def pair(name: str) -> tuple[Any, tp.Model, Any]:
    """The module of models, the program it is written after, and what is imported from it."""
    written = import_module(f"tests.imports.models.programs.{name}")
    program = tp.load(ROOT / "programs" / f"{getattr(written, 'PROGRAM', name)}.tp")
    return written, program, tp.from_jax(written.make, getattr(written, "WIDTHS", (64, 128, 256)))


def test_every_program_is_here() -> None:
    beyond = {"experts", "orthogonal_mlp", "orthogonal_rnn", "sparse_mlp", "token_attention", "deep_equilibrium"}
    assert {path.stem for path in (ROOT / "programs").glob("*.tp")} | beyond == set(NAMES)


@pytest.mark.parametrize("name", CASES)
def test_same_exponents_and_regime(name: str) -> None:
    _, program, imported = pair(name)
    wanted, found = program.orders(), imported.orders()
    assert found.prediction.exponents == wanted.prediction.exponents
    assert found.regime is not None
    assert wanted.regime is not None
    assert found.regime.kind == wanted.regime.kind


@pytest.mark.parametrize("name", CASES)
def test_same_numbers_at_the_same_weights(name: str) -> None:
    written, program, imported = pair(name)
    n = 64
    with double():
        module = modules(written.make, [n])[n]
        drawn = jax.tree.map(lambda w: np.asarray(w, np.float64), module.init(jax.random.key(5)))
        (given,) = module.inputs.values()
        batch = np.random.default_rng(0).standard_normal((len(ORDERS), *given.shape))
        (axes,) = program.inputs.values()
        sample = tuple(axis.at(n) for axis in axes)
        whole = batch.reshape(len(ORDERS), -1, *sample)
        wanted = _numbers(program, written.weights(drawn), n, list(whole[:, 0]))
        ((_, here),) = imported.inputs.items()
        shaped = batch.reshape(len(ORDERS), -1, *(axis.at(n) for axis in here))
        found = _numbers(
            imported,
            held(imported.graph, imported.translated.translation, jax.tree.leaves(drawn), n),
            n,
            list(shaped[:, 0]),
        )
    assert np.allclose(found, wanted, rtol=1e-9, atol=0)


def _numbers(model: tp.Model, weights: Any, n: int, inputs: list[Any]) -> list[float]:
    rates = {name: (model.graph.learning_rate * p.rate).at(n) for name, p in model.graph.parameters.items()}
    weights = {name: jnp.asarray(array) for name, array in weights.items()}
    return correlations(model.apply, weights, rates, [jnp.asarray(x) for x in inputs])
