"""The content of a store, from the names of its files alone: a hundred thousand are listed in a second."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tp.diagnostics.diagnostic import error
from tp.store.cell import Cell, Unreadable, decode
from tp.store.files import program_names
from tp.store.names import AnswerName, Name, is_program, name_of, read_answer, read_name


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cells to take; empty or None takes all. ``program`` is a name or the start of a hash."""

    program: str | None = None
    widths: Collection[int] = ()
    engine: str | None = None
    dtype: str | None = None

    def takes_folder(self, program: str, called: Collection[str]) -> bool:
        """Whether the program with the short hash ``program`` and the names ``called`` passes."""
        return self.program is None or self.program in called or program.startswith(self.program)

    @property
    def takes_answers(self) -> bool:
        """Whether answers pass: they have neither widths nor an engine nor a precision."""
        return not self.widths and self.engine is None and self.dtype is None

    def takes(self, name: Name) -> bool:
        """Whether width, engine and dtype of a cell pass."""
        return (
            (not self.widths or name.n in self.widths)
            and self.engine in (None, name.engine)
            and self.dtype in (None, name.dtype)
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the store in ``folder``; ``called`` is the program by its name."""

    name: Name
    called: str
    folder: Path

    @property
    def path(self) -> Path:
        return self.name.path(self.folder)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a command in ``folder``; ``called`` is the program by its name."""

    name: AnswerName
    called: str
    folder: Path

    @property
    def path(self) -> Path:
        return self.name.path(self.folder)


@dataclass(slots=True)
class Row:
    """All cells of one series (the same program, inputs, quantities, engine, dtype and versions); ``one`` is any."""

    one: Entry
    widths: dict[int, int] = field(default_factory=dict)
    """The number of draws by width; a draw that is in several files counts several times."""
    cells: int = 0

    @property
    def called(self) -> str:
        return self.one.called

    @property
    def name(self) -> Name:
        return self.one.name


def entries(folder: Path, filters: Filters = Filters()) -> Iterator[Entry]:
    """The cells in ``folder``; none where there is no folder. Raises TpError TP715 for one that cannot be read."""
    for program, called, file in _files(folder, filters):
        name = read_name(program, file)
        if name is not None and filters.takes(name):
            yield Entry(name, called, folder)


def answers(folder: Path, filters: Filters = Filters()) -> Iterator[Answer]:
    """The answers to commands in ``folder``. Raises TpError TP715 as :func:`entries`."""
    for program, called, file in _files(folder, filters) if filters.takes_answers else ():
        name = read_answer(program, file)
        if name is not None:
            yield Answer(name, called, folder)


def _files(folder: Path, filters: Filters) -> Iterator[tuple[str, str, str]]:
    """(hash of a program, its names, name of a file) for all files of the programs that pass."""
    for program in programs(folder):
        place = folder / program
        called = program_names(place)
        if filters.takes_folder(program, called):
            for file in _listed(place):
                yield program, ", ".join(called) or program, file


def programs(folder: Path) -> list[str]:
    """The folders of programs, by their short hashes. Raises TpError TP715."""
    return [name for name in _listed(folder) if is_program(name)]


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise error("TP715", f"cannot read the results in {folder}: {problem.strerror or problem}") from problem


def rows(folder: Path, filters: Filters = Filters()) -> list[Row]:
    """The cells in ``folder``, those of one series together; in the order of programs' names."""
    found: dict[tuple[str, str], Row] = {}
    for entry in entries(folder, filters):
        name = entry.name
        row = found.get((name.program, name.series))
        if row is None:
            row = found[name.program, name.series] = Row(entry)
        row.widths[name.n] = row.widths.get(name.n, 0) + name.draws
        row.cells += 1
    return sorted(found.values(), key=lambda row: (row.called, row.name.engine, row.name.dtype, row.name.series))


def read(entry: Entry) -> Cell:
    """The cell of ``entry``. Raises Unreadable, also where the cell does not have the key in the name."""
    try:
        cell = decode(entry.path.read_bytes())
    except OSError as problem:
        raise Unreadable(problem.strerror or str(problem)) from problem
    if name_of(cell.key) != entry.name:
        raise Unreadable("it holds another result than its name says")
    return cell
