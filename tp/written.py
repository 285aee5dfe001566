"""Fields of dataclasses that can be read from text; the options of commands are made from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from math import inf
from typing import Any

from tp.diagnostics.diagnostic import error

_KEY = "written"

_RATIONAL = re.compile(r"[+-]?(?:\d+(?:/\d+|\.\d*)?|\.\d+)")
_LONGEST = 100
"""The most characters of a rational number."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a field is read from text: ``read`` returns its value, and raises ValueError or TpError for other text.

    ``option`` is the option of the command line, such as ``--max-width``, and ``default`` that of the field.
    """

    field: str
    option: str
    default: Any
    read: Callable[[str], Any]
    help: str
    metavar: str


def written(default: Any, read: Callable[[str], Any], help: str, *, metavar: str = "TEXT", option: str = "") -> Any:
    """A field with a default: ``steps: int = written(20, whole(1), "Steps of gradient descent.")``."""
    return field(default=default, metadata={_KEY: (option, read, help, metavar)})


def written_fields(owner: type[Any]) -> tuple[Written, ...]:
    """The fields of a dataclass that were declared by :func:`written`, in their order."""
    found: list[Written] = []
    for f in fields(owner):
        if _KEY in f.metadata:
            option, read, text, metavar = f.metadata[_KEY]
            found.append(Written(f.name, option or "--" + f.name.replace("_", "-"), f.default, read, text, metavar))
    return tuple(found)


def whole(least: int | None = None, most: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers from ``least`` to ``most``, both included."""

    def read(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            raise ValueError("it must be a whole number") from None
        if (least is not None and found < least) or (most is not None and found > most):
            limits = f"at least {least}" if most is None else f"between {least} and {most}"
            raise ValueError(f"it must be {limits}")
        return found

    return read


def number(least: float = -inf) -> Callable[[str], float]:
    """A reader of numbers such as ``0.1`` or ``1e-3``, from ``least`` on."""

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            raise ValueError("it must be a number") from None
        if found < least:
            raise ValueError(f"it must be at least {least:g}")
        return found

    return read


def positive(text: str) -> float:
    """Reads a finite number above 0."""
    found = number()(text)
    if not 0 < found < inf:
        raise ValueError("it must be a positive number")
    return found


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """A reader that accepts ``words`` alone."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"it must be one of {', '.join(words)}")
        return text

    return read


def choices(words: Sequence[str]) -> str:
    """``words`` as help shows them: ``[text|json]``."""
    return f"[{'|'.join(words)}]"


def rational(text: str) -> Fraction:
    """The rational number in ``text``, such as -1/2 or 0.25. Raises ValueError, and ZeroDivisionError for 1/0."""
    text = text.strip()
    # Fraction("1e30000000") would build a number of so many digits.
    if len(text) > _LONGEST or not _RATIONAL.fullmatch(text):
        raise ValueError("it must be a rational number such as -1/2")
    return Fraction(text)


def parse_power(name: str, value: Fraction | str | int) -> Fraction:
    """A rational power of n such as "-1/2". Raises TpError TP513 for other values of the setting ``name``."""
    try:
        return rational(value) if isinstance(value, str) else Fraction(value)
    except (ValueError, ZeroDivisionError, TypeError, OverflowError):
        hint = "write a rational number such as -1/2"
        raise error("TP513", f"{name} cannot be {value!r}", hint=hint) from None
