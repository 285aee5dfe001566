"""Coordinate checks: verdicts on a log of training runs of any framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tp.api.model import Model
    from tp.studies.coordinates.result import Coordinates


def coordinates(
    log: str | PathLike[str],
    model: Model | None = None,
    *,
    match: Mapping[str, str] | None = None,
    steps: Sequence[int] | None = None,
) -> Coordinates:
    """How the sizes in a log scale with the width, and whether that is as predicted.

    Args:
        log: a file of CSV, TSV or JSON lines with the columns ``name``, ``width`` and ``value``, and perhaps ``step``,
            ``seed``, ``kind`` (``value`` or ``change``) and ``predicted``. ``tp.recorder`` writes such files.
        model: the program that predicts. None: the column ``predicted`` does.
        match: by name in the log the name of a value of the program, where they differ.
        steps: the steps that are judged (default: all); -1 is the last one.

    Raises:
        TpError: TP911 for rows that cannot be read, TP912 for columns, names, steps or predictions that are missing or
            contradict each other, TP913 for a single width.
    """
    from pathlib import Path

    from tp.data.logs import read_log
    from tp.studies.coordinates.study import coordinates

    program = None if model is None else model.program
    return coordinates(read_log(Path(log)), program, match=match, steps=steps)
