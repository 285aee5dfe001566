"""docs/gallery.md: a row and a section for every program, and what the sections say beside what commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tp
from tests.docs.console import Command, commands
from tests.docs.fences import blocks
from tests.marks import slow
from tp.exponent import shown as exponent

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "programs" / "gallery"
NAMES = sorted(path.stem for path in GALLERY.glob("*.tp"))
PAGE = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")


def table() -> list[list[str]]:
    lines = PAGE[PAGE.index("| program |") :].split("\n\n")[0].splitlines()
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def section(name: str) -> str:
    return PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]


def shown(name: str) -> list[Command]:
    return [c for block in blocks(section(name)) if block.language == "console" for c in commands(block)]


def test_every_program_has_a_row_and_a_section() -> None:
    assert [row[0] for row in table()[2:]] == NAMES
    assert re.findall(r"^## (\w+)$", PAGE, flags=re.MULTILINE) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_section_has_the_question_the_exponents_and_something_to_try(name: str) -> None:
    comment = [
        line[2:] for line in (GALLERY / f"{name}.tp").read_text(encoding="utf-8").splitlines() if line[:2] == "# "
    ]
    (asked,) = re.findall(r"^\*(.+\?)\*$", section(name), flags=re.MULTILINE)
    assert asked in " ".join(comment)
    assert f"{{literalinclude}} ../programs/gallery/{name}.tp\n" in section(name)
    first, *others = shown(name)
    assert first.typed == f"tp orders programs/gallery/{name}.tp"
    assert any("--set" in command.typed and f"gallery/{name}.tp" in command.typed for command in others)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_what_the_section_shows(name: str) -> None:
    """The examples of the page are run with those of other pages."""
    quantities = table()[0][2:]
    row = next(row for row in table() if row[0] == name)
    printed = {
        quantity: exponent_of[0]
        for line in shown(name)[0].shown
        if (words := line.split()) and (quantity := words[0]) in quantities
        for exponent_of in [re.findall(r"(?:<= )?-?(?:\d+(?:/\d+)?|inf)", " ".join(words[1:]))]
    }
    assert row[2:] == [printed[quantity].replace("-", "−") for quantity in quantities]


@pytest.mark.parametrize("name", slow(NAMES, but=["lora"]))
def test_the_table_of_exponents(name: str) -> None:
    quantities = table()[0][2:]
    row = next(row for row in table() if row[0] == name)
    found = tp.load(GALLERY / f"{name}.tp").orders(quantities).prediction
    assert row[2:] == [exponent(True, found.exponents[q], found.exact[q]).replace("-", "−") for q in quantities]


SMALL_NORM = """def layer_norm(x, n: axis) {
  param g : [n] ~ constant(1)
  centred = x - mean(x, n)
  return g * centred / sqrt(mean(centred^2, n) + 1e-5 / n)
}
"""


@pytest.mark.slow
def test_what_the_page_says_of_tied_outputs() -> None:
    """As for maximal updates all weights move maximally; an untied readout starts small; small embeddings are lazy."""
    text = (GALLERY / "gpt.tp").read_text(encoding="utf-8")

    def with_rates_n(text: str) -> tp.Model:
        return tp.parse(text, depth=1, branch=0, out=1, rho=1)

    tied = with_rates_n(text.replace("claim lazy", "claim maximal_update"))
    assert [c.outcome for c in tied.orders(["F"]).claims if "maximal" in c.text] == ["holds"]

    untied = text.replace("output f = E'", "param R : [w=6 | n] ~ normal(0, 1)\n  output f = R")
    assert with_rates_n(untied).orders(["F"]).prediction.exponents["F"] == -0.5

    small = text.replace("import layer_norm from norms\n", SMALL_NORM).replace("E @ x + P", "(E @ x + P) / sqrt(n)")
    outcomes = {c.text: c.outcome for c in tp.parse(small, depth=1, branch=0).orders().claims}
    assert set(outcomes.values()) == {"holds"}
