"""Options that several commands share, and how their words are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tp.cli.failures import OF_CHECKS, remark
from tp.cli.option import Given, Option, Reach, argument, repeated, value
from tp.diagnostics.diagnostic import TpError, error
from tp.written import choices, one_of

if TYPE_CHECKING:
    from tp.api.model import Model


def writable(file: str) -> str:
    """The name of a file that will be written at the end. Raises TpError TP508 where that is not possible."""
    from os import W_OK, access, path

    folder = path.dirname(file) or "."
    problem = (
        "Is a directory" if path.isdir(file)
        else "No such folder" if not path.isdir(folder)
        else "Permission denied" if not access(file if path.exists(file) else folder, W_OK)
        else ""
    )  # fmt: skip
    if problem:
        raise error("TP508", f"cannot write {file}: {problem}")
    return file


def page(file: str) -> str:
    """The name of a page that will be written at the end. Raises TpError TP508, and TP520 for another ending."""
    if not file.lower().endswith((".html", ".htm")):
        raise error("TP520", f"a page is a file that ends with .html, not {file}", hint="write --html report.html")
    return writable(file)


FILE = argument("FILE", "A program (.tp).")
SET = repeated("--set", "Set a hyperparameter or a finite axis; repeatable.", metavar="NAME=VALUE")
MAPS = value(
    "--maps", str, "A Python file with the functions of the maps that programs declare. It is run.", metavar="FILE.py"
).within(Reach.NOWHERE)
QUANTITIES = value("--quantities", str, "For example F,kernel,C[0,2],C[1,1],hessian.", metavar="NAMES")
OUTPUT = value("--output", writable, "Write to this file, not to standard output.", metavar="FILE", short="-o").within(
    Reach.NOWHERE
)
FIGURE = value(
    "--figure", writable, "Draw the charts of the report to a .svg, .png or .pdf file.", metavar="FILE"
).within(Reach.NOWHERE)
HTML = value(
    "--html", page, "Also write the result as a page of HTML, in one file that loads nothing.", metavar="FILE.html"
).within(Reach.NOWHERE)


def form_of(words: Sequence[str], help: str = "How results are printed.") -> Option[str]:
    """The option --format with the formats ``words``, the first of which is the default."""
    read = one_of(words)
    found = Option(("--format",), words[0], help, lambda _, word: read(word), choices(words))
    return found.within(Reach.OWN)


FORMAT = form_of(("text", "json"))
ANY_FORMAT = form_of(("text", "json", *OF_CHECKS), "How results are printed. Services that run tests read the others.")
"""The option --format of commands whose results are verdicts."""

UNUSED = ("TP801", "TP814")
"""The codes of warnings about names and comments that nothing uses, which ``check`` and ``lint`` alone show."""
_NAMES = re.compile(r",(?![^\[]*\])")


def settings(words: Sequence[str]) -> dict[str, str]:
    """The name=value pairs of --set. Raises TpError TP506."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, text = (part.strip() for part in word.partition("="))
        if not (name and equals and text):
            raise error("TP506", f"cannot read --set {word}", hint="write --set depth=5")
        if name in found:
            raise error("TP506", f"{name} is set twice")
        found[name] = text
    return found


def quantities(text: str | None) -> list[str] | None:
    """Names separated by commas; commas inside brackets do not separate. Raises TpError TP505 for an empty list."""
    if text is None:
        return None
    names = [name.strip() for name in _NAMES.split(text) if name.strip()]
    if not names:
        raise error("TP505", "--quantities names nothing", hint="for example --quantities F,kernel,C[0,2]")
    return names


def unchanged(model: Model) -> Model:
    """``model`` as it is."""
    return model


def model_of(given: Given, change: Callable[[Model], Model] = unchanged) -> Model:
    """The program that a command is about, after its ``change``; warnings about it go to stderr. Raises TpError."""
    from tp.api import loading

    (file,) = given[FILE]
    require(file)
    found = change(loading.load_with(file, settings(given[SET]), given.named(MAPS.key, None)))
    remark_warnings([found])
    return found


def remark_warnings(models: Sequence[Model]) -> None:
    """Print the warnings about ``models`` on stderr, but not those about what is not used."""
    warned = [w for model in models for w in model.program.warnings if w.code not in UNUSED]
    if warned:
        remark(warned, {model.program.file: model.program.source for model in models})


def together(problems: Sequence[TpError]) -> TpError:
    """One error with the diagnostics of all ``problems``."""
    sources = {file: text for problem in problems for file, text in problem.sources.items()}
    return TpError([d for problem in problems for d in problem.diagnostics], sources)


def require(file: str) -> None:
    """Raises TpError TP507 where there is no such file."""
    from os import path

    if path.isdir(file):
        raise error("TP507", f"{file} is a folder, not a program")
    if not path.exists(file):
        raise error("TP507", f"no such file: {file}")


def show(results: Sequence[Any], given: Given) -> None:
    """Print or write ``results`` in the format that is asked for."""
    from tp.api.rendering import render

    emit(render(results, given[FORMAT]), given[OUTPUT])


def emit(text: str, output: str | None) -> None:
    """Print ``text``, or write it to the file ``output``. Raises TpError TP508 where that is not possible."""
    if output is None:
        print(text)
        return
    try:
        with open(output, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text + "\n")
    except OSError as problem:
        raise error("TP508", f"cannot write {output}: {problem.strerror or problem}") from problem
