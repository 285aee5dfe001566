"""Stored results as one table for other programs: a row for each draw, a column for each quantity."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.store.cell import Unreadable
from tp.store.listing import Entry, read
from tp.store.store import Damaged

LABELS = ("program", "program_hash", "inputs_hash", "n", "draw", "engine", "dtype", "tp", "jax", "platform")
"""Columns before the quantities; ``draw`` is the number that the weights were drawn from."""


@dataclass(slots=True)
class Table:
    """``rows`` have the labels, then a value by quantity; ``damaged`` files are left out."""

    rows: list[tuple[tuple[Any, ...], dict[str, float]]] = field(default_factory=list)
    damaged: list[Damaged] = field(default_factory=list)

    @property
    def quantities(self) -> list[str]:
        return list(dict.fromkeys(name for _, values in self.rows for name in values))


def table(found: Iterable[Entry]) -> Table:
    """Everything in the files ``found``. A draw that is in several files has one row."""
    out = Table()
    seen: set[tuple[str, int, int]] = set()
    for entry in sorted(found, key=lambda e: (e.called, e.name)):
        try:
            cell = read(entry)
        except Unreadable as problem:
            out.damaged.append(Damaged(entry.path, str(problem)))
            continue
        key, series = cell.key, cell.key.series
        made = series.versions
        for i, draw in enumerate(range(key.first, key.first + key.count)):
            if (entry.name.series, key.n, draw) in seen:
                continue
            seen.add((entry.name.series, key.n, draw))
            labels = (entry.called, series.program, series.inputs, key.n, draw, series.engine, series.dtype)
            versions = (made.get("tp", ""), made.get("jax", ""), series.platform)
            out.rows.append(((*labels, *versions), {name: float(row[i]) for name, row in cell.values.items()}))
    return out


ENDINGS = (".csv", ".nc")


def require_ending(path: Path) -> None:
    """Raises TpError TP714 where ``path`` has the ending of no format."""
    if path.suffix not in ENDINGS:
        raise error("TP714", f"cannot export to {path}", hint="the name must end with .csv or .nc")


def export(found: Table, path: Path) -> None:
    """Write ``found`` to ``path``, as .csv or .nc (NetCDF 4). Raises TpError TP508, TP714."""
    require_ending(path)
    write = _csv if path.suffix == ENDINGS[0] else _netcdf
    try:
        write(found, path)
    except OSError as problem:
        raise error("TP508", f"cannot write {path}: {problem.strerror or problem}") from problem


def _csv(found: Table, path: Path) -> None:
    """Numbers have enough digits to be read back exactly."""
    names = found.quantities
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as stream:
        writer = csv.writer(stream)
        writer.writerow([*LABELS, *names])
        writer.writerows([*labels, *(values.get(name, "") for name in names)] for labels, values in found.rows)


def _written(name: str) -> str:
    """``name`` with escapes in place of what UTF-8 does not have: half of a pair of surrogates."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _netcdf(found: Table, path: Path) -> None:
    try:
        import h5netcdf  # pyright: ignore[reportUnusedImport]  # noqa: F401 - xarray looks for it late
        import xarray
    except ImportError as missing:
        hint = 'pip install "tp[netcdf]", or export to a .csv file'
        raise error("TP714", f"NetCDF needs the package {missing.name}", hint=hint) from missing
    columns = {
        label: (
            "row",
            np.asarray([labels[i] for labels, _ in found.rows], int)
            if label in ("n", "draw")
            else np.asarray([_written(labels[i]) for labels, _ in found.rows], str),
        )
        for i, label in enumerate(LABELS)
    }
    data = {
        _written(name): ("row", np.asarray([values.get(name, np.nan) for _, values in found.rows], np.float64))
        for name in found.quantities
    }
    dataset: Any = xarray.Dataset(data, columns, {"title": "values of correlations, one row for each draw"})
    dataset.to_netcdf(path, engine="h5netcdf")
