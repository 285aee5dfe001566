"""Cells of tables: typed values, each with one text for people and one JSON value for programs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from tp.exponent import power_of_n, show, shown

if TYPE_CHECKING:
    from tp.statistics.estimate import Estimate

Json = Any
"""None, a bool, a number, a string, or a list or dict (with strings as keys) of these."""


class Cell(Protocol):
    """One entry of a table."""

    @property
    def text(self) -> str:
        """The text for people; empty where there is none."""
        ...

    @property
    def value(self) -> Json:
        """The JSON value, without NaN and infinities."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A name or words: the same for people and for programs."""

    text: str

    @property
    def value(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Shown:
    """A JSON ``value`` that people read as another ``text``."""

    text: str
    value: Json


@dataclass(frozen=True, slots=True)
class Verdict(Shown):
    """The verdict on a prediction, or the outcome of a claim, in one word."""


@dataclass(frozen=True, slots=True)
class Number:
    """A float ``number``, written by the format ``spec``; ``number`` None: ``?``, and null in JSON."""

    number: float | None
    spec: str = ".6g"

    @property
    def text(self) -> str:
        return "?" if self.number is None else format(self.number, self.spec)

    @property
    def value(self) -> float | str | None:
        return None if self.number is None else strict(self.number)


@dataclass(frozen=True, slots=True)
class Exponent:
    """An exponent of n: an exact rational, None for a quantity that vanishes identically.

    Not ``known``: ``?``, and null in JSON. Not ``exact``: an upper bound, marked with ``<=`` in the text only.
    """

    exponent: Fraction | None
    known: bool = True
    exact: bool = True

    @property
    def text(self) -> str:
        return shown(self.known, self.exponent, self.exact)

    @property
    def value(self) -> str | None:
        return show(self.exponent) if self.known else None


@dataclass(frozen=True, slots=True)
class Power(Exponent):
    """A power of n, written as such: ``n^(-1/2)``, with ``<=`` in front unless it is ``exact``."""

    @property
    def text(self) -> str:
        return f"{'' if self.exact else '<= '}{power_of_n(self.exponent)}"


@dataclass(frozen=True, slots=True)
class PlusMinus:
    """An estimate with half the width of its confidence interval; None: ``?``, and null in JSON."""

    estimate: Estimate | None

    @property
    def text(self) -> str:
        found = self.estimate
        return "?" if found is None else f"{found.value:z.2f} ± {found.half_width:.2f}"

    @property
    def value(self) -> Json:
        found = self.estimate
        return None if found is None else {name: strict(getattr(found, name)) for name in ("value", "low", "high")}


@dataclass(frozen=True, slots=True)
class Interval(PlusMinus):
    """An estimate with its confidence interval, to three digits: for numbers of any size."""

    @property
    def text(self) -> str:
        found = self.estimate
        return "?" if found is None else f"{found.value:.3g} [{found.low:.3g}, {found.high:.3g}]"


def strict(value: float) -> float | str:
    """``value``, or its name (``nan``, ``inf``, ``-inf``) where JSON has no such number."""
    return value if math.isfinite(value) else str(value)
