"""Widths and times as a user writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from numbers import Integral

from tp.diagnostics.diagnostic import error

WIDTHS = (64, 128, 256, 512, 1024)
LARGEST = 10**9
"""The largest width, and the largest number of seeds."""
_MOST_POINTS = 64
_USUAL_POINTS = 9


def read_widths(widths: Sequence[int] | str | None) -> tuple[int, ...]:
    """Distinct increasing widths from text (:func:`parse_widths`), numbers or None (default). Raises TpError TP502."""
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


def parse_width(text: str) -> int:
    """A width such as ``4096`` or ``1e5``. Raises TpError TP502."""
    return _whole(text, text)


def _whole(word: str, text: str) -> int:
    try:
        value = float(word)
    except ValueError:
        raise _malformed(text) from None
    if not (1 <= value <= LARGEST and value == int(value)):
        raise error("TP502", f"a width must be a whole number between 1 and {LARGEST}, not {word.strip() or text!r}")
    return int(value)


def parse_budget(text: str) -> float:
    """Seconds from ``90``, ``90s``, ``5m``, ``1.5h`` or ``2m30s``. Raises TpError TP503."""
    found = re.fullmatch(r"(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s?)?", text.strip())
    try:
        parts = [float(part or 0) for part in found.groups()] if found and text.strip() else None
    except ValueError:
        parts = None
    if parts is None:
        raise error("TP503", f"cannot read the budget {text!r}", hint="write a time such as 90s, 5m or 1h30m")
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def duration(seconds: float) -> str:
    """``seconds`` as :func:`parse_budget` reads them, such as ``90s``, ``5m`` or ``1h30m``."""
    if seconds != int(seconds) or seconds <= 90:
        return f"{seconds:g}s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return "".join(f"{count}{unit}" for count, unit in ((hours, "h"), (minutes, "m"), (rest, "s")) if count)


def larger(seconds: float) -> float:
    """A budget of at least three times ``seconds``, in whole minutes: one, five, ten or a multiple of fifteen."""
    minutes = math.ceil(3 * seconds / 60)
    return 60.0 * next((usual for usual in (1, 5, 10) if usual >= minutes), -(-minutes // 15) * 15)


def _malformed(text: str) -> Exception:
    hint = "write 64,128,256 or 64:1024 or 1e2:1e4:9"
    return error("TP502", f"cannot read the widths {text!r}", hint=hint)


def require_width(n: object) -> None:
    """Raises TpError TP502 where ``n`` is not a width."""
    if not is_count(n):
        raise error("TP502", f"a width must be a whole number between 1 and {LARGEST}, not {n}")


def is_count(value: object) -> bool:
    """Whether ``value`` is an integer of Python or NumPy from 1 to :data:`LARGEST`."""
    return not isinstance(value, bool) and isinstance(value, Integral) and 1 <= int(value) <= LARGEST
