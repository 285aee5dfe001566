"""Repairs: known ones are found, and every one that is found does restore what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.marks import slow
from tp.graph.graph import Graph
from tp.syntax import Program, load, parse
from tp.theory.analysis import Analysis
from tp.theory.diagnosis.repair import BUDGET, Repair, repair

PROGRAMS = Path(__file__).parents[2] / "programs"
HALF = Fraction(1, 2)
ONE = Fraction(1)
WEAK: dict[str, Fraction | None] = {"C[0,2]": -ONE, "C[0,3]": -ONE, "C[1,1]": -HALF}
Bounds = Mapping[str, Fraction | None]


def repaired(program: Program, bounds: Bounds) -> Repair:
    """The repairs of ``program``, each checked by a prediction of its own."""
    found = Analysis(program.graph).repair(lambda found: found.normalised and found.within(bounds), BUDGET)
    for change in found.changes:
        assert change.size == found.changes[0].size > 0
        exponents = Analysis(change.program).prediction(["F", "kernel", *bounds]).exponents
        output = exponents["F"]
        assert output is not None
        assert output <= 0
        assert exponents["kernel"] == 0
        for name, bound in bounds.items():
            exponent = exponents[name]
            assert exponent is None or (bound is not None and exponent <= bound)
    return found


def shipped(name: str, **settings: str) -> Program:
    return load(PROGRAMS / f"{name}.tp", settings)


@pytest.mark.parametrize("bounds", [{"C[0,2]": -ONE}, *slow([WEAK])])
def test_scores_of_attention_want_one_over_n(bounds: Bounds) -> None:
    found = repaired(shipped("attention_sqrt"), bounds)
    assert {c.text for c in found.changes} == {
        "line 14: multiply Q @ e by n^(-1) instead of n^(-1/2)",
        "line 15: multiply K @ e by n^(-1) instead of n^(-1/2)",
        "line 17: multiply dot(q, k) by n^(-1) instead of n^(-1/2)",
    }
    (scores,) = [c for c in found.changes if c.line == 17]
    for node in Analysis(scores.program).prediction(["F"], nodes=True).nodes:
        assert node.exponent == (-HALF if node.name == "scores" else 0)


@pytest.mark.parametrize("name", ["bottleneck", "nonlinear_output", "mup_mlp"])
def test_some_architectures_cannot_be_repaired_by_one_exponent(name: str) -> None:
    found = repaired(shipped(name), WEAK)
    assert found.changes == ()
    assert found.complete
    assert found.text == "no change of one exponent by at most 2 restores it"


def test_a_mean_field_network_linearises_when_its_hidden_layer_is_slow() -> None:
    found = repaired(shipped("mean_field"), WEAK)
    assert [c.text for c in found.changes] == ["line 6: learning rate of U n^(-1) instead of n^0"]


def test_nothing_to_repair() -> None:
    found = repaired(shipped("mlp"), WEAK)
    assert (found.changes, found.needed) == ((), False)


def test_a_search_that_ends_early_says_so() -> None:
    program = shipped("bottleneck").graph
    calls: list[Graph] = []

    def holds(graph: Graph) -> bool:
        calls.append(graph)
        return False

    found = repair(program, holds, budget=7)
    assert (found.changes, found.complete, found.examined) == ((), False, 7)
    assert len(calls) == 8  # the program itself, and seven others
    assert "before the search ended" in found.text


def mlp(changes: Mapping[str, Fraction], hidden: int = 2, phi: str = "tanh") -> str:
    """An MLP in NTK parametrization with the exponents of some of its declarations shifted."""
    a, b, c = (changes.get(k, Fraction(0)) for k in ("multiplier", "scale", "rate"))
    return "\n".join(
        [
            "program p {",
            f"width n\nlearning_rate n^({changes.get('global', Fraction(0))})\ninput x : [d=3]",
            "param U : [n, d] ~ normal(0, 1)",
            f"param W[2..{hidden}] : [n, n] ~ normal(0, n^({b}))",
            f"param v : [n] ~ normal(0, n^({changes.get('readout', Fraction(0))})) rate n^({c})",
            "h[1] = U @ x",
            f"for l in 2..{hidden} {{ h[l] = W[l] @ {phi}(h[l-1]) * n^({a - HALF}) }}",
            f"output f = dot(v, {phi}(h[{hidden}])) * n^({changes.get('last', Fraction(0)) - HALF})",
            "}",
        ]
    )


def test_a_global_learning_rate_that_is_too_large() -> None:
    found = repaired(parse(mlp({"global": HALF})), WEAK)
    assert "learning rate n^0 instead of n^(1/2)" in {c.text for c in found.changes}
    assert found.changes[0].size == HALF


def test_layers_declared_on_one_line_change_together() -> None:
    found = repaired(parse(mlp({"multiplier": HALF}, hidden=4)), {"C[0,2]": -ONE})
    assert {c.text for c in found.changes} == {
        "line 9: multiply W[2] @ tanh(h[1]), W[3] @ tanh(h[2]), W[4] @ tanh(h[3]) by n^(-1/2) instead of n^0"
    }


ILL = """program p {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h[1] = U @ x
  h[2] = W @ relu(h[1])
  output f = dot(v, relu(h[2])) / sqrt(n)
}"""


def test_a_hidden_layer_without_its_multiplier() -> None:
    """For F alone several exponents serve; for the kernel too the missing multiplier has to be supplied."""
    program = parse(ILL)

    def bounded(graph: Graph) -> bool:
        exponent = Analysis(graph).exponent("F")
        return exponent is not None and exponent <= 0

    found = repair(program.graph, bounded)
    assert all(c.stated and c.size == HALF for c in found.changes)
    assert "line 5: initial scale of W n^(-1/2) instead of n^0" in {c.text for c in found.changes}
    normal = repaired(program, {})
    assert [c.text for c in normal.changes] == ["line 8: multiply W @ relu(h[1]) by n^(-1/2) instead of n^0"]
    assert not normal.changes[0].stated


SPOILT = ["multiplier", "scale", "rate", "global", "readout", "last"]
SHIFTS = [Fraction(k, 4) for k in (-4, -2, -1, 1, 2, 4)]


@pytest.mark.parametrize("kind", ["multiplier", "rate", "last"])
def test_one_exponent_that_is_too_large_is_repaired_by_at_most_as_much(kind: str) -> None:
    program = parse(mlp({kind: HALF}))
    assert not _sound(program)
    assert 0 < repaired(program, WEAK).changes[0].size <= HALF


@pytest.mark.slow
@given(st.sampled_from(SPOILT), st.sampled_from(SHIFTS), st.integers(2, 3), st.sampled_from(["tanh", "gelu"]))
@settings(max_examples=25, deadline=None)
def test_one_spoilt_exponent_is_repaired_by_at_most_as_much(kind: str, shift: Fraction, hidden: int, phi: str) -> None:
    program = parse(mlp({kind: shift}, hidden, phi))
    assume(not _sound(program))
    found = repaired(program, WEAK)
    assert found.changes
    assert found.changes[0].size <= abs(shift)


def _sound(program: Program) -> bool:
    """Whether nothing is to be repaired."""
    analysis = Analysis(program.graph)
    return analysis.normalised and analysis.within(WEAK)


def test_changed_programs_keep_names_outputs_and_spans() -> None:
    program = shipped("attention_sqrt").graph
    change = Analysis(program).repair(lambda found: found.normalised and found.within(WEAK), BUDGET).changes[-1]
    assert change.program.names.keys() == program.names.keys()
    assert change.program.outputs.keys() == program.outputs.keys()
    before = [(program[i].span, program[i].label, program[i].type) for i in program]
    after = [(change.program[i].span, change.program[i].label, change.program[i].type) for i in change.program]
    assert before == after


def test_a_change_in_a_library_is_placed_in_its_file() -> None:
    program = shipped("gru", t="2").graph
    found = repair(program, lambda graph: graph is not program)
    places = {c.text.split(":")[0] for c in found.changes}
    assert {"line 7", "line 15", "cells.tp, line 11"} <= places
    assert all(c.size == found.step for c in found.changes)
