"""The definition of a bound: courses of quantiles, and the verdicts that rest on them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.asymptotics.laws import EVEN, normal
from tp.asymptotics import ONE, N, has_definite_bound, is_bounded_by, sample
from tp.statistics import bound as definition
from tp.statistics.bound import Bound, Course, Doubt, Fate, QuantileCourse, course, upper_bound
from tp.statistics.estimate import Estimate
from tp.statistics.fit import fit
from tp.statistics.more import More
from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import judge

YES, NO, OPEN = Verdict.CONFIRMED, Verdict.REFUTED, Verdict.UNDECIDED


def estimate(value: float, half: float = 0.05) -> Estimate:
    return Estimate(value, value - half, value + half, 0.99)


def seen(slope: float, late: float, leaves: More = More.NOTHING, returns: More = More.NOTHING) -> Course:
    return course(estimate(slope), estimate(late), 0.2, lambda: leaves, lambda: returns)


def test_courses() -> None:
    assert seen(0.0, 0.0) == Course(Fate.BOUNDED)
    assert seen(1.0, 1.0) == Course(Fate.UNBOUNDED, above=True)
    assert seen(0.2, 0.2) == Course(Fate.UNCLEAR, Doubt.INTERVAL)


def test_the_larger_half_must_agree() -> None:
    assert seen(0.0, 0.3) == Course(Fate.UNCLEAR, Doubt.HALF)
    assert seen(1.0, 0.2) == Course(Fate.UNCLEAR, Doubt.HALF, above=True)


def test_drifts_are_doubts_on_their_own_side_only() -> None:
    assert seen(0.0, 0.0, leaves=More.WIDTHS) == Course(Fate.UNCLEAR, Doubt.DRIFT, More.WIDTHS)
    assert seen(0.0, 0.0, returns=More.WIDTHS).fate is Fate.BOUNDED
    assert seen(1.0, 1.0, returns=More.SEEDS) == Course(Fate.UNCLEAR, Doubt.DRIFT, More.SEEDS, above=True)
    assert seen(1.0, 1.0, leaves=More.SEEDS).fate is Fate.UNBOUNDED


def test_many_tests_at_once_refute_at_their_own_confidence() -> None:
    nothing = lambda: More.NOTHING  # noqa: E731
    long = estimate(0.3, 0.15)
    assert course(estimate(0.3), estimate(0.3), 0.2, nothing, nothing).fate is Fate.UNBOUNDED
    assert course(estimate(0.3), estimate(0.3), 0.2, nothing, nothing, long).fate is Fate.UNCLEAR


def quantiles(*fates: str) -> list[QuantileCourse]:
    """B bounded, U unbounded, ? unclear, h unclear and harmless."""
    kinds = {"B": Fate.BOUNDED, "U": Fate.UNBOUNDED, "?": Fate.UNCLEAR, "h": Fate.UNCLEAR}
    return [QuantileCourse(0.5 + k / 10, Course(kinds[f]), harmless=f == "h") for k, f in enumerate(fates)]


@pytest.mark.parametrize(
    ("fates", "verdict", "level"),
    [
        ("BBB", YES, 0.7),
        ("?UB", YES, 0.7),
        ("BBh", YES, 0.6),
        ("BB?", OPEN, 0.7),
        ("B?h", OPEN, 0.6),
        ("BUh", NO, 0.6),
        ("?U?", NO, 0.6),
        ("BhU", NO, 0.7),
        ("UUU", NO, 0.5),
    ],
)
def test_the_highest_quantile_decides(fates: str, verdict: Verdict, level: float) -> None:
    found, decides = upper_bound(quantiles(*fates))
    assert found is verdict
    assert decides.level == pytest.approx(level)


def test_larger_numbers_confirm_and_smaller_ones_refute() -> None:
    assert upper_bound(quantiles("B", "B"), quantiles("U", "U"))[0] is YES
    assert upper_bound(quantiles("U", "U"), quantiles("B", "B"))[0] is OPEN
    assert upper_bound(quantiles("B", "?"), quantiles("B", "U"))[0] is NO


def test_a_bound_needs_a_quantile() -> None:
    with pytest.raises(ValueError, match="one quantile"):
        upper_bound([])


@pytest.mark.parametrize(
    ("upper", "lower", "definite"), [(YES, YES, YES), (NO, YES, NO), (YES, NO, NO), (YES, OPEN, OPEN), (OPEN, NO, NO)]
)
def test_definite_bounds_need_both_sides(upper: Verdict, lower: Verdict, definite: Verdict) -> None:
    assert Bound(upper, lower).definite is definite


@pytest.mark.parametrize("power", [-1.0, 0.0])
def test_verifier_and_section_two_ask_the_same_definition(power: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the samples, both say what the definition says of the courses of their quantiles."""
    samples = sample(normal(power), EVEN)
    draw = np.random.default_rng(0)
    widths = (64, 128, 256, 512, 1024, 65536)
    fitted = fit({n: np.abs(draw.normal(size=512)) * n**power for n in widths})
    predicted = Fraction(int(power))
    assert is_bounded_by(samples, N ** int(power)).verdict is judge(predicted, fitted).verdict is YES

    def swapped(quantiles: object, refuting: object = None) -> tuple[Verdict, QuantileCourse]:
        return NO, QuantileCourse(0.5, Course(Fate.UNBOUNDED))

    monkeypatch.setattr(definition, "upper_bound", swapped)
    monkeypatch.setattr("tp.asymptotics.tightness.upper_bound", lambda *_: NO_AT_THE_HIGHEST)
    assert is_bounded_by(samples, N ** int(power)).verdict is judge(predicted, fitted).verdict is NO


NO_AT_THE_HIGHEST = (NO, QuantileCourse(0.95, Course(Fate.UNBOUNDED)))


def test_confirmed_predictions_are_definite_bounds() -> None:
    """A prediction that is too large is an upper bound, and no definite one: loose, or refuted as definite."""
    widths = (1024, 2048, 4096, 8192, 16384, 65536)
    draw = np.random.default_rng(0)
    fitted = fit({n: np.abs(draw.normal(size=512)) / n for n in widths})
    assert judge(Fraction(0), fitted).verdict is Verdict.LOOSE
    samples = sample(normal(-1), EVEN)
    assert is_bounded_by(samples, ONE).verdict is YES
    assert has_definite_bound(samples, ONE).verdict is NO


@pytest.mark.parametrize(("seeds", "unseen"), [(512, 0.02), (64, 0.15), (16, 1.0)])
def test_verdicts_say_which_events_are_too_rare(seeds: int, unseen: float) -> None:
    draw = np.random.default_rng(0)
    fitted = fit({n: np.abs(draw.normal(size=seeds)) / n for n in (64, 128, 256, 512, 1024)})
    found = judge(Fraction(-1), fitted)
    assert found.unseen <= unseen
    if found.verdict is YES:
        assert f"rarer than 1 in {round(1 / found.unseen)}" in found.reason
