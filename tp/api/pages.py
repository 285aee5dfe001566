"""Results as pages: one HTML file that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tp.api.model import Model
    from tp.printable import Printable
    from tp.program import Program
    from tp.report.document import Document
    from tp.report.page.about import About
    from tp.report.page.part import Part
    from tp.store.runs import Run


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asked: the ``command`` with all its words, and how programs are read again.

    ``settings`` are values by name, as text; ``optimizer`` is the text that replaces the optimiser of programs (None:
    it is theirs), and ``options`` are settings of optimisers by option.
    """

    command: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    optimizer: str | None = None
    options: Mapping[str, str | bool] = field(default_factory=dict[str, "str | bool"])

    def words(self, file: str) -> list[str]:
        """What other commands need to read the program in ``file`` in the same way."""
        from tp.diagnostics.span import STANDARD_INPUT

        chosen = [] if self.optimizer is None else ["--optimizer", self.optimizer]
        given = (word for name, value in self.settings.items() for word in ("--set", f"{name}={value}"))
        return ["-" if file == STANDARD_INPUT else file, *given, *chosen]

    def model(self, texts: Mapping[str, str], file: str) -> Model:
        """The program in ``file``, of these ``texts``, as it was asked about. Raises TpError."""
        from tp.api.loading import reread

        found = reread(texts, file, self.settings)
        same = self.optimizer is None and not self.options
        return found if same else found.with_optimizer(self.optimizer, self.options)

    def run(self, program: Program) -> Run:
        """What is kept beside a report on ``program`` that was made now."""
        from tp.store.runs import Run

        return Run(
            tuple(self.command), now(), versions(), program.file, program.texts, dict(self.settings), self.optimizer,
            dict(self.options),
        )  # fmt: skip


def page(results: Sequence[Printable], models: Sequence[Model | None], asked: Asked | None = None) -> str:
    """The page of ``results`` of one method, each of the model beside it. It is one offline HTML file without scripts.

    It has verdicts, the program with the order of each value, its graph, and how to repeat what was done.

    Args:
        results: of ``orders``, ``verify``, ``linearize``, ``train``, ``transfer``, ``correlations`` or ``blame``.
        models: the models that they are about, as many; None leaves the program out.
        asked: what was asked for on a command line.

    Raises:
        ValueError: without any result, or where their numbers differ.
    """
    from tp.report.page.whole import render

    known = asked or Asked()
    single = len(results) == 1
    parts = [_part(result, model, known, single) for result, model in zip(results, models, strict=True)]
    return render(parts, known.command[1] if len(known.command) > 1 else results[0].study)


def save_page(text: str, file: str) -> None:
    """Write a page atomically. Raises TpError TP508 where that is not possible."""
    from tp.diagnostics.diagnostic import error
    from tp.store.files import write

    try:
        write(Path(file), text.encode("utf-8"), 0o666)
    except OSError as problem:
        raise error("TP508", f"cannot write {file}: {problem.strerror or problem}") from problem


def _part(result: Any, model: Model | None, asked: Asked, single: bool) -> Part:
    from tp.report.contents import document
    from tp.report.page.part import Origin, Part

    found = document(result)
    described = None if model is None else describe(found, model, asked, certified=single)
    run: Run | None = getattr(result, "run", None)
    if run is None:
        return Part(found, int(result.exit_code), Origin(asked.command, now(), versions()), described)
    origin = Origin(asked.command, run.made, run.versions)
    return Part(found, int(result.exit_code), origin, described, (RECALLED,))


RECALLED = "The report was stored: nothing was measured again for this page."


def describe(found: Document, model: Model, asked: Asked, *, certified: bool) -> About:
    """What a page says of ``model`` beside the report ``found``; with ``certified`` the derivations, too."""
    from tp.report.page.about import about
    from tp.report.page.split import failing, quantities

    names = quantities(found)
    words = asked.words(model.program.file)
    return about(model.program, words, names, failing(found), certified=certified and bool(names))


def now() -> str:
    """The date and the time of day, UTC."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """The versions of tp, with a hash of its code, of Python and of libraries that compute. Nothing is imported."""
    from tp import __version__
    from tp.store.libraries import releases
    from tp.store.loaded import package_hash

    return {"tp": f"{__version__} (code {package_hash()[:12]})", **releases()}
