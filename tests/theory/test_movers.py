"""Movers are those that all values give, though most values are passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tp.exponent import UNBOUNDED
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for
from tp.syntax import load, parse
from tp.theory import movers
from tp.theory.movers import Mover
from tp.theory.regime import regime
from tp.theory.together import Together

PROGRAMS = Path(__file__).parents[2] / "programs"
STREAM = """program stream {{
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param A[2..3] : [n, n] ~ {law}
  param B[2..3] : [n, n] ~ {law}
  param v : [n] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)
  for l in 2..3 {{ h[l] = h[l-1] + {block} }}
  output f = dot(v, tanh(h[3])) / {readout}
}}"""
BRANCH = "B[l] @ {phi}(A[l] @ h[l-1] / {scale}) / {scale}"
NORMED = "B[l] @ tanh(A[l] @ (h[l-1] / sqrt(mean(h[l-1]^2, n) + 0.1)) / sqrt(n)) / sqrt(n)"


def stream(block: str, law: str = "normal(0, 1)", readout: str = "sqrt(n)") -> Graph:
    return parse(STREAM.format(law=law, block=block, readout=readout)).graph


def found(graph: Graph) -> tuple[Mover, ...]:
    return regime(graph, calculus_for(graph)).movers


CASES = {
    "lazy": stream(BRANCH.format(phi="tanh", scale="sqrt(n)")),
    "a kink": stream(BRANCH.format(phi="relu", scale="sqrt(n)")),
    "small branches": stream(BRANCH.format(phi="sin", scale="n")),
    "large branches": stream(BRANCH.format(phi="tanh", scale="n^(1/4)")),
    "branches that start at zero": stream(BRANCH.format(phi="tanh", scale="sqrt(n)"), "constant(0)"),
    "heavy tails": stream(BRANCH.format(phi="tanh", scale="sqrt(n)"), "student_t(0, 1, 5)"),
    "norms": stream(NORMED),
    "features that move": stream(BRANCH.format(phi="tanh", scale="sqrt(n)"), readout="n"),
    "attention": load(PROGRAMS / "transformer_block.tp").graph,
}


@pytest.mark.parametrize("graph", CASES.values(), ids=CASES)
def test_no_value_that_is_passed_over_counts(graph: Graph) -> None:
    with patch.object(Together, "moves", return_value=UNBOUNDED):
        every = found(graph)
    assert found(graph) == every


@pytest.mark.parametrize(
    ("graph", "passed"),
    [(CASES["lazy"], True), (CASES["a kink"], True), (CASES["norms"], True), (CASES["large branches"], False)],
    ids=["lazy", "a kink", "norms", "large branches"],
)
def test_values_are_passed_over_where_moves_are_bounded(graph: Graph, *, passed: bool) -> None:
    answers: list[bool] = []

    def asked(*given: Any) -> bool:
        answers.append(original(*given))
        return answers[-1]

    original = movers._no_further  # pyright: ignore[reportPrivateUsage]
    with patch.object(movers, "_no_further", asked):
        found(graph)
    assert answers
    assert all(answers) == passed
