"""How a command ends: the exit codes of ``tp``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What a result means for a shell."""

    HOLDS = 0
    """Done: every claim holds, and nothing is refuted."""
    FAILS = 1
    """A claim fails, a measurement refutes a prediction, a run diverged, or a derivation does not follow."""
    CANNOT_RUN = 2
    """An error in a program, in the options or in the data; too little memory; or an internal error."""
    UNDECIDED = 3
    """A claim or a quantity is undecided, or the user interrupted the command."""
    CLOSED = 141
    """The reader of the output closed it: 128 + SIGPIPE, as in shells."""


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """One exit code for several programs: the worst, which is the first of these that one of them has.

    CANNOT_RUN, since nothing is known of a program; FAILS; UNDECIDED; HOLDS. Without any program it is HOLDS.
    """
    found = set(codes)
    order = ExitCode.CANNOT_RUN, ExitCode.FAILS, ExitCode.UNDECIDED
    return next((code for code in order if code in found), ExitCode.HOLDS)
