"""Zeros between entries, look-ups at known indices, empty pieces: programs that agree with the module are printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tp
from tests.imports.traced.modules import WIDTHS
from tp.diagnostics.diagnostic import TpError

X = np.random.default_rng(0).normal(size=(2, 4, 3))
Between = Callable[[Any], Any]


def between(inside: Between) -> tp.Imported:
    """A program of two layers with ``inside`` between them, which the import holds against the module."""

    def init(n: int, key: Any) -> Any:
        first, second = jax.random.split(key)
        return {"U": jax.random.normal(first, (3, n)), "v": jax.random.normal(second, (n,))}

    def apply(n: int, weights: Any, x: Any) -> Any:
        return inside(jnp.tanh(x @ weights["U"])) @ weights["v"] / np.sqrt(n)

    return tp.from_jax(init, apply, X, WIDTHS)


def scanned(h: Any) -> Any:
    def joined(left: Any, right: Any) -> Any:
        return 0.5 * left + right

    return jax.lax.associative_scan(joined, h, axis=1)


def flipped(h: Any) -> Any:
    """Each sequence is reversed up to a length of its own."""
    places = jnp.array([[2, 1, 0, 3], [0, 1, 2, 3]])
    return jax.vmap(lambda row, at: row[at])(h, places)


def at_pairs(h: Any) -> Any:
    return h[np.array([0, 1, 1]), np.array([3, 0, 2])]


def padded(h: Any) -> Any:
    return jax.lax.pad(h, 0.0, ((0, 0, 0), (-1, 2, 1), (0, 0, 0)))


def cut_by_a_pad(h: Any) -> Any:
    return jax.lax.pad(h, 0.0, ((0, 0, 0), (-1, -1, 0), (0, 0, 0)))


def added_up(h: Any) -> Any:
    return jnp.cumsum(h, axis=1) + jax.lax.cumsum(h, axis=0, reverse=True)


def excited(h: Any) -> Any:
    """A mean of a product with what is the same for all rows."""
    return (h * jax.nn.sigmoid(h.mean(1))[:, None]).mean(1)


def over_edges(h: Any) -> Any:
    """Sums over the neighbours of each node of a graph."""
    source, target = np.array([0, 1, 2, 3, 0]), np.array([1, 0, 0, 2, 2])
    return jax.ops.segment_sum(h.swapaxes(0, 1)[source], target, 4).swapaxes(0, 1)


@pytest.mark.parametrize("inside", [added_up, excited, over_edges, scanned, flipped, at_pairs, padded, cut_by_a_pad])
def test_arrays_moved(inside: Between) -> None:
    assert between(inside).orders(["F"]).prediction.exponents["F"] == 0


def test_wide_axis_is_not_padded() -> None:
    with pytest.raises(TpError, match="pads a wide axis"):
        between(lambda h: jnp.pad(h, ((0, 0), (0, 0), (0, h.shape[-1])))[..., : h.shape[-1]])


class Decoder(nn.Module):
    n: int

    @nn.compact
    def __call__(self, x: Any) -> Any:
        h = nn.relu(nn.ConvTranspose(self.n, (3,), strides=(2,))(x))
        return nn.ConvTranspose(1, (2,), strides=(2,), padding="VALID")(h)


def test_transposed_convolution() -> None:
    model = tp.from_jax(lambda n: (Decoder(n), X[:1]), WIDTHS)
    assert "table" in model.text
