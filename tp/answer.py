"""The answer to a question of yes or no, which may also be undecided or not apply."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Answer(Enum):
    """Yes, no, undecided (the evidence decides neither), or does not apply (a premise of the question fails)."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"
    DOES_NOT_APPLY = "does not apply"

    def __invert__(self) -> Answer:
        """The answer to the opposite question."""
        return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(self, self)

    def worded(self, yes: str, no: str) -> str:
        """The answer as text, with ``yes`` and ``no`` in the words of the question, such as holds and fails."""
        return {Answer.YES: yes, Answer.NO: no}.get(self, self.value)

    @property
    def truth(self) -> bool | None:
        """The inverse of :meth:`of`: True for yes, False for no, and None otherwise."""
        return {Answer.YES: True, Answer.NO: False}.get(self)

    @staticmethod
    def of(truth: bool | None) -> Answer:
        """The answer for a truth value; None is undecided."""
        return Answer.UNDECIDED if truth is None else Answer.YES if truth else Answer.NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """Whether all of ``answers`` are yes: NO if one is NO, YES if all are YES, else UNDECIDED."""
    found = list(answers)
    if Answer.NO in found:
        return Answer.NO
    return Answer.YES if all(a is Answer.YES for a in found) else Answer.UNDECIDED
