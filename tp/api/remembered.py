"""Answers from the store: the whole report on a program that was asked the same before.

A report of the calculus rests on the program alone. That of a measurement rests on draws, too: it is used as long as
all of them are in the store as they were, and would be made by the same kind of processor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tp.exit_code import ExitCode
from tp.printable import Printable

if TYPE_CHECKING:
    from tp.api.pages import Asked
    from tp.data.source import Data
    from tp.diagnostics.diagnostic import Diagnostic
    from tp.program import Program
    from tp.report.document import Document
    from tp.sampling.resources import Resources
    from tp.store.answers import Answers, Json, Question
    from tp.store.ledger import Ledger
    from tp.store.runs import Run


class Result(Protocol):
    """What a command finds about one program."""

    @property
    def exit_code(self) -> ExitCode: ...


@dataclass(frozen=True, slots=True, repr=False)
class Remembered(Printable):
    """The report of an earlier command, with its exit code and a budget to go on with. It prints as the result did.

    ``run`` is what is known of that command; None where it was not kept.
    """

    study = "remembered"

    document: Document
    exit_code: ExitCode
    next_budget: str = ""
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """The store in ``folder`` (None: the one in the user's cache). Warnings go to ``warn``.

    ``reads`` False keeps new answers and uses no old ones. What the user ``asked`` is kept beside new answers.
    """

    folder: str | Path | None = None
    reads: bool = True
    warn: Callable[[Diagnostic], None] = lambda _: None
    asked: Asked | None = None

    def recall(self, program: Program, about: str, settings: Mapping[str, Any], derive: Callable[[], Any]) -> Any:
        """The stored report ``about`` the program, else the result of ``derive``, which is kept. Both print the same.

        ``settings``, which JSON can hold, are all that the answer depends on beside the program.
        """
        answers, question = self._answers(), asked(program, about, settings)
        found = _found(answers, question)
        if found is not None:
            return found
        result = derive()
        answers.keep(question, self._answer(result, program), program.name)
        return result

    def measured(
        self,
        program: Program,
        about: str,
        settings: Mapping[str, Any],
        data: Data | None,
        resources: Resources,
        measure: Callable[..., Any],
    ) -> Any:
        """The stored report on a measurement, else what ``measure(resources=...)`` finds; both print the same.

        It is kept where nothing interrupted it, with all draws counted as stored. ``settings`` are all that the result
        depends on beside the program, the ``data`` and the draws.
        """
        answers = self._answers()

        def question() -> Question:
            return asked(program, about, {**settings, "data": _content(data)})

        before = question()
        found = _found(answers, before, self._stands)
        if found is not None:
            return found
        from tp.store.ledger import Ledger
        from tp.store.store import Store

        ledger = Ledger()
        store = Store(answers.folder, self.warn, self.reads, ledger=ledger)
        result = measure(resources=replace(resources, store=store))
        origin = result.provenance
        # Draws that are not in the ledger were not kept; data may have changed while they were used.
        if not origin.interrupted and ledger.calls == origin.cells and question() == before:
            repeated = replace(result, provenance=replace(origin, stored=origin.cells))
            answer = self._answer(repeated, program)
            answers.keep(before, {**answer, "rests_on": ledger.as_json()}, program.name)
        return result

    @property
    def _place(self) -> Path:
        from tp.store.files import folder_of

        return folder_of(self.folder)

    def _answers(self) -> Answers:
        from tp.store.answers import Answers

        return Answers(self._place, self.warn, self.reads)

    def _answer(self, result: Any, program: Program) -> Json:
        """The report on ``result``, and what a page needs of the ``program``."""
        from tp.report.archive import written
        from tp.report.contents import document

        found = {
            "document": written(document(result)),
            "exit_code": int(result.exit_code),
            "next_budget": getattr(result, "next_budget", ""),
        }
        return found if self.asked is None else {**found, "run": self.asked.run(program).as_json()}

    def _stands(self, found: Json) -> bool:
        """Whether a measurement would find today what it found then. Raises ValueError, KeyError, TypeError."""
        from tp.store.ledger import from_json, unchanged

        ledger = from_json(found["rests_on"])
        return _same_machine(ledger) and unchanged(ledger, self._place)


def _found(answers: Answers, question: Question, stands: Callable[[Json], bool] = lambda _: True) -> Remembered | None:
    """The stored report, if there is one that ``stands``. One that cannot be read is named in a warning."""
    found = answers.find(question)
    try:
        if found is None or not stands(found):
            return None
        return remembered(found)
    except (ValueError, KeyError, TypeError) as problem:
        answers.refuse(question, str(problem))
        return None


def remembered(found: Json) -> Remembered:
    """The report in an answer. Raises ValueError, KeyError or TypeError where it holds none."""
    from tp.report.archive import read
    from tp.store.runs import run_of

    run = run_of(found["run"]) if "run" in found else None
    return Remembered(read(found["document"]), ExitCode(found["exit_code"]), str(found["next_budget"]), run)


def _same_machine(ledger: Ledger) -> bool:
    """Whether this machine is of the kind that drew, and still lacks the memory that was missing."""
    from tp.interpret.arrays.backend import platform
    from tp.machine import free_memory

    if ledger.refused is not None and free_memory() >= ledger.refused:
        return False
    return all(platform("numpy" if name.startswith("numpy ") else "xla") == name for name in ledger.platforms)


def _content(data: Data | None) -> Json:
    """What ``data`` are: how they are read, and a hash of the file, which is empty where it cannot be read."""
    from hashlib import sha256

    if data is None:
        return None
    try:
        content = sha256(data.path.read_bytes()).hexdigest()
    except OSError:
        content = ""
    return [data.source, data.header, data.target, content]


def asked(program: Program, about: str, settings: Mapping[str, Any]) -> Question:
    """The question ``about`` the program: its graph with all names and places, inputs, claims, and ``settings``.

    Inputs that nothing depends on count: random numbers are drawn for them, too.
    """
    from tp.graph.spelling import write_axes
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
        "inputs": [[name, write_axes(axes)] for name, axes in program.inputs.items()],
        "one-hot": [[name, axis] for name, axis in program.one_hot.items()],
        "claims": claims,
        "optimizers": [[o.name, [[k, repr(v)] for k, v in o.settings], list(o.weights)] for o in program.optimizers],
        **settings,
    }
    return Question(digest(print_computation(program.graph)), about, details)
