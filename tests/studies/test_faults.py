"""Blame for everything that fails, and repairs that a full analysis of the changed program confirms."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import tp
from tests.marks import slow
from tp.answer import Answer
from tp.exit_code import ExitCode
from tp.studies.blame import Accusation, accuse, decided
from tp.syntax import Program, load, parse
from tp.theory.analysis import Analysis
from tp.theory.regime import Kind

PROGRAMS = Path(__file__).parents[2] / "programs"
FAST = ["claim stable", "claim linearizes(n)", "claim not feature_learning"]
KERNEL = ["", "claim kernel : Theta(1)", "claim f : Theta(1)"]
SLOW = ("gru", "lstm", "multihead_attention", "transformer_block")
BLAMED = ("attention_sqrt", "bottleneck", "false_claim", "mean_field", "mup_mlp", "nonlinear_output")

MLP = """program p {{
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, {scale}){rate}
  param v : [n] ~ normal(0, {readout})
  h = U @ x
  g = W @ tanh(h) / sqrt(n)
  output f = dot(v, tanh(g)){out}
  {claims}
}}"""


def mlp(claims: str = "", scale: str = "1", rate: str = "", readout: str = "1", out: str = " / sqrt(n)") -> Program:
    return parse(MLP.format(claims=claims, scale=scale, rate=rate, readout=readout, out=out))


def blamed(program: Program) -> Accusation:
    """The blame with its repairs, each of which is checked here again, from the start."""
    found = accuse(program, Analysis(program.graph), repaired=True)
    held = [r.answer is Answer.YES for r in decided(program, Analysis(program.graph))]
    aims = {f.aim for f in found.faults}
    for change in found.repair.changes if found.repair else ():
        changed = replace(program, graph=change.program)
        analysis = Analysis(change.program)
        after = [r.answer is Answer.YES for r in decided(changed, analysis)]
        for claim, before, now in zip(program.claims, held, after, strict=True):
            assert now or not (before or claim.text in aims)
        assert analysis.regime.kind not in (Kind.UNSTABLE, Kind.ILL_NORMALISED)
        assert all(c.holds for c in analysis.regime.conditions if c.text in aims)
    return found


def changes(found: Accusation) -> set[str]:
    return set() if found.repair is None else {c.text for c in found.repair.changes}


@pytest.mark.parametrize("name", BLAMED)
def test_shipped_programs(name: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROGRAMS.parent)
    assert str(tp.load(f"programs/{name}.tp").blame()) == snapshot


@pytest.mark.parametrize("name", sorted(p.stem for p in PROGRAMS.glob("*.tp") if p.stem not in SLOW))
def test_blame_speaks_where_orders_says_that_something_fails(name: str) -> None:
    program = load(PROGRAMS / f"{name}.tp", {})
    analysis = Analysis(program.graph)
    found = accuse(program, analysis)
    weak = analysis.weak[0]
    strong = weak is not None and weak.most is not None and weak.most <= 0
    fails = strong or any(c.holds is False for c in analysis.regime.conditions)
    assert bool(found.faults) == (fails or found.exit_code is ExitCode.FAILS)
    assert bool(found.blames) == bool(found.faults)


def test_a_claim_that_fails_gives_the_exit_code_of_orders() -> None:
    assert blamed(mlp("claim stable")).exit_code is ExitCode.HOLDS
    program = mlp("claim C[0,2] : Theta(1)")
    assert accuse(program, Analysis(program.graph)).exit_code is ExitCode.FAILS


@pytest.mark.parametrize("claim", slow(KERNEL, KERNEL[:1]))
def test_a_kernel_that_grows_wants_a_smaller_learning_rate(claim: str) -> None:
    found = blamed(mlp(claim, readout="1/sqrt(n)", out=""))
    assert "kernel" in {b.quantity for b in found.blames}
    assert changes(found) == {
        "line 6: learning rate of v n^(-1) instead of n^0",
        "learning rate n^(-1) instead of n^0",
    }


def test_an_output_that_grows() -> None:
    found = blamed(mlp("claim f : O(1)", out=""))
    (first, *_) = found.blames
    assert (first.quantity, [c.line for c in first.nodes]) == ("F", [9])
    assert changes(found) == {"line 9: multiply f by n^(-1/2) instead of n^0"}


@pytest.mark.parametrize("claim", slow(FAST, FAST[1:2]))
def test_one_weight_that_moves_too_fast(claim: str) -> None:
    found = blamed(mlp(claim, rate=" rate n"))
    assert found.exit_code is (ExitCode.FAILS if claim and "not" not in claim else ExitCode.HOLDS)
    assert any({c.name for c in b.parameters} == {"W"} for b in found.blames)
    assert changes(found) == {
        "line 5: learning rate of W n^0 instead of n^1",
        "learning rate n^(-1) instead of n^0",
    }


def test_features_that_should_move() -> None:
    program = mlp("claim feature_learning")
    found = accuse(program, Analysis(program.graph))
    (rest,) = found.blames
    assert [c.name for c in rest.nodes] == ["h", "g"]
    assert {c.name for c in rest.parameters} == {"U", "W"}


@pytest.mark.slow
def test_a_readout_of_the_mean_field_size_wants_a_larger_learning_rate() -> None:
    assert changes(blamed(mlp("claim feature_learning", out=" / n"))) >= {"learning rate n^1 instead of n^0"}


def test_a_named_value_of_the_wrong_order() -> None:
    found = blamed(mlp("claim g : Theta(1)", scale="sqrt(n)"))
    (first, *_) = found.blames
    assert (first.quantity, first.exponent, [c.line for c in first.nodes]) == ("g", Fraction(1, 2), [8])


def test_nothing_is_repaired_that_the_program_claims() -> None:
    for name in ("mup_mlp", "nonlinear_output", "mean_field"):
        found = blamed(load(PROGRAMS / f"{name}.tp", {}))
        assert all(f.meant for f in found.faults)
        assert found.repair is None


def test_faults_that_no_single_change_restores_are_repaired_one_by_one() -> None:
    """C[0,2] of a lazy network cannot be of order 1, but its learning rate can be mended."""
    found = blamed(mlp("claim C[0,2] : Theta(1)", rate=" rate n"))
    assert changes(found) == set()
    (part,) = [p for p in found.parts if not p.aims[0].startswith("claim")]
    assert "line 5: learning rate of W n^0 instead of n^1" in {c.text for c in part.repair.changes}
