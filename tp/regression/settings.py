"""Numbers that regression takes from its caller, with their ranges."""

from __future__ import annotations

from math import isfinite
from numbers import Integral, Real

from tp.diagnostics.diagnostic import error


def nonnegative(what: str, value: object, *, infinite: bool = False) -> float:
    """``value`` where it is a number from 0 on. Raises TpError TP633 for anything else."""
    number = -1.0 if isinstance(value, bool) or not isinstance(value, Real) else float(value)
    if not number >= 0 or not (infinite or isfinite(number)):
        raise error("TP633", f"{what} must be a number from 0 on, not {value!r}")
    return number


def whole(what: str, value: object) -> int:
    """``value`` where it is a whole number from 0 on. Raises TpError TP633 for anything else."""
    number = -1 if isinstance(value, bool) or not isinstance(value, Integral) else int(value)
    if number < 0:
        raise error("TP633", f"{what} must be a whole number from 0 on, not {value!r}")
    return number
