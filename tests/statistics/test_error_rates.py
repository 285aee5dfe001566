"""Error rates of verdicts on systems with known laws, under the rule that verify follows.

``python tests/statistics/test_error_rates.py 0:69`` prints the table of docs/measurement.md, from the runs with these
numbers of every system. A run takes about 50 ms of one core, and all cores are used.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import pytest

if __name__ in ("__main__", "__mp_main__"):  # a script, and what it starts
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from simulated import LESS, NO, SYSTEMS, YES, System, judged, wrong

from tp.statistics.verdict import Verdict

OPEN = Verdict.UNDECIDED


def rates(system: System, keys: Sequence[int]) -> Counter[Verdict]:
    return Counter(judged(system, key).verdict for key in keys)


def label(system: System) -> str:
    reach = "" if system.further else " only"
    return f"{system.name} as {system.predicted}, grid {system.grid}, from {system.widths[0]}{reach}"


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS, ids=label)
def test_no_verdict_is_wrong(system: System) -> None:
    """The first seven of the runs in the table: at a rate of 1 in 1000 some system fails with probability 2/3."""
    assert not any(wrong(system, verdict) for verdict in rates(system, range(7)))


def numbered(number: int, keys: Sequence[int]) -> Counter[Verdict]:
    """The verdicts of the system with this number. Systems have functions and cannot be sent to another process."""
    return rates(SYSTEMS[number], keys)


def main(keys: Sequence[int]) -> None:
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        table(pool.map(numbered, range(len(SYSTEMS)), repeat(keys)), len(keys))


def table(counts: Iterable[Counter[Verdict]], repetitions: int) -> None:
    """Print ``counts`` of verdicts of all systems, from the same number of ``repetitions``, and their sums."""
    errors, undecided, decidable = 0, 0, 0
    print("| law | predicted | grid | widths | confirmed | refuted | loose | undecided |")
    print("|---|---|---|---|---|---|---|---|")
    for system, found in zip(SYSTEMS, counts, strict=True):
        errors += sum(count for verdict, count in found.items() if wrong(system, verdict))
        if system.power:
            undecided, decidable = undecided + found[OPEN], decidable + repetitions
        shares = [round(100 * found[verdict] / repetitions) for verdict in (YES, NO, LESS, OPEN)]
        reach = "64 to 1024" if not system.further else "64 on" if system.widths[0] == 64 else "100 to 10⁶"
        cells = [system.name, str(system.predicted), str(system.grid), reach, *map(str, shares)]
        print(f"| {' | '.join(cells)} |", flush=True)
    runs = repetitions * len(SYSTEMS)
    print()
    print(
        f"Of these {runs} runs {errors or 'none'} {'is' if errors < 2 else 'are'} wrong; of the {decidable} that the "
        f"default budget should decide {undecided} are undecided, {round(100 * undecided / decidable)} in 100."
    )


if __name__ == "__main__":
    main([k for text in sys.argv[1:] for k in range(*map(int, text.split(":")))])
