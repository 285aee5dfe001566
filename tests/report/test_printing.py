"""Results print as their reports."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from handmade_reports import ORDERS, RESULT

import tp
from tp.printable import Printable
from tp.report import contents

PROGRAM = """program p {
  width n
  input x : [d=2]
  param U : [n, d] ~ normal(0, 1)
  output f = mean(tanh(U @ x))
}
"""


def test_results_print_as_tables() -> None:
    assert str(RESULT) == tp.render([RESULT], "text")
    assert str(RESULT).startswith("mlp (mlp.tp)\n  quantity")
    assert repr(RESULT) == "<Verification: mlp (mlp.tp)>"


@pytest.mark.parametrize("result", [RESULT, ORDERS], ids=["verify", "orders"])
def test_notebooks_show_tables(result: Printable) -> None:
    shown = result._repr_html_()
    assert shown is not None
    assert "<caption>exponents of n" in shown
    assert '<th scope="row">C[0,2]</th>' in shown


def test_a_model_shows_its_weights_and_claims() -> None:
    model = tp.parse(PROGRAM)
    assert repr(model) == "<Model: p (<text>)>"
    assert "U       [n | d=2]  normal, mean 0, standard deviation 1.0" in str(model)
    assert "p (&lt;text&gt;)" in (model._repr_html_() or "")


def test_every_printable_result_has_contents() -> None:
    for module in pkgutil.walk_packages(tp.__path__, "tp."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    files = {module.name for module in pkgutil.iter_modules(contents.__path__)}
    found = {kind.study for kind in Printable.__subclasses__()}
    assert found <= files
    assert len(found) >= 10
