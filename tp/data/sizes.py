"""The size of the arrays in a file, from its headers alone: a small file can hold huge arrays."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.machine import free_memory, gib

LIMIT = 2**30
"""The most bytes that data may take in memory, as float64, where twice as much memory is free."""
_CSV_GROWTH = 4
"""Bytes in memory per byte of a table: a number has at least 2 characters in the file and 8 bytes in memory."""
_FLOAT64 = 8


def require_size(path: Path) -> None:
    """Raises TpError TP601 where the .npz or .npy file or the table ``path`` holds more than :data:`LIMIT`.

    Raises OSError, ValueError and whatever :mod:`zipfile` does for damaged files.
    """
    limit = min(LIMIT, free_memory() // 2)
    need = {".npz": _npz, ".npy": _npy}.get(path.suffix.lower(), _csv)(path)
    if need > limit:
        message = f"{path} is too large: it would take {gib(need)} of memory, and data may take {gib(limit)}"
        raise error("TP601", message, hint="only the first few distinct samples are used; save those alone")


def _npz(path: Path) -> int:
    total = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                total += max(member.file_size, _array(file))
    return total


def _npy(path: Path) -> int:
    with path.open("rb") as file:
        return _array(file)


def _csv(path: Path) -> int:
    return _CSV_GROWTH * path.stat().st_size


def _array(file: IO[bytes]) -> int:
    """Bytes of the array whose header ``file`` starts with, as it is stored or as float64, whichever is more."""
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    version = np.lib.format.read_magic(file)
    if version not in readers:  # 3.0 is for records with names beyond Latin-1
        raise ValueError("not a plain array of numbers")
    shape, _, dtype = readers[version](file)
    if any(size < 0 for size in shape):
        raise ValueError(f"the shape {shape} is negative")
    return math.prod(shape) * max(dtype.itemsize, _FLOAT64)
