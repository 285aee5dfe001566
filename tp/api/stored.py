"""The results that earlier measurements stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tp.printable import Printable

if TYPE_CHECKING:
    from tp.store.export import Table
    from tp.store.listing import Answer, Row
    from tp.store.prune import Removed

DAY = 86400.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Stored(Printable):
    """A selection of stored draws and answers.

    Fields:
        folder: the folder of a store. None: the one in the user's cache.
        program: the name of a program, or the start of its hash.
        widths, engine, dtype: only draws at these widths, of this engine, in this precision. Empty or None: all.
    """

    study = "results"

    folder: str | Path | None = None
    program: str | None = None
    widths: Collection[int] = ()
    engine: str | None = None
    dtype: str | None = None

    @property
    def place(self) -> Path:
        """The folder of the store."""
        from tp.store.files import folder_of

        return folder_of(self.folder)

    def rows(self) -> list[Row]:
        """The series of draws: one for each program, inputs, quantities, engine, dtype and versions.

        Raises:
            TpError: TP715 where the folder cannot be read.
        """
        from tp.store.listing import Filters, rows

        return rows(self.place, Filters(self.program, self.widths, self.engine, self.dtype))

    def answers(self) -> list[Answer]:
        """The answers to commands; none where widths, an engine or a precision are chosen.

        Raises:
            TpError: TP715 where the folder cannot be read.
        """
        from tp.store.listing import Filters, answers

        return list(answers(self.place, Filters(self.program, self.widths, self.engine, self.dtype)))

    def export(self, path: str | Path) -> Table:
        """Write every draw to a ``.csv`` or ``.nc`` (NetCDF) file, and return what was written.

        Raises:
            TpError: TP508 where the file cannot be written, TP714 for another ending or without a NetCDF library.
        """
        from tp.store.export import export, require_ending, table
        from tp.store.listing import Filters, entries

        require_ending(Path(path))
        found = table(entries(self.place, Filters(self.program, self.widths, self.engine, self.dtype)))
        export(found, Path(path))
        return found

    def prune(
        self,
        *,
        older: float | None = None,
        damaged: bool = False,
        outdated: bool = False,
        everything: bool = False,
        dry: bool = False,
    ) -> Removed:
        """Remove the files of this selection that fulfil all conditions given.

        Args:
            older: the least age in days.
            damaged: damaged files only.
            outdated: draws that other versions of tp, JAX or NumPy made.
            everything: needed where nothing else is selected.
            dry: count the files without removing them.

        Returns:
            The number of files and their size in bytes.

        Raises:
            TpError: TP713 where nothing is selected, TP715 where a file cannot be removed.
        """
        from tp.diagnostics.diagnostic import error
        from tp.store.listing import Filters
        from tp.store.prune import Selection, prune

        filters = Filters(self.program, self.widths, self.engine, self.dtype)
        if filters == Filters() and older is None and not (damaged or outdated or everything):
            raise error("TP713", "--prune needs to know what", hint="for example --older 30, --program mlp, or --all")
        age = None if older is None else older * DAY
        return prune(self.place, Selection(filters, age, damaged, outdated), dry=dry)
