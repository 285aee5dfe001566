"""Known systems that get a wrong verdict from a slope alone.

Widths, seeds and repetitions were fixed before any of it was run.
"""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from simulated import LESS, NO, YES, Law, Noise, System, judged, kernel, normal

from tp.data.inputs import CORRELATION, inputs_for
from tp.graph.axes import Axis
from tp.sampling.plan import WIDTHS, Plan
from tp.statistics.fit import Fit, fit
from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import judge
from tp.studies.judging import QuantityResult
from tp.studies.verify import verify
from tp.syntax.load import load

KEYS = range(20)
ONE, HALF, QUARTER, ZERO = Fraction(-1), Fraction(-1, 2), Fraction(-1, 4), Fraction(0)
ROOT = Path(__file__).parents[2]
RECORDED = json.loads((Path(__file__).parent / "attention_sqrt.json").read_text(encoding="utf-8"))
"""By width: the median of C[0,2] with 2 tokens, its 99 % interval, and the number of draws."""


def once(law: Law, widths: tuple[int, ...], seeds: int, key: int, noise: Noise = normal) -> Fit:
    """A fit to the same number of seeds at every one of ``widths``."""
    draw = np.random.default_rng(key)
    return fit({n: noise(draw, seeds, n) * law(n) for n in widths})


def verdicts(predicted: Fraction, found: list[Fit]) -> Counter[Verdict]:
    return Counter(judge(predicted, each).verdict for each in found)


def as_by_default(law: Law, predicted: Fraction, noise: Noise = normal) -> Counter[Verdict]:
    """The verdicts of whole runs, which add seeds and widths."""
    system = System("", predicted, law, YES, noise)
    return Counter(judged(system, key).verdict for key in KEYS[:8])


# The kernel of GELU networks with a small limit: a false -1/4.


def small_limit(n: int) -> float:
    """The slope is -0.33 at n = 64 and -0.17 at n = 1024."""
    return 0.02 * (1 + 16 / n**0.5)


@pytest.mark.parametrize("seeds", [16, 64, 256])
def test_a_small_limit_is_no_quarter_power(seeds: int) -> None:
    found = [once(small_limit, WIDTHS, seeds, key, kernel) for key in KEYS]
    assert all(each.slopes is not None and abs(each.slopes.overall.value + 0.25) < 0.1 for each in found)
    assert verdicts(QUARTER, found)[YES] == 0
    assert verdicts(HALF, found)[YES] == 0
    assert verdicts(ZERO, found)[NO] + verdicts(ZERO, found)[LESS] == 0


def test_a_small_limit_is_found_by_default() -> None:
    assert as_by_default(small_limit, ZERO, kernel)[YES] >= 7
    assert as_by_default(small_limit, QUARTER, kernel)[YES] == 0


# F - F_lin of mean-field networks up to n = 8192, a constant under n^(-1/2): squares add.


@pytest.mark.parametrize("seeds", [64, 512])
@pytest.mark.parametrize("crossover", [1000, 2000, 4000, 8000])
def test_mean_field_before_it_levels_off(crossover: int, seeds: int) -> None:
    """A constant that shows in the last quarter of the widths only (n > 2435) is not always told from a decay."""
    widths = tuple(2**k for k in range(6, 14))
    found = [once(lambda n: (1 / n + 1 / crossover) ** 0.5, widths, seeds, key) for key in KEYS]
    assert verdicts(ZERO, found)[NO] + verdicts(ZERO, found)[LESS] == 0
    assert crossover > 2435 or verdicts(HALF, found)[YES] == 0


@pytest.mark.parametrize("crossover", [1000, 2000, 4000, 8000])
def test_mean_field_by_default(crossover: int) -> None:
    found = as_by_default(lambda n: (1 / n + 1 / crossover) ** 0.5, ZERO)
    assert found[NO] + found[LESS] == 0
    assert as_by_default(lambda n: (1 / n + 1 / crossover) ** 0.5, HALF)[YES] == 0


# Single-head attention with scores over the root of n, at n <= 512 and beyond: measured medians.


