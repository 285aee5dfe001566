"""The examples of every diagnostic code, and programs whose faulty lines say which code they give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tp.diagnostics.codes import codes as pages
from tp.diagnostics.diagnostic import TpError
from tp.syntax import parse

HEAD = """program example {
  width n
  input x : [d=4, t=3]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(U @ x[t=1])
  output out = dot(v, h) / n
"""


def whole(example: str) -> str:
    return example if re.match("program|def|import", example) else f"{HEAD}{example}\n}}"


def codes(text: str, settings: dict[str, str] | None = None) -> list[str]:
    try:
        parse(text, settings=settings or {})
    except TpError as problem:
        return [d.code for d in problem.diagnostics]
    return []


CODES = pages()
OURS = sorted(code for code in CODES if code < "TP500")


@pytest.mark.parametrize("code", [c for c in OURS if CODES[c].bad])
def test_bad_examples_give_their_code(code: str) -> None:
    assert codes(whole(CODES[code].bad)) == [code]


@pytest.mark.parametrize("code", [c for c in OURS if CODES[c].good])
def test_good_examples_are_accepted(code: str) -> None:
    assert codes(whole(CODES[code].good)) == []


def test_every_code_in_the_sources_has_a_page() -> None:
    sources = (Path(__file__).parents[2] / "tp").rglob("*.py")
    used = {code for file in sources for code in re.findall(r'"(TP\d{3})"', file.read_text(encoding="utf-8"))}
    assert used <= set(CODES)


def test_pages_are_complete_sentences() -> None:
    for code, page in CODES.items():
        assert page.title, code
        assert page.explanation.endswith("."), code
        assert page.title in str(page)


MARKED = """
program many(depth: int = 3) {
  width n
  input x : [d=4, t=3]
  param U : [n, e] ~ normal(0, 1)  # error: TP101
  param V : [n, d] ~ norml(0, 1)  # error: TP307
  param P : [n, d] ~ normal(0, 1, 2)  # error: TP308
  param v : [n, d=5] ~ normal(0, 1)  # error: TP203
  param w : [n] ~ normal(0, 1)
  a = U @ x
  b = a + V @ x
  c = w @ x  # error: TP205
  e = x[t=4]  # error: TP214
  g = tanhh(x)  # error: TP101
  for l in 1..3 {
    k[l] = x + l * n  # error: TP203
    k[l] = x[t=1]
    m[l] = k[l] + z[l]  # error: TP101
  }
  o = m[2] + g + n * depth + sqrt(d)
  q = 1 + n  # error: TP304
  r = w[1]  # error: TP211
  s = depth(x)  # error: TP104
  y = dot(x, x)  # error: TP212
  output f = w  # error: TP216
  output f2 = f + 1
  claim weakly(n)  # error: TP401
  claim f : Omega(n)  # error: TP401
}
"""


def test_every_faulty_statement_is_reported_once() -> None:
    text = MARKED.replace("x + l * n  # error: TP203", "x[t=1..2] + x[t=2]").replace("k[l] = x[t=1]\n", "\n")
    expected = [(i, m[1]) for i, line in enumerate(text.split("\n"), 1) if (m := re.search(r"# error: (TP\d+)", line))]
    with pytest.raises(TpError) as caught:
        parse(text)
    found = [(d.span.line, d.code) for d in caught.value.diagnostics if d.span is not None]
    assert sorted(found) == expected


SYNTAX = """program p {
  width n
  x = = 3  # error: TP004
  input x : [d=4]
  y = 3 % 2  # error: TP001
  param W : [n] - normal(0, 1)  # error: TP004
  for l in 3 { }  # error: TP004
  input = 3  # error: TP004
  y = x z  # error: TP004
  y = x == 2  # error: TP004
  claim  # error: TP004
}
"""


def test_syntax_errors_are_reported_together() -> None:
    expected = [
        (i, m[1]) for i, line in enumerate(SYNTAX.split("\n"), 1) if (m := re.search(r"# error: (TP\d+)", line))
    ]
    with pytest.raises(TpError) as caught:
        parse(SYNTAX)
    assert [(d.span.line, d.code) for d in caught.value.diagnostics if d.span] == expected


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("program p {\n  y = dot(a,\n  b\n}", 2, 10), ("program p {\n  y = [1)\n}", 2, 7), ("program p {\n\n", 1, 11)],
)
def test_unclosed_brackets_point_at_the_opener(text: str, line: int, column: int) -> None:
    with pytest.raises(TpError) as caught:
        parse(text)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.span is not None
    assert (diagnostic.code, diagnostic.span.line, diagnostic.span.column) == ("TP002", line, column)


def test_near_misses_are_suggested() -> None:
    with pytest.raises(TpError) as caught:
        parse(HEAD + "y = tnah(h)\n}")
    assert caught.value.diagnostics[0].hint == "did you mean 'tanh'?"


def test_settings() -> None:
    text = HEAD.replace("example {", "example(depth: int = 3, phi: activation = tanh, a: real = 1/2) {") + "}"
    program = parse(text, settings={"depth": "5", "phi": "relu", "d": "64", "a": "0.25"})
    assert dict(program.settings) == {"depth": "5", "phi": "relu", "a": "0.25", "d": "64", "t": "3"}
    assert [a.size for a in program.inputs["x"]] == [64, 3]
    for bad in ({"dept": "5"}, {"depth": "x"}, {"depth": "1.5"}, {"phi": "nope"}, {"d": "0"}, {"a": "1/0"}, {"n": "3"}):
        assert codes(text, bad) == ["TP506"], bad
    with pytest.raises(TpError) as caught:
        parse(text, settings={"dept": "5"})
    assert caught.value.diagnostics[0].hint == "did you mean 'depth'?"
