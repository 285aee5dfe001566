"""Every kind of claim: read from a program, decided by theory, described in the language's page."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import tp
from tp.answer import Answer
from tp.claims import known
from tp.claims.evidence import Training
from tp.claims.feature_learning import FeatureLearning
from tp.claims.inequality import Inequality, Order
from tp.claims.kind import Argument
from tp.claims.lazy import Lazy
from tp.claims.stable import Stable
from tp.claims.trained import Row
from tp.program import Claim
from tp.studies.claims.evaluate import evaluate

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
PROGRAM = """program p {{
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, tanh(U @ x / sqrt(d))) / sqrt(n)
  claim {claim}
}}
"""


class Facts:
    """Evidence in which every quantity is of order n^-1 and training is lazy."""

    training = Training("lazy", "F - F_lin is of order n^(-1)", None, Order(Fraction(-1)))

    def order(self, quantity: str) -> Order | None:
        return Order(Fraction(-1))

    def strength(self, kind: str, exponent: Fraction) -> tuple[Answer, str] | None:
        return None


def claimed(text: str) -> Claim:
    (claim,) = tp.parse(PROGRAM.format(claim=text)).claims
    return claim


SPECIAL = {"order": "C[0,2] : Theta(1/n)", "limit": "limit of C[0,2] = 0 within 0.1"}
WRITTEN = {Argument.NONE: "{}", Argument.POWER: "{}(n)", Argument.GROWING: "{}(n)"}


@pytest.mark.parametrize("word", sorted(known()))
def test_every_kind_is_read_and_documented(word: str) -> None:
    text = SPECIAL.get(word) or WRITTEN[known()[word].argument].format(word)
    assert claimed(text).kind == word
    assert word == "order" or f"`{word}" in PAGE or f"claim {word}" in PAGE


@pytest.mark.parametrize("word", sorted(known()))
def test_a_negated_claim_has_the_opposite_answer(word: str) -> None:
    text = SPECIAL.get(word) or WRITTEN[known()[word].argument].format(word)
    plain, negated = (evaluate(claimed(one), Facts(), {}, "f").answer for one in (text, f"not {text}"))
    assert negated is ~plain


def test_a_claim_of_a_wrong_argument_is_refused() -> None:
    for text in ("lazy(n)", "linearizes", "linearizes(1/n)"):
        with pytest.raises(tp.TpError):
            claimed(text)


def test_kinds_of_training_say_what_they_imply_for_runs() -> None:
    rows = {"F - F_lin": Row.DEVIATION, "moved h": Row.MOVE}
    moves = Inequality("moved h", "O", Fraction(0))
    assert Lazy().implied(rows) == [Inequality("F - F_lin", "o", Fraction(0)), moves]
    assert FeatureLearning().implied(rows) == [Inequality("F - F_lin", "Theta", Fraction(0)), moves]
    assert Stable().implied(rows) == [Inequality("F - F_lin", "O", Fraction(0)), moves]
    assert known()["linearizes"].examined(claimed("linearizes(n)"), Facts(), "f") == [
        Inequality("F - F_lin", "O", Fraction(-1)),
        Inequality("F - F_lin, seen", "O", Fraction(-1)),
    ]
