"""Keys of stored files. Draws with equal keys are equal, bit for bit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

SHORT = 16
"""The number of hexadecimal digits of a hash in names of files and folders."""
DIGEST = 32
"""The number of bytes of a SHA-256."""


def unsealed(data: bytes) -> bytes | None:
    """``data`` without the SHA-256 that they end with; None where it is not theirs."""
    content = data[:-DIGEST]
    return content if hashlib.sha256(content).digest() == data[-DIGEST:] else None


@dataclass(frozen=True)
class Series:
    """The parts of a key that draws at all widths share.

    ``quantities`` were drawn jointly, in this order: in the conditioned engine the random numbers depend on all of
    them. ``engine`` is the one that ran and ``without`` are the weights that it did not materialise. ``platform``
    says what computed (NumPy, or XLA on a processor or device), and on which kind of machine.
    """

    program: str
    inputs: str
    quantities: tuple[str, ...]
    engine: str
    without: tuple[str, ...]
    dtype: str
    platform: str
    versions: Mapping[str, str]

    @cached_property
    def short(self) -> str:
        """A short hash of all fields, for names of files."""
        return digest(dumped(asdict(self)))[:SHORT]


@dataclass(frozen=True, slots=True)
class Key:
    """One call of the sampler: draws number ``first`` to ``first + count - 1`` at width ``n``."""

    series: Series
    n: int
    first: int
    count: int

    def as_json(self) -> dict[str, Any]:
        """All fields, those of the series included, as values that JSON can hold."""
        return {**asdict(self.series), "n": self.n, "first": self.first, "count": self.count}


def key_from_json(found: Mapping[str, Any]) -> Key:
    """The inverse of :meth:`Key.as_json`. Raises KeyError, TypeError or ValueError for other JSON."""
    series = Series(
        program=str(found["program"]),
        inputs=str(found["inputs"]),
        quantities=tuple(map(str, found["quantities"])),
        engine=str(found["engine"]),
        without=tuple(map(str, found["without"])),
        dtype=str(found["dtype"]),
        platform=str(found["platform"]),
        versions={str(name): str(value) for name, value in dict(found["versions"]).items()},
    )
    return Key(series, *(_whole(found[name]) for name in ("n", "first", "count")))


def _whole(value: object) -> int:
    """``value`` as it is. Raises ValueError where it is no whole number from 0 on; 1e400, say, is infinite."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no whole number")
    return value


def dumped(value: object) -> str:
    """``value`` as JSON in one line, the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """The SHA-256 of ``text``, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
