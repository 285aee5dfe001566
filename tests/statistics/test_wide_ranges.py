"""Error rates of adaptive seeds at widths up to 10^6, where a draw takes seconds: 16 to 26 of them at the largest."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from simulated import DECADES, YES, Law, System, measured

from tp.sampling.reading import parse_widths
from tp.statistics.fit import Fit
from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import judge

RUNS = 24
PREDICTED = Fraction(-1)


def test_five_decades() -> None:
    assert parse_widths("1e2:1e6") == DECADES


def rates(law: Law) -> tuple[Counter[Verdict], list[Fit]]:
    system = System("", PREDICTED, law, YES, widths=DECADES)
    fits = [measured(system, key)[0] for key in range(RUNS)]
    return Counter(judge(PREDICTED, found).verdict for found in fits), fits


def test_the_truth_is_confirmed_and_the_slope_is_known_to_a_twentieth() -> None:
    """Of 24 runs at least 22 confirm and none contradicts; at least 20 have an interval of 0.07 to either side."""
    found, fits = rates(lambda n: 1 / n)
    assert found[Verdict.CONFIRMED] >= 22
    assert found[Verdict.REFUTED] + found[Verdict.LOOSE] == 0
    lines = [f.late.overall for f in fits if f.late is not None]
    assert sum(line.high - line.low <= 0.14 for line in lines) >= 20
    assert np.median([line.high - line.low for line in lines]) <= 0.1
    assert all(16 <= f.seeds[-1] <= 26 for f in fits)


@pytest.mark.parametrize(("true", "verdict"), [(-0.5, Verdict.REFUTED), (-1.5, Verdict.LOOSE)])
def test_half_a_power_off_is_seen(true: float, verdict: Verdict) -> None:
    """Of 24 runs at least 12 see it, and none confirms: few draws cannot exclude a law that is only slow to start."""
    found, _ = rates(lambda n: n**true)
    assert found[verdict] >= 12
    assert found[verdict] + found[Verdict.UNDECIDED] == RUNS


def test_levelling_off_halfway_is_seen() -> None:
    """A decay as 1/n up to n = 10^4 and a constant from there on is refuted in at least 57 of 60 runs."""
    found, _ = rates(lambda n: 1 / n + 1e-4)
    assert found[Verdict.REFUTED] >= 21
    assert found[Verdict.CONFIRMED] == 0
