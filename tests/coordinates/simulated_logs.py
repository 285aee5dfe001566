"""Logs whose exponents are known: powers of n with corrections and several kinds of scatter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np

from tp.statistics.verdict import Verdict
from tp.statistics.verdict_of_fit import judge
from tp.studies.coordinates.study import fitted

WIDTHS = ((64, 512, 4096), (64, 256, 1024, 4096), (64, 128, 256, 512, 1024), (64, 128, 256, 512, 1024, 2048, 4096))
SEEDS = (1, 2, 3, 5, 10)
POWERS = (Fraction(-1, 2), Fraction(0), Fraction(1, 2))
SHARES = (0.0, 2.0, 8.0, -4.0)
"""Values of a in n^p (1 + a n^-1/2)."""
SCATTER: dict[str, Callable[[np.random.Generator, int], float]] = {
    "3 %": lambda draw, n: float(np.exp(0.03 * draw.standard_normal())),
    "30 %": lambda draw, n: float(np.exp(0.3 * draw.standard_normal())),
    "n^-1/2": lambda draw, n: float(np.exp(draw.standard_normal() / n**0.5)),
    "|N|": lambda draw, n: abs(draw.standard_normal()),
    "|1 + t(2) / 10|": lambda draw, n: abs(1 + 0.1 * draw.standard_t(2)),
    "Cauchy": lambda draw, n: abs(draw.standard_cauchy()),
}

Count = Counter[tuple[int, str, str]]
"""How often, by number of seeds, prediction (right, above, below) and verdict."""


def verdicts(runs: Iterable[int], seeds: Iterable[int] = SEEDS) -> Count:
    """The verdicts on all logs of these runs, which are numbers of random streams."""
    found: Count = Counter()
    for run in runs:
        draw = np.random.default_rng(run)
        for count in seeds:
            for widths in WIDTHS:
                for scatter in SCATTER.values():
                    for p in POWERS:
                        for a in SHARES:
                            _add(found, draw, count, widths, scatter, p, a)
    return found


def _add(
    found: Count,
    draw: np.random.Generator,
    count: int,
    widths: tuple[int, ...],
    scatter: Callable[[np.random.Generator, int], float],
    p: Fraction,
    a: float,
) -> None:
    samples = {n: {str(s): n ** float(p) * (1 + a * n**-0.5) * scatter(draw, n) for s in range(count)} for n in widths}
    fit = fitted(samples, 1)
    for word, predicted in (("right", p), ("above", p + Fraction(1, 2)), ("below", p - Fraction(1, 2))):
        found[count, word, judge(predicted, fit).verdict.value] += 1


def wrong(found: Count) -> int:
    """How many right predictions are refuted, and wrong ones confirmed."""
    confirmed, refuted = Verdict.CONFIRMED.value, Verdict.REFUTED.value
    return sum(
        number
        for (_, word, verdict), number in found.items()
        if (word == "right" and verdict == refuted) or (word != "right" and verdict == confirmed)
    )


def table(found: Count) -> str:
    """Percentages by number of seeds, as in docs/coordinates.md."""
    lines = [
        "| seeds | right: confirmed | refuted | too small: refuted | confirmed | too large: confirmed |",
        "|---|---|---|---|---|---|",
    ]
    for count in sorted({key[0] for key in found}):

        def share(word: str, verdict: str, count: int = count) -> str:
            total = sum(number for key, number in found.items() if key[:2] == (count, word))
            return f"{100 * found[count, word, verdict] / total:.3g}"

        cells = [
            ("right", "confirmed"),
            ("right", "refuted"),
            ("below", "refuted"),
            ("below", "confirmed"),
            ("above", "confirmed"),
        ]
        lines.append(f"| {count} | " + " | ".join(share(*cell) for cell in cells) + " |")
    total = sum(found.values())
    return "\n".join([*lines, "", f"{wrong(found)} of {total} verdicts are wrong."])
