"""Noise with several draws: an input chooses one of them for each sample, and zero chooses the mean."""

from __future__ import annotations

import numpy as np

from tp.experiments.training.path import Path, with_noise
from tp.graph.text import parse_graph, print_graph
from tp.interpret.arrays.evaluate import evaluator
from tp.primitives import known
from tp.syntax import parse
from tp.transform.noise import CHOICE, drawn_apart, noisy

TEXT = """program p {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  h = dropout(U @ x, 0.75)
  output f = sum(h * h, n)
}
"""
N = 5


def test_the_text_of_a_graph_keeps_noise() -> None:
    graph = parse(TEXT).graph
    assert noisy(graph)
    assert graph.parameters["dropout"].noise
    assert not graph.parameters["dropout"].rate.coefficient
    assert parse_graph(print_graph(graph), known()).parameters == graph.parameters


def test_one_of_several_draws_is_chosen() -> None:
    graph = parse(TEXT).graph
    apart = drawn_apart(graph, 2)
    draw = np.random.default_rng(0)
    noise, x, u = draw.normal(size=(2, N)), draw.normal(size=3), draw.normal(size=(N, 3))

    def value(choice: list[float]) -> float:
        run = evaluator(apart, list(apart.outputs.values()), N, np.float64)
        (found,) = run({"U": u, "dropout": noise}, {"x": x, CHOICE: np.array(choice)})
        return float(found)

    for choice, factor in (([1.0, 0.0], 1 + noise[0]), ([0.0, 1.0], 1 + noise[1]), ([0.0, 0.0], np.ones(N))):
        np.testing.assert_allclose(value(choice), np.sum((factor * (u @ x)) ** 2))


def test_each_sample_of_each_step_has_noise_of_its_own() -> None:
    path = Path({"x": np.eye(3)}, np.arange(3.0), np.array([[1, 2], [2, 1], [0, 2]]), probes=2, looks=(0, 3), unseen=1)
    graph, changed = with_noise(parse(TEXT).graph, path)
    assert (changed.samples, changed.steps, changed.batch, changed.evaluated, changed.first) == (9, 3, 2, 3, 3)
    np.testing.assert_array_equal(changed.targets[changed.batches], path.targets[path.batches])
    np.testing.assert_array_equal(changed.inputs["x"][changed.batches], path.inputs["x"][path.batches])
    choices = changed.inputs[CHOICE]
    assert not choices[: changed.evaluated].any()
    np.testing.assert_array_equal(choices[changed.batches.reshape(-1)], np.eye(6))
    assert graph.parameters["dropout"].outs[0].size == 6


def test_without_noise_nothing_changes() -> None:
    graph = parse(TEXT.replace("0.75", "1")).graph
    path = Path({"x": np.eye(3)}, np.arange(3.0), np.array([[1], [2]]), probes=1, looks=(0, 2))
    assert not noisy(graph)
    assert with_noise(graph, path) == (graph, path)
    assert (path.first, path.evaluated) == (0, 3)
