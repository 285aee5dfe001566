"""Declarations and calls of maps: what is read, and what is refused with which code."""

from __future__ import annotations

from fractions import Fraction

import pytest

import tp
from tp.primitives.mapped import Mapped

HEAD = """program p {
  width n, m = n^(1/2)
  input x : [d=3, t=2]
  param U : [n, d] ~ normal(0, 1)
  param P : [m, d] ~ normal(0, 1)
  h = U @ x
"""


def parsed(*lines: str) -> tp.Model:
    return tp.parse(HEAD + "\n".join(f"  {line}" for line in lines) + "\n}")


def code(*lines: str) -> str:
    with pytest.raises(tp.TpError) as raised:
        parsed(*lines)
    return raised.value.diagnostics[0].code


def operation(model: tp.Model) -> Mapped:
    (found,) = [o for i in model.graph if isinstance(o := model.graph[i].operation, Mapped)]
    return found


def test_all_parts_of_a_declaration() -> None:
    model = parsed("map f : [n] -> [m] even value n^(-1/2) norms 1, n^(1/4) degree 3", "output y = mean(f(h), m, t)")
    found = operation(model)
    assert (found.symmetry, found.size, found.ends) == ("even", Fraction(-1, 2), True)
    assert found.norms == (0, Fraction(1, 4), Fraction(1, 4))
    assert model.program.maps == ("f",)


def test_a_value_is_of_order_one_and_has_no_parity_unless_said() -> None:
    found = operation(parsed("map f : [n] -> [n] norms 1", "output y = mean(f(h), n, t)"))
    assert (found.symmetry, found.size, found.norms, found.ends) == ("none", 0, (0,), False)


def test_the_result_may_have_no_axes() -> None:
    model = parsed("map energy : [n] -> [] norms 1", "output y = energy(h)")
    assert [str(a) for a in model.graph.type(model.graph.outputs["y"])] == ["t=2"]


def test_words_of_declarations_are_names_elsewhere() -> None:
    model = parsed("value = 2 * h", "norms = value", "degree = norms", "odd = degree", "output y = mean(odd, n, t)")
    assert set(model.graph.names) >= {"value", "norms", "degree", "odd"}


def test_the_layout_is_kept() -> None:
    text = "program p {\n  width n\n  map f : [n] -> [] odd value 1 norms 1, n^(1/2) degree 2\n}\n"
    assert tp.format_source(text) == text


OUT = "output y = mean(h, n, t)"


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        ("TP218", ["map f : [n] -> [n] odd", OUT]),
        ("TP218", ["map f : [] -> [n] norms 1", OUT]),
        ("TP218", ["map f : [n] -> [n] norms -1", OUT]),
        ("TP218", ["map f : [n] -> [n] norms 1, 1, 1 degree 2", OUT]),
        ("TP218", ["map f : [n] -> [n] norms 1 degree 40", OUT]),
        ("TP218", ["map f : [n] -> [n] degree 2", OUT]),
        ("TP215", ["map f : [n | d] -> [n] norms 1", OUT]),
        ("TP106", ["map f : [n] -> [n] norms 1", "map f : [n] -> [n] norms 1", OUT]),
        ("TP106", ["map h : [n] -> [n] norms 1", OUT]),
        ("TP101", ["output y = mean(f(h), n, t)"]),
        ("TP101", ["map f : [q] -> [n] norms 1", OUT]),
        ("TP105", ["map f : [n] -> [n] norms 1", "output y = mean(f(h, h), n, t)"]),
        ("TP202", ["map f : [n] -> [n] norms 1", "output y = mean(f(P @ x), m, t)"]),
        ("TP218", ["map f : [n] -> [n] norms 1", "output y = mean(f(dot(U, P, d)), n, m)"]),
        ("TP207", ["map f : [n] -> [t] norms 1", "output y = f(h)"]),
        ("TP201", ["map f : [n] -> [n] norms 1", "g = f", OUT]),
        ("TP004", ["map f : [n] norms 1", OUT]),
    ],
)
def test_what_is_refused(expected: str, lines: list[str]) -> None:
    assert code(*lines) == expected


def test_a_map_may_hide_a_function_of_the_language() -> None:
    """As all names may."""
    assert operation(parsed("map tanh : [n] -> [n] norms 1", "output y = mean(tanh(h), n, t)")).name == "tanh"


def test_an_unused_map_is_warned_of() -> None:
    warned = parsed("map f : [n] -> [n] norms 1", OUT).program.warnings
    assert [(w.code, "f is a map" in w.message) for w in warned if "f " in w.message] == [("TP801", True)]


def test_graphs_with_maps_are_read_back() -> None:
    model = parsed("map f : [n] -> [m] even value n^(-1/2) norms 1, n^(1/4) degree 3", "output y = mean(f(h), m, t)")
    text = tp.print_graph(model.graph)
    assert tp.print_graph(tp.parse_graph(text)) == text


def test_functions_are_given_for_declared_maps_only() -> None:
    with pytest.raises(tp.TpError) as raised:
        tp.parse(HEAD + f"  {OUT}\n}}", maps={"f": abs})
    assert raised.value.diagnostics[0].code == "TP625"
