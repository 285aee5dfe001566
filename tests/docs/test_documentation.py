"""Statements of README.md and docs/ outside of examples are true: tables, lists of commands and options, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tp
from tp.cli import commands
from tp.exponent import shown as exponent
from tp.syntax import parse

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {"README.md": README, **{p.name: p.read_text(encoding="utf-8") for p in sorted((ROOT / "docs").glob("*.md"))}}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_architecture_opens_with_a_toy_that_fits_on_a_page() -> None:
    toy, *_ = blocks(PAGES["architecture.md"], "python")
    assert len(toy.splitlines()) <= 40


@pytest.mark.parametrize("text", blocks(README, "tp"))
def test_the_program_of_the_readme(text: str) -> None:
    """Its output there says what the calculus says."""
    program = parse(text, "small.tp")
    (shown,) = [b for b in blocks(README, "text") if b.startswith(f"{program.name} ({program.file})")]
    rows = {cells[0]: cells[1] for cells in map(str.split, shown.splitlines()) if len(cells) > 4}
    predicted = tp.Model(program).orders(["F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]"]).prediction
    for name, value in predicted.exponents.items():
        assert rows[name] == exponent(True, value)
    for claim in program.claims:
        assert re.search(rf"small.tp:{claim.span.line} +{re.escape(claim.text)} +confirmed", shown)  # type: ignore[union-attr]


def table() -> list[list[str]]:
    page = PAGES["programs.md"]
    lines = page[page.index("| program |") :].split("\n\n")[0].splitlines()
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_lists_every_program() -> None:
    folder = ROOT / "programs"
    every = sorted(folder.glob("*.tp")) + sorted(folder.glob("beyond/*.tp"))
    assert [row[0] for row in table()[2:]] == [str(p.relative_to(folder).with_suffix("")) for p in every]


@pytest.mark.parametrize("row", table()[2:], ids=lambda row: row[0])
def test_the_table_of_programs(row: list[str]) -> None:
    names = table()[0][2:]
    found = tp.load(ROOT / "programs" / f"{row[0]}.tp").orders(names).prediction
    assert row[2:] == [exponent(True, found.exponents[q], found.exact[q]).replace("-", "−") for q in names]


def test_the_page_of_commands_lists_every_command_and_option() -> None:
    page = PAGES["commands.md"]
    for command in commands.every():
        assert f"`tp {command.name} " in page
        for option in command.options:
            for name in option.names:
                assert f"`{name}" in page, f"{command.name} {name}"
