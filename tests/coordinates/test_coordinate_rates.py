"""How often a verdict on a log is wrong. ``python tests/coordinates/test_coordinate_rates.py 100`` prints the table."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":  # a script
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from simulated_logs import table, verdicts, wrong


def test_few_wrong_verdicts() -> None:
    found = verdicts(range(1), seeds=(1, 10))
    assert wrong(found) <= 1
    assert found[10, "right", "confirmed"] > 75
    assert found[10, "below", "refuted"] > 50
    assert found[1, "right", "confirmed"] < 30


@pytest.mark.slow
@pytest.mark.exhaustive
def test_few_wrong_verdicts_in_many_logs() -> None:
    found = verdicts(range(1, 2))
    assert wrong(found) <= 2
    assert found[1, "right", "confirmed"] < found[2, "right", "confirmed"] < found[10, "right", "confirmed"]


if __name__ == "__main__":
    print(table(verdicts(range(int(sys.argv[1])))))
