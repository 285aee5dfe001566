"""Structures in the language: what is read, how it is printed, and what is refused where, with which hint."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import Scale, Width
from tp.graph.parameter import Law, Structure
from tp.graph.text import parse_graph, print_graph
from tp.primitives import known
from tp.syntax import parse
from tp.syntax.format import format_text

N = Width("n")


def program(law: str, axes: str = "n, n") -> str:
    return f"""program p {{
  width n
  width m = n^(1/2)
  input x : [d=4]
  param W : [{axes}] ~ {law}
  output f = sum(x, d)
}}
"""


def half(power: int) -> Scale:
    return Scale.of(N, Fraction(power, 2))


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ("orthogonal()", Law("normal", structure=Structure("orthogonal"))),
        ("orthogonal(2)", Law("normal", Scale(2.0), structure=Structure("orthogonal"))),
        ("sparse(1/sqrt(n), normal(0, 1/2))", Law("normal", Scale(0.5), structure=Structure("sparse", (half(-1),)))),
        ("sparse(1/4)", Law("normal", structure=Structure("sparse", (Scale(0.25),)))),
        (
            "low_rank(sqrt(n), student_t(0, 1/n, 7))",
            Law("student_t", half(-2), arguments=(7.0,), structure=Structure("low_rank", (half(1),))),
        ),
        ("banded(3, uniform(0, 1))", Law("uniform", structure=Structure("banded", (Scale(3.0),)))),
        ("block_diagonal(n^(1/2))", Law("normal", structure=Structure("block_diagonal", (half(1),)))),
        ("circulant(rademacher(0, 3))", Law("rademacher", Scale(3.0), structure=Structure("circulant"))),
        ("hadamard(1/n)", Law("rademacher", half(-2), structure=Structure("hadamard"))),
    ],
)
def test_structures_are_read_and_printed(law: str, expected: Law) -> None:
    """In the language, in its own spelling, and in the text of graphs."""
    text = program(law)
    graph = parse(text).graph
    assert graph.parameters["W"].law == expected
    assert parse_graph(print_graph(graph), known()).parameters == graph.parameters
    assert law.replace(" ", "") in format_text(text).replace(" ", "")
    assert parse(format_text(text)).graph.parameters["W"].law == expected


REFUSED = [
    ("orthogonal", "TP004", "orthogonal", "write orthogonal()"),
    ("orthogonal(0, 1)", "TP308", "orthogonal(0, 1)", "usage: orthogonal(gain)"),
    ("orthogonal(normal(0, 1))", "TP308", "normal(0, 1)", "usage: orthogonal(gain)"),
    ("orthogonal(0)", "TP308", "0", "constant(0)"),
    ("orthogonal(-1)", "TP308", "-1", "usage"),
    ("hadamard(0, 1)", "TP308", "hadamard(0, 1)", "usage: hadamard(deviation)"),
    ("low_rank(normal(0, 1), 4)", "TP308", "normal(0, 1)", "usage: low_rank(r, law)"),
    ("low_rank()", "TP308", "low_rank()", "usage: low_rank(r, law)"),
    ("sparse(normal(0, 1))", "TP308", "normal(0, 1)", "usage: sparse(p, law)"),
    ("sparse(1/2, 0, 1)", "TP308", "0", "usage: sparse(p, law)"),
    ("sparse(1/2, normal(mean=0, deviation=1))", "TP308", "mean=0", "usage: normal(mean, deviation)"),
    ("low_rank(4, n)", "TP308", "n", "usage: low_rank(r, law)"),
    ("sparse(1/2, normal)", "TP308", "normal", "write normal(...)"),
    ("sparse(1/2, normal(0, 1), 3)", "TP308", "3", "usage: sparse(p, law)"),
    ("sparse(1/2, normal(1, 1))", "TP308", "normal(1, 1)", "mean"),
    ("sparse(1/2, constant(1))", "TP308", "constant(1)", "mean"),
    ("sparse(1/2, constant(0))", "TP308", "constant(0)", "constant(0)"),
    ("sparse(1/2, orthogonal(1))", "TP308", "orthogonal(1)", "usage: sparse(p, law)"),
    ("sparse(1/2, normal(0))", "TP308", "normal(0)", "usage: normal(mean, deviation)"),
    ("sparse(1/2, gauss(0, 1))", "TP307", "gauss(0, 1)", "normal(mean, deviation)"),
    ("sparse(1/2, norml(0, 1))", "TP307", "norml(0, 1)", "did you mean 'normal'?"),
    ("sparse(1/2, student_t(0, 1, 2))", "TP309", "student_t(0, 1, 2)", "variance"),
    ("normal(0, sparse(1/2))", "TP308", "sparse(1/2)", "sparse(p, law)"),
    ("normal(0, uniform(0, 1))", "TP308", "uniform(0, 1)", "usage: normal(mean, deviation)"),
    ("orthogonall(1)", "TP307", "orthogonall(1)", "did you mean 'orthogonal'?"),
    ("haar(1)", "TP307", "haar(1)", "orthogonal(gain)"),
    ("sparse(2, normal(0, 1))", "TP310", "2", "between 0 and 1"),
    ("sparse(sqrt(n), normal(0, 1))", "TP310", "sqrt(n)", "between 0 and 1"),
    ("sparse(0, normal(0, 1))", "TP310", "0", "between 0 and 1"),
    ("sparse(-1/2, normal(0, 1))", "TP310", "-1/2", "between 0 and 1"),
    ("low_rank(1/2)", "TP310", "1/2", "whole number"),
    ("low_rank(5/2)", "TP310", "5/2", "rounded"),
    ("low_rank(1/n)", "TP310", "1/n", "whole number"),
    ("banded(0)", "TP310", "0", "whole number"),
    ("banded(-3)", "TP310", "-3", "whole number"),
    ("banded(n^2)", "TP310", "n^2", "there are n"),
    ("block_diagonal(2*n)", "TP310", "2*n", "there are n"),
]


@pytest.mark.parametrize(("law", "code", "marked", "hint"), REFUSED, ids=[r[0] for r in REFUSED])
def test_structures_that_do_not_fit_are_refused(law: str, code: str, marked: str, hint: str) -> None:
    with pytest.raises(TpError) as caught:
        parse(program(law))
    found = caught.value.diagnostics[0]
    span = found.span
    assert span is not None
    line = program(law).splitlines()[span.line - 1]
    assert (found.code, line[span.column - 1 : span.end_column - 1]) == (code, marked)
    assert hint in (found.hint or "")


@pytest.mark.parametrize("law", ["orthogonal(1)", "sparse(1/2, normal(0, 1))"])
def test_a_vector_has_no_structure(law: str) -> None:
    with pytest.raises(TpError) as caught:
        parse(program(law, "n"))
    assert caught.value.diagnostics[0].code == "TP311"


def test_blocks_are_at_most_as_many_as_the_smaller_side() -> None:
    with pytest.raises(TpError) as caught:
        parse(program("block_diagonal(n)", "m, n"))
    assert caught.value.diagnostics[0].code == "TP310"


def test_a_structure_inside_a_structure_of_text_is_refused() -> None:
    text = print_graph(parse(program("sparse(1/2)")).graph)
    for wrong in ("spars(0.5)", "sparse()", "orthogonal(0.5)"):
        with pytest.raises(TpError):
            parse_graph(text.replace("sparse(0.5)", wrong), known())
