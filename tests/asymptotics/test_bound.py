"""Stochastic O on variables whose bounds are known: no wrong verdict, and undecided where a sample says too little.

Every test has a fixed seed. Intervals are at 99 %, so with other seeds a verdict of a true claim would be undecided, or
with 1 % a false one be confirmed; :func:`test_error_rates` counts.
"""

from __future__ import annotations

from fractions import Fraction
from math import log

import numpy as np
import pytest

from tests.asymptotics.laws import (
    BY_PARITY,
    EVEN,
    NOISY_CONSTANT,
    ONE_OR_N,
    UNIFORM_POWER,
    cauchy,
    mixture,
    normal,
    pareto,
)
from tp.asymptotics import (
    LOG,
    ONE,
    Criteria,
    Finding,
    Growth,
    N,
    Plan,
    Samples,
    Scale,
    Verdict,
    are_uniformly_bounded_by,
    batched,
    deterministic,
    has_definite_bound,
    is_bounded_below_by,
    is_bounded_by,
    joint,
    observed,
    sample,
)

YES, NO, OPEN = Verdict.CONFIRMED, Verdict.REFUTED, Verdict.UNDECIDED
ROOT = Scale(Fraction(1, 2))


def verdicts(samples: Samples, f: Scale | Growth) -> tuple[Verdict, Verdict, Verdict]:
    """Upper, lower, definite."""
    tests = (is_bounded_by, is_bounded_below_by, has_definite_bound)
    return tuple(test(samples, f).verdict for test in tests)  # type: ignore[return-value]


def test_one_or_n() -> None:
    """Section 2.3: n is the best upper bound and the definite one, 1 the best lower bound; nothing is both."""
    samples = sample(ONE_OR_N)
    assert verdicts(samples, N) == (YES, NO, YES)
    assert verdicts(samples, ONE) == (NO, YES, NO)
    assert verdicts(samples, ROOT) == (NO, NO, NO)
    assert verdicts(samples, Scale(2)) == (YES, NO, NO)
    assert verdicts(samples, Scale(-1)) == (NO, YES, NO)


@pytest.mark.parametrize("power", [-1, 0])
def test_a_power_times_a_normal_variable(power: int) -> None:
    samples = sample(normal(power), EVEN)
    assert verdicts(samples, Scale(power)) == (YES, YES, YES)
    assert verdicts(samples, Scale(power) * ROOT) == (YES, NO, NO)
    assert verdicts(samples, Scale(power) / ROOT) == (NO, YES, NO)


def test_no_moments() -> None:
    """Cauchy variables have no mean, and their bounds are those of any other variable times n^-1."""
    samples = sample(cauchy(-1), EVEN)
    assert verdicts(samples, Scale(-1)) == (YES, YES, YES)
    assert verdicts(samples, Scale(-1) * ROOT) == (YES, NO, NO)
    assert verdicts(samples, Scale(-1) / ROOT) == (NO, YES, NO)


def test_a_mean_that_grows_faster_than_the_bound() -> None:
    """n^2 with probability 1/n has mean n and is O(1): the probability of large values goes to zero."""
    samples = sample(mixture(lambda n: 1 / n, lambda n: n**2))
    assert np.mean(samples.lower[512]) > 100
    assert verdicts(samples, ONE) == (YES, YES, YES)


def test_probabilities_that_vanish_slowly_are_noticed() -> None:
    """n with probability 1/log n is O(1), though its 0.9 quantile is n at all widths that are drawn."""
    samples = sample(mixture(lambda n: 1 / np.log(n), lambda n: n), EVEN)
    found = is_bounded_by(samples, ONE)
    assert found.verdict is OPEN
    assert "large draws become fewer" in found.reason
    assert has_definite_bound(samples, N).verdict is OPEN


def test_rare_events_are_not_overlooked() -> None:
    """n with probability 0.02: no quantile up to 0.95 sees it, the sample does."""
    samples = sample(mixture(lambda n: 0.02, lambda n: n), EVEN)
    assert is_bounded_by(samples, ONE).verdict is OPEN
    assert has_definite_bound(samples, ONE).verdict is OPEN
    more = sample(mixture(lambda n: 0.02, lambda n: n), Plan(EVEN.widths, 4000))
    assert is_bounded_by(more, ONE).verdict is NO
    seen = Criteria(levels=(0.1, 0.5, 0.9, 0.99))
    assert has_definite_bound(more, N, None, seen).verdict is YES
    assert has_definite_bound(more, N, None, seen).unseen <= 0.01


