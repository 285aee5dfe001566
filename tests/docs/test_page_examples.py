"""The examples of all pages: commands print what is shown, Python runs from top to bottom, programs parse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.docs.console import Command, commands, matches
from tests.docs.fences import Block, blocks
from tests.docs.pages import is_cheap, names, read, reading, steps
from tests.docs.refresh import refresh
from tests.marks import slow
from tp.cli import commands as known
from tp.syntax import parse
from tp.syntax.format import format_text
from tp.syntax.parser import parse_file

PAGES = names()
ELSEWHERE = ["docs/coordinates.md"]
"""Pages with a test of their own, which goes through them and looks at more."""
WALKED = [
    name
    for name in PAGES
    if name not in ELSEWHERE and any(block.language in ("console", "python") for block in steps(name))
]
QUICK = ["README.md", "docs/architecture.md", "docs/asymptotics.md", "docs/regression.md"]
"""Pages with Python that takes a second or two: the others are slow."""

PROGRAMS = [
    pytest.param(block, id=f"{name}:{block.first}")
    for name in PAGES
    for block in blocks(read(name))
    if block.language == "tp"
]


@pytest.mark.parametrize("name", slow(WALKED, but=[*filter(is_cheap, WALKED), *QUICK]))
def test_a_page_does_what_it_shows(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TP_CACHE", str(tmp_path / "cache"))
    with reading(name, tmp_path) as walk:
        wrong = [difference for block in steps(name) for *_, difference in walk.take(block)]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("name", WALKED)
def test_commands_of_a_page_have_the_options_that_it_gives(name: str) -> None:
    """Also those of slow pages, whose commands do not run by default. Raises TpError for an unknown option."""
    for block in steps(name):
        for command in commands(block) if block.language == "console" else ():
            program, *words = command.words
            if program == "tp" and words[0] in known.NAMES:
                found = known.find(words[0])
                assert found is not None
                found.read(words[1 : words.index(">")] if ">" in words else words[1:])


@pytest.mark.parametrize("block", PROGRAMS)
def test_a_program_of_a_page(block: Block) -> None:
    """A whole one is a program, also in canonical layout; lines of one are lines of the language."""
    if "program " not in block.text:
        parse_file("program lines {\n" + block.text + "}\n")
        return
    program = parse(block.text)
    assert program.graph.outputs
    formatted = format_text(block.text)
    assert parse_file(formatted) == parse_file(block.text)
    assert set(parse(formatted).graph.names) == set(program.graph.names)


@pytest.mark.parametrize(
    ("shown", "printed", "fits"),
    [
        (["a", "b", ""], ["a", "b"], True),
        (["a", "..."], ["a", "b", "c"], True),
        (["...", "c"], ["a", "b", "c"], True),
        (["a", "...", "b"], ["a", "b"], True),
        (["a", "...", "d"], ["a", "b", "c"], False),
        (["size … n^-1"], ["size 0.24 n^-1"], True),
        (["size … n^-1"], ["size 0.24", "n^-1"], False),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["b", "a"], False),
        ([], ["a"], False),
    ],
)
def test_what_may_be_left_out(shown: list[str], printed: list[str], fits: bool) -> None:
    assert matches(shown, printed) is fits


def test_a_page_that_is_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Wrong output, a wrong exit code, and an error that the page does not show; a right page beside it is not."""
    monkeypatch.chdir(tmp_path)
    page = [
        "```tp", "# small.tp", "program small {", "  width n", "  input x : [d=2]", "  param u : [n, d] ~ normal(0, 1)",
        "  output f = mean(u @ x)", "}", "```",
        "```console", "$ tp check small.tp", "small.tp: …", "$ echo $?", "0",
        "$ tp check small.tp", "small is not fine", "$ echo $?", "1", "$ tp check none.tp", "...", "```",
    ]  # fmt: skip
    found: list[Any] = []
    with reading("README.md", tmp_path) as walk:
        for block in blocks("\n".join(page)):
            found += walk.take(block)
    lines = [command.line for command, *_ in found if isinstance(command, Command)]
    assert lines == [15, 17, 19]


def test_outputs_are_written_into_a_page(tmp_path: Path) -> None:
    """Only those that are wrong: what leaves out lines stays as it is."""
    page = tmp_path / "page.md"
    text = ["# Page", "```console", "$ tp check programs/mlp.tp", "wrong", "", "$ echo $?", "0", "```"]
    kept = ["```console", "$ tp explain TP101", "TP101: …", "...", "```"]
    page.write_text("\n".join([*text, *kept]) + "\n", encoding="utf-8")
    assert refresh(str(page)) == [3]
    text[3] = "programs/mlp.tp: mlp is fine"
    assert page.read_text(encoding="utf-8").splitlines() == [*text, *kept]
