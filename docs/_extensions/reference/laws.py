"""A page for every initial law and structure: how it is written, its density, its norm, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import tp
from reference.entry import Entry, Kind, fenced, table
from reference.prose import docstring, inline, module_docstring, prose
from tp.graph.parameter import Parameter
from tp.laws import LAWS, STRUCTURES, Family, Form
from tp.orders.bounds.norms import Matrix
from tp.orders.bounds.recorder import NormCalculus
from tp.primitives.law_facts import factors_of, moments, source_of

_PROGRAM = """program p {
 width n
 input x : [d=2]
 param U : [n, d] ~ normal(0, 1)
 param W : [n, n] ~ LAW
 output f = mean(W @ U @ x)
}"""
_GRAIN = 120
"""Exponents of norms are shown exactly where they are multiples of 1/120."""
_SIZES = {"p": "n^(-1/2)"}
"""Sizes of structures in examples; others are 4."""


def entries() -> Iterable[Entry]:
    for name, law in LAWS.items():
        yield _page(name, law, "constant(1)" if name == "constant" else f"{name}(0, 1)", _family(law))
    for name, form in STRUCTURES.items():
        yield _page(name, form, _written(form), _form(form))


def _page(name: str, law: Family | Form, written: str, facts: list[tuple[str, str]]) -> Entry:
    about = module_docstring(law.draw)
    parameter = _parameter(written)
    example = fenced(f"param W : [n, n] ~ {written}", "tp")
    drawn = prose(docstring(law.draw))
    return Entry(
        name,
        inline(law.summary.partition(": ")[2] or law.summary),
        f"{prose(about)}\n\n{inline(law.summary)}.\n\n$${law.formula}$$\n\n{example}",
        (
            ("Facts", table([*facts, *_norms(parameter)], ["", ""])),
            ("How it is drawn", drawn),
        ),
    )


def _written(form: Form) -> str:
    """An example of the structure."""
    words = [_SIZES.get(form.size, "4")] if form.size else []
    if form.of_entries:
        words.append("normal(0, 1)")
    elif not words:
        words.append("1")
    return f"{form.name}({', '.join(words)})"


def _parameter(written: str) -> Parameter:
    return tp.parse(_PROGRAM.replace("LAW", written)).graph.parameters["W"]


def _family(law: Family) -> list[tuple[str, str]]:
    finite = law.moments(law.arguments)
    order = f"finite below order {finite:g}, with the default arguments"
    built = "yes: engine `conditioned`" if law.kind else "no: a matrix of this law is an array (engine `dense`)"
    return [
        ("symmetric", "yes" if law.symmetric else "no: means of odd powers do not vanish by a sign"),
        ("moments", "all are finite" if finite == float("inf") else order),
        ("density", "bounded" if law.dense else "not bounded"),
        ("matrices that are not built", built),
    ]


def _form(form: Form) -> list[tuple[str, str]]:
    size = f"`{form.size}`, {'a probability' if form.share else 'a whole number from 1 on'}"
    return [
        *([("size", size)] if form.size else []),
        ("entries", "of any law with mean 0") if form.of_entries else ("its number", f"the {form.number}"),
        ("entries that start at zero", "yes" if form.zeros else "no"),
        ("matrices that are not built", "yes: engine `conditioned`" if form.kind else "no"),
    ]


def _norms(parameter: Parameter) -> list[tuple[str, str]]:
    """The bound of the operator norm of the example, by the rules that ``tp orders`` uses."""
    source = source_of(parameter)
    if not source.random:
        return [("$\\lVert W\\rVert$ of the example", "its centred part is 0; the mean is a number of the program")]
    wide = (("n", Fraction(1)),)
    factors = factors_of(parameter)
    parts, total = [(source, wide, wide)], Fraction(0)
    if factors is not None:
        parts = [(factors.right, factors.rank, wide), (factors.left, wide, factors.rank)]
        total = factors.exponent
    calculus = NormCalculus(_GRAIN)
    for part, outs, ins in parts:
        jet = calculus.flat(Fraction(0), ins)
        line = calculus.apply(part, moments(parameter), jet, (outs, ins, ()), False, False).value
        total += Fraction(Matrix(*line.arguments[0]).operator, _GRAIN)
    return [("operator norm of the example", f"$\\lVert W\\rVert = O(n^{{{total}}})$")]


KIND = Kind(
    "laws",
    "Laws and structures",
    "The initial laws of weights: densities, moments, norms, and whether matrices have to be built.",
    entries,
)
