"""Arrays from a user's file: .npz, .npy, or a table; never anything pickled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tp.data.sizes import require_size
from tp.data.source import Data
from tp.data.tables import SUFFIXES, read_table
from tp.diagnostics.diagnostic import TpError, error
from tp.ndarray import NDArray

Arrays = dict[str, NDArray[Any]]
TARGETS = "targets"

_KINDS = f".npz, .npy, {', '.join(SUFFIXES)}"
_CONVERT = "save it from Python: np.savez('data.npz', x=array), or as a table; or use --data digits"
_BOTH = "np.savez('data.npz', x=..., y=...) saves several"


def read_arrays(data: Data) -> Arrays:
    """The arrays in a file by name; a file with one array has the name of the file. Targets are called "targets".

    Raises TpError TP601 for a file that is missing, unreadable, pickled, too large (found before it is read) or of
    another kind, TP603 for a table without samples, TP608 where the targets that ``data`` names are missing.
    """
    path = data.path
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            raise error("TP601", f"{path} is a folder, not a file", hint=f"name a file in it, which ends with {_KINDS}")
        if suffix not in (".npz", ".npy", *SUFFIXES):
            raise error("TP601", f"cannot read {path}: its name does not end with {_KINDS}", hint=_CONVERT)
        if not path.exists():
            raise error("TP601", f"no such file: {path}", hint="paths start in the working folder, or at /")
        if not path.is_file():
            raise error("TP601", f"cannot read {path}: not a plain file")
        require_size(path)
        if suffix in SUFFIXES:
            return _table(data)
        return _targets_named(data, _npz(path) if suffix == ".npz" else _npy(path))
    except TpError:
        raise
    except Exception as problem:  # damaged archives and headers raise a dozen kinds of errors
        hint = "save plain arrays of numbers, without pickled objects" if "pickle" in str(problem).lower() else None
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise error("TP601", f"cannot read {path}: {reason}", hint=hint) from problem


def _targets_named(data: Data, arrays: Arrays) -> Arrays:
    """``arrays`` with the targets of ``data`` under their own name."""
    if data.target is None:
        return arrays
    if data.target not in arrays:
        held = ", ".join(sorted(arrays)) or "none"
        raise error("TP608", f"{data} has no array called {data.target}", hint=f"arrays in the file: {held}; {_BOTH}")
    return {TARGETS if name == data.target else name: array for name, array in arrays.items()}


def _table(data: Data) -> Arrays:
    """The numbers of a table, and the column of targets: numbers, or words where it has any."""
    table = read_table(data.path, data.header)
    if data.target is None:
        return {data.path.stem: table.numbers()}
    column = table.column(data.target)
    cells = [row[column].strip() for row in table.rows]
    missing = next((i for i, cell in enumerate(cells) if not cell), None)
    if missing is not None:
        message = f"{data}, line {table.lines[missing]}: the target {data.target} is missing"
        raise error("TP601", message, hint="fill the cell, or leave the row out")
    values = [table.number(cell) for cell in cells]
    targets = np.asarray(cells if None in values else values)
    if table.width == 1:
        raise error("TP602", f"{data} has no columns but its targets")
    return {data.path.stem: table.without(column).numbers(), TARGETS: targets}


def _npz(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as archive:
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise error("TP601", f"cannot read {path}: not an .npz archive")
        return {name: archive[name] for name in archive.files}


def _npy(path: Path) -> Arrays:
    found: Any = np.load(path, allow_pickle=False)
    if not isinstance(found, np.ndarray):
        raise error("TP601", f"cannot read {path}: not a single array")
    return {path.stem: found}
