"""Claims about limits: how they are written, and what decides them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import tp
from tests.marks import slow
from tp.answer import Answer
from tp.claims.inequality import Inequality, Order
from tp.diagnostics.diagnostic import TpError
from tp.statistics.estimate import Estimate
from tp.statistics.limit_of_mean import limit_of_mean
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.claims.limit import limited
from tp.studies.claims.support import Measured
from tp.theory.predicted_size import PredictedSize

PROGRAM = """program p {{
  width n
  input x : [d=16]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, tanh(U @ x / sqrt(d))) / sqrt(n)
  {claim}
}}
"""
KERNEL = Inequality("kernel", "O", Fraction(0))
CONSTANT = Order(Fraction(0))


def claim(text: str) -> tp.Claim:
    return tp.parse(PROGRAM.format(claim=text)).claims[0]


def test_a_limit_is_read_and_written_back() -> None:
    text = PROGRAM.format(claim="claim not limit of C[0,2] = 1/4 within 1e-2")
    (found,) = tp.parse(text).claims
    assert (found.kind, found.subject, found.value, found.tolerance, found.negated) == (
        "limit",
        "C[0,2]",
        0.25,
        0.01,
        True,
    )
    assert tp.format_source(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("claim limit of kernel = 1 about 0.1", "TP401"),
        ("claim value of kernel = 1 within 0.1", "TP401"),
        ("claim limit", "TP401"),
        ("claim limit of v = 1 within 0.1", "TP401"),
        ("claim limit of C[0,9] = 1 within 0.1", "TP402"),
        ("claim limit of kernel = n within 0.1", "TP403"),
        ("claim limit of kernel = 1 within 0", "TP403"),
    ],
)
def test_other_claims_of_this_form_have_no_meaning(text: str, code: str) -> None:
    with pytest.raises(TpError) as caught:
        claim(text)
    assert [d.code for d in caught.value.diagnostics] == [code]


def measured(low: float, high: float, verdict: Verdict = Verdict.CONFIRMED) -> Measured:
    mean = Estimate((low + high) / 2, low, high, 0.99)
    return Measured(None, Judgement(verdict, ""), mean=mean)  # pyright: ignore[reportArgumentType]


def fixed(mean: float, deviation: float = 0.0) -> PredictedSize:
    return PredictedSize(Fraction(0), mean, deviation, 1e-6)


@pytest.mark.parametrize(
    ("predicted", "seen", "answer", "confirmed"),
    [
        (fixed(0.5), measured(0.49, 0.505), Answer.YES, True),
        (fixed(0.5), measured(0.4, 0.6), Answer.YES, False),
        (fixed(0.5), None, Answer.YES, False),
        (fixed(0.5), measured(0.6, 0.7), Answer.UNDECIDED, False),
        (fixed(0.7), measured(0.69, 0.71), Answer.NO, True),
        (fixed(0.7), measured(0.49, 0.505), Answer.UNDECIDED, False),
        (fixed(0.51), measured(0.49, 0.505), Answer.UNDECIDED, False),
        (fixed(0.5, 0.1), measured(0.49, 0.505), Answer.NO, False),
        (fixed(0.5), measured(0.49, 0.505, Verdict.REFUTED), Answer.UNDECIDED, False),
        (None, measured(0.49, 0.505), Answer.YES, True),
        (None, measured(0.4, 0.6), Answer.UNDECIDED, False),
        (None, measured(0.6, 0.7), Answer.NO, True),
        (None, None, Answer.UNDECIDED, False),
    ],
)
def test_the_limit_and_the_extrapolated_mean_decide(
    predicted: PredictedSize | None, seen: Measured | None, answer: Answer, confirmed: bool
) -> None:
    found = limited(claim("claim limit of kernel = 0.5 within 0.02"), KERNEL, CONSTANT, seen, predicted)
    assert (found.answer, found.settled) == (answer, confirmed)


def test_what_decays_tends_to_zero() -> None:
    decays = Order(Fraction(-1))
    assert limited(claim("claim limit of kernel = 0 within 0.1"), KERNEL, decays, None, None).answer is Answer.YES
    assert limited(claim("claim limit of kernel = 1 within 0.1"), KERNEL, decays, None, None).answer is Answer.NO
    grows = Order(Fraction(1))
    assert limited(claim("claim limit of kernel = 1 within 0.1"), KERNEL, grows, None, None).answer is Answer.NO


@pytest.mark.parametrize("power", [0.5, 1.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_intervals_of_extrapolated_means_hold_the_limit(power: float, sign: float) -> None:
    # At 99 % fewer than 9 of 100 intervals miss the limit, with probability 1 - 1e-6.
    missed = 0
    for seed in range(100):
        source = np.random.default_rng(seed)
        samples = {
            n: sign * (2 + 3 * n**-power + source.normal(0, n**-0.5, 30)) for n in (64, 128, 256, 512, 1024, 8192)
        }
        found = limit_of_mean(samples, 0.99)
        missed += found is None or not found.low <= 2 * sign <= found.high
    assert missed < 9


def test_a_mean_without_a_limit_of_this_form_has_none() -> None:
    source = np.random.default_rng(0)
    samples = {n: np.log(n) + source.normal(0, 1e-3, 30) for n in (64, 128, 256, 512, 1024)}
    found = limit_of_mean(samples, 0.99)
    assert found is None or found.high > np.log(1024)


@pytest.mark.parametrize("right", slow([True, False]))
def test_verify_decides_a_limit(right: bool) -> None:
    limit = tp.parse(PROGRAM.format(claim="")).verify("64:256", quantities=["kernel"], budget=0.0, store=False)
    size = limit.quantities[0].size
    assert size is not None
    text = f"claim limit of kernel = {size.mean + (0.0 if right else 0.1):.4f} within 0.01"
    found = tp.parse(PROGRAM.format(claim=text)).verify("64:4096", quantities=["kernel"], budget=5.0, store=False)
    (outcome,) = found.claims
    assert outcome.answer is Answer.of(right)
    assert outcome.confirmed is right
