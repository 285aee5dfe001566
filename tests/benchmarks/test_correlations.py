"""C^{0,1..4} of one draw, against one value_and_grad over the same inputs and against nested jvp."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ratios import Ratio, Record

import tp

PROGRAM = Path(__file__).parents[2] / "programs" / "mlp.tp"
QUANTITIES = ("kernel", "C[0,2]", "C[0,3]", "C[0,4]")
N = 2048
ROUNDS = 9


class Case:
    """Three hidden layers of tanh at n = 2048, one draw of the weights in single precision, five inputs."""

    def __init__(self) -> None:
        import jax
        import jax.numpy as jnp

        from tp.interpret.arrays.evaluate import evaluator
        from tp.interpret.arrays.initial_weights import draw
        from tp.quantities.definitions import parse
        from tp.quantities.distinct import DistinctScalars
        from tp.quantities.slots import arrange

        self.model = tp.load(PROGRAM, depth=3)
        graph = self.model.graph
        samples = np.random.default_rng(0).standard_normal((5, 16)).astype(np.float32)
        self.inputs = jnp.asarray(samples)
        self.weights = draw(graph.parameters, N, jax.random.key(0), jnp.float32)
        scalars = DistinctScalars(graph, [parse(name) for name in QUANTITIES])
        nodes = [node for node in scalars.nodes.values() if node is not None]
        assert len(nodes) == len(QUANTITIES)
        data = {k: jnp.asarray(v, jnp.float32) for k, v in arrange(graph, {"x": samples}, 4).items()}
        self.ours = jax.jit(evaluator(scalars.graph, nodes, N, jnp.float32)).lower(self.weights, data).compile()
        self.data = data

    def output(self, weights: Any, x: Any) -> Any:
        """The same network written by hand; x of shape [16]."""
        import jax.numpy as jnp

        h = weights["U"] @ x / 16**0.5
        for name in ("W[2]", "W[3]"):
            h = weights[name] @ jnp.tanh(h) / N**0.5
        return weights["v"] @ jnp.tanh(h) / N**0.5

    def value_and_grad(self) -> Callable[[], Any]:
        import jax

        total = jax.jit(jax.value_and_grad(lambda w, xs: jax.vmap(lambda x: self.output(w, x))(xs).sum()))
        return lambda: jax.block_until_ready(total(self.weights, self.inputs))

    def nested(self) -> Callable[[], Any]:
        """d-fold jvp along the gradients, all d from 1 to 4: up to the factor 1/d! what ours computes."""
        import jax

        def all_orders(weights: Any, inputs: Any) -> list[Any]:
            function = lambda w: self.output(w, inputs[0])  # noqa: E731
            found: list[Any] = []
            for x in inputs[1:]:
                along = jax.grad(self.output)(weights, x)
                function = _directional(function, along)
                found.append(function(weights))
            return found

        compiled = jax.jit(all_orders)
        return lambda: jax.block_until_ready(compiled(self.weights, self.inputs))

    def correlations(self) -> Any:
        import jax

        return jax.block_until_ready(self.ours(self.weights, self.data))


def _directional(function: Callable[[Any], Any], along: Any) -> Callable[[Any], Any]:
    import jax

    return lambda weights: jax.jvp(function, (weights,), (along,))[1]


@pytest.fixture(scope="module")
def case() -> Case:
    return Case()


def test_against_value_and_grad(case: Case, paired: Any, record: Record) -> None:
    ours, theirs = paired(case.correlations, case.value_and_grad(), rounds=ROUNDS)
    record(Ratio(f"C[0,1..4] against value_and_grad, n = {N}", ours, theirs, 1.2, "s"))


def test_against_nested_jvp(case: Case, paired: Any, record: Record) -> None:
    nested = case.nested()
    factorials = np.array([1.0, 2.0, 6.0, 24.0])
    assert np.allclose(np.array(case.correlations()) * factorials, nested(), rtol=1e-2, atol=1e-3)
    ours, theirs = paired(case.correlations, nested, rounds=ROUNDS)
    record(Ratio(f"C[0,1..4] against nested jvp, n = {N}", ours, theirs, 0.5, "s"))


def test_memory_beside_the_weights(case: Case, benchmark: Any, record: Record) -> None:
    benchmark.pedantic(case.correlations, rounds=1)
    temporary = float(case.ours.memory_analysis().temp_size_in_bytes)
    record(Ratio(f"memory beside the weights against one n x n array, n = {N}", temporary, 4.0 * N**2, 1.0, "B"))
