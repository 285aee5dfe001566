"""Certificates: derivations written down, so that anyone who knows the rules can replay them.

A certificate holds tables (arguments, values), lines (rule, arguments, premises, value) and claims about lines. It
keeps only those sign flips that some cancellation needs. A digest covers everything else in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tp.orders.facts import Function, Rarity, Slope, Source
from tp.orders.proof.derivation import Derivation, lines
from tp.orders.typical.flips import Generator
from tp.orders.typical.pruning import MOST
from tp.orders.typical.rules import RULES, Rules
from tp.orders.typical.value import Value

FORMAT = "tp-certificate-1"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """The statement about ``quantity`` that a line is claimed to prove.

    ``kind`` is ``order``: the largest exponent of the line's value, times ``factor``, is ``exponent``; ``series``: the
    same for those terms whose parity in the formal variable ``variable`` is ``parity``; ``form``: the line's value is
    the triple ``form`` (A, λ, μ) of a bound A - λd - μD.
    """

    quantity: str
    kind: str
    derivation: Derivation[Any]
    exponent: Fraction | None = None
    factor: Fraction = Fraction(1)
    variable: str | None = None
    parity: int | None = None
    form: tuple[Fraction, ...] | None = None


def certificate(widths: Iterable[Fraction], claims: Sequence[Claim]) -> Json:
    """The certificate of ``claims``: a function of their derivations alone."""
    every = lines(c.derivation for c in claims)
    tracked, most, again = _simplest(every, widths, claims)
    writer = _Writer()
    for line in every:
        writer.line(line, again[id(line)])
    body: Json = {
        "format": FORMAT,
        "widths": [str(w) for w in sorted(set(widths))],
        "most": most,
        "tracked": [_generator(g) for g in tracked],
        "arguments": writer.arguments.rows,
        "functions": writer.functions.rows,
        "values": writer.values.rows,
        "lines": writer.rows,
        "claims": [_claim(c, writer.places[id(c.derivation)]) for c in claims],
    }
    return {**body, "digest": digest(body)}


def _simplest(
    every: Sequence[Derivation[Any]], widths: Iterable[Fraction], claims: Sequence[Claim]
) -> tuple[list[Generator], int, dict[int, Any]]:
    """The fewest flips and terms, of a few choices, with which all claims still follow."""
    # Replayed from nothing, so that no other question that the same rules have answered leaves a trace.
    fresh = Rules(widths)
    _replayed(every, fresh)
    flips = fresh.flips
    needed = flips.rooted(fresh.witnesses | flips.formal)
    for most in (0, 1, 2, MOST):
        again = _replayed(every, Rules(widths, needed, most))
        if all(_proves(c, again) for c in claims):
            return needed, most, again
    return list(flips.listed), MOST, _replayed(every, Rules(widths, flips.listed))


def _replayed(every: Sequence[Derivation[Any]], rules: Rules) -> dict[int, Any]:
    """The value of every line under other ``rules``; lines of the norm calculus keep theirs."""
    values: dict[int, Any] = {}
    for line in every:
        if line.rule in RULES:
            values[id(line)] = rules.apply_rule(line.rule, line.arguments, [values[id(p)] for p in line.premises])[0]
        else:
            values[id(line)] = line.value
    return values


def _proves(claim: Claim, values: Mapping[int, Any]) -> bool:
    """Whether the replayed line of ``claim`` has the exponent and the exactness of the original line."""
    before, after = claim.derivation.value, values[id(claim.derivation)]
    return not isinstance(before, Value) or (before.exponent, before.exact) == (after.exponent, after.exact)


def digest(body: Mapping[str, Any]) -> str:
    """The fingerprint of everything but the digest itself."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class _Table:
    """Distinct rows, numbered in the order of their first use."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._numbers: dict[object, int] = {}

    def number(self, key: object, make: Any) -> int:
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.rows)
            self.rows.append(make())
        return found


class _Writer:
    def __init__(self) -> None:
        self.arguments, self.values, self.functions = _Table(), _Table(), _Table()
        self.rows: list[list[Any]] = []
        self.places: dict[int, int] = {}

    def line(self, line: Derivation[Any], value: Any) -> None:
        arguments = self.arguments.number(line.arguments, lambda: [self.encoded(a) for a in line.arguments])
        shown = self.values.number(value, lambda: plain(value))
        self.places[id(line)] = len(self.rows)
        self.rows.append([line.rule, arguments, [self.places[id(p)] for p in line.premises], shown])

    def encoded(self, argument: Any) -> Any:
        if isinstance(argument, Function):
            return {"function": self.functions.number(argument, lambda: _function(argument))}
        if isinstance(argument, Source):
            return {"source": _source(argument)}
        if isinstance(argument, Rarity):
            return {"rarity": _rarity(argument)}
        if isinstance(argument, Fraction):
            return {"rational": str(argument)}
        if isinstance(argument, tuple):
            return [self.encoded(a) for a in argument]
        return argument


def plain(value: Any) -> Any:
    """An abstract value as JSON: terms of the order calculus, or whatever tuples the norm calculus has."""
    if isinstance(value, Value):
        return [
            [
                str(t.exponent),
                str(t.share),
                t.bound,
                f"{t.content.offset:x}",
                [f"{b:x}" for b in t.content.basis],
                f"{t.content.free:x}",
                [list(s) for s in t.content.skewed],
                sorted(t.symbols),
                [[_rarity(r), [[None if e is None else str(e), str(s)] for e, s in p]] for r, p in t.tail],
            ]
            for t in value.terms
        ]
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, Fraction) else value


def _source(source: Source) -> list[Any]:
    tail = None if source.tail is None else str(source.tail)
    return [source.name, str(source.exponent), source.symmetric, source.random, tail, source.dense]


def _rarity(rarity: Rarity) -> list[Any]:
    name, rate, axes, roots, along, *kind = rarity
    return [name, str(rate), [[a, str(w)] for a, w in axes], list(roots), list(along), *kind]


def _generator(generator: Generator) -> list[Any]:
    blur = None if generator.blur is None else str(generator.blur)
    return [generator.root, generator.level, sorted(generator.axes), blur, generator.cause]


def _function(function: Function) -> Json:
    return {
        "name": function.name,
        "degree": None if function.degree is None else str(function.degree),
        "jump": function.jump,
        "slopes": [
            [s.vanishes, s.constant, s.at_zero, None if s.growth is None else str(s.growth), s.symmetry]
            for s in function.slopes
        ],
    }


def _claim(claim: Claim, place: int) -> Json:
    return {
        "quantity": claim.quantity,
        "kind": claim.kind,
        "line": place,
        "exponent": None if claim.exponent is None else str(claim.exponent),
        "factor": str(claim.factor),
        "variable": claim.variable,
        "parity": claim.parity,
        "form": None if claim.form is None else [str(f) for f in claim.form],
    }


# reading ---------------------------------------------------------------------------------------------


_RATIONAL = re.compile(r"-?\d{1,30}(/\d{1,30})?")


def rational(text: str) -> Fraction:
    """An exponent in a certificate, of at most 30 digits a side. Raises ValueError for anything else."""
    if not _RATIONAL.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a rational number")
    return Fraction(text)


def read_generator(row: Sequence[Any]) -> Generator:
    root, level, axes, blur, cause = row
    return Generator(root, level, frozenset(axes), None if blur is None else rational(blur), cause)


def read_function(row: Json) -> Function:
    slopes = tuple(Slope(v, c, z, None if g is None else rational(g), s) for v, c, z, g, s in row["slopes"])
    return Function(row["name"], None if row["degree"] is None else rational(row["degree"]), row["jump"], slopes)


def read_argument(argument: Any, functions: Sequence[Function]) -> Any:
    if isinstance(argument, list):
        return tuple(read_argument(a, functions) for a in argument)
    if isinstance(argument, dict):
        ((kind, found),) = argument.items()
        if kind == "function":
            return functions[found]
        if kind == "source":
            name, exponent, symmetric, random, tail, dense = found
            return Source(name, rational(exponent), symmetric, random, None if tail is None else rational(tail), dense)
        if kind == "rarity":
            name, rate, axes, roots, along, *rest = found
            places = tuple((axis, rational(width)) for axis, width in axes)
            return Rarity(name, rational(rate), places, tuple(roots), tuple(along), *rest)
        if kind == "rational":
            return rational(found)
        raise ValueError(f"an argument of the unknown kind {kind}")
    return argument
