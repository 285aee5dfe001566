"""Answers of the calculus from the store: the whole report on a program that was asked the same before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tp.exit_code import ExitCode
from tp.printable import Printable

if TYPE_CHECKING:
    from tp.diagnostics.diagnostic import Diagnostic
    from tp.program import Program
    from tp.report.document import Document
    from tp.store.answers import Question


class Result(Protocol):
    """What a command finds about one program."""

    @property
    def exit_code(self) -> ExitCode: ...


@dataclass(frozen=True, slots=True, repr=False)
class Remembered(Printable):
    """The report of an earlier command, and its exit code. It prints as the result did."""

    study = "remembered"

    document: Document
    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class Memory:
    """The store in ``folder`` (None: the one in the user's cache). Warnings go to ``warn``.

    ``reads`` False keeps new answers and uses no old ones.
    """

    folder: str | Path | None = None
    reads: bool = True
    warn: Callable[[Diagnostic], None] = lambda _: None

    def recall(self, program: Program, about: str, settings: Mapping[str, Any], derive: Callable[[], Any]) -> Any:
        """The stored report ``about`` the program, else the result of ``derive``, which is kept. Both print the same.

        ``settings``, which JSON can hold, are all that the answer depends on beside the program.
        """
        from tp.report.archive import read, written
        from tp.report.contents import document
        from tp.store.answers import Answers
        from tp.store.files import default_folder

        answers = Answers(default_folder() if self.folder is None else Path(self.folder), self.warn, self.reads)
        question = asked(program, about, settings)
        found = answers.find(question)
        if found is not None:
            try:
                return Remembered(read(found["document"]), ExitCode(found["exit_code"]))
            except (ValueError, KeyError, TypeError) as problem:
                answers.refuse(question, str(problem))
        result = derive()
        answers.keep(
            question, {"document": written(document(result)), "exit_code": int(result.exit_code)}, program.name
        )
        return result


def asked(program: Program, about: str, settings: Mapping[str, Any]) -> Question:
    """The question ``about`` the program: its graph with all names and places, its claims, and ``settings``."""
    from tp.graph.text import print_computation, print_graph
    from tp.store.answers import Question
    from tp.store.key import digest

    claims = [
        [c.kind, c.subject, c.relation, None if c.exponent is None else str(c.exponent), c.negated, c.text, str(c.span),
         list(c.excepted)]
        for c in program.claims
    ]  # fmt: skip
    details = {
        "graph": digest(print_graph(program.graph)),
        "name": program.name,
        "file": program.file,
        "claims": claims,
        **settings,
    }
    return Question(digest(print_computation(program.graph)), about, details)
