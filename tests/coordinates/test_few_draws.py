"""Fits from few draws: what cannot be told stays open, and seeds may depend on each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tp.statistics.few_draws import few_draws
from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import judge

WIDTHS = (64, 128, 256, 512, 1024, 2048, 4096)
CONSTANT = Fraction(0)


@pytest.mark.parametrize("widths", [(64, 128, 256), (64, 256, 1024), (64, 2048, 65536)])
def test_three_values_confirm_nothing(widths: tuple[int, ...]) -> None:
    for values in ((0.1484, 0.1215, 0.0975), (1.0, 1.0, 1.0), (1.0, 1.1, 1.0)):
        found = few_draws({n: {"0": v} for n, v in zip(widths, values, strict=True)})
        assert found.late is None
        assert judge(CONSTANT, found).verdict is Verdict.UNDECIDED


def test_a_trend_with_three_widths_is_never_confirmed_as_constant() -> None:
    values = {64: 0.1484, 512: 0.1215 * 64**-0.05, 4096: 0.0975 * 64**-0.1}
    draw = np.random.default_rng(0)
    for seeds in (1, 2, 3, 5):
        samples = {
            n: {str(s): v * (1 + 0.01 * draw.standard_normal()) for s in range(seeds)} for n, v in values.items()
        }
        assert judge(CONSTANT, few_draws(samples)).verdict is not Verdict.CONFIRMED


@pytest.mark.parametrize("power", [-0.5, 0.5, 1.0])
def test_three_widths_do_not_show_a_logarithm(power: float) -> None:
    draw = np.random.default_rng(0)
    samples = {
        n: {str(s): np.log(n) ** power * (1 + 0.003 * draw.standard_normal()) for s in range(12)}
        for n in (64, 512, 4096)
    }
    assert judge(CONSTANT, few_draws(samples)).verdict is Verdict.UNDECIDED


def table(power: float, seeds: int, scatter: float, run: int = 0) -> dict[int, dict[str, float]]:
    draw = np.random.default_rng(run)
    return {
        n: {str(s): -(n**power) * float(np.exp(scatter * draw.standard_normal())) for s in range(seeds)} for n in WIDTHS
    }


def test_one_seed_at_many_widths_decides_where_it_is_precise() -> None:
    assert judge(CONSTANT, few_draws(table(0, 1, 0.003))).verdict is Verdict.CONFIRMED
    assert judge(CONSTANT, few_draws(table(0.5, 1, 0.003))).verdict is Verdict.REFUTED
    assert judge(CONSTANT, few_draws(table(0, 1, 0.3))).verdict is Verdict.UNDECIDED


def test_intervals_hold_and_are_longer_for_more_quantities() -> None:
    fits = [few_draws(table(0.5, 3, 0.1, run)) for run in range(100)]
    assert sum(f.late is not None and f.late.overall.low <= 0.5 <= f.late.overall.high for f in fits) >= 97
    more = few_draws(table(0.5, 3, 0.1), quantities=50)
    assert fits[0].late is not None
    assert more.late is not None
    assert more.late.overall.half_width > 1.2 * fits[0].late.overall.half_width


def test_a_factor_that_seeds_share_makes_no_interval_shorter() -> None:
    alone = few_draws(table(0, 4, 0.05))
    factors = {str(s): float(f) for s, f in enumerate(np.exp([0.3, -0.3, 0.1, -0.1]))}
    shared = few_draws({n: {s: v * factors[s] for s, v in row.items()} for n, row in table(0, 4, 0.05).items()})
    assert alone.late is not None
    assert shared.late is not None
    assert shared.late.overall.half_width > alone.late.overall.half_width
    assert shared.late.overall.value == pytest.approx(alone.late.overall.value, abs=1e-6)


def test_seeds_with_slopes_of_their_own_make_the_interval_longer() -> None:
    """Only the middle of the widths agrees: scatter within widths alone would say too little."""
    slopes = (0.3, -0.3, 0.2, -0.2, 0.1, -0.1)
    tilted = {n: {str(s): (n / 512) ** p for s, p in enumerate(slopes)} for n in WIDTHS}
    rows = {n: np.array([p * np.log(n / 512) for p in slopes]) for n in WIDTHS}
    draw = np.random.default_rng(1)
    mixed = {n: dict(zip("abcdef", np.exp(draw.permutation(row)), strict=True)) for n, row in rows.items()}
    one, other = few_draws(tilted).late, few_draws(mixed).late
    assert one is not None
    assert other is not None
    assert one.overall.half_width > 1.5 * other.overall.half_width


def test_seeds_without_effect_are_one_draw() -> None:
    same = {n: {str(s): 1.0 for s in range(5)} for n in (64, 256, 1024)}
    assert few_draws(same).late is None


def test_zero_and_infinite_values() -> None:
    zero = {n: {"0": 0.0, "1": 0.0} for n in WIDTHS}
    assert judge(None, few_draws(zero)).verdict is Verdict.CONFIRMED
    assert judge(CONSTANT, few_draws(zero)).verdict is Verdict.UNDECIDED
    some = {n: {"0": 0.0 if n == 256 else 1.0, "1": 1.0} for n in WIDTHS}
    assert "0 at n = 256" in (few_draws(some).problem or "")
    bad = {n: {"0": float("nan") if n == 4096 else 1.0, "1": 1.0} for n in WIDTHS}
    assert "not finite at n = 4096" in (few_draws(bad).problem or "")
    assert judge(None, few_draws(bad)).verdict is Verdict.UNDECIDED
