"""Where samples come from: the digits or a file, and how a file is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Data:
    """A source of inputs and targets. A plain text stands for ``Data(text)``.

    Fields:
        source: ``"digits"``, or the path of a ``.npz``, ``.npy``, ``.csv``, ``.tsv`` or ``.txt`` file.
        header: whether the first row of a table holds names of columns. None: it is recognised.
        target: the name of the array (``.npz``) or column (a table) that holds targets; a column also by its number
            from 1. None: the array ``targets``; a table has none.
    """

    source: str
    header: bool | None = None
    target: str | None = None

    def __str__(self) -> str:
        return self.source

    @property
    def path(self) -> Path:
        """The file; of no use for the digits."""
        return Path(self.source)


def as_data(data: str | Data | None) -> Data | None:
    """``data`` as a :class:`Data`."""
    return Data(data) if isinstance(data, str) else data
