"""tp check: is the program well formed and well typed, and is anything in it probably not meant?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tp.cli.command import Command
from tp.cli.failures import complain, remark
from tp.cli.files import SOURCES, STANDARD_INPUT, listed, standard_input
from tp.cli.option import Given, flag
from tp.cli.options import FORMAT, OUTPUT, SET, emit, require, settings, together
from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp.api.model import Model

STRICT = flag("--strict", "Exit with 1 where there are warnings.")


def check(given: Given) -> ExitCode:
    """Print warnings, and which programs are fine; errors are raised, or printed with their number."""
    chosen = settings(given[SET])
    found: list[Model] = []
    lines: list[str] = []
    problems: list[TpError] = []
    for file, in_folder in listed(given[SOURCES], problems):
        try:
            model = _read(file, chosen)
        except TpError as problem:
            if in_folder and [d.message for d in problem.diagnostics] == ["this file holds no program"]:
                lines.append(f"{file}: no program; functions are checked where they are used")
            else:
                problems.append(problem)
            continue
        found.append(model)
        count = len(model.program.warnings)
        fine = f"has {count} warning{'s' if count > 1 else ''}" if count else "is fine"
        lines.append(f"{model.program.file}: {model.name} {fine}")
    warnings = [w for model in found for w in model.program.warnings]
    if problems:
        return _failed(given, problems, found, warnings)
    if given[FORMAT] == "json":
        emit(_json(found), given[OUTPUT])
    else:
        if warnings:
            remark(warnings, _texts(found))
        from tp.diagnostics.text import readable

        emit("\n".join(map(readable, [*lines, *_summary(found)])), given[OUTPUT])
    return ExitCode.FAILS if warnings and given[STRICT] else ExitCode.HOLDS


def _read(file: str, chosen: Mapping[str, str]) -> Model:
    from tp.api import loading

    if file == "-":
        return loading.parse_with(loading.decode_source(standard_input(), STANDARD_INPUT), STANDARD_INPUT, chosen)
    require(file)
    return loading.load_with(file, chosen)


def _failed(given: Given, problems: list[TpError], found: list[Model], warnings: list[Diagnostic]) -> ExitCode:
    """Prints every error and warning and, for several programs, how many there are."""
    from tp.diagnostics.text import counted

    whole = together(problems)
    diagnostics = [*whole.diagnostics, *warnings]
    texts = {**whole.sources, **_texts(found)}
    every = len(problems) + len(found)
    alone = every == len(diagnostics) == 1
    after = "" if alone else f"{counted(diagnostics)}; {len(found)} of {every} programs can run"
    return complain(diagnostics, given[FORMAT] == "json", texts, after)


def _texts(found: list[Model]) -> dict[str, str]:
    return {model.program.file: model.program.source for model in found}


def _summary(found: list[Model]) -> list[str]:
    """A last line for several programs."""
    if len(found) < 2:
        return []
    warned = sum(bool(model.program.warnings) for model in found)
    return [f"{len(found)} programs: {len(found) - warned} fine, {warned} with warnings"]


def _json(found: list[Model]) -> str:
    import json

    from tp.diagnostics.json import as_dict

    rows = [
        {"program": m.name, "file": m.program.file, "diagnostics": [as_dict(w) for w in m.program.warnings]}
        for m in found
    ]
    return json.dumps(rows[0] if len(rows) == 1 else rows, indent=2, ensure_ascii=False)


COMMAND = Command(
    "check", "Check programs for errors, without running them.", check, SOURCES, (SET, STRICT, FORMAT, OUTPUT)
)