def recorded(ranges: tuple[int, ...], key: int) -> Fit:
    """Student t samples (2 degrees) with the medians of C[0,2] that were measured, and as many draws."""
    draw = np.random.default_rng(key)
    middle = 0.8165  # the median of |t|
    rows = {n: RECORDED[str(n)] for n in ranges}
    return fit({n: np.abs(draw.standard_t(2, size=int(row[3]))) * row[0] / middle for n, row in rows.items()})


KNOWN = sorted(map(int, RECORDED))
RANGES = [KNOWN[i:j] for i, j in combinations(range(len(KNOWN) + 1), 2) if j - i >= 3]


@pytest.mark.parametrize("widths", RANGES, ids=lambda w: f"{w[0]} to {w[-1]}")
def test_attention_over_the_root_of_n_is_no_half_power(widths: list[int]) -> None:
    """Every run of recorded widths, three or more: the truth is never refuted, and -1/2 never confirmed."""
    found = [recorded(tuple(widths), key) for key in KEYS]
    assert verdicts(ZERO, found)[NO] + verdicts(ZERO, found)[LESS] == 0
    assert verdicts(HALF, found)[YES] == 0


def test_attention_over_the_root_of_n_is_flat_over_the_last_decades() -> None:
    found = [recorded(tuple(n for n in KNOWN if n >= 1000), key) for key in KEYS]
    assert verdicts(ZERO, found)[YES] >= 18
    assert verdicts(ONE, found)[NO] >= 6
    assert verdicts(ONE, found)[YES] + verdicts(ONE, found)[LESS] == 0


def measured(program: str, quantity: str, plan: Plan, **settings: str) -> QuantityResult:
    found = verify(load(ROOT / f"programs/{program}.tp", settings), plan, [quantity]).quantities
    return next(q for q in found if q.name == quantity)


@pytest.mark.slow
def test_attention_over_the_root_of_n_at_small_widths() -> None:
    """The interpreter at n up to 512."""
    found = measured("attention_sqrt", "C[0,2]", Plan((64, 181, 512), seeds=128))
    assert found.judgement.verdict in (Verdict.UNDECIDED, YES)
    assert found.fit is not None
    assert judge(HALF, found.fit).verdict is not YES


# Odd activations at nearly orthogonal inputs: exponents of their own.


def test_default_inputs_are_correlated() -> None:
    rows = inputs_for({"x": (Axis("d", 20_000),)}, 4)["x"]
    found = np.corrcoef(rows)[np.triu_indices(4, 1)]
    assert CORRELATION == 0.5
    assert np.abs(found - 0.5).max() < 0.03


@pytest.mark.slow
def test_an_odd_activation_at_the_default_inputs() -> None:
    """tanh: C[0,2] falls as 1/n, and not faster, since the inputs are correlated."""
    assert measured("mlp", "C[0,2]", Plan((32, 128, 512, 2048)), depth="1").judgement.verdict is YES


# ||C[2,1]|| is n^(-1) with a power of log n, and its upper quantiles have logs too.


@pytest.mark.parametrize("power", [1.0, 0.5])
@pytest.mark.parametrize("noise", [kernel, normal])
def test_a_logarithm_does_not_refute(noise: Noise, power: float) -> None:
    found = [once(lambda n: np.log(n) ** power / n, WIDTHS, 64, key, noise) for key in KEYS]
    assert verdicts(ONE, found)[NO] + verdicts(ONE, found)[LESS] == 0
    by_default = as_by_default(lambda n: np.log(n) ** power / n, ONE, noise)
    assert by_default[NO] + by_default[LESS] == 0
    assert noise is normal or by_default[YES] >= 7


def test_upper_quantiles_with_logarithms_do_not_refute() -> None:
    def tails(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
        return np.abs(draw.standard_t(2, size=seeds)) ** (1 + np.log(n) / 20)

    found = [once(lambda n: 1 / n, WIDTHS, 256, key, tails) for key in KEYS]
    assert verdicts(ONE, found)[NO] == 0
    assert as_by_default(lambda n: 1 / n, ONE, tails)[NO] == 0
