"""``claim maximal_update``: written with exceptions, decided weight by weight."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import tp
from tp.answer import Answer
from tp.claims.evidence import Move, Training
from tp.claims.inequality import Order
from tp.claims.maximal_update import KIND, covers
from tp.studies.blame import accuse, decided
from tp.syntax import Program, load, parse
from tp.syntax.format import format_text
from tp.theory.analysis import Analysis

PROGRAMS = Path(__file__).parents[2] / "programs"
NTK = """def block(x, n: axis) {{
  param W : [n, n] ~ normal(0, 1)
  return W @ tanh(x) / sqrt(n)
}}

program p {{
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1){rate}
  param W[1..2] : [n, n] ~ normal(0, 1){rate}
  param v : [n] ~ normal(0, 1)
  h = W[2] @ tanh(W[1] @ tanh(U @ x) / sqrt(n)) / sqrt(n)
  g = block(h, n)
  output f = dot(v, tanh(g)) / sqrt(n)
  claim {claim}
}}
"""


def ntk(claim: str, rate: str = "") -> Program:
    return parse(NTK.format(claim=claim, rate=rate))


def outcome(program: Program) -> Answer:
    return decided(program, Analysis(program.graph))[-1].answer


@pytest.mark.parametrize(
    ("claim", "rate", "expected"),
    [
        ("maximal_update", "", Answer.NO),
        ("not maximal_update", "", Answer.YES),
        ("maximal_update except U, W, g", "", Answer.YES),
        ("maximal_update except U, W[1], W[2], g", "", Answer.YES),
        ("maximal_update except U, W[1], g", "", Answer.NO),
        ("not maximal_update except U, W, g", "", Answer.NO),
        ("maximal_update", " rate 0", Answer.NO),
        ("maximal_update except g", " rate 0", Answer.YES),
    ],
)
def test_only_the_readout_of_a_lazy_network_moves_maximally(claim: str, rate: str, expected: Answer) -> None:
    """Weights with rate 0 are exempt; ``g`` owns the weight of the block."""
    assert outcome(ntk(claim, rate)) is expected


def test_maximal_update_parametrization() -> None:
    source = load(PROGRAMS / "mup_mlp.tp", {}).source
    program = parse(source.replace("claim kernel", "claim maximal_update\n  claim kernel", 1))
    found = decided(program, Analysis(program.graph))
    assert [r.answer for r in found if "maximal" in r.text] == [Answer.YES]


def test_blame_names_the_weights_that_are_wrong() -> None:
    program = ntk("maximal_update except U")
    found = accuse(program, Analysis(program.graph))
    assert {c.name for b in found.blames for c in b.parameters} == {"W[1], W[2]", "g/W"}


def test_bounds_decide_only_that_a_weight_moves_less() -> None:
    (claim,) = ntk("maximal_update").claims

    def judged(*moves: Move) -> Answer:
        return KIND.judge(claim, Training("lazy", "", None, Order(Fraction(-1)), moves))[0]

    assert judged(Move("W", "maximally", "")) is Answer.YES
    assert judged(Move("W", "maximally", "", exact=False)) is Answer.UNDECIDED
    assert judged(Move("W", "too much", "", exact=False)) is Answer.UNDECIDED
    assert judged(Move("W", "too much", "", exact=False), Move("U", "never", "")) is Answer.NO
    assert judged(Move("W", "never", "", frozen=True)) is Answer.YES


def test_names_cover_families_and_owners() -> None:
    assert covers("W", "W[2]")
    assert covers("layer", "layer[2]/W")
    assert covers("step", "step/W")
    assert not covers("W", "W2")
    assert not covers("W", "step/W")


def test_exceptions_are_printed_and_checked() -> None:
    text = NTK.format(claim="maximal_update except U, W[1]", rate="")
    assert "claim maximal_update except U, W[1]" in format_text(text)
    for wrong, code in [
        ("maximal_update except Q", "TP402"),
        ("lazy except U", "TP401"),
        ("maximal_update(n)", "TP401"),
    ]:
        with pytest.raises(tp.TpError) as problem:
            ntk(wrong)
        assert problem.value.diagnostics[0].code == code


def test_except_is_no_reserved_word() -> None:
    assert parse(
        "program p { width n; input x : [d=3]; param except : [n, d] ~ normal(0, 1)\noutput f = mean(except @ x) }"
    )
