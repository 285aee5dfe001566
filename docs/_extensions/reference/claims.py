"""A page for every kind of claim: how it is written, what it means, and what decides it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import tp
from reference.entry import Entry, Kind, fenced, sections, table
from reference.prose import docstring, inline, module_docstring, prose
from tp.claims import known
from tp.claims.kind import Argument, ClaimKind
from tp.claims.trained import TrainingClaim
from tp.exponent import power_of_n
from tp.program import Claim

_TABLES = "[the language](../../language.md#how-a-claim-is-decided)"
_PROGRAM = """program p {
 width n
 input x : [d=2]
 param W : [n, d] ~ normal(0, 1)
 param b : [n] ~ normal(0, 1)
 output F1 = mean(tanh(W @ x + b))
 CLAIM
}"""


def entries() -> Iterable[Entry]:
    for word, kind in known().items():
        about = module_docstring(type(kind))
        example = _example(about)
        claim = tp.parse(_PROGRAM.replace("CLAIM", example)).claims[0]
        yield Entry(
            word,
            inline(about.partition(": ")[2] or about),
            f"{prose(about)}\n\n{fenced(example, 'tp')}",
            (
                ("Meaning", prose(docstring(type(kind)))),
                *sections(("Inequalities", _inequalities(kind, claim))),
                ("Decided by", _decided(kind)),
                ("How it is written", _written(kind)),
            ),
        )


def _example(about: str) -> str:
    """The first claim that the docstring of its file shows, with exponents in place of p and a width in place of m."""
    match = re.search(r"``(claim .+?)``", about)
    assert match is not None, about
    return match[1].replace("n^p", "n^(-1)").replace("(m)", "(n)")


def _inequalities(kind: ClaimKind, claim: Claim) -> str:
    found = kind.inequalities(claim, None)
    rows = [(f"`{i.quantity}`", f"`{i.relation}`", power_of_n(i.exponent)) for i in found]
    if isinstance(kind, TrainingClaim):
        rows += [
            (row.value, f"`{relation}`", power_of_n(exponent)) for row, (relation, exponent) in kind.implies.items()
        ]
    return table(rows, ["quantity", "relation", "size"])


def _decided(kind: ClaimKind) -> str:
    parts: list[str] = []
    if kind.all_orders is not None:
        where = "([the calculus](../../calculus.md#5-all-orders-at-once), section 5)"
        parts.append(f"The closed forms of correlations for all orders decide it {where}.")
    if kind.trains:
        where = "([the calculus](../../calculus.md#7-training-and-regimes), section 7)"
        parts.append(f"The orders of training decide it {where}.")
    if not parts:
        parts.append("The order calculus decides it where the exponent is known, and measurements support it.")
    if isinstance(kind, TrainingClaim) and not kind.confirmable:
        parts.append("It is never *confirmed*: a run shows some features and weights, and the claim is about all.")
    parts.append(f"How theory and measurement are combined is in the tables of {_TABLES}.")
    return " ".join(parts)


def _written(kind: ClaimKind) -> str:
    after = "" if kind.argument is Argument.NONE else f" In the parentheses stands {kind.argument.value}."
    excepts = " Weights may be excepted by name: `except W, b`." if kind.excepts else ""
    return f"`claim`, the words above, and optionally `not` before them.{after}{excepts}"


KIND = Kind("claims", "Claims", "What programs may claim of quantities and of training.", entries)
