"""tp check: is the program well formed and well typed, and is anything in it probably not meant?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from tp.cli.command import Command
from tp.cli.failures import OF_CHECKS, Wanted, as_error, complain, remark
from tp.cli.files import SOURCES, holds_functions_alone, listed
from tp.cli.option import Given, flag
from tp.cli.options import ANY_FORMAT, OUTPUT, SET, emit, settings, show, together, unchanged
from tp.cli.programs import read_program
from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp.api.diagnosed import Diagnosed
    from tp.api.model import Model

STRICT = flag("--strict", "Exit with 1 where there are warnings.")


def check(given: Given) -> ExitCode:
    """Print what reading the programs warns of."""
    return examined(given, unchanged)


def examined(given: Given, look: Callable[[Model], Model]) -> ExitCode:
    """Print warnings, and which programs are fine; errors are printed with their number.

    ``look`` returns a program with the warnings that are asked for.
    """
    chosen = settings(given[SET])
    found: list[Model] = []
    lines: list[str] = []
    problems: dict[str, list[TpError]] = {}
    folders: list[TpError] = []
    for file, _ in listed(given[SOURCES], folders, given.exclude):
        try:
            model = look(read_program(file, chosen))
        except Exception as failure:
            problem = as_error(failure)
            if holds_functions_alone(problem):
                lines.append(f"{file}: no program; functions are checked where they are used")
            else:
                problems.setdefault(file, []).append(problem)
            continue
        found.append(model)
        count = len(model.program.warnings)
        fine = f"has {count} warning{'s' if count > 1 else ''}" if count else "is fine"
        lines.append(f"{model.program.file}: {model.name} {fine}")
    if folders:
        problems[""] = folders
    warnings = [w for model in found for w in model.program.warnings]
    form = given[ANY_FORMAT]
    if form in OF_CHECKS:
        return _checks(given, problems, found)
    if problems:
        return _failed(given, [problem for inner in problems.values() for problem in inner], found, warnings)
    if form == "json":
        show([_diagnosed(model) for model in found], given)
    else:
        if warnings:
            remark(warnings, _texts(found))
        from tp.diagnostics.text import readable

        emit("\n".join(map(readable, [*lines, *_summary(found)])), given[OUTPUT])
    return ExitCode.FAILS if warnings and given[STRICT] else ExitCode.HOLDS


def _failed(given: Given, problems: list[TpError], found: list[Model], warnings: list[Diagnostic]) -> ExitCode:
    """Prints every error and warning and, for several programs, how many there are."""
    from tp.diagnostics.text import counted

    whole = together(problems)
    diagnostics = [*whole.diagnostics, *warnings]
    texts = {**whole.sources, **_texts(found)}
    every = len(problems) + len(found)
    alone = every == len(diagnostics) == 1
    after = "" if alone else f"{counted(diagnostics)}; {len(found)} of {every} programs can run"
    return complain(diagnostics, Wanted(given[ANY_FORMAT]), texts, after)


def _texts(found: list[Model]) -> dict[str, str]:
    return {model.program.file: model.program.source for model in found}


def _summary(found: list[Model]) -> list[str]:
    """A last line for several programs."""
    if len(found) < 2:
        return []
    warned = sum(bool(model.program.warnings) for model in found)
    return [f"{len(found)} programs: {len(found) - warned} fine, {warned} with warnings"]


def _checks(given: Given, problems: Mapping[str, Sequence[TpError]], found: Sequence[Model]) -> ExitCode:
    """Prints all diagnostics in a format of services that run tests."""
    from tp.api.diagnosed import Diagnosed

    broken: list[Diagnosed] = []
    for file, inner in problems.items():
        whole = together(inner)
        broken.append(Diagnosed(whole.diagnostics, "", file, whole.sources))
    results = [*broken, *(_diagnosed(model, strict=given[STRICT]) for model in found)]
    show(results, given)
    return max((result.exit_code for result in results), default=ExitCode.HOLDS)


def _diagnosed(model: Model, *, strict: bool = False) -> Diagnosed:
    from tp.api.diagnosed import Diagnosed

    program = model.program
    return Diagnosed(program.warnings, model.name, program.file, {program.file: program.source}, strict)


COMMAND = Command(
    "check", "Check programs for errors, without running them.", check, SOURCES, (SET, STRICT, ANY_FORMAT, OUTPUT)
)
