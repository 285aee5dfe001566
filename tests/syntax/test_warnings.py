"""Warnings: what can be run but is probably not meant. None is given for the programs that come with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.syntax.test_codes import CODES, HEAD, whole
from tp.diagnostics.allowed import CHECKED, UNUSED
from tp.syntax import load, parse

PROGRAMS = sorted((Path(__file__).parents[2] / "programs").glob("*.tp"))
USED = HEAD.replace("dot(v, h)", "dot(v, W @ h)")


def warned(statements: str) -> list[tuple[str, str]]:
    """Code and underlined text of each warning about ``statements``, which stand on one line."""
    found = parse(f"{USED}  {statements}\n}}").warnings
    return [(w.code, f"  {statements}"[w.span.column - 1 : w.span.end_column - 1]) for w in found if w.span is not None]


@pytest.mark.parametrize("path", PROGRAMS, ids=[p.stem for p in PROGRAMS])
def test_shipped_programs_give_no_warning(path: Path) -> None:
    assert load(path).warnings == ()


@pytest.mark.parametrize("code", [*sorted(CHECKED), UNUSED])
def test_examples_of_warnings(code: str) -> None:
    page = CODES[code]
    assert code in [w.code for w in parse(whole(page.bad)).warnings]
    assert code not in [w.code for w in parse(whole(page.good)).warnings if w.span and w.span.line > HEAD.count("\n")]


@pytest.mark.parametrize(
    ("expression", "marked"),
    [
        ("n^-1/2", "n^-1/2"),
        ("n^1/2", "n^1/2"),
        ("n^2/3", "n^2/3"),
        ("2 * n^-1/2", "n^-1/2"),
        ("n^(-1/2)", None),
        ("n^(-1)/2", None),
        ("n^-1 / 2", None),
        ("n^-1/d", None),
    ],
)
def test_a_power_before_a_quotient(expression: str, marked: str | None) -> None:
    expected = [] if marked is None else [("TP804", marked)]
    assert warned(f"output f = mean(h) * {expression}") == expected
    assert warned(f"claim out : O({expression})") == expected


@pytest.mark.parametrize("expression", ["h^2/2", "h^3/6"])
def test_powers_of_values_over_numbers_are_meant(expression: str) -> None:
    assert warned(f"output f = mean({expression})") == []


@pytest.mark.parametrize(
    "value",
    [
        "h^2", "abs(h)", "h^2 + 1e-5", "mean(h^2)", "1 - tanh(h)^2", "relu(h)", "exp(h)", "sigmoid(h)", "softplus(h)",
        "1 + tanh(h)", "2 - cos(h)", "norm(h)", "dot(h, h)", "sigmoid(h) * exp(h)", "h^4 / n", "max(x^2, t)",
        "softmax(x, t)", "shift(x^2, t, 1)", "x[t=1]^2", "concat(x[t=1]^2, 1 + x[t=2]^2, t)", "tanh(relu(h))",
        "gelu(h) + 0.2", "h * h", "n", "sqrt(h^2)", "1 / (1 + h^2)",
    ],
)  # fmt: skip
def test_values_that_have_a_root(value: str) -> None:
    assert warned(f"y = sqrt({value}); output f = norm(y * h, n)") == []


@pytest.mark.parametrize(
    "value",
    [
        "h",
        "U @ x[t=1]",
        "tanh(h)",
        "h - 1",
        "1 - (U @ x[t=1])^2",
        "h^3",
        "v",
        "gelu(h)",
        "-h^2",
        "h * exp(h)",
        "x[t=1]",
    ],
)
def test_values_of_either_sign_have_none(value: str) -> None:
    assert [code for code, _ in warned(f"y = sqrt({value}); output f = norm(y * h, n)")] == ["TP802"]
    assert [code for code, _ in warned(f"y = ({value})^(-1/2); output f = norm(y * h, n)")] == ["TP802"]
    assert [code for code, _ in warned(f"y = 1 / ({value}); output f = norm(y * h, n)")] == ["TP803"]


def test_laws_with_known_supports() -> None:
    for law, expected in {
        "uniform(2, 1)": [], "uniform(1, 1)": ["TP802"], "rademacher(1, 1)": [], "rademacher(1, 2)": ["TP802"],
        "constant(1)": [], "constant(-1)": ["TP802"], "exponential(1, 1)": [], "normal(5, 1)": ["TP802"],
    }.items():  # fmt: skip
        found = parse(f"{USED}  param g : [n] ~ {law}\n  output f = mean(sqrt(g) * h)\n}}").warnings
        assert [w.code for w in found] == expected, law


@pytest.mark.parametrize(
    ("statements", "name"),
    [
        ("y = h", "y"),
        ("y[1] = h; y[2] = tanh(y[1])", "y[1]"),
        ("param K : [n] ~ normal(0, 1)", "param K : [n] ~ normal(0, 1)"),
        ("axis k = 3", "k = 3"),
        ("width m = 2*n", "m = 2*n"),
        ("input z : [d]", "input z : [d]"),
    ],
)
def test_unused_names(statements: str, name: str) -> None:
    assert warned(statements) == [("TP801", name)]


@pytest.mark.parametrize(
    "statements",
    [
        "_y = h", "y = h; claim y : O(1)", "y[1] = h; output f = mean(y[1])", "axis k = 3; output f = norm(x, t) * k",
        "width m = n; param K : [m] ~ normal(0, 1); output f = mean(K)",
        "for l in 1..2 { z[l] = h }; output f = mean(z[2])",
        "input z : [k=2]; output f = z", "axis k = 2; output f = rename(x[t=1..2], t, k)",
    ],
)  # fmt: skip
def test_used_names(statements: str) -> None:
    assert warned(statements) == []


def test_unused_functions_arguments_and_hyperparameters() -> None:
    text = (
        "import layer_norm, rms_norm from norms\n"
        "def f(x, y) {\n  z = x\n  return x\n}\n"
        "def g(x) { return x }\n"
        "program p(depth: int = 3) {\n  width n\n  input x : [d=4]\n  output o = sum(f(layer_norm(x, d), x), d)\n}"
    )
    found = [(w.span.line, w.message.split(" ")[0]) for w in parse(text).warnings if w.span]
    assert found == [(1, "rms_norm"), (2, "y"), (3, "z"), (6, "g"), (7, "depth")]


def test_uniform_bounds() -> None:
    assert warned("param K : [n] ~ uniform(-2, 2); output f = mean(K)") == [("TP805", "uniform(-2, 2)")]
    assert warned("param K : [n] ~ uniform(-1, 2); output f = mean(K)") == []


ALLOWING = """program p(depth: int = 3) {  # tp: allow TP801 for later
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  # tp: allow TP804, TP801 both are meant
  y = n^-1/2 * U @ x
  z = n^-1/2 * U @ x  # tp: allow TP804 but not that
  w = 2 * x  # warned: TP801
  q = 2 * x  # tp: allow TP802  # warned: TP801 TP814
  # tp: allow  # warned: TP814
  # tp: allow TP101 an error  # warned: TP814
  # tp: allow TP809 a lint, which is not looked for here
  output f = mean(n^-1/2 * (  # tp: allow TP804
    z + 1 / (U @ x)  # warned: TP803
  ))
}
"""


def marked(text: str) -> list[tuple[int, str]]:
    found = [(i, line.partition("# warned:")[2].split()) for i, line in enumerate(text.split("\n"), 1)]
    return [(line, code) for line, codes in found for code in codes]


def test_what_is_meant_is_allowed() -> None:
    assert sorted((w.span.line, w.code) for w in parse(ALLOWING).warnings if w.span) == sorted(marked(ALLOWING))


def test_the_head_of_a_file_allows_for_all_of_it() -> None:
    head = "# A program.\n# tp: allow TP801, TP803, TP806 a sketch\n\n"
    found = [(w.span.line, w.code) for w in parse(head + ALLOWING).warnings if w.span]
    assert sorted(found) == [(2, "TP814"), (12, "TP814"), (13, "TP814"), (14, "TP814")]
    assert "no TP806 in this file" in next(
        w.message for w in parse(head + ALLOWING).warnings if w.span and w.span.line == 2
    )
