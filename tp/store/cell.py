"""One cell as bytes: a line of JSON, numbers in float64 little-endian, and a SHA-256 of everything before it.

    TPCELL1\\n  {"count":64,"first":7,"n":128,...}\\n  <quantity by quantity, count numbers each>  <32 bytes>

Unlike a pickle, it contains nothing that could be executed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tp.ndarray import NDArray
from tp.store.key import Key, dumped, key_from_json, unsealed

MAGIC = b"TPCELL1\n"
_MOST = 1 << 30
"""The most bytes of a cell. Larger files are refused."""


class Unreadable(Exception):
    """The bytes are not those of a cell; the message says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The values of all quantities of one call."""

    key: Key
    values: Mapping[str, NDArray[np.float64]]


def encode(cell: Cell) -> bytes:
    """``cell`` as bytes. Raises ValueError where the values are not one for each draw and quantity."""
    key = cell.key
    rows = [np.asarray(cell.values[name], dtype="<f8") for name in key.series.quantities]
    if any(row.shape != (key.count,) for row in rows):
        raise ValueError(f"expected {key.count} values of each quantity, not {[row.shape for row in rows]}")
    header = dumped(key.as_json()).encode()
    content = MAGIC + header + b"\n" + b"".join(row.tobytes() for row in rows)
    return content + hashlib.sha256(content).digest()


def decode(data: bytes) -> Cell:
    """The inverse of :func:`encode`. Raises Unreadable."""
    if not data.startswith(MAGIC):
        raise Unreadable("it does not begin with the mark of a cell")
    if len(data) > _MOST:
        raise Unreadable(f"it has more than {_MOST} bytes, the most of a cell")
    content = unsealed(data)
    if content is None:
        raise Unreadable("its checksum is wrong: it was cut short or altered")
    header, _, payload = content[len(MAGIC) :].partition(b"\n")
    try:
        key = key_from_json(json.loads(header))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as problem:
        raise Unreadable(f"its header cannot be read: {problem!r}") from problem
    names = key.series.quantities
    if len(payload) != 8 * key.count * len(names):
        raise Unreadable("it does not have one value for each draw and quantity")
    table = np.frombuffer(payload, dtype="<f8").astype(np.float64).reshape(len(names), key.count)
    return Cell(key, dict(zip(names, table, strict=True)))
