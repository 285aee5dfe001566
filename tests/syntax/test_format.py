"""Printing and parsing are inverse to each other; the grammar has no conflicts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tp.syntax import tree as t
from tp.syntax.format import format_text as format_source
from tp.syntax.format import show_file
from tp.syntax.parser import parse_file
from tp.syntax.scan import comments

names = st.sampled_from(["x", "h", "phi", "n", "W2", "_a"])
leaves = st.one_of(names.map(t.Name), st.sampled_from(["0", "12", "0.5", "1e-5"]).map(t.Number))


def _deeper(inner: st.SearchStrategy[t.Expression]) -> st.SearchStrategy[t.Expression]:
    item = st.builds(t.Argument, inner, st.none() | names, st.none() | inner)
    items = st.lists(item, min_size=1, max_size=2).map(tuple)
    stepped = st.lists(item | st.builds(t.Argument, inner, names, inner, inner), min_size=1, max_size=2).map(tuple)
    base = st.one_of(names.map(t.Name), inner)

    def signed(first: str, second: str) -> st.SearchStrategy[tuple[tuple[str, t.Expression], ...]]:
        rest = st.lists(st.tuples(st.sampled_from([first, second]), inner), min_size=1, max_size=3)
        return st.builds(lambda head, tail: ((first, head), *tail), inner, rest)

    return st.one_of(
        st.builds(t.Sum, signed("+", "-")),
        st.builds(t.Term, signed("*", "/")),
        st.builds(t.Chain, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(t.Negative, inner),
        st.builds(t.Power, base, inner),
        st.builds(t.Index, base, stepped),
        st.builds(t.Call, base, items | st.just(())),
        st.builds(t.Transposed, base),
    )


expressions = st.recursive(leaves, _deeper, max_leaves=8)
ranges = st.builds(t.Range, expressions, expressions)
some_ranges = st.lists(ranges, max_size=2).map(tuple)
uses = st.lists(st.builds(t.AxisUse, names, st.none() | expressions), max_size=3).map(tuple)
types = st.builds(t.TypeSyntax, uses, st.none() | uses)
laws = st.builds(t.LawSyntax, names, st.lists(expressions, max_size=3).map(tuple))
rows = st.lists(
    st.lists(st.sampled_from(["0", "-1.5", "2e-3"]), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3
)
targets = st.builds(t.Target, names, st.lists(expressions, max_size=2).map(tuple))
arguments = st.lists(st.builds(t.Argument, expressions, st.none() | names), max_size=2).map(tuple)
named = st.lists(
    st.builds(t.Argument, expressions, st.none() | names | st.sampled_from(["rate", "decay", "learning_rate"])),
    max_size=2,
).map(tuple)
paths = st.builds(t.Path, st.lists(targets, min_size=1, max_size=2).map(tuple))
definitions = st.lists(st.builds(t.Definition, names, expressions), min_size=1, max_size=2).map(tuple)
simple = st.one_of(
    st.builds(t.Widths, st.lists(st.builds(t.Definition, names, st.none() | expressions), min_size=1).map(tuple)),
    st.builds(t.Axes, definitions),
    st.builds(t.InputSyntax, names, types, st.none() | laws),
    st.builds(t.ParameterSyntax, names, some_ranges, types, laws, st.none() | expressions, st.none() | expressions),
    st.builds(t.TableSyntax, names, types, rows.map(tuple)),
    st.builds(t.InstanceSyntax, names, some_ranges, names, st.none() | arguments),
    st.builds(t.Assignment, st.lists(targets, min_size=1, max_size=2).map(tuple), expressions),
    st.builds(t.Output, names, expressions),
    st.builds(t.Return, st.lists(expressions, min_size=1, max_size=2).map(tuple)),
    st.builds(t.LearningRate, expressions),
    st.builds(t.OptimizerSyntax, names, st.none() | named, st.lists(paths, max_size=2).map(tuple)),
    st.builds(t.ClaimSyntax, names, st.none() | expressions, st.none() | targets, st.booleans()),
)
blocks = st.builds(t.Block, st.lists(simple, max_size=3).map(tuple))
statements = st.one_of(simple, st.builds(t.Loop, names, ranges, blocks))
bodies = st.builds(t.Block, st.lists(statements, max_size=4).map(tuple))
formals = st.lists(st.builds(t.FormalArgument, names, st.none() | names, st.none() | expressions), max_size=3).map(
    tuple
)
files = st.builds(
    t.File,
    st.lists(
        st.one_of(
            st.builds(t.Import, st.lists(names, min_size=1, max_size=2).map(tuple), st.sampled_from(["a", "a/b"])),
            st.builds(t.Function, names, formals, bodies),
            st.builds(t.ProgramSyntax, names, st.none() | formals, bodies),
        ),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(files)
def test_parse_undoes_print(file: t.File) -> None:
    text = show_file(file)
    assert parse_file(text) == file
    assert format_source(text) == format_source(format_source(text))


SOURCE = """# first
import  layer_norm , gru from norms # from the library


