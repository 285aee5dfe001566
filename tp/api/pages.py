"""Results as pages: one HTML file that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tp.api.model import Model
    from tp.printable import Printable
    from tp.report.page.part import Part


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
        chosen = [] if self.optimizer is None else ["--optimizer", self.optimizer]
        given = (word for name, value in self.settings.items() for word in ("--set", f"{name}={value}"))
        return [file, *given, *chosen]


def page(results: Sequence[Printable], models: Sequence[Model], asked: Asked | None = None) -> str:
    """The page of ``results`` of one method, each of the model beside it. It is one offline HTML file without scripts.

    It has verdicts, the program with the order of each value, its graph, and how to repeat what was done.

    Args:
        results: of ``orders``, ``verify``, ``linearize``, ``train``, ``transfer``, ``correlations`` or ``blame``.
        models: the models that they are about, as many.
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


def _part(result: Any, model: Model, asked: Asked, single: bool) -> Part:
    from tp.report.contents import document
    from tp.report.page.about import about
    from tp.report.page.part import Origin, Part
    from tp.report.page.split import failing, quantities

    found = document(result)
    named = asked.words(model.program.file)
    described = about(
        model.program, named, quantities(found), failing(found), certified=single and bool(quantities(found))
    )
    return Part(found, int(result.exit_code), Origin(asked.command, now(), versions()), described)


def now() -> str:
    """The date and the time of day, UTC."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """The versions of tp, with a hash of its code, of Python and of libraries that compute. Nothing is imported."""
    import sys
    from importlib.metadata import PackageNotFoundError, version

    from tp import __version__
    from tp.store.loaded import package_hash

    found = {"tp": f"{__version__} (code {package_hash()[:12]})", "Python": ".".join(map(str, sys.version_info[:3]))}
    for name, package in (("NumPy", "numpy"), ("JAX", "jax"), ("SciPy", "scipy")):
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
