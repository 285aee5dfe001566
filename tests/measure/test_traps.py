"""Known systems that get a wrong verdict from a slope alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tp.graph.axes import Axis
from tp.measure.data import CORRELATION, inputs_for
from tp.measure.fit import Fit, fit
from tp.measure.plan import Plan
from tp.measure.verdict import Verdict, judge
from tp.measure.verify import verify
from tp.syntax.load import load

HALF = Fraction(1, 2)
WIDTHS = (64, 128, 256, 512, 1024)
WIDE = (100, 316, 1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000)
ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "docs/figures/widths.json"
Size = Callable[[int], float]


def samples(size: Size, widths: tuple[int, ...], seeds: int, key: int, spread: float | None = None) -> Fit:
    """|N(0, 1)| times ``size``; with ``spread``: 1 + spread N(0, 1) / sqrt(n) instead, as of a kernel."""
    draw = np.random.default_rng(key)

    def noise(n: int) -> np.ndarray:
        found = draw.normal(size=seeds if n == widths[-1] else 3 * seeds)
        return np.abs(found if spread is None else 1 + spread * found / n**0.5)

    return fit({n: noise(n) * size(n) for n in widths}, seed=key)


def verdicts(predicted: Fraction | int, found: list[Fit]) -> Counter[Verdict]:
    return Counter(judge(Fraction(predicted), each).verdict for each in found)


def kernel(n: int) -> float:
    """A small limit under a term that fades: its slope is -0.33 at n = 64 and -0.17 at n = 1024."""
    return 0.02 * (1 + 16 / n**0.5)


@pytest.mark.parametrize("seeds", [16, 64, 256])
def test_a_small_limit_is_no_quarter_power(seeds: int) -> None:
    found = [samples(kernel, WIDTHS, seeds, key, 0.5) for key in range(20)]
    assert all(each.slopes is not None and abs(each.slopes.overall.value + 0.25) < 0.1 for each in found)
    assert verdicts(Fraction(-1, 4), found)[Verdict.CONFIRMED] == 0
    assert verdicts(-HALF, found)[Verdict.CONFIRMED] == 0
    assert verdicts(0, found)[Verdict.REFUTED] + verdicts(0, found)[Verdict.LOOSE] == 0


def test_a_small_limit_is_confirmed_at_large_widths() -> None:
    found = [samples(kernel, WIDE, 16, key, 0.5) for key in range(20)]
    assert verdicts(0, found)[Verdict.CONFIRMED] == 20


@pytest.mark.parametrize(("crossover", "seeds"), [(1000, 64), (2000, 64), (4000, 512), (8000, 512)])
def test_mean_field_before_it_levels_off(crossover: int, seeds: int) -> None:
    """F - F_lin of a mean-field network: n^(-1/2) and a constant, which add as squares.

    A constant that shows in the last quarter of the widths only is seen with many seeds, and else not at all.
    """
    widths = tuple(2**k for k in range(6, 14))
    found = [samples(lambda n: (1 / n + 1 / crossover) ** 0.5, widths, seeds, key) for key in range(20)]
    against = verdicts(0, found)
    assert against[Verdict.REFUTED] + against[Verdict.LOOSE] == 0
    assert verdicts(-HALF, found)[Verdict.CONFIRMED] == 0


def recorded(program: str, quantity: str, low: int, high: int, key: int) -> Fit:
    """Student t samples (2 degrees) with the medians that were measured."""
    medians = {int(n): row[quantity] for n, row in json.loads(RECORDED.read_text(encoding="utf-8"))[program].items()}
    draw = np.random.default_rng(key)
    middle = 0.8165  # the median of |t|
    return fit(
        {
            n: np.abs(draw.standard_t(2, size=int(row[3]))) * row[0] / middle
            for n, row in medians.items()
            if low <= n <= high
        },
        seed=key,
    )


@pytest.mark.parametrize(("low", "high"), [(10, 316), (32, 512), (32, 1000), (32, 3162)])
def test_attention_over_the_root_of_n_looks_like_a_half_power(low: int, high: int) -> None:
    found = [recorded("attention_sqrt", "C[0,2]", low, high, key) for key in range(20)]
    assert verdicts(0, found)[Verdict.REFUTED] + verdicts(0, found)[Verdict.LOOSE] == 0
    assert verdicts(-HALF, found)[Verdict.CONFIRMED] == 0


def test_attention_over_the_root_of_n_is_flat_over_the_last_decades() -> None:
    found = [recorded("attention_sqrt", "C[0,2]", 1000, 10**6, key) for key in range(20)]
    assert verdicts(0, found)[Verdict.CONFIRMED] >= 15
    assert verdicts(-1, found)[Verdict.REFUTED] >= 18


def test_attention_over_the_root_of_n_between_its_two_regimes() -> None:
    """Law of C[0,2] with scores over sqrt(n): n^(-1) and a constant; 64 to 512, few and many seeds."""
    widths = (64, 128, 256, 512)
    for seeds in (64, 256, 1024):
        found = [samples(lambda n: 1 / n + 1 / 300, widths, seeds, key) for key in range(40)]
        assert verdicts(0, found)[Verdict.REFUTED] == 0
        assert verdicts(-HALF, found)[Verdict.CONFIRMED] == 0


def test_default_inputs_are_correlated() -> None:
    """Near-orthogonal inputs change exponents of odd activations."""
    rows = inputs_for({"x": (Axis("d", 20_000),)}, 4)["x"]
    found = np.corrcoef(rows)[np.triu_indices(4, 1)]
    assert CORRELATION == 0.5
    assert np.abs(found - 0.5).max() < 0.03


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_a_logarithm_does_not_refute(power: float) -> None:
    """||C[2,1]|| is n^(-1) with a power of log n, and its upper quantiles have logs too."""
    size: Size = lambda n: np.log(n) ** power / n  # noqa: E731
    for widths in (WIDTHS, WIDE):
        found = [samples(size, widths, 64, key, 2.0) for key in range(20)]
        found += [samples(size, widths, 64, key) for key in range(20)]
        against = verdicts(-1, found)
        assert against[Verdict.REFUTED] + against[Verdict.LOOSE] == 0
    assert against[Verdict.CONFIRMED] >= 30


def test_upper_quantiles_do_not_refute() -> None:
    draw = np.random.default_rng(0)
    tails = {n: np.abs(draw.standard_t(2, size=256)) ** (1 + np.log(n) / 20) / n for n in WIDTHS}
    assert judge(Fraction(-1), fit(tails)).verdict is not Verdict.REFUTED


@pytest.mark.slow
def test_an_odd_activation_at_the_default_inputs() -> None:
    """tanh: C[0,2] falls as 1/n, and not faster, since the inputs are correlated."""
    (found,) = verify(load(ROOT / "programs/mlp.tp"), Plan((32, 64, 128, 256, 512)), ["C[0,2]"]).quantities[:1]
    assert found.judgement.verdict is Verdict.CONFIRMED


@pytest.mark.slow
def test_attention_over_the_root_of_n_at_small_widths() -> None:
    """The interpreter at n up to 512: never refuted at 0, never confirmed at -1/2."""
    program = load(ROOT / "programs/attention_sqrt.tp")
    found = next(
        q for q in verify(program, Plan((64, 128, 256, 512), seconds=30), ["C[0,2]"]).quantities if q.name == "C[0,2]"
    )
    assert found.fit is not None
    assert found.judgement.verdict in (Verdict.UNDECIDED, Verdict.CONFIRMED)
    assert judge(-HALF, found.fit).verdict is not Verdict.CONFIRMED
