"""Options that several commands share, and how their words are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tp.diagnostics.diagnostic import TpError, error

if TYPE_CHECKING:
    from tp.api import Model


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Engine(StrEnum):
    AUTO = "auto"
    DENSE = "dense"
    CONDITIONED = "conditioned"


class Dtype(StrEnum):
    FLOAT32 = "float32"
    FLOAT64 = "float64"


File = Annotated[Path, typer.Argument(metavar="FILE", help="A program (.tp).")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Programs (.tp).")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a hyperparameter or a finite axis; repeatable."),
]
Widths = Annotated[
    str | None,
    typer.Option("--widths", help="64,128,256 or 64:1024 (factors of 2, at most 9 points) or 1e2:1e4:5 (5 points)."),
]
Seeds = Annotated[int | None, typer.Option("--seeds", help="Draws of the weights at each width.")]
DtypeOption = Annotated[Dtype | None, typer.Option("--dtype", help="Precision of the numbers.")]
EngineOption = Annotated[
    Engine, typer.Option("--engine", help="Draw weights as matrices (dense), or by their products alone (conditioned).")
]
Data = Annotated[
    str | None,
    typer.Option("--data", metavar="digits|PATH", help="Inputs: scikit-learn's digits, or .npz, .npy or .csv."),
]
EqualInputs = Annotated[bool, typer.Option("--equal-inputs", help="Use one input for all of x_0, x_1, ...")]
Quantities = Annotated[
    str | None, typer.Option("--quantities", metavar="NAMES", help="For example F,kernel,C[0,2],C[1,1],hessian.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How results are printed.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file, not to standard output.")]
StoreFolder = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="The folder of results, instead of the user's cache.")
]
NoStore = Annotated[bool, typer.Option("--no-store", help="Keep no results, and use no old ones.")]
Resume = Annotated[bool, typer.Option("--resume/--no-resume", help="Whether stored results are used.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=1024, help="Processes that draw.")]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Draw with the workers of a Dask scheduler.")
]
Progress = Annotated[bool, typer.Option("--progress", help="Show progress even where stderr is no terminal.")]

_NAMES = re.compile(r",(?![^\[]*\])")


def settings(words: Sequence[str] | None) -> dict[str, str]:
    """The name=value pairs of --set. Raises TpError TP506."""
    found: dict[str, str] = {}
    for word in words or ():
        name, equals, value = (part.strip() for part in word.partition("="))
        if not (name and equals and value):
            raise error("TP506", f"cannot read --set {word}", hint="write --set depth=5")
        if name in found:
            raise error("TP506", f"{name} is set twice")
        found[name] = value
    return found


def quantities(text: str | None) -> list[str] | None:
    """Names separated by commas; commas inside brackets do not separate. Raises TpError TP505 for an empty list."""
    if text is None:
        return None
    names = [name.strip() for name in _NAMES.split(text) if name.strip()]
    if not names:
        raise error("TP505", "--quantities names nothing", hint="for example --quantities F,kernel,C[0,2]")
    return names


def load(file: Path, words: Sequence[str] | None) -> Model:
    """The program in ``file`` with the settings of --set. Raises TpError."""
    return load_all([file], words)[0]


def load_all(files: Sequence[Path], words: Sequence[str] | None) -> list[Model]:
    """The programs in ``files``. Raises TpError with the diagnostics of all of them."""
    from tp.api import load as load_model

    chosen = settings(words)
    models: list[Model] = []
    problems: list[TpError] = []
    for file in files:
        try:
            require(file)
            models.append(load_model(file, **chosen))
        except TpError as problem:
            problems.append(problem)
    if problems:
        raise TpError([d for problem in problems for d in problem.diagnostics])
    return models


def require(file: Path) -> None:
    """Raises TpError TP507 where there is no such file."""
    if file.is_dir():
        raise error("TP507", f"{file} is a folder, not a program")
    if not file.exists():
        raise error("TP507", f"no such file: {file}")


def emit(text: str, output: Path | None) -> None:
    """Print ``text``, or write it to the file ``output``. Raises TpError TP508 where that is not possible."""
    if output is None:
        print(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise error("TP508", f"cannot write {output}: {problem.strerror or problem}") from problem
