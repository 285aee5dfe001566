"""How many draws each round of a sweep makes at each width, from the cost of a draw there.

The variance of a slope is about proportional to the sum over widths of 1 / seeds. For a given total cost it is least
where the numbers of seeds are proportional to 1 / sqrt(cost). Costs are estimated seconds of the reference machine.
They depend on program and width alone, so runs repeat exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

BLOCK = 64
"""The most seeds at the largest width in one round, and at any width in one call of the sampler."""
ROUND_SECONDS = 15.0
"""The most estimated seconds of a round with fewer than :data:`BLOCK` seeds at the largest width.

It is twice as much in the first round.
"""
SHARE = 0.5
"""A later round, or the first one at an added width, takes this share of the work so far: it may well be the last."""
LEAST_SECONDS = 1.5
"""The estimated seconds that a later round may take however little the work so far is."""
FIRST, LATER = 16, 4
"""The fewest seeds in a first and in a later round, at each width, whatever they cost."""
MOST_IN_ROUND = 256
"""The most seeds in a round at any width."""
FEWEST_WIDTHS = 3
"""The fewest widths that a slope and its trend are fitted to."""
CALL_SECONDS = 2.0
"""The estimated seconds of one call of the sampler: an interrupt and the time budget wait for its end."""


def first_round(costs: Mapping[int, float], most: int) -> dict[int, int]:
    """Seeds by width, at most ``most`` at the largest width; ``costs`` are seconds of one draw by width."""
    return _cut(_shared(costs, 2 * ROUND_SECONDS, FIRST), most)


def added_width(costs: Mapping[int, float], n: int, most: int, work: float) -> int:
    """Seeds of a first round at the width ``n``, which is added after ``work`` estimated seconds; ``costs`` have it.

    They are those of a first round of all widths, and fewer, at least :data:`FIRST`, where the width is dear.
    """
    return min(first_round(costs, most)[n], max(FIRST, int(_allowed(work) / costs[n])))


def later_round(costs: Mapping[int, float], drawn: Mapping[int, int], most: int, work: float) -> dict[int, int]:
    """Seeds by width of another round, after ``work`` estimated seconds.

    It is empty once ``most`` are ``drawn`` at the largest width.
    Widths are in decreasing order: if time runs out, the large ones need seeds most.
    """
    left = most - drawn.get(max(costs), 0)
    seeds = _shared(costs, _allowed(work), LATER)
    return _cut(dict(sorted(seeds.items(), reverse=True)), left) if left > 0 else {}


def fixed_rounds(widths: Collection[int], seeds: int) -> Iterator[dict[int, int]]:
    """Rounds of the same number at each width, ``seeds`` in all."""
    for start in range(0, seeds, BLOCK):
        yield dict.fromkeys(widths, min(BLOCK, seeds - start))


def spent(seeds: Mapping[int, float], costs: Mapping[int, float]) -> float:
    """The cost of a round, in estimated seconds."""
    return sum(count * costs[n] for n, count in seeds.items())


def within(
    widths: Sequence[int], cost: Callable[[int], float], most: int, budget: float, before: Callable[[int], float]
) -> tuple[int, ...]:
    """As many of the smallest ``widths``, at least three, as a first round of ``budget`` seconds has time for.

    Beside the draws, a width takes the seconds ``before`` its first draw.
    """
    kept = tuple(sorted(widths))
    while len(kept) > FEWEST_WIDTHS:
        costs = {n: cost(n) for n in kept}
        if spent(first_round(costs, most), costs) + sum(map(before, kept)) <= budget:
            break
        kept = kept[:-1]
    return kept


def in_call(cost: float) -> int:
    """Seeds in one call of the sampler, for draws of ``cost`` seconds each; from 1 to :data:`BLOCK`."""
    return max(1, min(BLOCK, int(CALL_SECONDS / cost)))


def _allowed(work: float) -> float:
    """The estimated seconds of a round after ``work`` of them."""
    return min(ROUND_SECONDS, max(LEAST_SECONDS, SHARE * work))


def _shared(costs: Mapping[int, float], budget: float, fewest: int) -> dict[int, int]:
    """Seeds by width, proportional to 1 / sqrt(cost), of a round of about ``budget`` seconds; at least ``fewest``."""
    largest = max(costs)
    share = {n: math.sqrt(costs[largest] / cost) for n, cost in costs.items()}
    top = min(max(fewest, int(budget / spent(share, costs))), BLOCK)
    return {n: min(max(fewest, round(top * share[n])), MOST_IN_ROUND) for n in costs}


def _cut(seeds: dict[int, int], most: int) -> dict[int, int]:
    """``seeds`` with at most ``most`` at the largest width, and the others scaled in proportion."""
    step = seeds[max(seeds)]
    return {n: -(-count * min(step, most) // step) for n, count in seeds.items()}
