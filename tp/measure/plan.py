"""What to measure: widths, seeds, precision, and whether the machine has the memory for it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path

from tp.diagnostics.diagnostic import error
from tp.interpret.engine import ENGINES

WIDTHS = (64, 128, 256, 512, 1024)
MOST_SEEDS = 512
SECONDS = 90.0
LONG_SECONDS = 170.0
"""How long seeds are added where the widths span a factor of more than :data:`LONG`; the draws take longer there."""
LONG = 1000
DTYPES = ("float32", "float64")
_LARGEST = 10**9
_MOST_POINTS = 64
_USUAL_POINTS = 9


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep. ``seeds`` None means: add rounds of seeds until decided, at most ``most_seeds`` at the largest width.

    ``seconds`` bounds how long seeds are added (the first round is always finished); see :attr:`budget` for None.
    """

    widths: tuple[int, ...] = WIDTHS
    seeds: int | None = None
    dtype: str = "float64"
    most_seeds: int = MOST_SEEDS
    seconds: float | None = None
    key: int = 0
    engine: str = "auto"

    def __post_init__(self) -> None:
        """Raises TpError TP502 to TP504 for settings that make no sense."""
        if not self.widths:
            raise error("TP502", "no widths are given")
        for n in self.widths:
            require_width(n)
        if self.seeds is not None and not _counts(self.seeds):
            raise error("TP503", f"the number of seeds must be a whole number from 1 to {_LARGEST}, not {self.seeds}")
        if self.dtype not in DTYPES:
            raise error("TP504", f"unknown dtype {self.dtype}", hint=f"one of {', '.join(DTYPES)}")
        if self.engine not in ENGINES:
            raise error("TP504", f"unknown engine {self.engine}", hint=f"one of {', '.join(ENGINES)}")

    @property
    def budget(self) -> float:
        """Seconds after which no more seeds are added."""
        if self.seconds is not None:
            return self.seconds
        return LONG_SECONDS if self.widths[-1] > LONG * self.widths[0] else SECONDS


def require_width(n: object) -> None:
    """Raises TpError TP502 where ``n`` is not a width."""
    if not _counts(n):
        raise error("TP502", f"a width must be a whole number between 1 and {_LARGEST}, not {n}")


def _counts(value: object) -> bool:
    """Is ``value`` a whole number, of Python's or NumPy's, from 1 to the largest that is taken on?"""
    return not isinstance(value, bool) and isinstance(value, Integral) and 1 <= int(value) <= _LARGEST


def read_widths(widths: Sequence[int] | str | None) -> tuple[int, ...]:
    """``widths`` in increasing order without repetition: text as for :func:`parse_widths`, or numbers, or the default.

    Raises TpError TP502.
    """
    if widths is None:
        return WIDTHS
    if isinstance(widths, str):
        return parse_widths(widths)
    try:
        given = list(widths)
    except TypeError:
        hint = 'write [64, 128, 256], or text such as "64:1024"'
        raise error("TP502", f"widths must be a list of whole numbers or text, not {widths!r}", hint=hint) from None
    for n in given:
        require_width(n)
    return tuple(sorted({int(n) for n in given}))


def parse_widths(text: str) -> tuple[int, ...]:
    """Widths from ``64,128,256`` or ``lo:hi`` or ``lo:hi:points`` (evenly spaced in log n).

    Without ``points`` they are factors of 2 apart, or more where that would make more than 9 of them. Numbers may be
    written as 1e4. Returned in increasing order without repetition. Raises TpError TP502.
    """
    if ":" not in text:
        return tuple(sorted({_whole(word, text) for word in text.split(",")}))
    words = text.split(":")
    if len(words) > 3:
        raise _malformed(text)
    low, high = _whole(words[0], text), _whole(words[1], text)
    if low >= high:
        raise error("TP502", f"the widths {text} are empty: {low} is not below {high}")
    if len(words) == 3:
        points = _whole(words[2], text)
        if not 2 <= points <= _MOST_POINTS:
            raise error("TP502", f"a range of widths has 2 to {_MOST_POINTS} points, not {points}")
    else:
        points = min(max(2, round(math.log2(high / low)) + 1), _USUAL_POINTS)
    ratio = (high / low) ** (1 / (points - 1))
    return tuple(sorted({round(low * ratio**i) for i in range(points)}))


def _whole(word: str, text: str) -> int:
    try:
        value = float(word)
    except ValueError:
        raise _malformed(text) from None
    if not (1 <= value <= _LARGEST and value == int(value)):
        raise error("TP502", f"a width must be a whole number between 1 and {_LARGEST}, not {word.strip() or text!r}")
    return int(value)


def _malformed(text: str) -> Exception:
    hint = "write 64,128,256 or 64:1024 or 1e2:1e4:9"
    return error("TP502", f"cannot read the widths {text!r}", hint=hint)


def require_memory(need: Mapping[int, int], because: str = "") -> None:
    """Raises TpError TP501 where ``need[n]`` bytes for width n are more than the machine has left.

    ``because`` names the weights that cannot but be in memory, if there are any.
    """
    have = available_memory()
    for n in sorted(need):
        if have is not None and need[n] > have:
            message = f"width {n} needs {gib(need[n])} of memory, and this machine has {gib(have)} free"
            reason = f"; only normal weights need not be in memory, and {because}" if because else ""
            hint = f"use smaller --widths, fewer --quantities or --dtype float32{reason}"
            raise error("TP501", message, hint=hint)


def available_memory() -> int | None:
    """Bytes that may still be used: what the system or the control group has left; None where nobody says."""
    found = [bytes_ for bytes_ in (_meminfo(), _group_limit()) if bytes_ is not None]
    if found:
        return min(found)
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _meminfo() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None


def _group_limit() -> int | None:
    try:
        root = Path("/sys/fs/cgroup")
        limit = (root / "memory.max").read_text(encoding="ascii").strip()
        used = (root / "memory.current").read_text(encoding="ascii").strip()
        return None if limit == "max" else max(0, int(limit) - int(used))
    except (OSError, ValueError):
        return None


def gib(amount: int) -> str:
    return f"{amount / 2**30:.1f} GiB"
