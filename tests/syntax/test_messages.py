"""What a message says, where it points and what its hint proposes."""

from __future__ import annotations

import pytest

from tests.syntax.test_codes import HEAD
from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.syntax import parse


def only(statements: str, settings: dict[str, str] | None = None, head: str = HEAD) -> Diagnostic:
    with pytest.raises(TpError) as caught:
        parse(f"{head}  {statements}\n}}", settings=settings or {})
    (found,) = caught.value.diagnostics
    return found


def pointed(statements: str) -> tuple[str, str]:
    """The code of the only diagnostic and the text that it underlines."""
    found = only(statements)
    assert found.span is not None
    assert found.span.line == HEAD.count("\n") + 1
    return found.code, f"  {statements}"[found.span.column - 1 : found.span.end_column - 1]


@pytest.mark.parametrize("name", ["C[0,99]", "C[0,7]", "C[1,7]", "C[2,3]", "C[3,1]", "C[7,7]", "C[0,0]"])
@pytest.mark.parametrize("order", ["Theta(1)", "O(1)", "zero"])
def test_claims_on_correlations_out_of_range(name: str, order: str) -> None:
    assert pointed(f"claim {name} : {order}") == ("TP402", name)
    assert "out of range" in only(f"claim {name} : {order}").message


@pytest.mark.parametrize("name", ["C[0,1]", "C[0,6]", "C[1,6]", "C[2,2]", "F", "kernel", "hessian"])
def test_claims_on_correlations_in_range(name: str) -> None:
    (claim,) = parse(f"{HEAD}  claim not {name} : zero\n}}").claims
    assert claim.subject == name


def test_a_family_of_the_program_may_be_called_like_the_correlations() -> None:
    (claim,) = parse(f"{HEAD}  C[7, 7] = h\n  claim C[7, 7] : Theta(1)\n}}").claims
    assert claim.subject == "C[7,7]"


@pytest.mark.parametrize("word", ["weakly_correlated", "power_weakly_correlated", "linearizes"])
@pytest.mark.parametrize("power", ["2", "1/n", "n^(-1/2)", "d"])
def test_the_m_of_a_claim_grows(word: str, power: str) -> None:
    assert pointed(f"claim not {word}({power})") == ("TP403", power)
    assert only(f"claim {word}({power})").hint == "m must grow with n"


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        ("tanh(h, 3, 4)", "tanh takes one value, not 3 arguments", "usage: tanh(x)"),
        (
            "leaky_relu(h, 1/2, 4)",
            "leaky_relu takes one value and at most slope, not 3 arguments",
            "usage: leaky_relu(x, slope)",
        ),
    ],
)
def test_too_many_arguments_of_an_activation(call: str, message: str, hint: str) -> None:
    found = only(f"y = {call}")
    assert (found.message, found.hint) == (message, hint)


@pytest.mark.parametrize(
    ("value", "hint"), [("foo", "known: abs, cos,"), ("3", "known: abs, cos,"), ("tanhh", "did you mean 'tanh'?")]
)
def test_a_setting_that_is_no_activation(value: str, hint: str) -> None:
    head = HEAD.replace("example {", "example(phi: activation = tanh) {")
    found = only("y = phi(h)", {"phi": value}, head)
    assert found.code == "TP506"
    assert found.hint is not None
    assert found.hint.startswith(hint)


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ("g[1] = tanh(g[2])", "g is used before it is assigned"),
        ("g[1] = h; g[2] = tanh(g[2])", "g[2] is used before it is assigned"),
        ("g[1] = h; g[2] = tanh(g[4])", "g[4] is not defined"),
        ("output f = f", "f is used before it is assigned"),
        ("y = g; g = h", "g is used before it is assigned"),
        ("y = P @ h / n; param P : [n, n] ~ normal(0, 1)", "P is used before it is assigned"),
        ("for l in 1..1 { y[l] = tanh(g[l]); g[l] = h }", "g is used before it is assigned"),
        ("for l in 2..1 { g[l] = h }; y = g[1]", "g is never assigned"),
        ("y = g", "nothing here is called g"),
    ],
)
def test_names_used_too_early(statements: str, message: str) -> None:
    assert only(statements).message == message


def test_a_name_used_too_early_shows_its_assignment() -> None:
    (label,) = only("y = g; g = h").labels
    assert (label.message, label.span.column) == ("assigned here", 10)
    assert only("y = y").labels == ()


@pytest.mark.parametrize("statement", ["def g(x) { return x }", "import gru from cells", "program q { }"])
def test_what_belongs_before_the_program(statement: str) -> None:
    word = statement.split(" ")[0]
    assert pointed(statement) == ("TP004", word)
    assert only(statement).hint == f"'{word}' stands before the program, not inside braces"


def test_powers_do_not_chain() -> None:
    assert pointed("y = 2^2^2") == ("TP004", "^")
    assert only("y = 2^2^2").hint == "powers do not chain; use parentheses: (a^b)^c or a^(b^c)"
    assert only("y = ^2").hint is None


def test_an_axis_of_another_size_wants_another_name() -> None:
    found = only("param P : [n | n, t=2] ~ normal(0, 1)")
    assert (found.code, found.hint) == ("TP203", "an axis has one size; choose another name for this one")


@pytest.mark.parametrize("pool", ["max_pool", "avg_pool"])
def test_blocks_fill_the_axis(pool: str) -> None:
    assert pointed(f"y = {pool}(x, t=2)") == ("TP214", "t=2")
    assert only(f"y = {pool}(x, t=2)").hint == "leave out the rest: x[t=1..2]"
    assert only(f"y = {pool}(x, d=5)").hint == "d has 4 entries"
