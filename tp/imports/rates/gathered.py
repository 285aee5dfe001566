"""Optimisers of all weights at several widths, as statements of the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Scale, Width
from tp.graph.spelling import write_scale
from tp.imports.laws.scale import powers
from tp.imports.rates.dictionary import number_of_rate
from tp.imports.rates.found import Rates, Statement
from tp.imports.rates.moved import Moved
from tp.imports.rates.trying import Seen
from tp.imports.traced.sizes import Number
from tp.imports.traced.tracing import Path

ROUNDING = 1e-6
POWERS = ("eps",)
"""Settings that may be powers of n."""
NOTHING = Number(0.0)


@dataclass(frozen=True, slots=True)
class _Weight:
    """A weight at all widths: the learning rate, the share by which a step shrinks it, and λ inside of the gradient."""

    kind: tuple[str, tuple[tuple[str, Number | bool], ...]]
    rate: Number
    share: Number
    inside: Number


def gathered(seen: Mapping[int, Seen]) -> Rates:
    """Statements, rates and decays. Raises TpError TP908 where a weight has another optimiser at another width."""
    first = next(iter(seen.values()))
    clip = _number("the norm at which gradients are clipped", {n: one.clip for n, one in seen.items()})
    weights = {path: _weight(path, {n: one.moved[path] for n, one in seen.items()}) for path in first.moved}
    frozen = [path for path, one in weights.items() if one.kind[0] == "none"]
    groups: dict[tuple[object, ...], list[Path]] = {}
    for path, one in weights.items():
        if one.kind[0] != "none":
            groups.setdefault(_group(one, weights), []).append(path)
    rate: dict[Path, Number] = dict.fromkeys(frozen, NOTHING)
    decay: dict[Path, Number] = {}
    statements: list[Statement] = []
    largest = max(groups.values(), key=len, default=[])
    for paths in groups.values():
        members = {path: weights[path] for path in paths}
        eta = _eta([one.rate for one in members.values()])
        rate |= {p: Number(own.rate.coefficient / eta, own.rate.exponent) for p, own in members.items()}
        settings = {"eta": f"{eta:.12g}", **_settings(members), **({"clip": _written(clip)} if clip != NOTHING else {})}
        name, decays = _decays(members, eta)
        if len(set(decays.values())) == 1:
            one = next(iter(decays.values()))
            settings |= {"decay": _written(one)} if one != NOTHING or name in ("adamw", "lion") else {}
        else:
            decay |= decays
            settings |= {"decay": "0"} if name in ("adamw", "lion") else {}
        if any(one.inside != NOTHING for one in members.values()) and name == "sgd":
            settings |= {"coupled": "true"}
        statements.append(Statement(name, settings, None if paths is largest else tuple(paths)))
    statements.sort(key=lambda one: one.paths is None)
    ones = {path: number for path, number in rate.items() if number != Number(1.0)}
    return Rates(None, ones, decay, tuple(statements), _notes(statements))


def _weight(path: Path, moved: Mapping[int, Moved]) -> _Weight:
    name = "/".join(path)
    kinds = {one.name for one in moved.values()}
    if len(kinds) > 1:
        said = ", ".join(f"{one.name} at n = {n}" for n, one in moved.items())
        raise error("TP908", f"{name} is moved by other optimisers at other widths: {said}")
    settings: list[tuple[str, Number | bool]] = []
    for key, value in next(iter(moved.values())).settings.items():
        if isinstance(value, bool):
            if len({one.settings[key] for one in moved.values()}) > 1:
                raise error("TP908", f"{key} of the optimiser of {name} depends on the width, and has to be a number")
            settings.append((key, value))
            continue
        found = _number(f"{key} of the optimiser of {name}", {n: float(one.settings[key]) for n, one in moved.items()})
        if found.exponent and key not in POWERS:
            raise error("TP908", f"{key} of the optimiser of {name} depends on the width, and has to be a number")
        settings.append((key, found))
    return _Weight(
        (kinds.pop(), tuple(settings)),
        number_of_rate(name, {n: one.rate for n, one in moved.items()}, ROUNDING),
        _number(f"the decay of {name}", {n: one.share for n, one in moved.items()}),
        _number(f"the decay of {name}", {n: one.inside for n, one in moved.items()}),
    )


def _number(name: str, seen: Mapping[int, float]) -> Number:
    found = powers({n: 0.0 if abs(value) < 1e-12 else value for n, value in seen.items()}, ROUNDING)
    if len(found) != 1:
        said = ", ".join(f"{value:.6g} at n = {n}" for n, value in seen.items())
        raise error("TP908", f"{name} is not a constant times a power of n: {said}")
    rounded = float(f"{found[0].coefficient:.6g}")
    near = abs(rounded - found[0].coefficient) <= ROUNDING * abs(rounded)
    return Number(rounded if near else found[0].coefficient, found[0].exponent)


def _group(one: _Weight, weights: Mapping[Path, _Weight]) -> tuple[object, ...]:
    """Weights with one statement. Those without decay join those with decay of either kind."""
    inside = one.inside != NOTHING
    if not inside and one.share == NOTHING:
        alike = [other for other in weights.values() if other.kind == one.kind]
        inside = any(other.inside != NOTHING for other in alike) and not any(o.share != NOTHING for o in alike)
    return one.kind, inside


def _eta(rates: Sequence[Number]) -> float:
    """The coefficient of most rates, those that do not depend on n if there are any."""
    plain = [one.coefficient for one in rates if not one.exponent] or [one.coefficient for one in rates]
    return max(plain, key=plain.count)


def _settings(members: Mapping[Path, _Weight]) -> dict[str, str]:
    found = next(iter(members.values())).kind[1]
    return {key: str(value).lower() if isinstance(value, bool) else _value(key, value) for key, value in found}


def _value(key: str, number: Number) -> str:
    return f"{round(number.coefficient)}" if key == "iterations" else _written(number)


def _decays(members: Mapping[Path, _Weight], eta: float) -> tuple[str, dict[Path, Number]]:
    """The name of the statement, and λ by path: a step takes away eta λ of a weight, or adds λ of it to gradients."""
    name = next(iter(members.values())).kind[0]
    if any(one.inside != NOTHING for one in members.values()):
        return name, {path: one.inside for path, one in members.items()}
    apart = {path: Number(_tidy(one.share.coefficient / eta), one.share.exponent) for path, one in members.items()}
    shrinks = any(number != NOTHING for number in apart.values())
    return "adamw" if name == "adam" and shrinks else name, apart


def _tidy(value: float) -> float:
    rounded = float(f"{value:.6g}")
    return rounded if abs(rounded - value) <= ROUNDING * abs(value) else value


def _written(number: Number) -> str:
    if not number.exponent or not number.coefficient:
        return f"{number.coefficient:.12g}"
    return write_scale(Scale(number.coefficient, ((Width("n"), Fraction(number.exponent)),)))


def _notes(statements: Sequence[Statement]) -> tuple[str, ...]:
    if any(one.name == "sgd" for one in statements):
        return ("rates of sgd apply to the gradient of the module's own loss, which another cost scales otherwise",)
    return ()
