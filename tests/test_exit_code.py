"""Exit codes of several programs."""

from __future__ import annotations

import pytest

from tp.exit_code import ExitCode, worst

HOLDS, FAILS, UNDECIDED = ExitCode.HOLDS, ExitCode.FAILS, ExitCode.UNDECIDED


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([HOLDS], HOLDS), ([HOLDS, UNDECIDED], UNDECIDED), ([UNDECIDED, FAILS, HOLDS], FAILS), ([], HOLDS)],
)
def test_the_worst_code_counts(codes: list[ExitCode], expected: ExitCode) -> None:
    assert worst(codes) is expected
