"""Programs of many equal steps have the answers that all of their steps give."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tp.graph.graph import Graph
from tp.syntax import load, parse
from tp.theory import analysis
from tp.theory.analysis import Analysis
from tp.theory.steady import AFTER, BEFORE, PERIOD, brief
from tp.transform.repeated import equal_steps, shortened

PROGRAMS = Path(__file__).parents[2] / "programs"
ASKED = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]")
CELL = """program cell {{
  width n
  input x : [t={t}, d=3]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param V : [n, n] ~ normal(0, 1)
  param b : [n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h[1] = U @ x[t=1] / sqrt(d)
  for s in 2..t {{ h[s] = {step} + U @ x[t=s] / sqrt(d) }}
  output f = dot(v, {readout}) / sqrt(n)
}}"""
FUNCTIONS = st.sampled_from(["tanh", "erf", "sigmoid", "sin", "cos"])
LINEAR = ("{W} @ {a}(h[s-1]) / sqrt(n)", "{W} @ {a}(h[s-1]) / n", "{W} @ {a}(h[s-1] + b) / sqrt(n)")
STEPS = st.one_of(
    st.builds(str.format, st.sampled_from(LINEAR), W=st.sampled_from(["W", "W'"]), a=FUNCTIONS),
    st.builds("{W} @ {a}(V @ {b}(h[s-1]) / sqrt(n)) / sqrt(n)".format, W=st.just("W"), a=FUNCTIONS, b=FUNCTIONS),
    st.builds("h[s-1] / 2 + W @ {a}(h[s-1]) / sqrt(n)".format, a=FUNCTIONS),
    st.builds("b * W @ {a}(h[s-1]) / sqrt(n)".format, a=FUNCTIONS),
)


def answers(graph: Graph) -> tuple[object, ...]:
    found = Analysis(graph, ASKED)
    told = found.prediction(ASKED)
    forms = [found.bounds.form(D, d) for D in range(3) for d in range(3)]
    bounds = [None if f is None else (f.constant, f.along, f.free) for f in forms]
    regime = found.regime
    trained = (regime.kind, regime.reason, regime.conditions, regime.deviation, regime.drift, regime.steps)
    features = [(f.name, f.span, f.initial, f.moved, f.exact, f.sharp, f.open, f.node) for f in regime.features]
    return told.exponents, told.exact, found.weak, found.weak_bound, bounds, trained, features, regime.movers


def unrolled(graph: Graph) -> tuple[object, ...]:
    with patch.object(analysis, "brief", return_value=None):
        return answers(graph)


def shortens(graph: Graph) -> bool:
    """Whether the answers are those of fewer steps."""
    found = Analysis(graph, ASKED)
    found.prediction(ASKED)
    return found.__dict__["brief"] is not None


def test_a_recurrent_network_of_many_steps_is_derived_of_few() -> None:
    graph = load(PROGRAMS / "rnn.tp", {"t": "34"}).graph
    assert shortens(graph)
    assert answers(graph) == unrolled(graph)


@pytest.mark.parametrize(
    ("step", "readout"),
    [
        ("W @ relu(h[s-1]) / sqrt(n)", "tanh(h[t])"),
        ("W @ h[s-1] / sqrt(n)", "h[t]"),
        ("W @ tanh(h[s-1]) / sqrt(n)", "(tanh(h[t]) + tanh(h[20]))"),
    ],
    ids=["kinks", "a polynomial", "a step in the middle that is an output"],
)
def test_steps_that_count_are_not_left_out(step: str, readout: str) -> None:
    assert brief(parse(CELL.format(t=40, step=step, readout=readout)).graph) is None


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(STEPS, FUNCTIONS, st.integers(32, 35))
def test_random_cells_have_the_answers_of_all_steps(step: str, last: str, t: int) -> None:
    graph = parse(CELL.format(t=t, step=step, readout=f"{last}(h[t])")).graph
    assert brief(graph) is not None
    assert answers(graph) == unrolled(graph)


def test_equal_steps_of_a_program() -> None:
    graph = load(PROGRAMS / "rnn.tp", {"t": "40"}).graph
    steps = equal_steps(graph)
    assert steps is not None
    assert (steps.length, steps.count) == (5, 39)
    assert equal_steps(load(PROGRAMS / "mlp.tp", {"depth": "12"}).graph) is None


def test_what_is_left_is_a_shorter_program() -> None:
    """Without its last entries of data it is the program of fewer steps."""
    found = shortened(load(PROGRAMS / "rnn.tp", {"t": "40"}).graph, BEFORE, AFTER, PERIOD)
    assert found is not None
    short = load(PROGRAMS / "rnn.tp", {"t": str(1 + BEFORE + AFTER + 1)}).graph
    assert [type(n.operation) for n in found.program.nodes] == [type(n.operation) for n in short.nodes]
    assert [n.operands for n in found.program.nodes] == [n.operands for n in short.nodes]
    assert len(found.steps) == BEFORE + AFTER + 1
