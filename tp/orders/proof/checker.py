"""The checker: replays a certificate line by line. It imports the rules and knows nothing of networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tp.orders.bounds.rules import NORM_RULES
from tp.orders.facts import Rarity, Source
from tp.orders.proof.certificate import (
    FORMAT,
    Json,
    digest,
    plain,
    rational,
    read_argument,
    read_function,
    read_generator,
)
from tp.orders.typical.rules import RULES, Rules
from tp.orders.typical.value import Value
from tp.printable import Printable


class Rejected(Exception):
    """A certificate that proves nothing, and why."""


@dataclass(frozen=True, slots=True, repr=False)
class Checked(Printable):
    """What a certificate proves: its claims as sentences, and the facts that they rest on."""

    study = "certify"

    statements: tuple[str, ...]
    grounds: tuple[str, ...]
    lines: int


def check(certificate: Json) -> Checked:
    """Replay ``certificate``. Raises :class:`Rejected` with the first line that does not follow."""
    try:
        return _checked(certificate)
    except Rejected:
        raise
    except Exception as problem:
        # A malformed certificate can raise any exception in the rules. It proves nothing.
        raise Rejected(f"malformed: {type(problem).__name__}: {problem}") from problem


def _checked(certificate: Json) -> Checked:
    body = {key: value for key, value in certificate.items() if key != "digest"}
    if certificate.get("format") != FORMAT:
        raise Rejected(f"not a certificate of the format {FORMAT}")
    if certificate.get("digest") != digest(body):
        raise Rejected("the digest does not fit the contents")
    functions = [read_function(row) for row in body["functions"]]
    arguments = [tuple(read_argument(a, functions) for a in row) for row in body["arguments"]]
    rules = Rules([rational(w) for w in body["widths"]], [read_generator(g) for g in body["tracked"]], body["most"])
    stated = body["values"]
    known: dict[Any, int] = {}
    values: list[Any] = []
    for number, (rule, argument, premises, place) in enumerate(body["lines"]):
        if any(not 0 <= p < number for p in premises):
            raise Rejected(f"line {number} rests on a line that does not come before it")
        inputs = [values[p] for p in premises]
        if rule in RULES:
            value = rules.apply_rule(rule, arguments[argument], inputs)[0]
        else:
            value = NORM_RULES[rule](arguments[argument], inputs)
        values.append(value)
        seen = known.get(value)
        if seen is None:
            if plain(value) != stated[place]:
                raise Rejected(f"line {number} does not follow by the rule {rule}")
            known[value] = place
        elif seen != place:
            raise Rejected(f"line {number} does not follow by the rule {rule}")
    variables = {arguments[a][0] for rule, a, _, _ in body["lines"] if rule == "variable"}
    statements = tuple(_statement(claim, values, rules, variables) for claim in body["claims"])
    return Checked(statements, tuple(_grounds(body, arguments)), len(values))


def _statement(claim: Json, values: Sequence[Any], rules: Rules, variables: set[str]) -> str:
    value = values[claim["line"]]
    quantity, kind, factor = claim["quantity"], claim["kind"], rational(claim["factor"])
    if kind == "form":
        if plain(value) != claim["form"]:
            raise Rejected(f"the bound of {quantity} is not that of line {claim['line']}")
        constant, along, free = claim["form"]
        return f"{quantity} <= n^({constant} - ({along}) d - ({free}) D)"
    if not isinstance(value, Value):
        raise Rejected(f"line {claim['line']} is about norms, not about {quantity}")
    if factor not in (1, Fraction(1, 2)):
        raise Rejected(f"{quantity} is neither what line {claim['line']} is about nor the root of it")
    terms, about = value.terms, quantity if factor == 1 else f"{quantity}^2"
    if kind == "series":
        bit = rules.flips.variable(claim["variable"]).offset
        if not bit or claim["parity"] not in (0, 1) or claim["variable"] not in variables:
            raise Rejected(f"nothing is known of the parity of {quantity}")
        terms = [t for t in terms if bool(t.content.offset & bit) == bool(claim["parity"])]
        about = f"the {'odd' if claim['parity'] else 'even'} part of {quantity}"
    elif kind != "order":
        raise Rejected(f"a claim of the unknown kind {kind}")
    top = max((t.exponent for t in terms), default=None)
    if (None if top is None else str(top * factor)) != claim["exponent"]:
        raise Rejected(f"the exponent of {quantity} is not that of line {claim['line']}")
    return f"{about} <= {'0' if top is None else f'n^({top})'}"


def _grounds(body: Json, arguments: Sequence[Sequence[Any]]) -> list[str]:
    """The facts that the lines use: sizes of axes, laws of weights, properties of functions."""
    sources: dict[str, Source] = {}
    axes: dict[str, Fraction] = {}
    rarities: dict[Rarity, None] = {}
    for row in arguments:
        for a in row:
            if isinstance(a, Rarity):
                rarities[a] = None
            elif isinstance(a, Source):
                if sources.setdefault(a.name, a) != a:
                    raise Rejected(f"{a.name} has two laws")
            elif isinstance(a, tuple):
                _sizes(a, axes)
    widths = {rational(w) for w in body["widths"]}
    for name, size in axes.items():
        if size not in widths:
            raise Rejected(f"the axis {name} has the size n^({size}), which is no width")
    return [
        *(f"the axis {name} has n^({size}) entries" for name, size in sorted(axes.items())),
        *(
            f"{s.name} is random with {'a symmetric law' if s.symmetric else 'mean zero'} of size n^({s.exponent})"
            + ("" if s.tail is None else f", moments below {s.tail}")
            for s in sources.values()
        ),
        *(f"{r.name}, is below n^(-x) of its size at n^(-{r.rate} x) of the places" for r in rarities),
        *(_properties(f) for f in body["functions"]),
    ]


def _sizes(axes: tuple[Any, ...], found: dict[str, Fraction]) -> None:
    for pair in axes:
        match pair:
            case (str() as name, Fraction() as size):
                if found.setdefault(name, size) != size:
                    raise Rejected(f"the axis {name} has two sizes")
            case _:
                pass


def _properties(function: Json) -> str:
    """The facts about one function that the lines use, derivative by derivative."""
    words: list[str] = []
    for k, (vanishes, constant, at_zero, growth, symmetry) in enumerate(function["slopes"]):
        facts = ["0"] if vanishes else ["constant"] if constant else []
        facts += [symmetry] if symmetry != "none" else []
        facts += [] if at_zero else ["0 at 0"]
        facts += [] if growth == "0" else [f"growth {growth}"]
        words.append(f"{k}: {' '.join(facts)}")
    degree = "" if function["degree"] is None else f" of degree {function['degree']}"
    kinked = "" if function["jump"] is None else f", derivative {function['jump']} jumps"
    return f"{function['name']}{degree}{kinked}, derivatives {'; '.join(words)}"
