"""How many draws each round of a sweep makes at each width, by what a draw costs there.

A slope is as precise as the sum over widths of 1 / seeds allows. For a given total time that sum is least where the
seeds go as 1 / sqrt(cost); a cap on small widths and a floor on large ones change little of it. Costs are about
seconds on one slow core, estimated from program and width alone, so that runs repeat exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

BLOCK = 64
"""The most seeds at the largest width in one round, and at any width in one call of the sampler."""
ROUND_SECONDS = 30.0
"""What a round may cost before it has fewer than :data:`BLOCK` seeds at the largest width; the first may cost twice."""
FIRST, LATER = 16, 4
"""The fewest seeds in a first and in a later round, whatever they cost: the median of less is no estimate."""
MOST_IN_ROUND = 256
"""The most seeds in a round at a small width, where they are cheap and one more says little."""
FEWEST_WIDTHS = 3
"""The fewest widths that a slope and its trend are fitted to."""
CALL_SECONDS = 4.0
"""What one call of the sampler may cost: an interrupt and the time budget wait for its end."""


def first_round(costs: Mapping[int, float], most: int) -> dict[int, int]:
    """Seeds by width as 1 / sqrt(cost), ``most`` at most at the largest width; ``costs`` of one draw by width."""
    return _cut(_shared(costs, 2 * ROUND_SECONDS, FIRST), most)


def later_round(costs: Mapping[int, float], drawn: Mapping[int, int], most: int) -> dict[int, int]:
    """Seeds by width of another round, nothing once ``most`` are ``drawn`` at the largest width.

    It begins at the largest width, where precision is scarce if time runs out.
    """
    left = most - drawn.get(max(costs), 0)
    return _cut(dict(sorted(_shared(costs, ROUND_SECONDS, LATER).items(), reverse=True)), left) if left > 0 else {}


def fixed_rounds(widths: Collection[int], seeds: int) -> Iterator[dict[int, int]]:
    """Rounds of the same number at each width, ``seeds`` in all."""
    for start in range(0, seeds, BLOCK):
        yield dict.fromkeys(widths, min(BLOCK, seeds - start))


def spent(seeds: Mapping[int, float], costs: Mapping[int, float]) -> float:
    """What a round costs."""
    return sum(count * costs[n] for n, count in seeds.items())


def within(widths: Sequence[int], cost: Callable[[int], float], most: int, budget: float) -> tuple[int, ...]:
    """The smallest of the ``widths``, as many as a first round fits into the ``budget`` with; three at least."""
    kept = tuple(sorted(widths))
    while len(kept) > FEWEST_WIDTHS:
        costs = {n: cost(n) for n in kept}
        if spent(first_round(costs, most), costs) <= budget:
            break
        kept = kept[:-1]
    return kept


def in_call(cost: float) -> int:
    """Seeds in one call of the sampler, for draws that ``cost`` so much each."""
    return max(1, min(BLOCK, int(CALL_SECONDS / cost)))


def _shared(costs: Mapping[int, float], budget: float, fewest: int) -> dict[int, int]:
    """Seeds of a round that costs about ``budget``, as far as ``fewest`` and the most at each width allow it."""
    largest = max(costs)
    share = {n: math.sqrt(costs[largest] / cost) for n, cost in costs.items()}
    top = min(max(fewest, int(budget / spent(share, costs))), BLOCK)
    return {n: min(max(fewest, round(top * share[n])), MOST_IN_ROUND) for n in costs}


def _cut(seeds: dict[int, int], most: int) -> dict[int, int]:
    """``seeds`` with ``most`` at most at the largest width, and the others in proportion."""
    step = seeds[max(seeds)]
    return {n: -(-count * min(step, most) // step) for n, count in seeds.items()}
