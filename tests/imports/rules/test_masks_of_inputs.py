"""Masks that are made of inputs: of tokens, of truth values, and rows of attention that they hide."""

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

TOKENS = np.array([[3, 1, 4, 0]])
SHOWN = np.array([[True, True, True, False]])
X = np.random.default_rng(0).normal(size=(1, 4, 3))


class Attention(nn.Module):
    """Attention of tokens that are no padding to one another."""

    n: int

    @nn.compact
    def __call__(self, tokens: Any) -> Any:
        x = nn.Embed(5, self.n)(tokens)
        mask = nn.make_attention_mask(tokens > 0, tokens > 0)
        scores = jnp.einsum("btc,bsc->bts", x, x)[:, None] / self.n
        weights = jax.nn.softmax(jnp.where(mask != 0, scores, jnp.finfo(jnp.float32).min))
        return nn.Dense(1)(jnp.einsum("bhts,bsc->btc", weights, x))


def test_padding_of_attention() -> None:
    """The last row has no score that counts: its weights are equal."""
    model = tp.from_jax(lambda n: (Attention(n), TOKENS), WIDTHS)
    assert "max(" in model.text


def mean(at: Callable[[Any], Any]) -> Callable[..., Any]:
    def apply(weights: Any, x: Any, given: Any) -> Any:
        counted = at(given).astype(float)
        return (jnp.tanh(x @ weights) * counted[..., None]).sum(1).mean(-1) / counted.sum(1)

    return apply


def init(n: int, key: Any) -> Any:
    return jax.random.normal(key, (3, n))


def test_truth_values() -> None:
    model = tp.from_jax(init, mean(lambda given: given), (X, SHOWN), WIDTHS)
    assert model.orders(["F"]).prediction.exponents["F"] is not None


def test_whole_numbers_that_are_no_indices_are_refused() -> None:
    for at in (lambda given: given > 0, lambda given: given == 0):
        with pytest.raises(TpError, match=r"no indices|not known to be"):
            tp.from_jax(init, mean(at), (X, TOKENS), WIDTHS)


def test_log_likelihood_of_tokens() -> None:
    """Entries at indices that differ from row to row."""

    def apply(weights: Any, x: Any, tokens: Any) -> Any:
        logits = jax.nn.log_softmax(jnp.tanh(x @ weights["U"]) @ weights["V"])
        return -jnp.take_along_axis(logits, tokens[..., None], axis=-1)[..., 0]

    def both(n: int, key: Any) -> Any:
        first, second = jax.random.split(key)
        return {"U": jax.random.normal(first, (3, n)), "V": jax.random.normal(second, (n, 5)) / np.sqrt(n)}

    x = np.random.default_rng(1).normal(size=(2, 4, 3))
    model = tp.from_jax(both, apply, (x, np.array([[3, 1, 4, 0], [2, 2, 0, 1]])), WIDTHS)
    assert "one_hot" in model.text
