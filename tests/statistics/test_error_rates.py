"""Error rates of verdicts on systems with known laws, under the rule that verify follows.

``python tests/statistics/test_error_rates.py 50`` prints the table of docs/measurement.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

from simulated import LESS, NO, SYSTEMS, YES, System, judged

from tp.statistics.verdict import Verdict

OPEN = Verdict.UNDECIDED


def rates(system: System, repetitions: int) -> Counter[Verdict]:
    return Counter(judged(system, key).verdict for key in range(repetitions))


def label(system: System) -> str:
    return f"{system.name} as {system.predicted} from {system.widths[0]}{'' if system.further else ' only'}"


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS, ids=label)
def test_no_verdict_is_wrong(system: System) -> None:
    """The first ten of the runs in the table: at a rate of 1 in 1000 some system fails with probability 1/2 at most."""
    found = rates(system, 10)
    assert found[system.right] + found[OPEN] == 10


def main(repetitions: int) -> None:
    wrong, undecided, decidable = 0, 0, 0
    for system in SYSTEMS:
        found = rates(system, repetitions)
        wrong += repetitions - found[system.right] - found[OPEN]
        if system.power:
            undecided, decidable = undecided + found[OPEN], decidable + repetitions
        shares = [round(100 * found[verdict] / repetitions) for verdict in (YES, NO, LESS, OPEN)]
        reach = "64 to 1024" if not system.further else "64 on" if system.widths[0] == 64 else "100 to 10⁶"
        cells = [system.name, str(system.predicted), reach, *map(str, shares)]
        print(f"| {' | '.join(cells)} |", flush=True)
    runs = repetitions * len(SYSTEMS)
    print(f"{wrong} of {runs} wrong; {undecided} of {decidable} undecided at the default budget")


if __name__ == "__main__":
    main(int(sys.argv[1]))
