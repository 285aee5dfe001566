"""Dropout in the language: a noise for each call, its axes and its law, and what shares it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.syntax.running import Run, program
from tp.diagnostics.diagnostic import TpError
from tp.graph.parameter import Parameter
from tp.syntax import parse


def noises(text: str) -> dict[str, Parameter]:
    return {name: p for name, p in parse(text).graph.parameters.items() if p.noise}


def test_each_call_has_noise_of_its_own_over_its_axes() -> None:
    found = noises(
        program("""
        input x : [t=3, d=2]
        param U : [n | d] ~ normal(0, 1)
        h = dropout(dropout(U @ x, 0.8), 1/2, n)
        y = dropout(h, 1)""")
    )
    assert {name: [str(a) for a in p.outs] for name, p in found.items()} == {
        "dropout": ["n", "t=3"],
        "dropout(2)": ["n"],
    }
    law = found["dropout(2)"].law
    assert law.mean is not None
    assert (law.family, law.scale.coefficient, law.mean.coefficient, law.arguments) == ("bernoulli", 1.0, 1.0, (0.5,))


def test_an_entry_is_multiplied_with_its_factor() -> None:
    run = Run(program("input x : [d=4]\nparam U : [n, d] ~ normal(0, 1)\nh = U @ x\ny = 3 * dropout(2 * h, 0.8)"))
    np.testing.assert_allclose(run["y"], 6 * run["h"] * (1 + run.weights["dropout"]), rtol=1e-5)


BLOCK = """def block(x) {
  y = dropout(x, 0.9)
  return y
}

program p {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  instance same = block()
  h[1] = U @ x
  h[2] = same(same(h[1]))
  h[3] = block(block(h[2]))
  output f = mean(h[3])
}
"""


def test_calls_of_an_instance_drop_the_same_entries() -> None:
    names = [name.rpartition("/")[2] for name in noises(BLOCK)]
    assert names == ["dropout"] * 3
    owners = {name.rpartition("/")[0] for name in noises(BLOCK)}
    assert "same" in owners


def test_calls_of_an_instance_with_other_axes_are_refused() -> None:
    text = BLOCK.replace("same(same(h[1]))", "same(h[1])\n  k = same(x)")
    with pytest.raises(TpError, match="TP217"):
        parse(text)


def test_two_values_of_the_law_of_noise() -> None:
    """Entries are 0 or 1 over the share that is kept, in the right shares."""
    from tp.interpret.arrays.initial_weights import draw
    from tp.matrix_free.streams import Seed

    graph = parse(program("input x : [d=4]\nparam U : [n, d] ~ normal(0, 1)\ny = dropout(U @ x, 0.8)")).graph
    factor = 1 + draw(graph.parameters, 40_000, Seed((1,)), np.float64)["dropout"]
    kept = np.isclose(factor, 1.25)
    assert (kept | np.isclose(factor, 0.0, atol=1e-6)).all()
    assert abs(kept.mean() - 0.8) < 0.01