def test_slow_growth_is_not_confirmed() -> None:
    """The largest of n normal variables goes as (log n)^(1/2), which has the slope 0.06 at n = 4096."""
    for factor in (lambda n: np.log(n) ** 0.5, lambda n: np.log(np.log(n))):
        slow = batched(lambda n, count, draw, factor=factor: factor(n) * np.exp(0.1 * draw.standard_normal(count)))
        assert is_bounded_by(sample(slow, EVEN), ONE).verdict is not YES


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("probability", [0.005, 0.001])
def test_events_rarer_than_the_levels_are_named(probability: float, seed: int) -> None:
    """n with a small probability is not O(1): either the draws show it, or the finding says that it is too rare."""
    samples = sample(mixture(lambda n: probability, lambda n: n), Plan(EVEN.widths, 1000, seed))
    found = is_bounded_by(samples, ONE)
    assert found.verdict is OPEN or (found.verdict is YES and found.unseen > probability)
    if found.verdict is YES:
        assert f"rarer than 1 in {round(1 / found.unseen)}" in found.reason


def test_without_a_definite_bound_there_is_none() -> None:
    """n^U: n is an upper bound, n / log n is a better one, and so on without end; see the documentation."""
    samples = sample(UNIFORM_POWER, EVEN)
    assert is_bounded_by(samples, N).verdict is YES
    found = has_definite_bound(samples, N)
    assert found.verdict is OPEN
    assert "perhaps no definite bound" in found.reason
    assert is_bounded_by(samples, ROOT).verdict is NO


@pytest.mark.parametrize("k", [1, 2, 5])
def test_n_over_any_power_of_log_n_bounds_a_random_exponent(k: int) -> None:
    """P(n^U <= n / (log n)^k) = 1 - k log log n / log n tends to 1, so theorem 2.1 needs a premise."""
    missing = [k * log(log(1 << m)) / log(1 << m) for m in (2**8, 2**12, 2**16)]
    assert missing == sorted(missing, reverse=True)
    assert missing[-1] < 0.001 * k


def test_parity_counts() -> None:
    """Of order n at odd n only: n is a bound but not the definite one, which is n or 1 by parity."""
    samples = sample(BY_PARITY)
    assert verdicts(samples, N) == (YES, NO, NO)
    assert verdicts(samples, ONE) == (NO, YES, NO)
    by_parity = Growth(lambda n: n if n % 2 else 1, "n or 1")
    assert verdicts(samples, by_parity) == (YES, YES, YES)
    assert is_bounded_by(sample(BY_PARITY, EVEN), ONE).reason.count("even widths")


def test_deterministic_series() -> None:
    samples = sample(deterministic(N * LOG), EVEN)
    assert verdicts(samples, N * LOG) == (YES, YES, YES)
    assert verdicts(samples, Scale(2)) == (YES, NO, NO)
    assert is_bounded_by(samples, N).verdict is not YES  # a log is at the limit of what the margin resolves


def test_a_drift_by_a_log_hides_no_power() -> None:
    logs = sample(batched(lambda n, count, draw: np.log(n) * draw.standard_normal(count)), EVEN)
    assert verdicts(logs, LOG) == (YES, YES, YES)
    assert is_bounded_by(logs, ONE / ROOT).verdict is NO
    assert is_bounded_by(logs, ONE).verdict is not YES


def test_levelling_off() -> None:
    samples = sample(NOISY_CONSTANT, EVEN)
    assert is_bounded_by(samples, ONE).verdict is YES
    assert has_definite_bound(samples, ONE).verdict is YES
    assert is_bounded_by(samples, ONE / ROOT).verdict is NO


def test_zero() -> None:
    """The zero tensor is bounded by everything, also by 0, and by nothing from below."""
    zero = sample(batched(lambda n, count, draw: np.zeros((count, 2))))
    assert verdicts(zero, Scale(-5)) == (YES, NO, NO)
    nothing = Growth(lambda n: 0.0, "0")
    assert is_bounded_by(zero, nothing).verdict is YES
    assert is_bounded_by(sample(normal(0)), nothing).verdict is NO


def test_a_bound_that_vanishes_by_parity() -> None:
    odd_only = batched(lambda n, count, draw: n % 2 * draw.standard_normal(count))
    sine = Growth(lambda n: n % 2, "|sin(pi n / 2)|")
    assert is_bounded_by(odd_only, sine).verdict is YES
    assert is_bounded_by(normal(0), sine).verdict is NO


def test_small_samples_confirm_nothing() -> None:
    """Neither few draws, nor few widths, nor a short range; nor do wide intervals."""
    for plan in (Plan(count=30), Plan((64, 128)), Plan((64, 96, 128)), Plan((16, 17), 1000)):
        samples = sample(normal(0), plan)
        for f in (ONE, N, Scale(-1)):
            assert YES not in verdicts(samples, f)
    assert "do not reach" in is_bounded_by(sample(normal(0), Plan(count=300)), ONE).reason
    assert is_bounded_by(sample(pareto(0, 0.2), Plan(count=400)), ONE).verdict is OPEN


