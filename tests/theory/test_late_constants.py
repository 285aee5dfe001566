"""Small constants that are added to what vanishes: they are named, and verdicts below their widths are undecided."""

import pytest

import tp
from tp.statistics.verdict import Verdict

TEXT = """program late {{
  width n
  input x : [d=4]
  param E : [n, d] ~ normal(0, {deviation})
  param s : [n] ~ normal(0, 1)
  h = E @ x
  g = h / sqrt(mean(h^2) + {constant})
  output f = dot(s, tanh(g)) / sqrt(n)
}}"""


def late(deviation: str, constant: str) -> list[str]:
    model = tp.parse(TEXT.format(deviation=deviation, constant=constant))
    found = model.orders(["F"]).prediction
    assert len(found.late) == sum("the constant" in text for text in found.assumptions)
    return [f"{one.constant:g} {one.exponent} {one.width:.0e}" for one in found.late]


@pytest.mark.parametrize(
    ("deviation", "constant", "expected"),
    [
        ("1/sqrt(n)", "1e-6", ["1e-06 -1 1e+06"]),
        ("n^(-1/4)", "1e-4", ["0.0001 -1/2 1e+08"]),
        ("1", "1e-6", []),  # the mean square does not vanish
        ("1/sqrt(n)", "1", []),  # the constant counts at all widths
        ("1/sqrt(n)", "1e-6/n", []),  # and here it never does
    ],
)
def test_constants_that_count_late_are_named(deviation: str, constant: str, expected: list[str]) -> None:
    assert late(deviation, constant) == expected


def test_a_prediction_is_not_refuted_below_the_width_at_which_a_constant_counts() -> None:
    model = tp.parse(TEXT.format(deviation="1/sqrt(n)", constant="1e-6"))
    found = model.verify([64, 128, 256, 512, 1024], quantities=["kernel"], seeds=32, store=False)
    (row,) = (q for q in found.quantities if q.name == "kernel")
    assert row.predicted == 0
    assert row.judgement.verdict is Verdict.UNDECIDED
    assert "above about n = 1e+06" in row.judgement.reason


def test_a_constant_that_counts_early_refutes_nothing() -> None:
    model = tp.parse(TEXT.format(deviation="1/sqrt(n)", constant="1"))
    found = model.verify([64, 128, 256, 512, 1024], quantities=["kernel"], seeds=32, store=False)
    (row,) = (q for q in found.quantities if q.name == "kernel")
    assert row.judgement.verdict is Verdict.CONFIRMED
