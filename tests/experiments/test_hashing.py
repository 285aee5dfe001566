"""What an experiment is known by: the text of its graph, and every number of its inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tp
from tp.experiments.hashing import WrittenGraph, arrays_hash
from tp.graph.reader import parse_graph
from tp.graph.text import print_computation
from tp.primitives import known

MLP = """program mlp(depth: int = 1) {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)
  output f = dot(v, tanh(h[1])) / sqrt(n)
}
"""


def test_names_and_places_do_not_matter_to_a_program() -> None:
    graph = tp.parse(MLP).graph
    moved = tp.parse(MLP.replace("mlp(", "other(").replace("h[1]", "g[1]").replace("  width", "\n\n    width")).graph
    assert WrittenGraph(moved).digest == WrittenGraph(graph).digest
    for changed in (("sqrt(d)", "d"), ("[d=3]", "[d=4]"), ("tanh", "erf"), ("normal(0, 1)", "normal(0, 2)")):
        assert WrittenGraph(tp.parse(MLP.replace(*changed)).graph).digest != WrittenGraph(graph).digest


@pytest.mark.parametrize("name", sorted(p.stem for p in (Path(__file__).parents[2] / "programs").glob("*.tp")))
def test_the_text_of_a_computation_is_read_back(name: str) -> None:
    graph = tp.load(Path(__file__).parents[2] / f"programs/{name}.tp").graph
    text = print_computation(graph)
    assert "@" not in text
    assert print_computation(parse_graph(text, known())) == text


def test_inputs_count_by_every_number() -> None:
    one = {"x": np.ones((2, 3))}
    assert arrays_hash(one) == arrays_hash({"x": np.ones((2, 3))})
    others = [{"y": np.ones((2, 3))}, {"x": np.ones((3, 2))}, {"x": np.ones((2, 3), np.float32)}, {}]
    others += [{"x": np.where(np.arange(6).reshape(2, 3) == 5, np.nextafter(1.0, 2.0), 1.0)}]
    assert len({arrays_hash(found) for found in [one, *others]}) == len(others) + 1
