"""The store: finds the draws of a call among the files, keeps new ones, and never stops a run.

A damaged file is reported in a warning, and its draws are made again. Where the disk is full or may not be written,
a warning says so once, and the run goes on without storing anything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.ndarray import NDArray
from tp.store.cell import Cell, Unreadable, decode, encode
from tp.store.cover import cover
from tp.store.files import prepare, write
from tp.store.key import Key, Series
from tp.store.ledger import Ledger
from tp.store.names import Name, name_of, read_name

Warn = Callable[[Diagnostic], None]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file that is damaged or does not have the key in its name, and why."""

    path: Path
    reason: str

    @property
    def diagnostic(self) -> Diagnostic:
        message = f"the stored result {self.path} is not used: {self.reason}"
        return Diagnostic("TP712", message, hint="its draws are made again", severity=Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Found:
    """Draws from the store: ``values`` [draws] by quantity, and the number of ``files`` that they come from."""

    values: Mapping[str, NDArray[np.float64]]
    files: int


@dataclass(slots=True)
class Store:
    """The cells in ``folder``. Several processes may read and write at once, but only one thread of each may write.

    ``reads`` False keeps new results without looking at old ones. Warnings go to ``warn``. What is read and written is
    entered into the ``ledger``.
    """

    folder: Path
    warn: Warn = lambda _: None
    reads: bool = True
    damaged: list[Damaged] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    _writes: bool = True
    _known: dict[str, dict[tuple[str, int], dict[tuple[int, int], Name]]] = field(default_factory=dict)
    _called: set[tuple[Path, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, series: Series, n: int, first: int, count: int) -> Found | None:
        """The draws number ``first`` to ``first + count - 1``, if undamaged files have all of them."""
        if not self.reads:
            return None
        with self._lock:
            segments = self._segments(Key(series, n, first, count))
            while True:
                chosen = cover(segments, first, first + count)
                if chosen is None:
                    return None
                cells = [(segment, self._sound(series, segments[segment])) for segment in chosen]
                for segment, cell in cells:
                    if cell is None:
                        del segments[segment]
                sound = [cell for _, cell in cells if cell is not None]
                if len(sound) == len(cells):
                    self.ledger.answered(series.platform)
                    return _joined(sound, first, first + count)

    def keep(self, key: Key, values: Mapping[str, NDArray[np.float64]], program: str) -> None:
        """Write the ``values`` [draws] of a call, by quantity; ``program`` is the name of the program."""
        if not self._writes:
            return
        name = name_of(key)
        path, content = name.path(self.folder), encode(Cell(key, values))
        try:
            self._prepare(path.parent, program)
            write(path, content)
        except OSError as problem:
            self._writes = False
            self._refused(problem)
        else:
            with self._lock:
                self._segments(key)[key.first, key.first + key.count] = name
                self.ledger.enter(name, content)
                self.ledger.answered(key.series.platform)

    def _refused(self, problem: OSError) -> None:
        reason = problem.strerror or str(problem)
        message = f"results cannot be kept in {self.folder}: {reason}; the run goes on in memory"
        hint = "make room, or choose another folder with --store DIR"
        self.warn(Diagnostic("TP711", message, hint=hint, severity=Severity.WARNING))

    def _segments(self, key: Key) -> dict[tuple[int, int], Name]:
        """The files of one series and width, by (first draw, draw after the last). A folder is read once."""
        program = name_of(key).program
        if program not in self._known:
            self._known[program] = {}
            for name in names_in(self.folder, program):
                place = self._known[program].setdefault((name.series, name.n), {})
                place[name.first, name.first + name.draws] = name
        return self._known[program].setdefault((key.series.short, key.n), {})

    def _sound(self, series: Series, name: Name) -> Cell | None:
        """The cell in the file ``name``; None where it is gone, or damaged, which is reported."""
        path = name.path(self.folder)
        try:
            content = path.read_bytes()
            cell = decode(content)
            if cell.key != Key(series, name.n, name.first, name.draws):
                raise Unreadable("it holds another result than its name says")
        except FileNotFoundError:
            return None
        except (OSError, Unreadable) as problem:
            found = Damaged(path, str(problem))
            self.damaged.append(found)
            self.warn(found.diagnostic)
            return None
        self.ledger.enter(name, content)
        return cell

    def _prepare(self, folder: Path, program: str) -> None:
        """Make the folder of a program, with the name ``program``. Raises OSError."""
        if (folder, program) not in self._called:
            prepare(folder, program)
            self._called.add((folder, program))


def names_in(folder: Path, program: str) -> list[Name]:
    """The names of the cells in the folder of a program; empty where there is no such folder."""
    try:
        with os.scandir(folder / program) as entries:
            return [name for entry in entries if (name := read_name(program, entry.name)) is not None]
    except OSError:
        return []


def _joined(cells: list[Cell], first: int, end: int) -> Found:
    """Draws from ``first`` up to ``end`` (excluded) of overlapping cells."""
    parts: list[dict[str, NDArray[np.float64]]] = []
    at = first
    for cell in cells:
        key = cell.key
        until = min(end, key.first + key.count)
        parts.append({name: row[at - key.first : until - key.first] for name, row in cell.values.items()})
        at = until
    names = cells[0].key.series.quantities
    return Found({name: np.concatenate([part[name] for part in parts]) for name in names}, len(cells))
