"""Exit codes of several programs."""

from __future__ import annotations

import pytest

from tp.exit_code import ExitCode, worst

HOLDS, FAILS, UNDECIDED, CANNOT_RUN = ExitCode.HOLDS, ExitCode.FAILS, ExitCode.UNDECIDED, ExitCode.CANNOT_RUN


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([HOLDS], HOLDS),
        ([HOLDS, UNDECIDED], UNDECIDED),
        ([UNDECIDED, FAILS, HOLDS], FAILS),
        ([UNDECIDED, CANNOT_RUN, FAILS], CANNOT_RUN),
        ([], HOLDS),
    ],
)
def test_the_worst_code_counts(codes: list[ExitCode], expected: ExitCode) -> None:
    assert worst(codes) is expected
