"""The page of a result: valid, complete in itself, safe against what programs and stores hold."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from handmade_reports import row
from pages_checked import checked

import tp
from tests.marks import slow
from tp.cli import main
from tp.studies.provenance import Provenance
from tp.studies.verify import Verification

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "programs"
Captured = pytest.CaptureFixture[str]
HOSTILE = "</script></style></title>--><img src=x onerror=alert(1)>\"'`&amp;]]><![CDATA[\u202e\u2066\u200b\x07\x7f"
COMMENTED = f"""# {HOSTILE}
program hostile(phi: activation = tanh) {{   # <svg onload=alert(1)>
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)   # </code></li></ol><h1>{HOSTILE}
  output f = dot(v, phi(h[1])) / sqrt(n)
  claim f : Theta(1) # ' onmouseover='alert(1)
}}"""


def made(model: tp.Model, **settings: Any) -> str:
    return tp.page([model.orders(**settings)], [model])


def test_a_page_has_verdicts_first_and_the_order_of_every_value() -> None:
    model = tp.load(PROGRAMS / "mlp.tp")
    found = checked(made(model))
    heads = ["Verdicts", "Program", "Graph", "Further results", "What this rests on", "Certificate", "To repeat this"]
    places = [found.text.index(head, found.text.index("Skip to the verdicts") + 400) for head in heads[1:]]
    assert places == sorted(places)
    assert found.text.index("claims of the program") < found.text.index("typical exponent of n")
    assert found.text.count("steps to ") == 4
    assert "apply W[2]" in found.text
    assert "part-1-line-1-13" in found.ids


@pytest.mark.parametrize("name", slow(["transformer_block", "lstm", "false_claim"], ["transformer_block"]))
def test_functions_that_a_program_uses_are_shown(name: str) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    found = checked(made(model))
    for file in {node.span.file for node in model.graph.nodes if node.span is not None}:
        assert file in found.texts
    if name == "transformer_block":
        assert "def layer_norm(x, n: axis) {" in found.text
        assert "def residual_block" not in found.text
        assert "pre[1].centred" in found.text


def test_several_programs_have_a_part_each(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "both.html"
    programs = [str(PROGRAMS / f"{name}.tp") for name in ("mean_field", "false_claim")]
    code = main(["orders", *programs, "--html", str(file), "--store", str(tmp_path / "store")])
    page = file.read_text("utf-8")
    found = checked(page)
    assert code == 1
    assert "2 programs" in found.text
    assert "mean_field" in capsys.readouterr().out
    assert {"part-1", "part-2", "part-1-verdicts", "part-2-blame"} <= set(found.ids)
    assert "C[0,2] is of order n^(-1) because of" in found.text
    assert found.headings.count(2) == 2
    assert set(os.listdir(tmp_path)) == {"store", "both.html"}


def test_programs_that_cannot_run_are_on_the_page(tmp_path: Path, capsys: Captured) -> None:
    bad, page = tmp_path / "bad.tp", tmp_path / "a.html"
    bad.write_text("program bad {\n  width n\n  output f = <b>\n}")
    words = ["orders", str(PROGRAMS / "mean_field.tp"), str(bad), "--quantities", "F", "--no-store"]
    assert main([*words, "--html", str(page)]) == 2
    found = checked(page.read_text("utf-8"))
    assert "2: the program could not run" in found.text
    assert "error[TP0" in found.text
    assert "<b>" not in page.read_text("utf-8")
    assert "part-2-program" not in found.ids


def test_a_refuted_prediction_has_its_causes_on_the_page() -> None:
    model = tp.load(PROGRAMS / "mean_field.tp")
    verified = Verification((row("C[0,2]", Fraction(-1, 2), 0.5),), (), (), Provenance("mean_field", "mean_field.tp"))
    found = checked(tp.page([verified], [model]))
    assert "C[0,2] is of order n^(-1/2) because of" in found.text
    assert "1 quantity: ✗ refuted 1" in found.text


def test_what_an_interrupt_leaves_has_a_page() -> None:
    model = tp.load(PROGRAMS / "mean_field.tp")
    seen: list[Any] = []
    model.orders(["F", "C[0,2]"], watch=seen.append)
    found = checked(tp.page([seen[0]], [model]))
    assert "C[0,2]" in found.text
    assert "exit code3: a claim or a quantity is undecided" in found.text


@pytest.mark.slow
def test_a_recalled_result_is_not_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    page = tmp_path / "a.html"
    words = ["verify", str(PROGRAMS / "mean_field.tp"), "--widths", "8,16", "--seeds", "2", "--quantities", "F"]
    words += ["--store", str(tmp_path / "store"), "-q"]
    main(words)
    printed = capsys.readouterr().out.splitlines()[:5]

    def measure(*given: Any, **settings: Any) -> Any:
        raise AssertionError("it is measured again")

    monkeypatch.setattr(tp.Model, "verify", measure)
    main([*words, "--html", str(page)])
    assert capsys.readouterr().out.splitlines()[:5] == printed
    found = checked(page.read_text("utf-8"))
    assert "nothing was measured again" in found.text
    assert "part-1-charts" in found.ids


def test_a_page_goes_with_json(tmp_path: Path, capsys: Captured) -> None:
    page, json = tmp_path / "a.html", tmp_path / "a.json"
    words = ["orders", str(PROGRAMS / "mean_field.tp"), "--no-store", "--format", "json"]
    main([*words, "--output", str(json), "--html", str(page)])
    assert capsys.readouterr().out == ""
    main(words)
    assert json.read_text() == capsys.readouterr().out
    checked(page.read_text("utf-8"))


@pytest.mark.parametrize(("file", "code"), [("nowhere/a.html", "TP508"), ("a.tp", "TP520")])
def test_the_file_is_checked_before_anything_else(file: str, code: str, tmp_path: Path, capsys: Captured) -> None:
    assert main(["orders", "no_such_program.tp", "--html", str(tmp_path / file)]) == 2
    told = capsys.readouterr().err
    assert code in told
    assert "TP507" not in told


def test_programs_and_names_of_files_cannot_break_out(tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(2)>\"';&.tp"
    file.write_text(COMMENTED, encoding="utf-8")
    model = tp.load(file)
    asked = tp.api.pages.Asked(("tp", "orders", f"{file}", "--set", HOSTILE, "\udc80"), {"phi": HOSTILE}, HOSTILE)
    page = tp.api.pages.page([model.orders()], [model], asked)
    found = checked(page)
    assert "<img src=x onerror=alert(1)>" in found.text
    assert "<img src=x onerror=alert(2)>" in found.text
    assert "<h1>" in found.text
    assert not set(page) & set("\u202e\u2066\u200b\x07\x7f\udc80")
    assert "\\udc80" in found.text
    assert found.headings.count(1) == 1


def test_large_programs_say_what_is_left_out() -> None:
    model = tp.load(PROGRAMS / "mlp.tp", depth=90)
    asked = tp.api.pages.Asked(("tp", "orders", "mlp.tp", "--set", "depth=90"), {"depth": "90"})
    few = tp.load(PROGRAMS / "mlp.tp", depth=1)  # the orders of so many layers take seconds
    page = tp.api.pages.page([few.orders(["F"])], [model], asked)
    found = checked(page)
    file = model.program.file
    assert f"tp graph {file} --set depth=90 --format svg" in found.text
    assert f"tp orders {file} --set depth=90 --certificate proof.json" in found.text
    assert f"tp orders {file} --set depth=90 --nodes" in found.text
    assert len(page) < 100_000
    less = tp.load(PROGRAMS / "mlp.tp", depth=70)
    found = checked(tp.page([few.orders(["F"])], [less]))
    assert "(69 values)" in found.text
    assert found.text.count("steps to ") == 4
    assert "The graph, 215 nodes" in found.text
