"""The exponent of the definite bound, and what is said where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from tests.asymptotics.laws import (
    BY_PARITY,
    EVEN,
    GROWING_TAIL,
    ONE_OR_N,
    UNIFORM_POWER,
    cauchy,
    mixture,
    normal,
    pareto,
)
from tests.asymptotics.strategies import unit
from tp.asymptotics import (
    LOG,
    Criteria,
    DefiniteExponent,
    Plan,
    Samples,
    Sharing,
    Verdict,
    batched,
    definite_exponent,
    observed,
    random_tensor,
    sample,
)

ALL = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def covers(found: DefiniteExponent, exponent: float) -> bool:
    return found.exponent is not None and found.exponent.low - 1e-9 <= exponent <= found.exponent.high + 1e-9


@pytest.mark.parametrize("power", [-1.5, -0.5, 0.0, 1.0])
def test_powers(power: float) -> None:
    found = definite_exponent(normal(power), EVEN)
    assert found.verdict is Verdict.CONFIRMED
    assert covers(found, power)
    assert found.exponent is not None
    assert found.exponent.half_width < 0.05
    assert found.levels(Sharing.SHARES) == ALL


def test_one_or_n() -> None:
    """n from the upper quantiles; the median does not share it, and neither do the lower ones."""
    found = definite_exponent(ONE_OR_N)
    assert found.verdict is Verdict.CONFIRMED
    assert covers(found, 1.0)
    assert found.levels(Sharing.SHARES) == (0.75, 0.9, 0.95)
    assert found.levels(Sharing.DIFFERS) == (0.1, 0.25)
    assert found.levels(Sharing.UNCLEAR) == (0.5,)
    assert found.reason == (
        "the quantiles 0.75, 0.9, 0.95 agree; not shared by the quantile 0.1, the quantile 0.25, the median"
    )


def test_a_mixture_with_a_rarer_part() -> None:
    found = definite_exponent(mixture(lambda n: 0.3, lambda n: n**0.5), EVEN)
    assert found.verdict is Verdict.CONFIRMED
    assert covers(found, 0.5)
    assert 0.5 in found.levels(Sharing.DIFFERS)


def test_cauchy_times_a_power() -> None:
    """All quantiles agree, and the tail index says that there is no variance."""
    found = definite_exponent(cauchy(-1))
    assert found.verdict is Verdict.CONFIRMED
    assert covers(found, -1.0)
    assert found.levels(Sharing.SHARES) == ALL
    assert found.tail is not None
    assert found.tail.low < 1 < found.tail.high < 2


def test_a_pareto_tail_growing_with_n() -> None:
    """n^(1/2) X with P(X > x) = 1/x: no mean at any n, and the exponent is 1/2."""
    found = definite_exponent(pareto(0.5, 1.0), Plan(EVEN.widths, 4000))
    assert found.verdict is Verdict.CONFIRMED
    assert covers(found, 0.5)
    assert found.tail is not None
    assert found.tail.high < 2


def test_a_tail_index_that_falls_with_n() -> None:
    """Every quantile has its own exponent, without bound: no power of n bounds this variable."""
    found = definite_exponent(GROWING_TAIL, EVEN)
    assert found.verdict is Verdict.UNDECIDED
    assert found.exponent is None
    assert "slopes rise from level to level" in found.reason
    assert 0.5 in found.levels(Sharing.DIFFERS)


def test_a_random_exponent() -> None:
    found = definite_exponent(UNIFORM_POWER, Plan(EVEN.widths, 2000))
    assert found.verdict is Verdict.UNDECIDED
    assert "perhaps no definite bound" in found.reason
    slopes = [line.slope.value for line in found.evidence if line.slope is not None]
    assert np.allclose(slopes, ALL, atol=0.04)


def test_only_the_highest_level_is_large() -> None:
    samples = sample(mixture(lambda n: 0.07, lambda n: n), Plan(EVEN.widths, 4000))
    found = definite_exponent(samples)
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason == "the quantiles 0.9 and 0.95 have no common slope; use higher levels"
    higher = Criteria(levels=(0.1, 0.5, 0.9, 0.95, 0.97))
    assert covers(definite_exponent(samples, None, higher), 1.0)


def test_rare_large_draws_are_noticed() -> None:
    found = definite_exponent(mixture(lambda n: 0.02, lambda n: n), EVEN)
    assert found.verdict is Verdict.UNDECIDED
    assert "may grow faster" in found.reason


def test_large_draws_that_become_fewer_are_noticed() -> None:
    """n with probability 3/log n: the 0.75 quantile is n at all widths, the bound is 1."""
    found = definite_exponent(mixture(lambda n: 3 / np.log(n), lambda n: n), Plan(tuple(1 << k for k in range(6, 14))))
    assert found.verdict is Verdict.UNDECIDED
    assert "large draws become fewer" in found.reason


def test_parity() -> None:
    found = definite_exponent(BY_PARITY)
    assert found.verdict is Verdict.UNDECIDED
    assert found.reason.startswith("even and odd widths differ: 0.0")


def test_norms_that_concentrate() -> None:
    """|v| of a Gaussian vector: quantiles approach each other as n grows, and all have the exponent 1/2.

    A bias of 0.003 from small widths is left, more than the interval says.
    """
    found = definite_exponent(batched(lambda n, count, draw: draw.standard_normal((count, n))), EVEN)
    assert found.verdict is Verdict.CONFIRMED
    assert found.exponent is not None
    assert abs(found.exponent.value - 0.5) < 0.01
    assert found.levels(Sharing.SHARES) == ALL


def test_logs_drift_and_can_be_divided_by() -> None:
    series = batched(lambda n, count, draw: np.log(n) * draw.standard_normal(count))
    plain, divided = definite_exponent(series), definite_exponent(series, factor=LOG)
    assert plain.verdict is Verdict.UNDECIDED
    assert "drifts" in plain.reason
    assert divided.verdict is Verdict.CONFIRMED
    assert covers(divided, 0.0)


def test_two_powers() -> None:
    """n^(-1/2) + n^-1: the interval reaches to where the drift leads."""
    found = definite_exponent(batched(lambda n, count, draw: (1 / n + n**-0.5) * draw.standard_normal(count)))
    assert covers(found, -0.5)


def test_matrices() -> None:
    """Gaussian matrices n x n have norms of 2 sqrt(n), with corrections of n^(-2/3)."""
    series = batched(lambda n, count, draw: draw.standard_normal((count, n, n)))
    found = definite_exponent(series, Plan((8, 16, 32, 64), 500))
    assert found.exponent is not None
    assert abs(found.exponent.value - 0.5) < 0.03


def test_tensors_of_rank_three() -> None:
    """Z n^(3/2) x o y o z for random unit vectors, where the bounds of norms agree."""

    def draw(n: int, generator: np.random.Generator) -> np.ndarray:
        x, y, z = (unit(n, generator) for _ in range(3))
        return n**1.5 * generator.standard_normal() * np.einsum("a,b,c->abc", x, y, z)

    criteria = Criteria(levels=(0.5, 0.75), margin=0.5)
    found = definite_exponent(random_tensor(draw), Plan((2, 4, 6, 8, 12, 16), 80), criteria)
    assert covers(found, 1.5)


def test_norms_that_are_only_bounded() -> None:
    """Between sqrt(n)|Z| and n|Z|: the interval covers both slopes, and nothing is confirmed."""
    generator = np.random.default_rng(0)
    sizes = {n: np.abs(generator.standard_normal(1000)) for n in EVEN.widths}
    samples = Samples({n: n**0.5 * v for n, v in sizes.items()}, {n: n * v for n, v in sizes.items()})
    found = definite_exponent(samples)
    assert found.verdict is Verdict.UNDECIDED
    assert covers(found, 0.5)
    assert covers(found, 1.0)
    assert "from below" in found.reason


def test_small_samples_confirm_nothing() -> None:
    for plan in (Plan(EVEN.widths, 10), Plan(EVEN.widths, 60), Plan((16, 32), 1000), Plan((64, 96, 128), 1000)):
        assert definite_exponent(normal(0), plan).verdict is Verdict.UNDECIDED


def test_zeros() -> None:
    found = definite_exponent(observed({n: np.zeros(500) for n in EVEN.widths}))
    assert found.verdict is Verdict.UNDECIDED
    assert "is 0 at some widths" in found.reason


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="two levels"):
        definite_exponent(normal(0), None, Criteria(levels=(0.9,)))
    with pytest.raises(ValueError, match="drawn already"):
        definite_exponent(sample(normal(0), EVEN), EVEN)


def test_intervals_cover_at_the_stated_rate() -> None:
    """99 % intervals miss the truth in at most 4 of 60 repetitions (a binomial bound for a true 1 % rate)."""
    missed = 0
    for seed in range(60):
        found = definite_exponent(normal(-1), Plan((16, 64, 256, 1024), 400, seed), Criteria(levels=(0.5, 0.9)))
        missed += found.exponent is not None and not covers(found, -1.0)
    assert missed <= 4
