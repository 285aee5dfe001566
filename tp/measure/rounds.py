"""How many draws each round of a sweep makes at each width, by what a draw costs there.

A slope is as precise as the sum over widths of 1 / seeds allows. For a given total time that sum is least where the
seeds go as 1 / sqrt(cost); a cap on small widths and a floor on large ones change little of it. Costs are about
seconds on one slow core, and the same in every run, so that runs repeat exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BLOCK = 64
"""The most seeds at the largest width in one round, and at any width in one call of the sampler."""
ROUND_SECONDS = 30.0
"""What a round may cost before it has fewer than :data:`BLOCK` seeds at the largest width; the first may cost twice."""
FIRST, LATER = 16, 4
"""The fewest seeds in a first and in a later round, whatever they cost: the median of less is no estimate."""
MOST_IN_ROUND = 256
"""The most seeds in a round at a small width, where they are cheap and one more says little."""
CALL_SECONDS = 4.0
"""What one call of the sampler may cost: an interrupt and the time budget wait for its end."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Seeds by width in the ``first`` round and in each ``later`` one, until ``most`` at the largest width.

    Both are in the order in which they are drawn.
    """

    first: Mapping[int, int]
    later: Mapping[int, int]
    most: int

    def __iter__(self) -> Iterator[dict[int, int]]:
        """The rounds; the last one is cut to end at ``most``."""
        drawn = 0
        while drawn < self.most:
            seeds = self.later if drawn else self.first
            step = seeds[max(seeds)]
            left = min(step, self.most - drawn)
            yield {n: -(-count * left // step) for n, count in seeds.items()}
            drawn += left

    def first_cost(self, costs: Mapping[int, float]) -> float:
        """What the first round costs."""
        return _total(next(iter(self)), costs)

    def cost(self, costs: Mapping[int, float]) -> float:
        """What all rounds cost together, about."""
        count = max(0, self.most - self.first[max(self.first)]) / self.later[max(self.later)]
        return self.first_cost(costs) + count * _total(self.later, costs)


def fixed(costs: Mapping[int, float], seeds: int) -> Rounds:
    """Rounds of the same number at each width, ``seeds`` in all."""
    block = dict.fromkeys(costs, min(BLOCK, seeds))
    return Rounds(block, block, seeds)


def adaptive(costs: Mapping[int, float], most: int) -> Rounds:
    """Rounds with seeds as 1 / sqrt(cost), at most ``most`` at the largest width; ``costs`` of one draw by width.

    A later round begins at the largest width, where precision is scarce if time runs out.
    """
    later = _shared(costs, ROUND_SECONDS, LATER)
    return Rounds(_shared(costs, 2 * ROUND_SECONDS, FIRST), dict(sorted(later.items(), reverse=True)), most)


def in_call(cost: float) -> int:
    """Seeds in one call of the sampler, for draws that ``cost`` so much each."""
    return max(1, min(BLOCK, int(CALL_SECONDS / cost)))


def _shared(costs: Mapping[int, float], budget: float, fewest: int) -> dict[int, int]:
    """Seeds of a round that costs about ``budget``, as far as ``fewest`` and the most at each width allow it."""
    largest = max(costs)
    share = {n: math.sqrt(costs[largest] / cost) for n, cost in costs.items()}
    top = min(max(fewest, int(budget / _total(share, costs))), BLOCK)
    return {n: min(max(fewest, round(top * share[n])), MOST_IN_ROUND) for n in costs}


def _total(seeds: Mapping[int, float], costs: Mapping[int, float]) -> float:
    return sum(count * costs[n] for n, count in seeds.items())
