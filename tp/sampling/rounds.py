"""How many draws each round of a sweep makes at each width, from the cost of a draw there.

The variance of a slope is proportional to the sum over widths of w^2 / seeds, where w is the distance of log n from
its mean over the widths. For a given total cost the variance is least where the numbers of seeds are proportional to
w / sqrt(cost). Widths in the middle have a small w, but they show whether the line is straight; so w is at least
:data:`MIDDLE` of the largest one. Costs are estimated seconds of the reference machine. They depend on program and
width alone, so runs repeat exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

BLOCK = 64
"""The most seeds at the largest width in one round, and at any width in one call of the sampler."""
FIRST_SECONDS = 10.0
"""The most estimated seconds of a first round with more than the fewest seeds."""
ROUND_SECONDS = 15.0
"""The same for a later round."""
SHARE = 0.5
"""A later round takes this share of the work so far: it may well be the last."""
LEAST_SECONDS = 1.5
"""The estimated seconds that a later round may take however little the work so far is."""
FIRST, LATER = 16, 4
"""The fewest seeds of a first round, at each width, and of a later one, at the width that lacks most of them."""
MIDDLE = 0.5
"""The weight of a width in the middle of all, where that of the smallest or the largest is about 1.

Widths in the middle tell nothing of a slope, but whether the line is straight.
"""
MOST_IN_ROUND = 256
"""The most seeds in a round at any width."""
FEWEST_WIDTHS = 3
"""The fewest widths that a slope and its trend are fitted to."""
CALL_SECONDS = 2.0
"""The estimated seconds of one call of the sampler: an interrupt and the time budget wait for its end."""


def first_round(costs: Mapping[int, float], most: int) -> dict[int, int]:
    """Seeds by width, at most ``most`` at the largest width; ``costs`` are seconds of one draw by width."""
    shares = _shares(costs)
    largest = max(costs)
    top = min(max(FIRST, int(FIRST_SECONDS * shares[largest] / spent(shares, costs))), BLOCK)
    level = top / shares[largest]
    return _cut({n: min(max(FIRST, round(level * share)), MOST_IN_ROUND) for n, share in shares.items()}, most)


def added_width(costs: Mapping[int, float], n: int, most: int, work: float) -> int:
    """Seeds of a first round at the width ``n``, which is added after ``work`` estimated seconds; ``costs`` have it.

    They are those of a first round of all widths. Where draws at ``n`` are expensive there are fewer, but at least
    :data:`FIRST`.
    """
    return min(first_round(costs, most)[n], max(FIRST, int(_allowed(work) / costs[n])))


def later_round(costs: Mapping[int, float], drawn: Mapping[int, int], most: int, work: float) -> dict[int, int]:
    """Seeds by width of another round, after ``work`` estimated seconds: they bring the numbers drawn to their shares.

    It is empty once ``most`` are ``drawn`` at the largest width.
    Widths are in decreasing order: if time runs out, the large ones need seeds most.
    """
    largest, shares, room = max(costs), _shares(costs), _allowed(work)
    left = min(BLOCK, most - drawn.get(largest, 0))
    if left <= 0:
        return {}

    def up_to(level: float) -> dict[int, int]:
        lacking = {n: math.ceil(level * shares[n]) - drawn.get(n, 0) for n in sorted(costs, reverse=True)}
        return {n: min(count, left if n == largest else MOST_IN_ROUND) for n, count in lacking.items() if count > 0}

    low = min((drawn.get(n, 0) + LATER) / share for n, share in shares.items())
    high = ABOVE * (drawn.get(largest, 0) + left) / shares[largest]
    for _ in range(HALVINGS if high > low else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if spent(up_to(middle), costs) <= room else (low, middle)
    return up_to(low)


ABOVE = 2.0
"""Where time is left in a round that has all seeds of the largest width, others get up to this multiple of their share.

The number of seeds at the largest width is limited, and a verdict then rests on the others.
"""
HALVINGS = 40
"""How often the range of levels of a round is halved. A level is the number of seeds where the share is 1."""


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
    """The smallest of ``widths``: as many as a first round of ``budget`` seconds has time for, at least three.

    ``before(n)`` are the seconds that the width n takes before its first draw.
    """
    kept = tuple(sorted(widths))
    while len(kept) > FEWEST_WIDTHS:
        costs = {n: cost(n) for n in kept}
        if spent(first_round(costs, most), costs) + sum(map(before, kept)) <= budget:
            break
        kept = kept[:-1]
    return kept


def in_call(cost: float) -> int:
    """Seeds in one call of the sampler, for draws of ``cost`` seconds each: a power of two, at most :data:`BLOCK`.

    NumPy makes powers of two side by side, and processors share what is left of a call.
    """
    return 1 << (max(1, min(BLOCK, int(CALL_SECONDS / cost))).bit_length() - 1)


def _allowed(work: float) -> float:
    """The estimated seconds of a round after ``work`` of them."""
    return min(ROUND_SECONDS, max(LEAST_SECONDS, SHARE * work))


def _shares(costs: Mapping[int, float]) -> dict[int, float]:
    """Weights by width, relative to the root of the cost: numbers of seeds are proportional to them."""
    logs = {n: math.log(n) for n in costs}
    centre = sum(logs.values()) / len(logs)
    reach = max(abs(x - centre) for x in logs.values()) or 1.0
    return {n: max(MIDDLE, abs(logs[n] - centre) / reach) / math.sqrt(cost) for n, cost in costs.items()}


def _cut(seeds: dict[int, int], most: int) -> dict[int, int]:
    """``seeds`` with at most ``most`` at the largest width, and the others scaled in proportion."""
    step = seeds[max(seeds)]
    return {n: -(-count * min(step, most) // step) for n, count in seeds.items()}
