"""Programs with structured weights: the same numbers from arrays and without them, whatever the axes of a weight."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.marks import slow
from tp.graph.axes import DRAWS, Axis
from tp.interpret.arrays import evaluate, initial_weights
from tp.interpret.cost.kinds import kind_of, size_of
from tp.interpret.cost.work import drawing_bytes
from tp.matrix_free.streams import Seed
from tp.syntax import parse

LAWS = (
    "sparse(1/sqrt(n), uniform(0, 2))",
    "low_rank(3, rademacher(0, 1))",
    "low_rank(sqrt(n), normal(0, 1/n))",
    "banded(4)",
    "banded(sqrt(n), laplace(0, 1))",
    "block_diagonal(3, normal(0, 3))",
    "circulant(exponential(0, 1))",
    "hadamard(1/sqrt(n))",
)


def program(law: str) -> str:
    """Weights with several axes on a side, with a wide and a finite side, and applied in both directions."""
    return f"""program p {{
  width n
  width m = n/2
  axis h = 2
  input x : [d=4, t=3]
  param U : [n | d] ~ {law if "sqrt" not in law else "sparse(1/2)"}
  param W : [n, n] ~ {law}
  param Q : [h, m | n] ~ {law}
  param v : [n] ~ normal(0, 1)
  a = tanh(W @ U @ x)
  b = Q' @ tanh(Q @ W' @ a / sqrt(n)) / sqrt(n)
  output f = sum(dot(v, b), t) / n
}}
"""


CASES = [(law, path) for law in LAWS for path in ("numpy", "draws", "jax")]


@pytest.mark.parametrize(("law", "path"), slow(CASES, but=[c for c in CASES if c[1] != "jax" or c[0] == LAWS[0]]))
def test_arrays_and_structures_give_the_same_numbers(law: str, path: str) -> None:
    graph, n = parse(program(law)).graph, 14
    key: Any = {"numpy": Seed((5,)), "draws": (Seed((5,)), Seed((6,))), "jax": jax.random.key(5)}[path]
    xp, dtype = (jnp, jnp.float32) if path == "jax" else (np, np.float64)
    draws = (Axis(DRAWS, 2),) if path == "draws" else ()
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(dtype)

    def value(key: Any, absent: tuple[str, ...]) -> Any:
        run = evaluate.stepper(graph, [graph.outputs["f"]], n, dtype, draws=draws)
        weights = initial_weights.draw(graph.parameters, n, key, dtype, absent)
        return run(weights, {"x": xp.asarray(x)})[0][0]

    if path == "jax":
        dense, free = (jax.jit(value, static_argnums=1)(key, absent) for absent in ((), ("W", "Q")))
        np.testing.assert_allclose(dense, free, rtol=2e-4, atol=1e-6)
    else:
        dense, free = (value(key, absent) for absent in ((), ("W", "Q")))
        assert np.shape(free) == ((2,) if path == "draws" else ())
        np.testing.assert_allclose(dense, free, rtol=1e-8)


def test_factors_of_a_high_rank_count_as_memory() -> None:
    """They are larger than their product, and so is what is kept of products with them."""
    text = program("low_rank(n^2)")
    weight = parse(text).graph.parameters["W"]
    n = 64
    assert drawing_bytes({"W": weight}, (), n, 8) >= 8 * 2 * n * n**2
    assert kind_of(weight).remembered(n, n, size_of(weight, n)) >= 2 * n**2