def test_small_samples_can_refute() -> None:
    assert is_bounded_by(sample(normal(0), Plan(count=100)), Scale(-1)).verdict is NO


def test_bounds_of_norms_confirm_from_above_and_refute_from_below() -> None:
    """Norms between sqrt(n)|Z| and n|Z|: n is an upper bound, 1 is none, and of sqrt(n) nothing is known."""
    generator = np.random.default_rng(0)
    sizes = {n: np.abs(generator.standard_normal(1000)) for n in EVEN.widths}
    samples = Samples({n: n**0.5 * v for n, v in sizes.items()}, {n: n * v for n, v in sizes.items()})
    assert verdicts(samples, N) == (YES, OPEN, OPEN)
    assert verdicts(samples, ROOT) == (OPEN, YES, OPEN)
    assert verdicts(samples, ONE) == (NO, YES, NO)
    assert verdicts(samples, Scale(2)) == (YES, NO, NO)


def test_uniform_bounds_of_a_family() -> None:
    """Remark 2.1: for a finite family uniform is pointwise."""
    family = [normal(-1), cauchy(0), ONE_OR_N]
    bounds = [Scale(-1), ONE, N]
    assert are_uniformly_bounded_by(family, bounds, EVEN).verdict is YES
    assert are_uniformly_bounded_by(family, [ONE, ONE, ONE], EVEN).verdict is NO
    assert are_uniformly_bounded_by(family, [ONE, N, N], EVEN).verdict is YES
    with pytest.raises(ValueError, match="one bound for each"):
        are_uniformly_bounded_by(family, bounds[:2])
    with pytest.raises(ValueError, match="at least one member"):
        are_uniformly_bounded_by([], [])


def test_a_family_is_drawn_together() -> None:
    """n X and n (1 - X), X = 0 or 1: one of the two is n in every draw, so the family has no small draw."""

    def both(n: int, count: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        first = draw.random(count) < 0.02
        return n**first, n ** (1.0 - first)

    family = joint(both, 2)
    assert are_uniformly_bounded_by(family, [N, N], EVEN).verdict is YES
    found = are_uniformly_bounded_by(family, [ONE, ONE], EVEN)
    assert found.verdict is NO
    assert all(line.slope is not None and line.slope.value == pytest.approx(1) for line in found.evidence)


def test_evidence() -> None:
    found = is_bounded_by(normal(0), ONE, Plan((*EVEN.widths, 17, 33, 65, 1025), 1000))
    assert found.claim == "M = O(1)"
    assert {(line.level, line.widths) for line in found.evidence} == {
        (q, name) for q in (0.5, 0.75, 0.9, 0.95, 0.98) for name in ("even widths", "odd widths")
    }
    assert all(line.slope is not None and line.slope.confidence == 0.99 for line in found.evidence)
    assert found.unseen == pytest.approx(0.0025)
    below = is_bounded_below_by(sample(normal(-1), EVEN), ONE)
    assert below.claim == "M = Omega(1)"
    assert min(line.level for line in below.evidence) == pytest.approx(0.02)
    assert all(line.slope is not None and line.slope.value < -0.8 for line in below.evidence)


def test_findings_have_no_truth_value() -> None:
    with pytest.raises(TypeError, match="look at its verdict"):
        bool(Finding(YES, "M = O(1)", ""))


def test_arguments_are_checked() -> None:
    samples = observed({n: [1.0] for n in (16, 32, 64, 128)})
    with pytest.raises(ValueError, match="drawn already"):
        is_bounded_by(samples, ONE, Plan())
    with pytest.raises(ValueError, match="1/2 or beyond"):
        is_bounded_by(samples, ONE, None, Criteria(levels=(0.1, 0.2)))
    for arguments in ({"levels": ()}, {"levels": (1.0,)}, {"confidence": 1.0}, {"margin": 0.0}):
        with pytest.raises(ValueError, match="between 0 and 1"):
            Criteria(**arguments)


def test_error_rates() -> None:
    """Of 20 samples of n^a |Z|, none confirms a bound that is wrong by n^0.2, or refutes a true one.

    The rates are 1 % at most each by the confidence of the intervals; a true bound is confirmed nine times of ten.
    """
    confirmed = 0
    for seed in range(20):
        small = Plan((16, 32, 64, 128, 256, 512, 1024, 2048, 4096), 500, seed)
        samples = sample(normal(0), small)
        criteria = Criteria(levels=(0.1, 0.5, 0.9))
        right = is_bounded_by(samples, ONE, None, criteria).verdict
        confirmed += right is YES
        assert right is not NO
        assert is_bounded_by(samples, Scale(Fraction(-1, 5)), None, criteria).verdict is not YES
    assert confirmed >= 18
