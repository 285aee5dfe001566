"""Lints: programs whose faulty lines say which code they give, and programs that give none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tp
from tests.marks import exhaustive, slow
from tests.syntax.test_codes import CODES, HEAD, whole
from tp.diagnostics.allowed import LINTED
from tp.program import Program
from tp.studies.lints import lints
from tp.studies.lints.finite_axes import found as sums_over_finite_axes
from tp.studies.lints.sizes import found as sizes
from tp.studies.lints.subject import Subject
from tp.syntax import load, parse

ROOT = Path(__file__).parents[2] / "programs"
PROGRAMS = sorted(path for path in ROOT.rglob("*.tp") if path.parent.name != "library")
NAMES = [str(path.relative_to(ROOT).with_suffix("")) for path in PROGRAMS]
LARGE = ("gpt", "vit", "llama_block", "resnet_norms")
QUICK = [
    ROOT / f"{name}.tp"
    for name in (
        "mlp",
        "relu_mlp",
        "standard_mlp",
        "mup_mlp",
        "mean_field",
        "bottleneck",
        "attention_sqrt",
        "gallery/moe",
    )
]
IN_CI = sorted(set(ROOT.glob("*.tp")) - set(QUICK))
REST = [path for path in PROGRAMS if path not in QUICK and path not in IN_CI]


def given(program: Program) -> list[tuple[int, str]]:
    return [(d.span.line, d.code) for d in lints(program) if d.span is not None]


def marked(text: str) -> list[tuple[int, str]]:
    found = [(i, re.findall(r"# lint:((?: TP\d+)+)", line)) for i, line in enumerate(text.split("\n"), 1)]
    return [(line, code) for line, codes in found for code in " ".join(codes).split()]


@pytest.mark.parametrize("path", [*QUICK, *slow(IN_CI), *exhaustive(REST)], ids=lambda path: path.stem)
def test_nothing_is_said_of_shipped_programs(path: Path) -> None:
    assert lints(load(path)) == ()


@pytest.mark.parametrize(
    "path", [*slow(PROGRAMS, [p for p in PROGRAMS if p.parent == ROOT and p.stem not in ("attention", "gru", "lstm")])],
    ids=NAMES,
)  # fmt: skip
def test_shipped_programs_are_scaled(path: Path) -> None:
    """The lints of sizes alone, which are quick: none is allowed by a comment."""
    subject = Subject(load(path))
    assert [*sizes(subject), *sums_over_finite_axes(subject)] == []


@pytest.mark.parametrize("code", sorted(LINTED))
def test_examples(code: str) -> None:
    page = CODES[code]
    assert code in [d.code for d in lints(parse(whole(page.bad)))]
    assert code not in [d.code for d in lints(parse(whole(page.good)))]


LAYERS = """program p(depth: int = 4, phi: activation = tanh) {
  width n, m = n^(1/2)
  axis t = 8, c = 784
  input x : [d=16]
  input z : [t, c]
  input tokens : [t, v=50] ~ one_hot(v)
  param U : [n, d] ~ normal(0, 1/sqrt(d))
  param E : [n | c] ~ normal(0, 1)
  param T : [n | v] ~ normal(0, 1)
  param W[1..depth] : [n, n] ~ normal(0, 1)
  param S : [n, n] ~ normal(0, 1/sqrt(n))
  param L : [n] ~ normal(0, n)
  param M : [m, n] ~ normal(0, 1)
  param u : [m] ~ normal(0, 1)
  param v1 : [n] ~ normal(0, 1)
  h = phi(U @ x)
  @
  output f = dot(v1, g, n) / sqrt(n)
}
"""


@pytest.mark.parametrize(
    "lines",
    [
        "g = phi(h * L)  # lint: TP807",
        "k = n^(1/2) * h  # lint: TP807\n  g = phi(k)",
        "k = h / n  # lint: TP808\n  g = phi(k + h * k)",
        "g = phi(W[1] @ h)  # lint: TP809",
        "k = W[1] @ h  # lint: TP809\n  g = phi(2 * k / n^(1/4))",
        "k[0] = h\n  for l in 1..depth { k[l] = relu(W[l] @ k[l-1]) }  # lint: TP809\n  g = k[depth] / n^2",
        "g = phi(S @ h / sqrt(n))  # lint: TP810",
        "k[0] = h\n  for l in 1..3 {\n    k[l] = phi(W[l] @ k[l-1] / n)  # lint: TP810\n  }\n  g = sqrt(n) * k[3]",
        "g = h + phi(E @ z)  # lint: TP811",
        "g = h + phi(E @ (z / 255))",
        "g = h + phi(0.02 * E @ z)",
        "g = phi(T @ tokens + h)",
        "g = phi(T @ tokens / n + h)",
        "g = phi(E @ z / sqrt(c) + U @ x)",
        "k = dot(h, W[1] @ h, n)  # lint: TP809\n  g = h * sigmoid(k)",
        "k = dot(h, W[1] @ h, n) / n\n  g = h * sigmoid(k)",
        "k = sum(h^2, n)  # lint: TP809\n  g = h * sin(k / sqrt(n))",
        "k = W[1] @ h\n  g = phi(normalize(k, n))",
        "k = W[1] @ h / n^2\n  g = normalize(k, n, eps=0)",
        "k = W[1] @ h\n  g = phi(k / norm(k) * sqrt(n))",
        "k = W[1] @ h / n\n  g = phi(normalize(k, n))  # of order 1 up to a very large n",
        "a = softmax(W[1] @ h, n)  # lint: TP809\n  g = n * a * h",
        "a = softmax(M @ h / sqrt(n), m)\n  g = h * dot(a, u, m)",
        "g = h + dot(u, M @ h, m) / n  # scaled by less than it is, as it may be: it enters no function",
    ],
)  # fmt: skip
def test_sums_and_factors(lines: str) -> None:
    text = LAYERS.replace("@\n", f"{lines}\n", 1)
    assert given(parse(text)) == marked(text)


def test_one_fault_is_said_once() -> None:
    """Not what follows from it: later layers, the order of the kernel, claims that hold for this reason."""
    text = (ROOT / "relu_mlp.tp").read_text(encoding="utf-8").replace("relu(h[l-1]) / sqrt(n)", "relu(h[l-1])")
    (one,) = lints(parse(text, settings={"depth": "5"}))
    assert one.code == "TP809"
    assert one.labels[0].message == "used here, and in 3 more places"


def test_messages_have_both_sizes() -> None:
    (one,) = lints(parse(f"{HEAD}  g = tanh(W @ h / n)\n  output f = dot(v, g) / sqrt(n)\n}}"))
    assert "makes order sqrt(n) of values of order 1, and it is multiplied by n^(-1)" in one.message
    assert "the argument of tanh vanishes as n^(-1/2)" in one.message
    assert one.hint == "multiply it by sqrt(n) in addition"


@pytest.mark.parametrize(
    ("claim", "better"),
    [
        ("f : O(n)", "f : Theta(1)"),
        ("h : O(sqrt(n))", "h : Theta(1)"),
        ("C[0,2] : O(1)", "C[0,2] : Theta(1/n)"),
        ("weakly_correlated(n^(1/2))", "weakly_correlated(n)"),
        ("power_weakly_correlated(n^(1/2))", "power_weakly_correlated(n^(2/3))"),
        ("linearizes(n^(1/2))", "linearizes(n)"),
        ("f : O(1)", None),
        ("f : Theta(1)", None),
        ("weakly_correlated(n)", None),
        ("linearizes(n)", None),
        ("not f : O(1/n)", None),
        ("not weakly_correlated(n^2)", None),
        ("lazy", None),
    ],
)
def test_weak_claims(claim: str, better: str | None) -> None:
    text = f"""program p {{
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = U @ x / sqrt(d)
  output f = dot(v, tanh(h)) / sqrt(n)
  claim {claim}
}}"""
    found = [d for d in lints(parse(text)) if d.code == "TP813"]
    assert [d.hint for d in found] == ([] if better is None else [f"write: claim {better}"])
    if better is not None:
        assert lints(parse(text.replace(claim, better))) == ()


def test_theorems_matter_where_they_are_claimed_about() -> None:
    """In the head tanh has an argument of scale 2, so that eq. 23 holds on a bounded domain only."""
    text = f"{HEAD}  output f = dot(v, relu(W @ h / sqrt(n))) / sqrt(n)\n  claim f : Theta(1)\n}}"
    assert lints(parse(text)) == ()
    assert given(parse(text.replace("f : Theta(1)", "lazy"))) == [(7, "TP812"), (9, "TP812")]
    assert lints(parse(text.replace("f : Theta(1)", "not lazy"))) == ()


def test_allowed_lints() -> None:
    text = """program p {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(W @ tanh(U @ x))  # tp: allow TP809 it is what is studied
  # tp: allow TP810 nothing of the kind
  output f = dot(v, h) / sqrt(n)
}"""
    assert given(parse(text)) == [(8, "TP814")]
    assert parse(text).warnings == ()
    assert tp.parse(text.replace("  h = tanh", "  y = x\n  h = tanh")).lint()[0].code == "TP801"


BLOCKS = """import mlp_block from blocks

program p {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  instance block = mlp_block(n, relu)
  h = block(U @ x / sqrt(d))
  output f = dot(v, h) / sqrt(n)
  claim weakly_correlated(n)
}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import", "# tp: allow TP812 relu is meant\nimport"),
        ("  claim", "  # tp: allow TP812 relu is meant\n  claim"),
        ("(n)\n}", "(n)  # tp: allow TP812\n}"),
    ],
)
def test_what_stands_in_a_library_is_allowed_where_it_matters(before: str, after: str) -> None:
    (one,) = lints(parse(BLOCKS))
    assert one.code == "TP812"
    assert one.span is not None
    assert one.span.file == "library/blocks.tp"
    assert lints(parse(BLOCKS.replace(before, after, 1))) == ()
