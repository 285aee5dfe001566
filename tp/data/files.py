"""Arrays from a user's .npz, .npy or .csv file; never anything pickled."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tp.data.sizes import require_size
from tp.diagnostics.diagnostic import TpError, error

Arrays = dict[str, npt.NDArray[Any]]


def read_arrays(path: Path) -> Arrays:
    """The arrays in ``path`` by name; a file with one array has the name of the file.

    Raises TpError TP601 for a file that is missing, unreadable, pickled, too large (found before it is read) or of
    another kind, and TP603 for a .csv file without samples.
    """
    reader = {".npz": _npz, ".npy": _npy, ".csv": _csv}.get(path.suffix.lower())
    try:
        if path.is_dir():
            raise error("TP601", f"{path} is a folder, not a file")
        if reader is None:
            raise error("TP601", f"cannot read {path}: not .npz, .npy or .csv", hint="or use --data digits")
        if not path.exists():
            raise error("TP601", f"no such file: {path}")
        if not path.is_file():
            raise error("TP601", f"cannot read {path}: not a plain file")
        require_size(path)
        return reader(path)
    except TpError:
        raise
    except Exception as problem:  # damaged archives and headers raise a dozen kinds of errors
        hint = "save plain arrays of numbers, without pickled objects" if "pickle" in str(problem).lower() else None
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise error("TP601", f"cannot read {path}: {reason}", hint=hint) from problem


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


def _csv(path: Path) -> Arrays:
    """Rows of comma-separated numbers, with or without a line of column names."""
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    if not first.strip():
        raise error("TP601", f"cannot read {path}: its first line is empty")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are no data is said below
        rows = np.loadtxt(path, delimiter=",", skiprows=0 if _numbers(first) else 1, ndmin=2, encoding="utf-8")
    if rows.size == 0:
        raise error("TP603", f"{path} has no samples")
    return {path.stem: rows}


def _numbers(line: str) -> bool:
    try:
        return bool([float(cell) for cell in line.split(",")])
    except ValueError:
        return False
