"""Names of files and folders of a store, from which it is listed without opening a file.

results/<program>/program.json
results/<program>/128-7-64-dense-float64-<series>.cell     width, first draw, draws, engine, dtype
results/<program>/orders-<question>.json                   an answer to a command
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tp.store.key import SHORT, Key

PROGRAM = "program.json"
TEMPORARY = ".writing-"
_CELL = re.compile(rf"(\d{{1,12}})-(\d{{1,12}})-(\d{{1,12}})-([a-z]+)-(float\d\d)-([0-9a-f]{{{SHORT}}})\.cell")
_ANSWER = re.compile(rf"([a-z_]{{1,40}})-([0-9a-f]{{{SHORT}}})\.json")
_FOLDER = re.compile(rf"[0-9a-f]{{{SHORT}}}")


class Name(NamedTuple):
    """The parts of the name of a cell; ``program`` and ``series`` are short hashes."""

    program: str
    n: int
    first: int
    draws: int
    engine: str
    dtype: str
    series: str

    @property
    def file(self) -> str:
        return f"{self.n}-{self.first}-{self.draws}-{self.engine}-{self.dtype}-{self.series}.cell"

    def path(self, folder: Path) -> Path:
        return folder / self.program / self.file


def name_of(key: Key) -> Name:
    """The name of the file for ``key``."""
    series = key.series
    program = series.program[:SHORT]
    return Name(program, key.n, key.first, key.count, series.engine, series.dtype, series.short)


def read_name(program: str, file: str) -> Name | None:
    """The parts of the name ``file`` in the folder ``program``; None where it is not the name of a cell."""
    match = _CELL.fullmatch(file)
    if match is None:
        return None
    n, first, count, engine, dtype, series = match.groups()
    return Name(program, int(n), int(first), int(count), engine, dtype, series)


class AnswerName(NamedTuple):
    """The parts of the name of an answer: what it is ``about``, and short hashes of the program and the question."""

    program: str
    about: str
    question: str

    def path(self, folder: Path) -> Path:
        return folder / self.program / f"{self.about}-{self.question}.json"


def read_answer(program: str, file: str) -> AnswerName | None:
    """The parts of the name ``file`` in the folder ``program``; None where it is not the name of an answer."""
    match = _ANSWER.fullmatch(file)
    return None if match is None else AnswerName(program, *match.groups())


def is_program(folder: str) -> bool:
    """Whether ``folder`` has the name of a folder of a program."""
    return _FOLDER.fullmatch(folder) is not None
