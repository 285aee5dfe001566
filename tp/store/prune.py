"""Removing results: by age, program, versions, or because they are damaged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tp.diagnostics.diagnostic import error
from tp.store.answers import Unusable
from tp.store.answers import read as read_answer
from tp.store.cell import Unreadable
from tp.store.libraries import libraries
from tp.store.listing import Entry, Filters, answers, entries, programs, read
from tp.store.loaded import package_hash
from tp.store.names import PROGRAM, TEMPORARY
from tp.store.versions import EXPERIMENTS, versions

ABANDONED = 3600.0
"""Seconds after which the writer of a temporary file is taken to have been killed."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to remove: the cells and answers that pass the ``filters`` and all conditions that are set.

    ``older`` in seconds; ``outdated`` are results that other versions of tp, JAX or NumPy made.
    """

    filters: Filters
    older: float | None = None
    damaged: bool = False
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """The number of files that were removed, and their size."""

    files: int
    size: int
    """Bytes."""


def prune(folder: Path, selection: Selection, *, dry: bool = False, now: float | None = None) -> Removed:
    """Remove what is selected, and temporary files of killed writers; ``dry`` only counts. Raises TpError TP715."""
    now = time.time() if now is None else now
    files = size = 0
    for path in [*_selected(folder, selection, now), *_abandoned(folder, now)]:
        try:
            bytes_ = path.stat(follow_symlinks=False).st_size
            if path.is_dir() and not path.is_symlink():  # never ours, and who knows what is in it
                continue
            if not dry:
                path.unlink()
        except FileNotFoundError:  # another process removed it
            continue
        except OSError as problem:
            raise error("TP715", f"cannot remove {path}: {problem.strerror or problem}") from problem
        files, size = files + 1, size + bytes_
    if not dry:
        _remove_empty(folder)
    return Removed(files, size)


def _selected(folder: Path, selection: Selection, now: float) -> Iterator[Path]:
    outdated: dict[str, bool] = {}
    for entry in entries(folder, selection.filters):
        if selection.older is not None and not _older(entry.path, now - selection.older):
            continue
        if selection.damaged and not _damaged(entry):
            continue
        if selection.outdated:
            series = entry.name.series
            if series not in outdated:
                outdated[series] = _outdated(entry)
            if not outdated[series]:
                continue
        yield entry.path
    for answer in answers(folder, selection.filters):
        versions_ = _versions(answer.path) if selection.damaged or selection.outdated else None
        if selection.older is not None and not _older(answer.path, now - selection.older):
            continue
        if selection.damaged and versions_ is not None:
            continue
        if selection.outdated and versions_ in (None, (package_hash(), libraries())):
            continue
        yield answer.path


def _versions(path: Path) -> tuple[str, str] | None:
    """The hashes of the code and of the libraries that gave an answer; None for a damaged file."""
    try:
        question, _ = read_answer(path)
        return str(question["code"]), str(question["libraries"])
    except (OSError, Unusable, KeyError, TypeError):
        return None


def _older(path: Path, time_: float) -> bool:
    try:
        return path.stat().st_mtime < time_
    except OSError:
        return False


def _damaged(entry: Entry) -> bool:
    try:
        read(entry)
    except Unreadable:
        return True
    return False


def _outdated(entry: Entry) -> bool:
    """Whether other versions made the cell; False for a damaged file."""
    try:
        return read(entry).key.series.versions not in [versions(code) for code in EXPERIMENTS]
    except Unreadable:
        return False


def _abandoned(folder: Path, now: float) -> Iterator[Path]:
    for program in programs(folder):
        for path in (folder / program).glob(f"{TEMPORARY}*"):
            with suppress(OSError):
                if path.stat(follow_symlinks=False).st_mtime < now - ABANDONED:
                    yield path


def _remove_empty(folder: Path) -> None:
    """Remove folders of programs that hold no results. A writer that needs one again reports that it is gone."""
    for program in programs(folder):
        place = folder / program
        with suppress(OSError):
            if all(path.name == PROGRAM for path in place.iterdir()):
                (place / PROGRAM).unlink(missing_ok=True)
                place.rmdir()
