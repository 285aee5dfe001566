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

    An interrupt (Ctrl-C) ends it early and keeps every finished call.
    """
    result = Sweep()
    start = clock()
    target = plan.seeds if plan.seeds is not None else plan.most_seeds
    work = [n**2 + 10_000 for n in plan.widths]  # a call costs about n^2 and a little that does not depend on n
    rounds = -(-target // BLOCK)
    done = 0
    try:
        for number in range(rounds):
            seeds = min(BLOCK, target - number * BLOCK)
            for n, cost in zip(plan.widths, work, strict=True):
                if report is not None:
                    report(done, sum(work) * rounds, f"n = {n}, seeds {number * BLOCK + 1} to {number * BLOCK + seeds}")
                _draw_block(result.samples, draw, n, seeds, (plan.key, n, number))
                done += cost
            if plan.seeds is None and (not undecided(result.samples) or clock() - start > plan.seconds):
                break
    except KeyboardInterrupt:
        result.interrupted = True
    if report is not None:
        report(sum(work) * rounds, sum(work) * rounds, "done")
    return result


def _draw_block(samples: Samples, draw: Draw, n: int, seeds: int, path: Sequence[int]) -> None:
    key = int(np.random.SeedSequence(path).generate_state(1)[0] >> 1)
    for name, values in draw(n, seeds, key).items():
        by_width = samples.setdefault(name, {})
        fresh = np.abs(np.asarray(values, dtype=np.float64)).ravel()
        by_width[n] = np.concatenate([by_width[n], fresh]) if n in by_width else fresh
