"""Systems whose law is known, and runs of the whole measurement on them in simulated time.

The list was written down before any of it was run, from the laws that wide networks have: powers with halves and
quarters, corrections, floors, plateaus, logarithms, and the noise of linear, quadratic and heavy-tailed quantities. The
systems of :func:`_traps` came later, again before any was run: neighbours within half a step of the grid, rare draws,
slow starts, discrete values, shapes that settle slowly. Laws with other rare draws and neighbours were added when the
rules for rare draws had changed; these rules had been tried on some of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tests.sampling.fakes import Fake
from tp.sampling.plan import MAX_WIDTH, WIDTHS, Plan
from tp.sampling.sweep import Samples, sweep
from tp.statistics.fit import Fit, fit
from tp.statistics.more import MOST_SEEDS, More
from tp.statistics.verdict import Judgement, Verdict
from tp.statistics.verdict_of_fit import coarse, judge

DECADES = (100, 316, 1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000)
Law = Callable[[int], float]
Noise = Callable[[np.random.Generator, int, int], np.ndarray]
YES, NO, LESS = Verdict.CONFIRMED, Verdict.REFUTED, Verdict.LOOSE


def normal(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return np.abs(draw.normal(size=seeds))


def square(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return draw.normal(size=seeds) ** 2


def student(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return np.abs(draw.standard_t(2, size=seeds))


def kernel(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    """The noise of a sum over neurons: it fades."""
    return np.abs(1 + 0.5 * draw.normal(size=seeds) / n**0.5)


def mixture(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    """One draw in ten is five times larger."""
    return np.abs(draw.normal(size=seeds)) * np.where(draw.random(seeds) < 0.1, 5.0, 1.0)


def precise(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    """Five per cent of scatter."""
    return np.exp(0.05 * draw.normal(size=seeds))


def cauchy(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return np.abs(draw.standard_cauchy(seeds))


def poisson(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return 1.0 + draw.poisson(3, size=seeds)


def coin(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return 1.0 + draw.integers(2, size=seeds)


def settling(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    """A log-normal variable whose spread shrinks slowly: its typical size rises or falls for decades of n."""
    return np.exp(6 * (64 / n) ** 0.25 * draw.normal(size=seeds))


def sometimes(probability: float, power: float = 1.0) -> Noise:
    """|N(0, 1)|, and n^power times as much with a probability."""

    def noise(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
        return normal(draw, seeds, n) * np.where(draw.random(seeds) < probability, float(n) ** power, 1.0)

    return noise


def either(probability: float, power: float, factor: float = 1.0) -> Noise:
    """1, or exactly ``factor`` n^power with a probability."""

    def noise(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
        return np.where(draw.random(seeds) < probability, factor * float(n) ** power, 1.0)

    return noise


def fewer(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    """|N(0, 1)|, and n^2 times as much with probability 16/n."""
    return normal(draw, seeds, n) * np.where(draw.random(seeds) < 16 / n, float(n) ** 2, 1.0)


@dataclass(frozen=True)
class System:
    """A ``law`` of n, what is predicted, and the only ``right`` verdict beside undecided.

    With ``further`` widths are added as by default. ``power`` says whether the default budget should decide it.
    ``grid`` is the spacing of exponents that the program could have. ``near``: the law lies within the margin, or its
    rare draws are rarer than the verdict says, so that a confirmed prediction is no error.
    """

    name: str
    predicted: Fraction
    law: Law
    right: Verdict
    noise: Noise = normal
    widths: tuple[int, ...] = WIDTHS
    further: bool = True
    most: int = MOST_SEEDS
    power: bool = True
    grid: Fraction = Fraction(1, 2)
    near: bool = False


def _systems() -> list[System]:
    one, half, quarter, zero = Fraction(-1), Fraction(-1, 2), Fraction(-1, 4), Fraction(0)
    found = [
        System("n^-1", one, lambda n: 1 / n, YES),
        System("n^-1/2", half, lambda n: n**-0.5, YES),
        System("1", zero, lambda n: 1.0, YES),
        System("n^-2", Fraction(-2), lambda n: n**-2.0, YES),
        System("n^-3/2", Fraction(-3, 2), lambda n: n**-1.5, YES),
        System("n^-3/4", Fraction(-3, 4), lambda n: n**-0.75, YES),
        System("n^1/2", Fraction(1, 2), lambda n: n**0.5, YES),
        System("n^-1, kernel noise", one, lambda n: 1 / n, YES, kernel),
        System("1, kernel noise", zero, lambda n: 1.0, YES, kernel),
        System("n^-1, one draw in ten 5 times larger", one, lambda n: 1 / n, YES, mixture),
        System("n^-1, Student t (2)", one, lambda n: 1 / n, YES, student),
        System("n^-1, squares", one, lambda n: 1 / n, YES, square),
        System("n^-1 (1 + 2 n^-1/2)", one, lambda n: (1 + 2 * n**-0.5) / n, YES),
        System("n^-1 (1 + 8 n^-1/2)", one, lambda n: (1 + 8 * n**-0.5) / n, YES),
        System("n^-1 (1 - 4 n^-1/2)", one, lambda n: (1 - 4 * n**-0.5) / n, YES),
        System("n^-1 (1 + 20/n)", one, lambda n: (1 + 20 / n) / n, YES),
        System("n^-2 (1 - 20/n)", Fraction(-2), lambda n: (1 - 20 / n) / n**2, YES),
        System("n^-1 log n", one, lambda n: np.log(n) / n, YES, power=False),
        System("n^-1 log n, kernel noise", one, lambda n: np.log(n) / n, YES, kernel),
        System("n^-1 (log n)^1/2", one, lambda n: np.log(n) ** 0.5 / n, YES, power=False),
        System("1 + 16 n^-1/2, kernel noise", zero, lambda n: 1 + 16 * n**-0.5, YES, kernel),
        System("(1/n + 1/300)^1/2", zero, lambda n: (1 / n + 1 / 300) ** 0.5, YES),
        System("(1/n + 1/2000)^1/2", zero, lambda n: (1 / n + 1 / 2000) ** 0.5, YES),
        System("n^-1/2", one, lambda n: n**-0.5, NO),
        System("n^-1/2, kernel noise", one, lambda n: n**-0.5, NO, kernel),
        System("1", half, lambda n: 1.0, NO),
        System("1", one, lambda n: 1.0, NO),
        System("n^-3/4", one, lambda n: n**-0.75, NO, power=False),
        System("1/n + 1/256", one, lambda n: 1 / n + 1 / 256, NO),
        System("1/n + 1/10^4", one, lambda n: 1 / n + 1e-4, NO),
        *(System(f"1/n + 1/{x}", half, lambda n, x=x: 1 / n + 1 / x, NO) for x in (100, 200, 300, 400, 600)),
        System("(1/n + 1/300)^1/2", half, lambda n: (1 / n + 1 / 300) ** 0.5, NO),
        System("(1/n + 1/2000)^1/2", half, lambda n: (1 / n + 1 / 2000) ** 0.5, NO),
        System("1 + 16 n^-1/2, kernel noise", quarter, lambda n: 1 + 16 * n**-0.5, NO, kernel),
        System("n^-1/2", zero, lambda n: n**-0.5, LESS),
        System("n^-1", half, lambda n: 1 / n, LESS),
        System("n^-3/2", one, lambda n: n**-1.5, LESS),
        System("n^-3/4", half, lambda n: n**-0.75, LESS),
        System("n^-1", one, lambda n: 1 / n, YES, widths=DECADES),
        System("1", zero, lambda n: 1.0, YES, widths=DECADES),
        System("n^-1/2", one, lambda n: n**-0.5, NO, widths=DECADES),
        System("n^-3/2", one, lambda n: n**-1.5, LESS, widths=DECADES),
        System("1/n + 1/10^4", one, lambda n: 1 / n + 1e-4, NO, widths=DECADES),
        System("1/n + 1/10^4", zero, lambda n: 1 / n + 1e-4, YES, widths=DECADES),
    ]
    # What a user who allows few widths and seeds sees: much stays open, and nothing may be wrong.
    few = [
        System("n^-1, 16 seeds", one, lambda n: 1 / n, YES, most=16),
        System("n^-1/2, 16 seeds", one, lambda n: n**-0.5, NO, most=16),
        *(System(f"1/n + 1/{x}", half, lambda n, x=x: 1 / n + 1 / x, NO) for x in (100, 200, 300, 400, 600)),
        System("(1/n + 1/300)^1/2", half, lambda n: (1 / n + 1 / 300) ** 0.5, NO),
        System("(1/n + 1/300)^1/2", zero, lambda n: (1 / n + 1 / 300) ** 0.5, YES),
        System("1 + 16 n^-1/2, kernel noise", quarter, lambda n: 1 + 16 * n**-0.5, NO, kernel),
        System("n^-1 log n", one, lambda n: np.log(n) / n, YES),
        System("n^-0.8", one, lambda n: n**-0.8, NO),
    ]
    return found + [System(s.name, s.predicted, s.law, s.right, s.noise, s.widths, False, s.most, False) for s in few]


def _traps() -> list[System]:
    """Laws that a hostile referee would try; the default budget need not decide them."""
    one, half, zero = Fraction(-1), Fraction(-1, 2), Fraction(0)
    third, quarter, eighth, twelfth = Fraction(1, 3), Fraction(1, 4), Fraction(1, 8), Fraction(1, 12)
    three, found = Fraction(-3, 4), list[System]()

    def add(name: str, predicted: Fraction, law: Law, right: Verdict, *noises: Noise, **more: object) -> None:
        for noise in noises:
            said = {normal: "", precise: ", precise", student: ", Student t (2)"}.get(noise, "")
            found.append(System(name + said, predicted, law, right, noise, power=False, **more))  # type: ignore[arg-type]

    # Neighbours: exponents nearer than half a power.
    add("n^-0.85", one, lambda n: n**-0.85, NO, normal, precise, student)
    add("n^0.17", zero, lambda n: n**0.17, NO, normal, precise)
    add("n^-2/3", three, lambda n: n ** (-2 / 3), NO, normal, precise, grid=twelfth)
    add("n^-2/3 (margin 0.1)", three, lambda n: n ** (-2 / 3), NO, normal, grid=quarter, near=True)
    add("n^-0.9 (margin 0.2)", one, lambda n: n**-0.9, NO, normal, precise, near=True)
    add("n^-3/4", three, lambda n: n**-0.75, YES, normal, precise, grid=quarter)
    add("n^-3/4", three, lambda n: n**-0.75, YES, normal, precise, grid=eighth)
    add("n^-7/8", one, lambda n: n**-0.875, NO, normal, precise, grid=eighth)
    add("n^-3/4", one, lambda n: n**-0.75, NO, normal, precise, grid=quarter)
    add("n^-1 + n^-3/4 / 5", one, lambda n: 1 / n + n**-0.75 / 5, NO, normal, precise)
    add("n^-1 + n^-3/4 / 5", one, lambda n: 1 / n + n**-0.75 / 5, NO, normal, precise, grid=quarter)
    add("n^-2/3", one, lambda n: n ** (-2 / 3), NO, normal, precise, grid=third)
    add("n^-1 + n^-2/3 / 5", one, lambda n: 1 / n + n ** (-2 / 3) / 5, NO, precise, grid=third)
    add("n^-1 + n^-1/2 / 100", one, lambda n: 1 / n + n**-0.5 / 100, NO, normal, precise)
    add("n^0.1", zero, lambda n: n**0.1, NO, precise, kernel)
    # Rare draws.
    for probability in (0.3, 0.2, 0.1, 0.08, 0.05, 0.03):
        add(f"n with probability {probability}, else 1", zero, lambda n: 1.0, NO, sometimes(probability))
    for probability in (0.02, 0.01, 0.005, 0.003):
        name = f"n with probability {probability}, else 1 (rarer than said)"
        add(name, zero, lambda n: 1.0, NO, sometimes(probability), near=True)
    for probability in (0.1, 0.05, 0.03):
        add(f"n^1/2 with probability {probability}, else 1", zero, lambda n: 1.0, NO, sometimes(probability, 0.5))
        add(f"exactly n with probability {probability}, else 1", zero, lambda n: 1.0, NO, either(probability, 1.0))
    add("exactly 3 n^1/2 with probability 0.05, else 1", zero, lambda n: 1.0, NO, either(0.05, 0.5, 3.0))
    add("exactly 1000 with probability 0.1, else 1", zero, lambda n: 1.0, YES, either(0.1, 0.0, 1000.0))
    add("n^2 with probability 16/n, else 1", zero, lambda n: 1.0, YES, fewer)
    add("n with probability 0.4, else 1", -half, lambda n: 1.0, NO, sometimes(0.4))
    add("n with probability 0.4, else 1", -one, lambda n: 1.0, YES, sometimes(0.4))
    for probability in (0.8, 0.95):
        add(f"1/n with probability {probability}, else 1", zero, lambda n: 1.0, YES, sometimes(probability, -1.0))
        add(f"1/n with probability {probability}, else 1", one, lambda n: 1.0, NO, sometimes(probability, -1.0))
    # Slow starts.
    for start in (300, 3000, 10_000, 30_000):
        add(f"1/(1 + n/{start})", one, lambda n, x=start: 1 / (1 + n / x), YES, normal, precise)
        add(f"(1 + n/{start})^-1/2", half, lambda n, x=start: (1 + n / x) ** -0.5, YES, normal, precise)
    add("1/(1 + n/300)^2", Fraction(-2), lambda n: (1 + n / 300) ** -2, YES, normal, precise)
    add("n^-1 (1 - 7 n^-1/2)", one, lambda n: (1 - 7 * n**-0.5) / n, YES, normal, precise)
    add("n^-1 (log n)^2", one, lambda n: np.log(n) ** 2 / n, YES, normal, precise)
    add("n^-1 (log n)^3", one, lambda n: np.log(n) ** 3 / n, YES, normal, precise)
    add("1 / log n", zero, lambda n: 1 / np.log(n), YES, normal, precise)
    # Shapes of the law of the draws.
    add("1, spread settles slowly", zero, lambda n: 1.0, YES, settling)
    add("n^-1, spread settles slowly", one, lambda n: 1 / n, YES, settling)
    add("n^-1, Cauchy", one, lambda n: 1 / n, YES, cauchy)
    add("n^-1/2, Cauchy", one, lambda n: n**-0.5, NO, cauchy)
    add("n^-1, Poisson", one, lambda n: 1 / n, YES, poisson)
    add("n^-1/2, Poisson", one, lambda n: n**-0.5, NO, poisson)
    add("n^-1, 1 or 2", one, lambda n: 1 / n, YES, coin)
    return found


SYSTEMS = _systems() + _traps()


def cost(n: int) -> float:
    """The work of a draw: weights as matrices at small widths, conditioned at large ones."""
    return min(5e-4 + 1.5e-8 * n**2, 1.5e-3 + 1.5e-6 * n)


def measured(system: System, key: int) -> tuple[Fit, Judgement]:
    """The fit to noise times the law and its judgement, after a sweep that stops where the tool would."""
    found: list[tuple[Fit, Judgement]] = []

    def draw(n: int, number: int, seeds: int) -> dict[str, np.ndarray]:
        return {"q": system.noise(np.random.default_rng(number), seeds, n) * system.law(n)}

    def look(samples: Samples) -> tuple[Fit, Judgement]:
        fitted = fit(samples["q"])
        return fitted, judge(system.predicted, fitted, system.grid)

    def wanted(samples: Samples) -> More:
        found[:] = [look(samples)]
        fitted, judgement = found[0]
        more = judgement.more.cheapest
        return more | More.SEEDS if coarse(fitted, plan.widths[-1]) else more

    furthest = MAX_WIDTH if system.further and system.widths == WIDTHS else None
    plan = Plan(system.widths, key=key, most_seeds=system.most, max_width=furthest)
    samples = sweep(Fake(draw, cost), plan, wanted=wanted).samples
    fitted, judgement = found[0]
    # A sweep looks after each round. So the last look is at all samples.
    assert fitted.seeds == tuple(samples["q"][n].size for n in fitted.widths)
    return fitted, judgement


def judged(system: System, key: int) -> Judgement:
    return measured(system, key)[1]


def wrong(system: System, verdict: Verdict) -> bool:
    """Whether the verdict is an error."""
    return verdict not in (system.right, Verdict.UNDECIDED) and not (system.near and verdict is YES)
