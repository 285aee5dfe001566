"""Answers that are kept, so that what is known is not worked out again.

An answer is a file of JSON, which nothing executes: the question, the answer, and a SHA-256 of both. The question has
everything that decides the answer, with hashes of all code of this package and of the versions of libraries, so an
answer is never out of date. A damaged file is reported in a warning, and the answer is worked out again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.store.files import prepare, write
from tp.store.key import SHORT, digest, dumped
from tp.store.libraries import libraries
from tp.store.loaded import package_hash
from tp.store.names import AnswerName

Json = Any
MOST = 1 << 28
"""The most bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked ``about`` a ``program``, given by its hash: ``details`` is all else that decides the answer."""

    program: str
    about: str
    details: Mapping[str, Json]

    def as_json(self) -> Json:
        """All of it, and the versions of the code that answers."""
        return {
            "program": self.program,
            "about": self.about,
            "details": dict(self.details),
            "code": package_hash(),
            "libraries": libraries(),
        }

    @property
    def name(self) -> AnswerName:
        short = digest(dumped(self.as_json()))[:SHORT]
        return AnswerName(self.program[:SHORT], self.about, short)


class Unusable(Exception):
    """An answer that cannot be used; the message says why."""


@dataclass(slots=True)
class Answers:
    """The answers in ``folder``. ``reads`` False keeps new ones and uses no old ones. Warnings go to ``warn``."""

    folder: Path
    warn: Callable[[Diagnostic], None] = lambda _: None
    reads: bool = True
    _writes: bool = field(default=True)

    def find(self, question: Question) -> Json | None:
        """The stored answer; None where there is none, or a damaged one."""
        if not self.reads:
            return None
        path = question.name.path(self.folder)
        try:
            found, answer = read(path)
            if found != question.as_json():
                raise Unusable("it answers another question than its name says")
        except FileNotFoundError:
            return None
        except (OSError, Unusable) as problem:
            self.refuse(question, str(problem))
            return None
        return answer

    def keep(self, question: Question, answer: Json, program: str) -> None:
        """Write the ``answer``; ``program`` is the name of the program. Where that fails, nothing is kept."""
        if not self._writes:
            return
        path = question.name.path(self.folder)
        body = {"question": question.as_json(), "answer": answer}
        try:
            prepare(path.parent, program)
            write(path, _text({**body, "sha256": _digest(body)}).encode())
        except OSError:
            self._writes = False

    def refuse(self, question: Question, reason: str) -> None:
        """Warn that a stored answer is not used."""
        message = f"the stored answer {question.name.path(self.folder)} is not used: {reason}"
        self.warn(Diagnostic("TP712", message, hint="it is worked out again", severity=Severity.WARNING))


def read(path: Path) -> tuple[Json, Json]:
    """The question and the answer in a file. Raises OSError, and Unusable for a damaged file."""
    with path.open("rb") as file:
        data = file.read(MOST + 1)
    if len(data) > MOST:
        raise Unusable("it is too large")
    try:
        found = json.loads(data)
        stated = found.pop("sha256")
        if set(found) != {"question", "answer"} or stated != _digest(found):
            raise Unusable("its content does not have the digest that it states")
        if not all(isinstance(part, dict) for part in found.values()):
            raise Unusable("it is no answer")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unusable("it is cut short, or no answer") from None
    return found["question"], found["answer"]


def _digest(body: Json) -> str:
    return digest(_text(body))


def _text(body: Json) -> str:
    """``body`` in one line, with keys in their order: an answer is printed in it."""
    return json.dumps(body, separators=(",", ":"))
