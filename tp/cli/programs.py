"""The programs of a command that takes several: one that fails does not stop the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from tp.cli.failures import OF_CHECKS, as_error, remark
from tp.cli.files import SOURCES, holds_functions_alone, listed, standard_input
from tp.cli.option import Given
from tp.cli.options import FORMAT, MAPS, SET, remark_warnings, require, settings, show, together, unchanged
from tp.diagnostics.diagnostic import Diagnostic, TpError, error
from tp.diagnostics.span import STANDARD_INPUT
from tp.diagnostics.text import readable

if TYPE_CHECKING:
    from tp.api.diagnosed import Diagnosed
    from tp.api.model import Model

Case: TypeAlias = "Model | Diagnosed"
"""A program, or what is wrong with it."""


class Programs:
    """All programs that a command is about, each after its ``change``; of those that cannot run, what is wrong.

    Folders are searched, and files of functions in them are left out. Errors and warnings go to stderr where results
    are printed as text, except those about unused names. Where none can run, TpError is raised with what is wrong in
    all, unless services that run tests read the results: they have a place for each program.
    """

    def __init__(self, given: Given, change: Callable[[Model], Model] = unchanged) -> None:
        self._text = given[FORMAT] == "text"
        self._raises = given[FORMAT] not in OF_CHECKS
        self._said: set[Diagnostic] = set()
        chosen = settings(given[SET])
        functions: str | None = given.named(MAPS.key, None)
        problems: list[tuple[str, TpError]] = []
        folders: list[TpError] = []
        self.found: list[Case] = []
        for file, in_folder in listed(given[SOURCES], folders, given.exclude):
            try:
                self.found.append(change(read_program(file, chosen, functions)))
            except Exception as failure:
                problem = as_error(failure)
                if in_folder and holds_functions_alone(problem):
                    print(readable(f"{file}: no program; skipped"), file=sys.stderr)
                else:
                    problems.append((file, problem))
                    self.found.append(_diagnosed(problem, file=file))
        problems += [("", problem) for problem in folders]
        self.found += [_diagnosed(problem) for problem in folders]
        if not self.models and (self._raises or not self.found):
            raise together([problem for _, problem in problems] or [_nothing(given[SOURCES])])
        for _, problem in problems:
            self._say(problem.diagnostics, problem.sources)
        remark_warnings(self.models)

    @property
    def models(self) -> list[Model]:
        """The programs that can run, so far."""
        from tp.api.model import Model

        return [case for case in self.found if isinstance(case, Model)]

    def fails(self, model: Model, problem: TpError) -> Diagnosed:
        """The result of a program that fails in its turn. ``problem`` is raised where there is no other program."""
        if len(self.found) == 1 and self._raises:
            raise problem
        self._say(problem.diagnostics, problem.sources)
        return _diagnosed(problem, model.name, model.program.file)

    def _say(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str]) -> None:
        """Print what was not said yet: programs may all fail for one reason, such as an option."""
        new = [diagnostic for diagnostic in diagnostics if diagnostic not in self._said]
        self._said.update(new)
        if new and self._text:
            remark(new, sources)


def read_program(file: str, chosen: Mapping[str, str], functions: str | None = None) -> Model:
    """The program in ``file``, or on standard input where that is ``-``. Raises TpError."""
    from tp.api import loading

    if file == "-":
        text = loading.decode_source(standard_input(), STANDARD_INPUT)
        return loading.parse_with(text, STANDARD_INPUT, chosen, loading.functions_in(functions))
    require(file)
    return loading.load_with(file, chosen, functions)


def show_all(results: Sequence[Any], given: Given) -> None:
    """Print or write ``results``, one of each program, in the format that is asked for. Raises TpError TP508.

    What is wrong with a program is in JSON, and in the formats of services that run tests. These have programs that the
    command did not come to as well. Several programs have a summary as text.
    """
    from tp.api.diagnosed import Diagnosed, Summary, Unfinished

    if given[FORMAT] == "text":
        ran = [result for result in results if not isinstance(result, (Diagnosed, Unfinished))]
        show([*ran, *([Summary(results)] if len(results) > 1 else [])], given)
    elif given[FORMAT] == "json":
        show([result for result in results if not isinstance(result, Unfinished)], given)
    else:
        show(results, given)


def _diagnosed(problem: TpError, program: str = "", file: str = "") -> Diagnosed:
    from tp.api.diagnosed import Diagnosed

    return Diagnosed(problem.diagnostics, program, file, problem.sources)


def _nothing(words: Sequence[str]) -> TpError:
    message = f"no file in {', '.join(words)} holds a program"
    return error("TP507", message, hint="a program begins with the word program")