def f(x,n:axis ){return x+(1)}   # short
program p( a:int=1,) # head
{
# inside
  width n,k=n^( 1/2 )


  y[a-1,2] = dot(x, # a dot
     x) / (2)
  for l in 1..3 { z[l]=-(x)*(y) ; w[l] = x[t=1][s=2..3] }  # loop
  # last
}
# end
"""
CANONICAL = """# first
import layer_norm, gru from norms  # from the library

def f(x, n: axis) {  # short
  return x + 1
}
program p(a: int = 1) {  # head
  # inside
  width n, k = n^(1/2)

  # a dot
  y[a-1, 2] = dot(x, x) / 2
  for l in 1..3 {  # loop
    z[l] = -x * y
    w[l] = x[t=1][s=2..3]
  }
  # last
}
# end
"""


def test_canonical_layout_keeps_comments() -> None:
    source = SOURCE.replace("a:int=1,) # head\n{", "a:int=1,) { # head")
    assert format_source(source) == CANONICAL
    assert format_source(CANONICAL) == CANONICAL
    assert parse_file(source) == parse_file(CANONICAL)


PROGRAMS = sorted((Path(__file__).parents[2] / "programs").rglob("*.tp"))


@pytest.mark.parametrize("path", PROGRAMS, ids=[p.stem for p in PROGRAMS])
def test_shipped_programs_are_in_canonical_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_source(text) == text


@pytest.mark.parametrize("name", ["transformer_block", "lstm", "mup_mlp"])
def test_no_comment_is_lost_inside_of_brackets(name: str) -> None:
    """Lines are broken after every comma and bracket inside of brackets, each with a comment of its own."""
    (path,) = (p for p in PROGRAMS if p.stem == name)
    out: list[str] = []
    depth = 0
    for character in re.sub(r" *#.*", "", path.read_text(encoding="utf-8")):
        depth += (character in "([") - (character in ")]")
        out.append(f"{character} # c{len(out)}\n" if depth and character in ",([" else character)
    text = "".join(out)
    formatted = format_source(text)
    assert sorted(comments(formatted).values()) == sorted(comments(text).values())
    assert parse_file(formatted) == parse_file(text)
    assert format_source(formatted) == formatted


def test_static_arithmetic_is_compact() -> None:
    text = """program p(a: real = 1/2) {
  width n, m = n/4, k = 8 * n^(1/2)
  learning_rate 1/n
  input x : [d=2*8]
  param U : [n, d] ~ sparse(1/sqrt(n), normal(0, n^(-1/4))) rate 1/n decay 0.1 * n^(-1/2)
  h = 2 * U @ x / sqrt(n)
  claim C[0,2] : Theta(1/n)
  claim h[1,2] : O(n^(-2))
}
"""
    assert format_source(text) == text
    assert format_source(text.replace("/", " / ").replace("n^(-2)", "n^-2").replace("2 * U @ x", "2 * (U @ x)")) == text


@pytest.mark.parametrize(
    ("text", "formatted"), [("", ""), ("\n\n", ""), ("# alone", "# alone\n"), ("\n# a\n\n\n# b", "# a\n\n# b\n")]
)
def test_files_without_statements(text: str, formatted: str) -> None:
    assert format_source(text) == formatted
    assert format_source(formatted) == formatted
