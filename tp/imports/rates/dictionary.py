"""Learning rates from a dictionary by path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tp.diagnostics.diagnostic import error
from tp.imports.laws.scale import powers
from tp.imports.laws.snap import simple
from tp.imports.rates.found import Rates, Statement
from tp.imports.traced.sizes import Number
from tp.imports.traced.tracing import Path

ROUNDING = 1e-9


def from_dictionary(given: Mapping[int, Mapping[str, float]], paths: Sequence[Path]) -> Rates:
    """Rates of plain gradient descent with eta 1, from those ``given`` by width and path (``"Dense_0/kernel"``).

    A key may be a prefix of paths; the longest one that fits counts, and the empty one fits all. Weights that no key
    fits have the rate 0, and a note says so. Raises TpError TP908 for a key that fits no path, and for a rate that is
    not a constant times a power of n.
    """
    for rates in given.values():
        for key in rates:
            if not any(_fits(key, path) for path in paths):
                said = listed(["/".join(path) for path in paths])
                raise error("TP908", f"no weight is called {key}, to which a rate is given", hint=f"weights: {said}")
    found: dict[Path, Number] = {}
    for path in paths:
        seen: dict[int, float] = {}
        for n, rates in given.items():
            fitting = [key for key in rates if _fits(key, path)]
            seen[n] = float(rates[max(fitting, key=len)]) if fitting else 0.0
        found[path] = number_of_rate("/".join(path), seen)
    keys = {key for rates in given.values() for key in rates}
    without = ["/".join(path) for path in paths if not any(_fits(key, path) for key in keys)]
    note = f"weights without a learning rate are not trained: {listed(without)}"
    return Rates(None, found, {}, (Statement("sgd", {"eta": "1"}),), (note,) if without else ())


def number_of_rate(name: str, seen: Mapping[int, float], rounding: float = ROUNDING) -> Number:
    """The rate c n^w that was ``seen`` by width. Raises TpError TP908 where it is none, or several."""
    found = powers(seen, rounding)
    if len(found) != 1:
        said = ", ".join(f"{value:.6g} at n = {n}" for n, value in seen.items())
        raise error("TP908", f"the learning rate of {name} is not a constant times a power of n: {said}")
    number = found[0]
    exact = simple(number.coefficient, 2 * rounding) if number.coefficient else None
    return Number(exact.value, number.exponent) if exact else number


def listed(names: Sequence[str]) -> str:
    """``names``, no more than the first eight."""
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def _fits(key: str, path: Path) -> bool:
    parts = tuple(part for part in key.split("/") if part)
    return path[: len(parts)] == parts
