"""Activations made of others: their values, where they can be used, and what orders say of them."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from tests.syntax.running import Run, program
from tp.construct.composed import COMPOSED, offered
from tp.syntax import parse
from tp.theory.analysis import Analysis

THERE = {
    "elu": jax.nn.elu,
    "selu": jax.nn.selu,
    "softsign": jax.nn.soft_sign,
    "hard_tanh": jax.nn.hard_tanh,
    "mish": jax.nn.mish,
}

NET = """program net(phi: activation = PHI) {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, phi(U @ x)) / sqrt(n)
  output s = mean(PHI(U @ x))
}"""


@pytest.mark.parametrize("name", THERE)
def test_values_are_those_of_jax(name: str) -> None:
    found = Run(program(f"input x : [t=40]\ny = {name}(3 * x)"))
    np.testing.assert_allclose(found["y"], THERE[name](3 * found["x"]), rtol=1e-5, atol=1e-6)
    assert name in offered()


@pytest.mark.parametrize("name", COMPOSED)
def test_they_are_hyperparameters_like_others(name: str) -> None:
    direct = parse(NET.replace("PHI", name))
    assert parse(NET.replace("PHI", "tanh"), settings={"phi": name}).graph.outputs["f"] == direct.graph.outputs["f"]
    assert direct.settings["phi"] == name


@pytest.mark.parametrize(
    ("name", "order"), [("softsign", "-1/2"), ("elu", "0"), ("selu", "0"), ("hard_tanh", "-1/2"), ("mish", "0")]
)
def test_means_know_what_is_odd(name: str, order: str) -> None:
    graph = parse(NET.replace("PHI", name)).graph
    analysis = Analysis(graph, ["F"])
    assert str(analysis.prediction(["F"]).exponents["F"]) == "0"
    nodes = {node.name: node.exponent for node in analysis.prediction(["F"], nodes=True).nodes}
    assert str(nodes["s"]) == order
