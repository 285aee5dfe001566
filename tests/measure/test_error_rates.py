"""Error rates of verdicts on simulated systems with known laws, under the rule that verify follows.

``python tests/measure/test_error_rates.py 100`` prints the table of docs/measurement.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from tp.measure.fit import fit
from tp.measure.plan import MOST_SEEDS
from tp.measure.rounds import adaptive
from tp.measure.verdict import Verdict, coarse, judge

SHORT = (64, 128, 256, 512, 1024)
WIDE = (100, 316, 1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000)
Draws = Callable[[np.random.Generator, int, int], np.ndarray]
YES, NO, LESS = Verdict.CONFIRMED, Verdict.REFUTED, Verdict.LOOSE


def normal(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return np.abs(draw.normal(size=seeds))


def square(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return draw.normal(size=seeds) ** 2


def student(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return np.abs(draw.standard_t(2, size=seeds))


def kernel(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return np.abs(1 + 0.5 * draw.normal(size=seeds) / n**0.5)


def mixture(draw: np.random.Generator, seeds: int, n: int) -> np.ndarray:
    return np.abs(draw.normal(size=seeds)) * np.where(draw.random(seeds) < 0.1, 5.0, 1.0)


@dataclass(frozen=True)
class System:
    """A law of n, what is predicted, and the only ``right`` verdict beside undecided; ``plain`` ones must get it."""

    name: str
    predicted: Fraction
    law: Callable[[float], float]
    right: Verdict
    plain: bool = False
    noise: Draws = normal
    widths: tuple[int, ...] = SHORT
    most: int = MOST_SEEDS


def _systems() -> list[System]:
    one, half, zero = Fraction(-1), Fraction(-1, 2), Fraction(0)
    return [
        System("n^-1", one, lambda n: 1 / n, YES, True),
        System("n^-1/2", half, lambda n: n**-0.5, YES, True),
        System("1", zero, lambda n: 1.0, YES, True),
        System("n^-2", Fraction(-2), lambda n: n**-2.0, YES, True),
        System("n^-1, kernel noise", one, lambda n: 1 / n, YES, True, kernel),
        System("n^-1, one draw in ten 5 times larger", one, lambda n: 1 / n, YES, True, mixture),
        System("n^-1, Student t (2)", one, lambda n: 1 / n, YES, False, student),
        System("n^-1, squares", one, lambda n: 1 / n, YES, False, square),
        System("n^-1, 16 seeds", one, lambda n: 1 / n, YES, False, normal, SHORT, 16),
        System("n^-1", one, lambda n: 1 / n, YES, True, normal, WIDE),
        System("1", zero, lambda n: 1.0, YES, True, normal, WIDE),
        System("n^-1 (1 + 2 n^-1/2)", one, lambda n: (1 + 2 * n**-0.5) / n, YES, True),
        System("n^-1 (1 + 8 n^-1/2)", one, lambda n: (1 + 8 * n**-0.5) / n, YES),
        System("n^-1 (1 - 4 n^-1/2)", one, lambda n: (1 - 4 * n**-0.5) / n, YES),
        System("n^-1 (1 + 20/n)", one, lambda n: (1 + 20 / n) / n, YES),
        System("n^-2 (1 - 20/n)", Fraction(-2), lambda n: (1 - 20 / n) / n**2, YES),
        System("n^-1 (1 + 100/n)", one, lambda n: (1 + 100 / n) / n, YES, True, normal, WIDE),
        System("n^-1 log n", one, lambda n: np.log(n) / n, YES),
        System("n^-1 log n, kernel noise", one, lambda n: np.log(n) / n, YES, True, kernel),
        System("n^-1 log n", one, lambda n: np.log(n) / n, YES, True, normal, WIDE),
        System("n^-1/2", one, lambda n: n**-0.5, NO, True),
        System("n^-1/2, 16 seeds", one, lambda n: n**-0.5, NO, False, normal, SHORT, 16),
        System("n^-1/2", one, lambda n: n**-0.5, NO, True, normal, WIDE),
        System("1", half, lambda n: 1.0, NO, True),
        System("n^-1/2", zero, lambda n: n**-0.5, LESS),
        System("n^-3/2", one, lambda n: n**-1.5, LESS),
        System("n^-3/2", one, lambda n: n**-1.5, LESS, True, normal, WIDE),
        System("1/n + 1/256", one, lambda n: 1 / n + 1 / 256, NO, True),
        System("1/n + 1/10^4", one, lambda n: 1 / n + 1e-4, NO, True, normal, WIDE),
        System("1/n + 1/10^4", zero, lambda n: 1 / n + 1e-4, YES, True, normal, WIDE),
        System("1/n + 1/200", half, lambda n: 1 / n + 1 / 200, NO),
        System("1/n + 1/400", half, lambda n: 1 / n + 1 / 400, NO),
        System("(1/n + 1/300)^1/2", half, lambda n: (1 / n + 1 / 300) ** 0.5, NO),
        System("(1/n + 1/300)^1/2", zero, lambda n: (1 / n + 1 / 300) ** 0.5, YES),
        System("1 + 16 n^-1/2, kernel noise", zero, lambda n: 1 + 16 * n**-0.5, YES, False, kernel),
        System("1 + 16 n^-1/2, kernel noise", Fraction(-1, 4), lambda n: 1 + 16 * n**-0.5, NO, False, kernel),
        System("1 + 16 n^-1/2, kernel noise", zero, lambda n: 1 + 16 * n**-0.5, YES, True, kernel, WIDE),
        System("n^-0.8", one, lambda n: n**-0.8, NO),
    ]


SYSTEMS = _systems()


def cost(n: int) -> float:
    """Seconds of a draw."""
    return min(1e-3 + 3e-8 * n**2, 3e-3 + 3e-6 * n)


def run(system: System, key: int) -> Verdict:
    """Judge after each round until nothing is open, or the time is over."""
    draw = np.random.default_rng(key)
    data = {n: np.zeros(0) for n in system.widths}
    left = 170.0 if system.widths is WIDE else 90.0
    verdict = Verdict.UNDECIDED
    for seeds in adaptive({n: cost(n) for n in system.widths}, system.most):
        for n, count in seeds.items():
            data[n] = np.concatenate([data[n], system.noise(draw, count, n) * system.law(n)])
            left -= count * cost(n)
        found = fit(data)
        judgement = judge(system.predicted, found)
        verdict = judgement.verdict
        if left < 0 or not (judgement.more_seeds or coarse(found)):
            break
    return verdict


def rates(system: System, repetitions: int) -> Counter[Verdict]:
    return Counter(run(system, key) for key in range(repetitions))


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: f"{s.name} for {s.predicted} to {s.widths[-1]}")
def test_wrong_verdicts_are_rare(system: System) -> None:
    """Of 50 runs none is wrong, and of plain systems at most 6 are undecided (a bound for a true rate of 5 %)."""
    found = rates(system, 50)
    assert found[system.right] + found[Verdict.UNDECIDED] == 50
    assert not system.plain or found[Verdict.UNDECIDED] <= 6


def main(repetitions: int) -> None:
    for system in SYSTEMS:
        found = rates(system, repetitions)
        shares = [round(100 * found[verdict] / repetitions) for verdict in (YES, NO, LESS, Verdict.UNDECIDED)]
        cells = [system.name, str(system.predicted), f"{system.widths[-1]:g}", *map(str, shares)]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
