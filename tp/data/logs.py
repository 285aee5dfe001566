"""Logs of training runs: sizes of named values by width, step and seed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from tp.data.log_rows import broken, log_rows, shortened
from tp.data.powers import Power, power
from tp.diagnostics.diagnostic import error

KINDS = ("value", "change")
"""A ``value``, or its ``change`` since step 0."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is judged as one: a name at a step, and whether it is the value or its change since step 0."""

    name: str
    kind: str
    step: int

    @property
    def place(self) -> tuple[int, int]:
        """Keys of one name are in this order."""
        return KINDS.index(self.kind), self.step


@dataclass(slots=True)
class Reading:
    """Sizes by width and seed, what the log ``predicted`` of them (None: nothing), and the line of that."""

    values: dict[int, dict[str, float]] = field(default_factory=dict)
    predicted: Power | None = None
    line: int = 0

    @property
    def diverged(self) -> dict[int, tuple[int, int]]:
        """By width the numbers of values that are not finite, and of all; widths without such values are missing."""
        counts = {n: sum(not math.isfinite(v) for v in seeds.values()) for n, seeds in self.values.items()}
        return {n: (count, len(self.values[n])) for n, count in sorted(counts.items()) if count}


@dataclass(frozen=True, slots=True)
class Log:
    """The readings of a file in the order of names, kinds and steps; ``repeated`` rows said the same again."""

    path: Path
    readings: dict[Key, Reading]
    repeated: int

    @property
    def widths(self) -> tuple[int, ...]:
        return tuple(sorted({n for reading in self.readings.values() for n in reading.values}))


def read_log(path: Path) -> Log:
    """The log in ``path``. Without a step, all rows are of step 0; without a seed, each row is of a seed of its own.

    A row that repeats an earlier one, as after a restart, counts once. Raises TpError TP911 for rows that cannot be
    read or contradict each other, TP912 for missing columns or predictions that differ, TP913 for a single width.
    """
    found: dict[Key, Reading] = {}
    order: dict[str, int] = {}
    repeated = 0
    for line, cells in log_rows(path):
        name = cells["name"]
        if not name:
            raise broken(path, line, "the name is empty")
        kind = cells.get("kind", "") or KINDS[0]
        if kind not in KINDS:
            raise broken(path, line, f"the kind is {shortened(kind)}", f"it is one of {', '.join(KINDS)}")
        step = _whole(path, line, "step", cells["step"], 0) if cells.get("step") else 0
        reading = found.setdefault(Key(name, kind, step), Reading())
        order.setdefault(name, len(order))
        width = _whole(path, line, "width", cells["width"], 1)
        value = _value(path, line, cells["value"])
        seeds = reading.values.setdefault(width, {})
        seed = cells.get("seed") or f"line {line}"
        before = seeds.get(seed)
        if before is None:
            seeds[seed] = value
        elif before == value or (math.isnan(before) and math.isnan(value)):
            repeated += 1
        else:
            what = f"a second value of {name} at width {width}, step {step}, seed {seed}: {value:g} after {before:g}"
            raise broken(path, line, what, "give each run a seed of its own, and each value a name of its own")
        _predict(path, line, name, reading, cells.get("predicted", ""))
    if not found:
        raise error("TP911", f"{path} has no rows", hint="a log has a row for each value that was recorded")
    log = Log(path, dict(sorted(found.items(), key=lambda item: (order[item[0].name], item[0].place))), repeated)
    if len(log.widths) < 2:
        message = f"{path} has the width {max(log.widths)} only"
        raise error("TP913", message, hint="record the same names at several widths, such as 64,128,256,512,1024")
    return log


def _predict(path: Path, line: int, name: str, reading: Reading, text: str) -> None:
    if not text:
        return
    try:
        said = power(text)
    except ValueError as problem:
        raise broken(path, line, f"the prediction {shortened(text)}: {problem}") from None
    if reading.predicted is not None and reading.predicted != said:
        raise error("TP912", f"{path}:{line}: another prediction for {name} than in line {reading.line}")
    reading.predicted, reading.line = said, reading.line or line


def _whole(path: Path, line: int, column: str, text: str, least: int) -> int:
    """A whole number, which may be written as 64.0."""
    try:
        found = Fraction(text) if len(text) <= 30 and "/" not in text and "e" not in text.lower() else None
    except ValueError:
        found = None
    if found is None or found.denominator != 1 or found < least:
        need = "a positive whole number" if least else "a whole number, 0 or more"
        raise broken(path, line, f"the {column} is {shortened(text)}, and has to be {need}")
    return int(found)


def _value(path: Path, line: int, text: str) -> float:
    if not text:
        raise broken(path, line, "a value is missing", "write nan where a run diverged, or leave the row out")
    try:
        return abs(float(text.replace("_", " ")))
    except ValueError:
        hint = "write a plain number, with a decimal point"
        raise broken(path, line, f"the value {shortened(text)} is not a number", hint) from None
