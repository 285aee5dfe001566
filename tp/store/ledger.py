"""What a report of a measurement rests on: cells and their contents, what drew them, and memory that was missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tp.store.key import DIGEST, unsealed
from tp.store.names import Name, is_program, read_name


@dataclass(slots=True)
class Ledger:
    """What one measurement read from a store and wrote to it.

    ``cells`` has the SHA-256 of each cell that was read or written, by its name, and ``platforms`` what drew them.
    They answer ``calls`` of the sampler. ``refused`` is the smallest need, in bytes, of the
    widths that were left out for want of memory; None if none was left out.
    """

    cells: dict[Name, str] = field(default_factory=dict[Name, str])
    platforms: set[str] = field(default_factory=set[str])
    calls: int = 0
    refused: int | None = None

    def enter(self, name: Name, content: bytes) -> None:
        """The cell called ``name`` has this ``content``, which ends with its SHA-256."""
        self.cells[name] = content[-DIGEST:].hex()

    def answered(self, platform: str) -> None:
        """A call was answered with draws of ``platform``."""
        self.calls += 1
        self.platforms.add(platform)

    def refuse(self, needed: int) -> None:
        """A width that needs this many bytes is left out."""
        self.refused = needed if self.refused is None else min(self.refused, needed)

    def as_json(self) -> dict[str, Any]:
        """All but the number of calls, as values that JSON can hold."""
        cells = {f"{name.program}/{name.file}": digest for name, digest in sorted(self.cells.items())}
        return {"cells": cells, "platforms": sorted(self.platforms), "refused": self.refused}


def from_json(found: Mapping[str, Any]) -> Ledger:
    """The inverse of :meth:`Ledger.as_json`. Raises KeyError, TypeError or ValueError for other JSON."""
    cells = {_name(path): str(digest) for path, digest in dict(found["cells"]).items()}
    refused = found["refused"]
    if refused is not None and not isinstance(refused, int):
        raise ValueError(f"{refused!r} is no number of bytes")
    return Ledger(cells, set(map(str, found["platforms"])), 0, refused)


def _name(path: str) -> Name:
    program, _, file = path.partition("/")
    name = read_name(program, file) if is_program(program) else None
    if name is None:
        raise ValueError(f"{path!r} is no name of a cell")
    return name


def unchanged(ledger: Ledger, folder: Path) -> bool:
    """Whether all cells of ``ledger`` are in ``folder`` with the content that they had."""
    return all(_content(name.path(folder)) == digest for name, digest in ledger.cells.items())


def _content(path: Path) -> str:
    """The SHA-256 that a cell states, if it has it; else nothing."""
    try:
        data = path.read_bytes()
    except OSError:
        return ""
    return "" if unsealed(data) is None else data[-DIGEST:].hex()
