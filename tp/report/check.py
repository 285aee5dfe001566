"""A check: one claim, quantity or diagnostic with its verdict, in the form of a test result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """The severity of a check."""

    GOOD = "good"
    """What was said holds, as far as it was looked at."""
    NOTE = "note"
    """Undecided: the evidence is not enough."""
    WARNING = "warning"
    """It can be used, but is probably not what was meant."""
    FAILURE = "failure"
    """What was said does not hold."""
    ERROR = "error"
    """The program could not run."""


_LEVELS = {
    "confirmed": Level.GOOD,
    "consistent": Level.GOOD,
    "holds": Level.GOOD,
    "agree": Level.GOOD,
    "predicted": Level.GOOD,
    "fine": Level.GOOD,
    "undecided": Level.NOTE,
    "does not apply": Level.NOTE,
    "note": Level.NOTE,
    "loose": Level.WARNING,
    "warning": Level.WARNING,
    "fails": Level.FAILURE,
    "refuted": Level.FAILURE,
    "disagree": Level.FAILURE,
    "refused": Level.FAILURE,
    "error": Level.ERROR,
}

CLAIM, QUANTITY, THEOREM, PROGRAM = "claim", "quantity", "theorem", "program"
"""Rules of checks that are no diagnostics."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, the verdict in one word, and a message that says why.

    ``rule`` is what kind of check it is: :data:`CLAIM`, :data:`QUANTITY`, :data:`THEOREM`, :data:`PROGRAM`, or the code
    of a diagnostic. ``file`` is empty where the check is about no file. Lines and columns count characters from 1;
    ``end`` is the line and the column after the last character. ``units`` are the columns of start and end in code
    units of UTF-16, where they are not those in characters.
    """

    name: str
    verdict: str
    message: str
    rule: str
    file: str
    line: int | None = None
    column: int | None = None
    end: tuple[int, int] | None = None
    units: tuple[int, int] | None = None

    @property
    def level(self) -> Level:
        """The severity of a verdict. Raises KeyError for a word that is no verdict."""
        return _LEVELS[self.verdict]


_PLURALS = {"holds": "hold", "fails": "fail", "does not apply": "do not apply"}


def counted(checks: Iterable[Check]) -> str:
    """How often each verdict is among ``checks``: ``5 confirmed, 1 undecided``."""
    words = Counter(check.verdict for check in checks)
    return ", ".join(f"{count} {word if count == 1 else _PLURALS.get(word, word)}" for word, count in words.items())
