"""Settings of optimisers: numbers with a name, a default, a range and a help text, declared as fields."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from math import inf, isfinite
from numbers import Real
from typing import Any

from tp.diagnostics.diagnostic import error

METADATA = "setting"
"""The key of a :class:`Setting` in the metadata of its field."""


@dataclass(frozen=True, slots=True)
class Range:
    """The finite numbers in [``least``, ``below``), or in (``least``, ``below``) if ``least`` is ``excluded``."""

    least: float
    below: float = inf
    excluded: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.least if self.excluded else value >= self.least
        return isfinite(value) and above and value < self.below

    def __str__(self) -> str:
        first = f"{'more than' if self.excluded else 'at least'} {self.least:g}"
        return first if self.below == inf else f"{first} and below {self.below:g}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One numeric setting of an optimiser.

    ``name`` is the field of the optimiser. ``label`` is what people read: it names the setting in reports, and with
    hyphens the option of the command line, with underscores the key in JSON. ``unit`` is empty for a pure number.
    """

    name: str
    label: str
    default: float
    range: Range
    unit: str
    help: str

    @property
    def option(self) -> str:
        """The option of the command line, such as ``--weight-decay``."""
        return "--" + self.label.replace(" ", "-")

    @property
    def key(self) -> str:
        """The key in JSON, such as ``weight_decay``."""
        return self.label.replace(" ", "_")

    def checked(self, value: object) -> float:
        """``value`` as a float. Raises TpError TP513 where it is not a real number in the range."""
        if not isinstance(value, Real) or float(value) not in self.range:
            raise error("TP513", f"{self.label} must be a number, {self.range}, not {value!r}")
        return float(value)


def setting(default: float, help: str, *, within: Range, label: str = "", unit: str = "") -> Any:
    """A field of an optimiser: ``momentum: float = setting(0.0, "...", within=Range(0, 1))``."""
    return field(default=default, metadata={METADATA: (label, within, unit, help)})


def settings_of(optimizer: type[Any]) -> tuple[Setting, ...]:
    """The settings that a dataclass declares, in the order of its fields."""
    found: list[Setting] = []
    for f in fields(optimizer):
        if METADATA in f.metadata:
            assert f.default is not MISSING
            label, within, unit, text = f.metadata[METADATA]
            found.append(Setting(f.name, label or f.name, f.default, within, unit, text))
    return tuple(found)
