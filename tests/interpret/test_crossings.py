"""Which values are near zero as seldom as one with a bounded density, against draws of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tp
from tp.interpret.crossings import CrossingsOf
from tp.interpret.orders import calculus_for, interpret
from tp.interpret.zeros import ZerosOf
from tp.orders.typical.recorder import Derived

Made = Callable[[Any, Any, Any], Any]

SELDOM: dict[str, Made] = {
    "tanh(h)": lambda h, g, k: np.tanh(h),
    "g * tanh(h)": lambda h, g, k: g * np.tanh(h),
    "g * sigmoid(h)": lambda h, g, k: g / (1 + np.exp(-h)),
    "(1 - sigmoid(h)) * tanh(g) + sigmoid(h) * k": lambda h, g, k: (
        (1 - 1 / (1 + np.exp(-h))) * np.tanh(g) + k / (1 + np.exp(-h))
    ),
    "g * relu(h) / abs(h)": lambda h, g, k: g * (h > 0),
    "g * h + k * h": lambda h, g, k: h * (g + k),
    "g + relu(h)": lambda h, g, k: g + np.maximum(h, 0),
}
OFTEN: dict[str, Made | None] = {
    "h^3": lambda h, g, k: h**3,
    "tanh(h) - h": lambda h, g, k: np.tanh(h) - h,
    "g * h^2": lambda h, g, k: g * h**2,
    "relu(h) - h + h / sqrt(n)": None,
    "(relu(h) - h) + g / sqrt(n)": None,
    "relu(h) * g + k / sqrt(n)": None,
}


def said(text: str) -> bool:
    graph = tp.parse(f"""program p {{
        width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param V : [n, d] ~ normal(0, 1)
        param T : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h = U @ x / sqrt(d)
        g = V @ x / sqrt(d)
        k = T @ x / sqrt(d)
        z = {text}
        output f = dot(v, z + 0 * g + 0 * k) / n
    }}""").graph
    node, values = graph.names["z"], dict[int, Derived]()
    interpret(graph, [node], calculus_for(graph), values)
    return CrossingsOf(graph, ZerosOf(graph)).simple(node, values)


@pytest.mark.parametrize("text", SELDOM)
def test_values_that_are_seldom_near_zero(text: str) -> None:
    assert said(text)
    h, g, k = np.random.default_rng(0).standard_normal((3, 1_000_000))
    sizes = np.abs(SELDOM[text](h, g, k))
    few, fewer = (((sizes > 0) & (sizes < eps)).mean() for eps in (1e-2, 1e-4))
    assert fewer < few / 30  # 1/100, but for logarithms


@pytest.mark.parametrize("text", OFTEN)
def test_values_that_are_often_near_zero(text: str) -> None:
    assert not said(text)
    if (made := OFTEN[text]) is not None:
        h, g, k = np.random.default_rng(0).standard_normal((3, 1_000_000))
        few, fewer = ((np.abs(made(h, g, k)) < eps).mean() for eps in (1e-2, 1e-4))
        assert fewer > few / 30
