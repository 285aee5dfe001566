"""A page for every activation: formula, picture, and the facts that the order calculus uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from fractions import Fraction

import tp
from reference.entry import Entry, Kind, sections, table
from reference.plot import picture
from reference.prose import docstring, inline, module_docstring, prose
from tp.activations import Activation, find, known
from tp.theory.premises import premises

_PROGRAM = """program p(phi: activation = NAME) {
 width n
 input x : [d=1]
 param U : [n, d] ~ normal(0, 1)
 output f = mean(phi(U @ x))
}"""
_ORDERS = 4
"""Derivatives in the table: those of order 0 to 3."""


def entries() -> Iterable[Entry]:
    for keyword, kind in known().items():
        activation = find(keyword)
        about = docstring(kind) or module_docstring(kind)
        formula = kind.formula if "=" in kind.formula else f"\\phi(x) = {kind.formula}"
        body = f"{inline(kind.summary)}.\n\n$${formula}$$\n\n{picture(activation, activation.name)}"
        yield Entry(
            keyword,
            inline(kind.summary),
            body,
            (
                ("Definition", prose(about)),
                *sections(("Arguments", _arguments(kind))),
                ("Facts", table(_facts(activation), ["", ""])),
                ("Derivatives", table(_derivatives(activation), ["k", "parity", "vanishes", "constant", "grows as"])),
                ("Bound on all derivatives", _bound(activation)),
                ("Means under normal laws", _means(activation)),
            ),
        )


def _arguments(kind: type[Activation]) -> str:
    rows = [(f"`{f.name}`", f"`{f.default}`") for f in fields(kind) if f.init]
    found = table(rows, ["argument", "default"])
    return f"{found}\n\nThe facts below are those with the defaults." if found else ""


def _facts(activation: Activation) -> Iterable[tuple[str, str]]:
    degree, jump, vanishing = activation.degree(), activation.jump(), activation.vanishing()
    yield "smoothness", activation.smoothness.value
    yield (
        "radius of convergence",
        "every Taylor series converges" if activation.radius == float("inf") else f"{activation.radius:.4g}",
    )
    yield "the paper's eq. 23, at arguments of scale 1", _premise(activation)
    yield "values", f"from {_end(activation.least, 'below')} to {_end(activation.most, 'above')}"
    yield "sign", "that of x" if activation.keeps_sign else "not that of x throughout"
    yield "degree", f"homogeneous of degree {degree}" if degree is not None else "not homogeneous"
    yield "jumps", f"its derivative of order {jump}" if jump is not None else "no derivative"
    if vanishing is not None:
        yield "at 0", f"vanishes as a power of degree {vanishing}" if vanishing else "positive everywhere"


def _premise(activation: Activation) -> str:
    found = premises(tp.parse(_PROGRAM.replace("NAME", activation.name)).graph)
    return inline(found[0].reason) if found else "linear: nothing is asked of it"


def _end(value: float, side: str) -> str:
    return f"{value:g}" if abs(value) < float("inf") else f"unbounded {side}"


def _derivatives(activation: Activation) -> Iterable[tuple[str, ...]]:
    for k in range(_ORDERS):
        yield (
            str(k),
            activation.symmetry(k),
            "yes" if activation.vanishes(k) else "no",
            "yes" if activation.constant(k) else "no",
            _power(activation.growth(k)),
        )


def _power(growth: Fraction | None) -> str:
    if growth is None:
        return "no power"
    if growth == 0:
        return "bounded"
    return "$\\lvert x\\rvert$" if growth == 1 else f"$\\lvert x\\rvert^{{{growth}}}$"


def _bound(activation: Activation) -> str:
    bound = activation.bound()
    if bound is None:
        return "None of the form $c\\,(k!)^a/r^k$ on the whole line is used."
    factorial = {Fraction(0): "", Fraction(1): "\\,k!"}.get(bound.factorials, f"\\,(k!)^{{{bound.factorials}}}")
    power = "" if bound.radius == 1 else f" / {bound.radius:g}^k"
    since = f" for $k \\ge {bound.first}$" if bound.first else ""
    return f"$\\lvert\\phi^{{(k)}}(x)\\rvert \\le {bound.constant:.4g}{factorial}{power}$ for all x{since}."


def _means(activation: Activation) -> str:
    closed = [str(k) for k in range(_ORDERS) if activation.terms(k) is not None]
    where = "([the calculus](../../calculus.md#12-means-under-normal-laws), section 12)"
    if not closed:
        return f"By Hermite series and quadrature; no closed form is used {where}."
    return f"Closed forms for the derivatives of order {', '.join(closed)} {where}."


KIND = Kind(
    "activations",
    "Activations",
    "Formula, parity, smoothness, bounds and closed forms of every function of numbers that programs may apply.",
    entries,
)
