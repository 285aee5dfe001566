"""Settings of optimisers: numbers with a name, a default, a range and a help text, declared as fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from fractions import Fraction
from math import inf, isfinite
from numbers import Integral, Real
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Scale
from tp.graph.spelling import write_scale
from tp.optimizers.amount import Amount, amount_of, as_scale, read_amount
from tp.optimizers.by_weight import ByWeight, read
from tp.written import choices, number, one_of, rational, whole

Value = float | Fraction | bool | str | ByWeight | Scale

METADATA = "setting"
"""The key of a :class:`Setting` in the metadata of its field."""


@dataclass(frozen=True, slots=True)
class Range:
    """The finite numbers from ``least`` to ``end``.

    ``least`` is one of them unless it is ``excluded``, and ``end`` is none unless the range is ``closed``.
    """

    least: float
    end: float = inf
    excluded: bool = False
    closed: bool = False

    def __contains__(self, value: float | Fraction) -> bool:
        above = value > self.least if self.excluded else value >= self.least
        try:
            return isfinite(value) and above and (value <= self.end if self.closed else value < self.end)
        except OverflowError:  # a rational number beyond the range of floats
            return False

    def admits(self, amount: Amount) -> bool:
        """Whether ``amount`` may be in the range: with a power of a width, at some width."""
        scale = as_scale(amount)
        return (Range(self.least, inf, self.excluded) if scale.powers else self).__contains__(scale.coefficient)

    def __str__(self) -> str:
        if self.closed and not self.excluded:
            return f"from {self.least:g} to {self.end:g}"
        first = f"{'more than' if self.excluded else 'at least'} {self.least:g}"
        return first if self.end == inf else f"{first} and {'at most' if self.closed else 'below'} {self.end:g}"


ANY = Range(-inf)
"""For settings that are no numbers."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of an optimiser.

    It is of the kind of its default: a number (a float), a whole number (an int), a power of n (a Fraction), a switch,
    numbers for single weights, or one of the words ``words``. With ``amount`` it is a number that may have powers of
    widths as factors: a float, or a :class:`Scale` where it has.

    ``name`` is the field of the optimiser, and what programs call the setting. ``label`` is what people read: it names
    the setting in reports, and with hyphens the option of the command line, with underscores the key in JSON. ``unit``
    is empty for a pure number.
    """

    name: str
    label: str
    default: Value
    range: Range
    unit: str
    help: str
    amount: bool = False
    words: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """The option of the command line, such as ``--weight-decay``."""
        return "--" + self.label.replace(" ", "-")

    @property
    def key(self) -> str:
        """The key in JSON, such as ``weight_decay``."""
        return self.label.replace(" ", "_")

    @property
    def shown(self) -> str:
        """The default, as help shows it; empty where there is nothing to show."""
        if isinstance(self.default, ByWeight):
            return ""
        if isinstance(self.default, bool):
            return (self.option if self.default else self.option.replace("--", "--no-")).strip("-")
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)

    @property
    def metavar(self) -> str:
        """What is written after the option; empty for a switch."""
        if isinstance(self.default, bool):
            return ""
        if isinstance(self.default, ByWeight):
            return "WEIGHT=NUMBER,..."
        if self.words:
            return choices(self.words)
        return "POWER" if isinstance(self.default, Fraction) else "AMOUNT" if self.amount else "NUMBER"

    def read(self, text: str) -> Value:
        """The value that ``text`` says. Raises ValueError."""
        if self.words:
            return one_of(self.words)(text)
        if self.amount:
            return read_amount(text)
        if isinstance(self.default, ByWeight):
            return read(text)
        if isinstance(self.default, Fraction):
            try:
                return rational(text)
            except ZeroDivisionError:
                raise ValueError("it must be a rational number such as -1/2") from None
        return whole()(text) if isinstance(self.default, int) else number()(text)

    def checked(self, value: object) -> Value:
        """``value`` as the default is. Raises TpError TP513 where it is not, or outside the range."""
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise error("TP513", f"{self.label} is True or False, not {value!r}")
            return value
        if self.words:
            if value not in self.words:
                raise error("TP513", f"{self.label} is one of {', '.join(self.words)}, not {value!r}")
            return str(value)
        if self.amount and isinstance(value, Scale):
            if not self.range.admits(value):
                raise error("TP513", f"{self.label} must be {self.range}, not {write_scale(value)}")
            return amount_of(value)
        if isinstance(self.default, Fraction):
            if isinstance(value, bool) or not isinstance(value, int | Fraction) or value not in self.range:
                raise error("TP513", f"{self.label} must be a whole number or a Fraction, {self.range}, not {value!r}")
            return Fraction(value)
        if isinstance(self.default, ByWeight):
            if not isinstance(value, Mapping):
                raise error("TP513", f"{self.label} takes numbers by name of the weight, not {value!r}")
            return ByWeight({str(name): self._number(f"{self.label} {name}", given) for name, given in value.items()})
        if isinstance(self.default, int):
            if isinstance(value, bool) or not isinstance(value, Integral) or int(value) not in self.range:
                raise error("TP513", f"{self.label} must be a whole number, {self.range}, not {value!r}")
            return int(value)
        return self._number(self.label, value)

    def _number(self, label: str, value: object) -> float:
        try:
            if not isinstance(value, bool) and isinstance(value, Real) and (found := float(value)) in self.range:
                return found
        except OverflowError:
            raise error("TP513", f"{label} must be a number, {self.range}, and this one is out of range") from None
        raise error("TP513", f"{label} must be a number, {self.range}, not {value!r}")


def setting(
    default: Value,
    help: str,
    *,
    within: Range = ANY,
    label: str = "",
    unit: str = "",
    amount: bool = False,
    words: tuple[str, ...] = (),
) -> Any:
    """A field of an optimiser.

    ``momentum: float = setting(0.0, "...", within=Range(0, 1))`` is a number,
    ``eps: Amount = setting(1e-8, "...", within=Range(0), amount=True)`` a number that may have powers of widths,
    ``adjust: str = setting("none", "...", words=("none", "spectral"))`` a word.
    """
    return field(default=default, metadata={METADATA: (label, within, unit, help, amount, words)})


def settings_of(optimizer: type[Any]) -> tuple[Setting, ...]:
    """The settings that a dataclass declares, in the order of its fields."""
    found: list[Setting] = []
    for f in fields(optimizer):
        if METADATA in f.metadata:
            assert f.default is not MISSING
            label, within, unit, text, amount, words = f.metadata[METADATA]
            found.append(Setting(f.name, label or f.name, f.default, within, unit, text, amount, words))
    return tuple(found)
