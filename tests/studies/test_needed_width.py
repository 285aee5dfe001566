"""The width from which a quantity is below a tolerance: found where it falls, and never promised where it may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

import tp
from tp.answer import Answer
from tp.cli import main
from tp.statistics.fit import fit
from tp.statistics.verdict_of_fit import judge, unpredicted
from tp.studies.judging import QuantityResult
from tp.studies.needed_width import needed_width

Law = Callable[[np.random.Generator, int, int], np.ndarray]
FAR = {64: 512, 128: 512, 256: 512, 512: 256, 1024: 256, 8192: 128, 65536: 128}
FEW = {64: 512, 128: 512, 256: 512, 512: 256, 1024: 256}


def measured(
    law: Law, predicted: str | None, counts: Mapping[int, int] = FAR, *, exact: bool = True, known: bool = True
) -> QuantityResult:
    """A quantity with this law, judged against n^predicted (None: against zero)."""
    draw = np.random.default_rng(7)
    found = fit({n: law(draw, seeds, n) for n, seeds in counts.items()})
    power = None if predicted is None else Fraction(predicted)
    judgement = judge(power, found, exact=exact) if known else unpredicted(found)
    return QuantityResult("F - F_lin", known, power, exact, found, judgement)


def falling(power: float, size: float = 1.0) -> Law:
    return lambda draw, seeds, n: size * n**power * draw.normal(size=seeds)


def kernel(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return 0.85 + 0.8 * draw.normal(size=seeds) / sqrt(n)


def test_a_confirmed_power_gives_the_width() -> None:
    found = needed_width(measured(falling(-1), "-1"), 0.002)
    assert (found.answer, found.inside) == (Answer.YES, True)
    assert found.width is not None
    assert found.width.low < 500 < found.width.high
    assert found.width.high < 2 * found.width.low


def test_beyond_the_measured_widths_the_exponent_is_that_of_the_prediction() -> None:
    found = needed_width(measured(falling(-1 / 2), "-1/2", FEW), 0.01)
    assert (found.answer, found.inside) == (Answer.YES, False)
    assert found.width is not None
    assert found.width.low < 10_000 < found.width.high
    assert "beyond the measured widths" in found.reason


def test_the_smallest_width_may_be_large_enough() -> None:
    found = needed_width(measured(falling(-1), "-1"), 0.5)
    assert (found.answer, found.below) == (Answer.YES, True)


@pytest.mark.parametrize(
    ("tolerance", "answer"), [(0.01, Answer.NO), (0.85, Answer.UNDECIDED), (0.9, Answer.YES)], ids=str
)
def test_a_limit_is_above_near_or_below(tolerance: float, answer: Answer) -> None:
    assert needed_width(measured(kernel, "0"), tolerance).answer is answer


def test_what_grows_is_never_below() -> None:
    assert needed_width(measured(falling(1 / 2, 1e-6), "1/2"), 0.1).answer is Answer.NO
    assert needed_width(measured(falling(1 / 2, 1e-6), "0"), 0.1).answer is Answer.NO  # refuted: it grows


@pytest.mark.parametrize("tolerance", [0.1, 1e-9])
def test_without_a_prediction_nothing_is_promised(tolerance: float) -> None:
    assert needed_width(measured(falling(-1), None, known=False), tolerance).answer is Answer.UNDECIDED


def test_a_bound_decides_among_the_measured_widths_alone() -> None:
    """n^-1 below a bound of n^-1/2: what comes beyond the measured widths may be of order n^-1/2."""
    below = measured(falling(-1), "-1/2", exact=False)
    assert below.judgement.verdict.value == "consistent"
    assert needed_width(below, 1e-3).answer is Answer.YES
    assert needed_width(below, 1e-6).answer is Answer.UNDECIDED
    flat = measured(falling(-1), "0", exact=False)
    assert needed_width(flat, 1e-3).answer is Answer.UNDECIDED


def test_an_undecided_exponent_decides_no_width() -> None:
    few = measured(falling(-1), "-1", {64: 5, 128: 5, 256: 5})
    assert needed_width(few, 0.1).answer is Answer.UNDECIDED


def test_zero_is_below_everything() -> None:
    zero = measured(lambda draw, seeds, n: np.zeros(seeds), None)
    assert needed_width(zero, 1e-30).answer is Answer.YES


@pytest.mark.parametrize("tolerance", [0, -1.0, float("nan"), float("inf"), "0.1"], ids=str)
def test_tolerances_are_positive(tolerance: float) -> None:
    with pytest.raises(tp.TpError, match="positive number"):
        tp.load("programs/mlp.tp").verify(tolerance=tolerance)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["verify", "programs/mlp.tp", "--set", "depth=1", "--widths", "16,32,128", "--seeds", "4", "--no-store"]
    main([*words, "--tolerance", "0.01"])
    assert "size below 0.01 from n =" in capsys.readouterr().out
    assert main([*words, "--tolerance", "-1"]) == 2
    assert "it must be a positive number" in capsys.readouterr().err
