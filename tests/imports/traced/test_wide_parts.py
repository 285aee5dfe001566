"""Slices and concatenations along wide axes become several weights, and sums."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.imports.traced.modules import faithful, module, primitives
from tp.imports.traced.equation import Traced
from tp.imports.traced.sizes import Size

X = np.random.default_rng(1).normal(size=(4, 3))


def cut_are_weights_alone(found: Traced) -> bool:
    weights = {weight.value for weight in found.weights}
    return all(e.operands[0] in weights for e in found.equations if e.primitive == "slice")


def test_queries_keys_and_values_of_one_product() -> None:
    def apply(w: Any, x: Any) -> Any:
        q, k, v = jnp.split(jnp.tanh(x @ w["U"]) @ w["W"] + w["b"], 3, axis=-1)
        return jax.nn.softmax(q @ k.T / q.shape[1]) @ v

    found = faithful(lambda n: module({"U": (3, n), "W": (n, 3 * n), "b": (3 * n,)}, apply, x=X))
    assert cut_are_weights_alone(found)
    assert primitives(found).count("slice") == 6


def test_concatenations_are_summed_over_in_pieces() -> None:
    def apply(w: Any, x: Any) -> Any:
        joined = jnp.concatenate([jnp.tanh(x @ w["U"]), jnp.sin(x @ w["V"])], axis=-1)
        return jax.nn.relu(2 * joined + 1) @ w["W"], joined.mean(-1)

    found = faithful(lambda n: module({"U": (3, n), "V": (3, n), "W": (2 * n, 2)}, apply, x=X))
    assert "concatenate" not in primitives(found)
    assert cut_are_weights_alone(found)


def test_what_is_cut_once_is_cut_everywhere() -> None:
    def apply(w: Any, x: Any) -> Any:
        h = jnp.tanh(x @ w["U"])
        return h @ w["W"], h[:, : h.shape[1] // 2] @ w["Z"], h.sum()

    found = faithful(lambda n: module({"U": (3, n), "W": (n, n), "Z": (n // 2, 1)}, apply, x=X))
    used = [e.primitive for e in found.equations if found.weights[0].value in e.operands]
    assert set(used) == {"slice"}


def test_channels() -> None:
    def apply(w: Any, x: Any) -> Any:
        h = jax.nn.relu(jax.lax.conv(x, w["K"], (1, 1), "SAME"))
        both = jnp.concatenate([h, jnp.sin(h)], axis=1)
        return jax.lax.conv(both, w["M"], (2, 2), "VALID").mean((2, 3))

    image = np.random.default_rng(2).normal(size=(1, 3, 4, 4))
    found = faithful(lambda n: module({"K": (n, 3, 3, 3), "M": (4, 2 * n, 2, 2)}, apply, x=image))
    assert "concatenate" not in primitives(found)


def test_cells_with_joined_kernels() -> None:
    def apply(w: Any, x: Any) -> Any:
        h = jnp.tanh(x @ w["U"])
        kernel = jnp.concatenate([w["A"], w["B"]], axis=-1)
        gate, value = jnp.split(h @ kernel, 2, axis=-1)
        return (jax.nn.sigmoid(gate) * value).sum(-1)

    found = faithful(lambda n: module({"U": (3, n), "A": (n, n), "B": (n, n)}, apply, x=X))
    assert not {"concatenate", "slice"}.intersection(primitives(found))


def test_parts_of_parts() -> None:
    def apply(w: Any, x: Any) -> Any:
        h = jnp.tanh(x @ w["U"])
        n = h.shape[1]
        most, last = w["W"][0, :, : 2 * n], w["W"][0, :, 2 * n :]
        a, b = jnp.split(h @ most, 2, axis=-1)
        return (jnp.tanh(a) * b + h @ last).sum(-1)

    found = faithful(lambda n: module({"U": (3, n), "W": (2, n, 3 * n)}, apply, x=X))
    weights = {weight.value for weight in found.weights}
    cut = {value for e in found.equations if e.primitive == "slice" for value in e.results if e.operands[0] in weights}
    nested = [e for e in found.equations if e.primitive == "slice" and e.operands[0] not in weights]
    assert all(e.operands[0] in cut for e in nested)
    assert all(e.results[0].shape[0] == Size(Fraction(1)) for e in nested)


def test_a_kernel_of_inputs_and_of_the_state_that_starts_from_zero() -> None:
    def apply(w: Any, x: Any) -> Any:
        rows = jnp.tanh(x @ w["U"])

        def cell(h: Any, row: Any) -> Any:
            gate, value = jnp.split(jnp.concatenate([row, h]) @ w["W"], 2)
            return jax.nn.sigmoid(gate) * value, None

        return jax.lax.scan(cell, jnp.zeros_like(rows[0]), rows[:2])[0].sum()

    found = faithful(lambda n: module({"U": (3, n), "W": (2 * n, 2 * n)}, apply, x=X))
    assert "concatenate" not in primitives(found)
    assert primitives(found).count("dot_general") == 1 + 2 + 4
