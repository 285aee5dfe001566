"""A softmax over some of its scores has a mask, however it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tp
from tests.imports.traced.modules import WIDTHS
from tp.diagnostics.diagnostic import TpError

X = np.random.default_rng(0).normal(size=(4, 3))
SHOWN = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 1], [1, 1, 1, 1]], bool)


def attending(softmax: Callable[[Any], Any]) -> tp.Imported:
    def init(n: int, key: Any) -> Any:
        first, second = jax.random.split(key)
        return {"U": jax.random.normal(first, (3, n)), "v": jax.random.normal(second, (n,))}

    def apply(n: int, weights: Any, x: Any) -> Any:
        h = x @ weights["U"]
        return softmax(h @ h.T / n) @ h @ weights["v"] / np.sqrt(n)

    return tp.from_jax(init, apply, X, WIDTHS)


def by_where(scores: Any) -> Any:
    return jax.nn.softmax(scores, axis=-1, where=SHOWN)


def by_two_choices(scores: Any) -> Any:
    raised = jnp.where(SHOWN, jnp.exp(jnp.where(SHOWN, scores, -1e9)), 0)
    return raised / raised.sum(axis=-1, keepdims=True)


def test_softmax_with_where() -> None:
    assert "mask=" in attending(by_where).text


def test_large_number_where_scores_are_hidden() -> None:
    """It does not round the scores that are shown, which the comparison with the module would see."""
    assert "table_2" in attending(by_two_choices).text


def test_infinite_numbers_are_refused() -> None:
    with pytest.raises(TpError, match="infinite numbers"):
        attending(lambda scores: jnp.tanh(jnp.where(scores > 0, scores, -jnp.inf)))


def test_rows_without_scores_have_equal_weights() -> None:
    shown = SHOWN & (np.arange(4) != 1)[:, None]
    model = attending(lambda scores: jax.nn.softmax(jnp.where(shown, scores, jnp.finfo("float32").min)))
    assert "mask=" in model.text


def test_rows_whose_weights_would_be_rounding_are_refused() -> None:
    bias = np.where(SHOWN & (np.arange(4) != 1)[:, None], 0, -1e9)
    with pytest.raises(TpError, match="hides all scores"):
        attending(lambda scores: jax.nn.softmax(scores + bias))
