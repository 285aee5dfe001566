"""The statement ``optimizer``: what it says, and what is wrong with one that says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import pytest

from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import Scale, Width
from tp.optimizers import OPTIMIZERS, Amount, Optimizer, Range, setting
from tp.optimizers.optimizer import Weights
from tp.program import Chosen
from tp.syntax import parse
from tp.syntax.optimizers import read

LINES = """  width n
  width m = n^2
  input x : [d=4]
  param U : [n | d] ~ normal(0, 1)
  param W[1..2] : [n, n] ~ normal(0, 1/n)
  param V : [m | n] ~ normal(0, 1/n)
  instance blocks[1..2] = block
  param v : [m] ~ normal(0, 1)
  h = blocks[2](blocks[1](tanh(W[2] @ tanh(W[1] @ tanh(U @ x)))))
  output f = dot(v, V @ h) / m
"""
HEAD = f"""def block(x) {{ param A : [n, n] ~ normal(0, 1/n); param b : [n] ~ normal(0, 1); return tanh(A @ x + b) }}
program example(share: real = 0.5) {{
{LINES}"""
HEAD = HEAD.replace("def block(x) {", "def block(x, n: axis) {").replace("= block\n", "= block(n=n)\n")


@dataclass(frozen=True, repr=False)
class Trial(Optimizer):
    """An optimiser with a setting of every kind."""

    name: ClassVar[str] = "trial"

    beta: float = setting(0.9, "A number.", within=Range(0, 1))
    eps: Amount = setting(1e-8, "An amount.", within=Range(0), amount=True)
    decay: Amount = setting(0.0, "An amount.", within=Range(0), amount=True)
    power: Fraction = setting(Fraction(0), "A power.", within=Range(-8, 8))
    nesterov: bool = setting(False, "A switch.", within=Range(0))
    adjust: str = setting("none", "A word.", words=("none", "spectral"))
    iterations: int = setting(5, "A whole number.", within=Range(0))

    def init(self, params: Weights) -> Any:
        return ()

    def update(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Any]:
        return {name: 0 * gradient for name, gradient in gradients.items()}, state


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    OPTIMIZERS[Trial.name] = Trial
    yield
    del OPTIMIZERS[Trial.name]


def chosen(*statements: str, settings: Mapping[str, str] | None = None) -> tuple[Chosen, ...]:
    return parse(HEAD + "\n".join(f"  {one}" for one in statements) + "\n}\n", settings=settings or {}).optimizers


def test_nothing_said_is_nothing_chosen() -> None:
    assert chosen() == ()


def test_settings_are_exact() -> None:
    (found,) = chosen(
        "optimizer trial(beta = share/5, eps = 1/n, decay = 2*m^(-1/2), power = -1/3, nesterov = true,"
        " adjust = spectral, iterations = 2 + 1)"
    )
    n, m = Width("n"), Width("m", Fraction(2))
    assert (found.name, found.weights) == ("trial", ())
    assert dict(found.settings) == {
        "beta": 0.1,
        "eps": Scale.of(n, Fraction(-1)),
        "decay": Scale(2.0, ((m, Fraction(-1, 2)),)),
        "power": Fraction(-1, 3),
        "nesterov": True,
        "adjust": "spectral",
        "iterations": 3,
    }
    (other,) = chosen("optimizer trial(beta = share/5)", settings={"share": "1"})
    assert dict(other.settings) == {"beta": 0.2}


def test_without_brackets_all_settings_are_the_usual_ones() -> None:
    assert [(one.name, one.settings, one.text) for one in chosen("optimizer trial")] == [("trial", (), "trial")]
    assert chosen("optimizer sgd ( )")[0].settings == ()


@pytest.mark.parametrize(
    ("names", "weights"),
    [
        ("W", ("W[1]", "W[2]")),
        ("W[2], v", ("W[2]", "v")),
        ("W[1 + 1]", ("W[2]",)),
        ("blocks", ("blocks[1]/A", "blocks[1]/b", "blocks[2]/A", "blocks[2]/b")),
        ("blocks[2]", ("blocks[2]/A", "blocks[2]/b")),
        ("blocks/b", ("blocks[1]/b", "blocks[2]/b")),
        ("blocks[1]/A, U", ("U", "blocks[1]/A")),
        ("matrices", ("W[1]", "W[2]", "V", "blocks[1]/A", "blocks[2]/A")),
        ("matrices, v", ("W[1]", "W[2]", "V", "v", "blocks[1]/A", "blocks[2]/A")),
        ("U, W, V, blocks, v", ()),
    ],
)
def test_names_stand_for_weights(names: str, weights: tuple[str, ...]) -> None:
    """In the order of the program; all weights are no names."""
    (found,) = chosen(f"optimizer trial for {names}")
    assert sorted(found.weights) == sorted(weights)


def test_matrices_are_those_that_no_other_statement_names() -> None:
    first, second, rest = chosen(
        "optimizer trial for matrices", "optimizer sgd for W[2], blocks/A", "optimizer sgd(momentum = 0.5)"
    )
    assert sorted(first.weights) == ["V", "W[1]"]
    assert sorted(second.weights) == ["W[2]", "blocks[1]/A", "blocks[2]/A"]
    assert (rest.weights, rest.text) == ((), "sgd(momentum = 0.5)")


def test_each_member_of_a_family_may_have_its_own() -> None:
    found = chosen("for l in 1..2 { optimizer trial(beta = l/10) for W[l] }")
    assert [(dict(one.settings)["beta"], one.weights) for one in found] == [(0.1, ("W[1]",)), (0.2, ("W[2]",))]


FAULTS = """
optimizer adamm  # error: TP411
optimizer trial(betta = 0.5)  # error: TP411
optimizer trial(learning_rate = 0.5)  # error: TP411
optimizer trial(weight_decay = 0.5)  # error: TP411
optimizer trial(0.5)  # error: TP411
optimizer trial(beta = 1)  # error: TP412
optimizer trial(beta = -0.1)  # error: TP412
optimizer trial(beta = 1/n)  # error: TP412
optimizer trial(beta = true)  # error: TP101
optimizer trial(beta = x)  # error: TP301
optimizer trial(beta = 1/0)  # error: TP210
optimizer trial(eps = -1/n)  # error: TP412
optimizer trial(eps = 1 + n)  # error: TP304
optimizer trial(eps = n^n)  # error: TP303
optimizer trial(eps = 1/n, eps = 1)  # error: TP412
optimizer trial(power = n)  # error: TP412
optimizer trial(power = 2^(1/2))  # error: TP412
optimizer trial(power = 8)  # error: TP412
optimizer trial(nesterov = 1)  # error: TP412
optimizer trial(nesterov = True)  # error: TP412
optimizer trial(adjust = spectra)  # error: TP412
optimizer trial(adjust = 1)  # error: TP412
optimizer trial(iterations = 5/2)  # error: TP412
optimizer trial(iterations = -1)  # error: TP412
optimizer trial(eta = 0)  # error: TP412
optimizer sgd(decays = 0.1)  # error: TP412
optimizer sgd(eta = 1, decay = 1)  # error: TP412
optimizer trial for Q  # error: TP413
optimizer trial for x  # error: TP413
optimizer trial for W[3]  # error: TP413
optimizer trial for W, W[2]  # error: TP413
optimizer trial for v, v  # error: TP413
optimizer trial for blocks/c  # error: TP413
optimizer trial for matrices, matrices  # error: TP413
optimizer "trial"  # error: TP001
optimizer trial(adjust = "spectral")  # error: TP001
optimizer trial(beta = (0.1, 0.2))  # error: TP004
optimizer trial beta = 0.1  # error: TP004
optimizer = trial  # error: TP004
optimizer trial(beta = 0.1 eps = 1)  # error: TP004
optimizer trial for  # error: TP004
optimizer for W  # error: TP004
optimizer trial for W except v  # error: TP004
optimiser trial  # error: TP004
"""


@pytest.mark.parametrize("line", FAULTS.strip().split("\n"))
def test_a_bad_statement_is_one_error_on_its_line(line: str) -> None:
    statement, _, code = line.partition("  # error: ")
    with pytest.raises(TpError) as caught:
        chosen(statement)
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.line) == (code, HEAD.count("\n") + 1)
    assert found.hint or found.code in ("TP210", "TP301", "TP412"), found


def test_every_bad_statement_of_a_program_is_reported() -> None:
    lines = ["optimizer trial(beta = 2)", "optimizer adamm for W", "optimizer trial for Q"]
    with pytest.raises(TpError) as caught:
        chosen(*lines)
    assert [d.code for d in caught.value.diagnostics] == [
        "TP412",
        "TP411",
    ]  # names are looked up when all else is right


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("optimizer trial", "optimizer sgd"),
        ("optimizer trial for W", "optimizer sgd for W[2]"),
        ("optimizer trial for matrices", "optimizer sgd for matrices"),
    ],
)
def test_a_second_statement_for_the_same_weights_points_at_the_first(first: str, second: str) -> None:
    with pytest.raises(TpError) as caught:
        chosen(first, second)
    (found,) = caught.value.diagnostics
    assert found.span is not None
    before = HEAD.count("\n") + 1
    assert (found.code, found.span.line, [label.span.line for label in found.labels]) == ("TP413", before + 1, [before])


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("optimizer Trial", "did you mean 'trial'?"),
        ("optimizer momentum", "write: optimizer sgd(momentum = 0.9)"),
        ("optimizer trial(nestrov = true)", "did you mean 'nesterov'?"),
        ("optimizer trial(lr = 1)", "write eta = ...;"),
        ("optimizer trial(nesterov = True)", "did you mean 'true'?"),
        ("optimizer trial(adjust = spectrl)", "did you mean 'spectral'?"),
        ("optimizer muon(adjust = foo)", "spectral √(out/in), original √max(1, out/in)"),
        ("optimizer adam(1/n)", "settings of adam: eta, clip, warmup, decay, power, coupled, beta1, beta2, eps"),
        ("optimizer trial(beta = 1/n)", "settings that may have powers of widths: clip, warmup, eps, decay"),
        ("optimizer trial for bloks", "did you mean 'blocks'?"),
        ("optimizer trial for Q", "weights: U"),
    ],
)
def test_hints(statement: str, hint: str) -> None:
    with pytest.raises(TpError) as caught:
        chosen(statement)
    assert hint in (caught.value.diagnostics[0].hint or "")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("optimizer shampoo(beta = 1.5)", "beta is from 0 to 1, not 1.5"),
        ("optimizer muon(iterations = 101)", "iterations is from 0 to 100, not 101"),
        ("optimizer sgd(power = 17/2)", "power is at least -8 and below 8, not 17/2"),
        ("optimizer adam(eps = -1/n)", "eps is at least 0, not -1.0*n^(-1)"),
    ],
)
def test_what_is_out_of_range_is_shown_as_what_it_is(statement: str, message: str) -> None:
    with pytest.raises(TpError) as caught:
        chosen(statement)
    assert caught.value.diagnostics[0].message == message


def test_the_ends_of_a_range() -> None:
    assert chosen("optimizer shampoo(beta = 1)")[0].settings == (("beta", 1.0),)
    assert (1.0 in Range(0, 1, closed=True), 1.0 in Range(0, 1)) == (True, False)
    assert str(Range(0, 1, excluded=True, closed=True)) == "more than 0 and at most 1"


def test_a_text_knows_no_names_but_widths() -> None:
    with pytest.raises(TpError) as caught:
        read("adam(eps = 1/q)", parse(HEAD + "}\n"))
    assert caught.value.diagnostics[0].hint == "widths of example: n, m; write eps = 1/n"


def test_it_belongs_to_a_program() -> None:
    text = "def g(y) { optimizer sgd; return y }\n" + HEAD + "  output g2 = g(f)\n}\n"
    with pytest.raises(TpError) as caught:
        parse(text)
    assert [(d.code, d.span.line) for d in caught.value.diagnostics if d.span] == [("TP107", 1)]


def test_it_runs_nothing() -> None:
    for inside in ("beta = __import__(1)", "beta = exec(1)", "adjust = open"):
        with pytest.raises(TpError):
            chosen(f"optimizer trial({inside})")


def test_the_word_matrices_may_not_be_a_weight_too() -> None:
    with pytest.raises(TpError, match=re.escape("also the name of a weight")):
        chosen("param matrices : [n, n] ~ normal(0, 1)", "optimizer trial for matrices")


@pytest.mark.parametrize(("depth", "weights"), [("1", []), ("3", [("W[2]", "W[3]")])])
@pytest.mark.parametrize("names", ["matrices", "W"])
def test_a_setting_may_leave_no_weight_for_a_statement(depth: str, weights: list[tuple[str, ...]], names: str) -> None:
    """It is left out; for matrices with a warning, since a finite axis may have been overlooked."""
    text = f"""program deep(depth: int = 3) {{
      width n
      input x : [d=4]
      param U : [n, d] ~ normal(0, 1)
      param W[2..depth] : [n, n] ~ normal(0, 1/n)
      h[1] = tanh(U @ x)
      for l in 2..depth {{ h[l] = tanh(W[l] @ h[l-1]) }}
      output f = mean(h[depth])
      optimizer trial for {names}
    }}"""
    found = parse(text, settings={"depth": depth})
    assert [one.weights for one in found.optimizers] == weights
    assert [w.code for w in found.warnings] == ["TP806"] * (names == "matrices" and not weights)


def test_width_of_a_setting_is_used() -> None:
    text = HEAD.replace("  width m = n^2\n", "  width m = n^2, k\n") + "  optimizer trial(beta = share, eps = 1/k)\n}\n"
    assert parse(text).warnings == ()


@pytest.mark.parametrize("text", ["1e-200", "1e250", "2.5e-150", "1e300"])
def test_very_small_and_very_large_numbers_keep_their_value(text: str) -> None:
    found = parse(f"{HEAD}  optimizer sgd(clip = {text})\n}}").optimizers[0]
    assert dict(found.settings) == {"clip": float(text)}


@pytest.mark.parametrize("text", ["3e300", "0.1e-300"])
def test_numbers_beyond_the_range_of_the_language_are_errors(text: str) -> None:
    with pytest.raises(TpError, match="TP006"):
        parse(f"{HEAD}  optimizer sgd(clip = {text})\n}}")


@pytest.mark.parametrize("text", ["1e-200", "1e99", "1e-9999999"])
def test_numbers_of_options_are_in_range(text: str) -> None:
    with pytest.raises(TpError, match="TP506"):
        parse(f"{HEAD}}}", settings={"share": text})
