"""Samples over widths: block after block of seeds, until decided or the budget is spent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tp.measure.plan import BLOCK, Plan

Samples = dict[str, dict[int, npt.NDArray[np.float64]]]
"""Absolute values by quantity and width, one per seed."""
Draw = Callable[[int, int, int], Mapping[str, npt.NDArray[Any]]]
"""draw(n, seeds, key): fresh absolute values of every quantity at width n."""
Report = Callable[[int, int, str], None]
"""report(done, total, what): the share of work done, in arbitrary units."""


@dataclass(slots=True)
class Sweep:
    """What was drawn, and whether the user broke off."""

    samples: Samples = field(default_factory=dict)
    interrupted: bool = False


def sweep(
    plan: Plan,
    draw: Draw,
    undecided: Callable[[Samples], bool],
    report: Report | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Sweep:
    """Draw samples as ``plan`` says; with adaptive seeds, ask ``undecided`` after every block whether to go on.

    Fixed seeds are the same number at every width; adaptive ones are counted at the largest width.

    An interrupt (Ctrl-C) ends it early and keeps every finished call.
    """
    result = Sweep()
    start = clock()
    target = plan.seeds if plan.seeds is not None else plan.most_seeds
    share = {n: 1 if plan.seeds is not None else _share(n, plan.widths[-1]) for n in plan.widths}
    cost = {n: share[n] * (n**2 + 10_000) for n in plan.widths}  # n^2, and a little that does not depend on n
    rounds = -(-target // BLOCK)
    total = sum(cost.values()) * rounds
    done = 0
    try:
        for number in range(rounds):
            first = number * BLOCK
            seeds = min(BLOCK, target - first)
            for n in plan.widths:
                if report is not None:
                    report(done, total, f"n = {n}, from seed {first * share[n] + 1}")
                _draw_block(result.samples, draw, n, seeds * share[n], (plan.key, n, number))
                done += cost[n]
            if plan.seeds is None and (not undecided(result.samples) or clock() - start > plan.seconds):
                break
    except KeyboardInterrupt:
        result.interrupted = True
    if report is not None:
        report(total, total, "done")
    return result


def _share(n: int, largest: int) -> int:
    """How many seeds are drawn at width ``n`` for one at the ``largest``: small widths are cheap, and a slope
    is as precise as the sum over widths of 1 / seeds allows.
    """
    return 4 if 4 * n <= largest else 2 if 2 * n <= largest else 1


def _draw_block(samples: Samples, draw: Draw, n: int, seeds: int, path: Sequence[int]) -> None:
    key = int(np.random.SeedSequence(path).generate_state(1)[0] >> 1)
    for name, values in draw(n, seeds, key).items():
        by_width = samples.setdefault(name, {})
        fresh = np.abs(np.asarray(values, dtype=np.float64)).ravel()
        by_width[n] = np.concatenate([by_width[n], fresh]) if n in by_width else fresh
