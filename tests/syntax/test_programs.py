"""The packaged programs: no dead nodes, and files named independently of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tp.diagnostics import text as as_text
from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.diagnostics.packaged import library
from tp.graph.text import parse_graph, print_graph
from tp.primitives import known
from tp.syntax import load, parse

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(
    str(p.relative_to(ROOT)) for folder in ("programs", "programs/beyond") for p in (ROOT / folder).glob("*.tp")
)


@pytest.mark.parametrize("name", PROGRAMS)
def test_graphs_of_programs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    graph = load(name).graph
    assert graph.needed([*graph.outputs.values(), *graph.names.values()]) == list(graph)
    text = print_graph(graph)
    assert str(ROOT) not in text
    assert print_graph(parse_graph(text, known())) == text


def test_a_fused_product_leaves_no_node_behind() -> None:
    text = "program p {\n width n\n input x : [d=4]\n param U : [n, d] ~ normal(0, 1)\n %s\n}"
    fused = parse(text % "h = U @ x; output f = mean(h * h)").graph
    kept = parse(text % "h = U @ x; s = h * h; output f = mean(s)").graph
    assert [fused[i].operation.keyword() for i in fused].count("product") == 2
    assert [kept[i].operation.keyword() for i in kept].count("product") == 2
    assert [node.label for node in map(fused.__getitem__, fused)].count("h") == 1


def test_the_source_of_the_library_is_shown_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    graph = load(ROOT / "programs" / "multihead_attention.tp").graph
    span = graph[graph.names["attend.q"]].span
    assert span is not None
    assert span.file == "library/blocks.tp"
    shown = as_text.render([Diagnostic("TP101", "here", span)])
    assert Path(library(), "blocks.tp").read_text().split("\n")[span.line - 1] in shown


def test_another_file_of_the_same_name_is_not_mistaken_for_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "blocks.tp").write_text("# something else\n")
    graph = load(ROOT / "programs" / "multihead_attention.tp").graph
    span = graph[graph.names["attend.q"]].span
    assert span is not None
    assert span.file == str(Path(library(), "blocks.tp").resolve())


def test_own_modules_are_named_as_the_program_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own" / "deep").mkdir(parents=True)
    (tmp_path / "own" / "deep" / "b.tp").write_text("def g(x) {\n  return x + nothing\n}\n")
    (tmp_path / "own" / "a.tp").write_text("import g from deep/b\nprogram a {\n width n\n y = g(1)\n}\n")
    with pytest.raises(TpError) as caught:
        load("own/a.tp")
    found = caught.value.diagnostics[0]
    assert found.span is not None
    assert found.span.file == "own/deep/b.tp"
    assert "return x + nothing" in as_text.render([found])


def test_a_formula_whose_power_of_n_is_zero_makes_a_finite_axis() -> None:
    text = """program p(p: rational = 0) {
      width n, code = 3*n^p
      input x : [d=2]
      param U : [n, d] ~ normal(0, 1)
      param C : [code, n] ~ normal(0, 1)
      output f = norm(C @ U @ x, code)
    }"""
    assert [axis.size for axis in parse(text).graph.parameters["C"].outs] == [3]
    assert "code" in parse(text, settings={"p": "1/2"}).graph.widths
    with pytest.raises(TpError, match="the size of a finite axis is a whole number"):
        parse(text.replace("3*n", "1/3*n"))
    with pytest.raises(TpError, match="code does not grow with n"):
        parse(text, settings={"p": "-1"})
